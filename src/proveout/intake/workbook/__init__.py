"""Workbooks: the tables that stand in their sheets, and what stands around them."""
