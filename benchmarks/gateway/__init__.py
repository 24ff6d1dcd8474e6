"""How fast the gateway is, what it adds, and whether its memory stays flat."""
