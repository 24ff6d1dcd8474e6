"""Imported usage: who used what, when, and how it ended."""
