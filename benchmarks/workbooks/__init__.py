"""Odd workbooks, messy sheets and large ones: how they are read, and what else reads them."""
