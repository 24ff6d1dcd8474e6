"""The checks, on windows of the prediction log."""
