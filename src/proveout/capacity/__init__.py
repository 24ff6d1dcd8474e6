"""How many users a system bears: runs that were measured, models fitted to them, predictions."""
