"""The user's own comparison, in a process of its own."""
