"""How quick the budget is."""
