"""Accuracy estimated without labels, against the truth."""
