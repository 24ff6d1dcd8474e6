"""Training cases, and attempts at them."""
