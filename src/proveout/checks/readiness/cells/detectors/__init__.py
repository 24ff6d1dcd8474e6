"""Detectors: each looks for one kind of error, and says how likely each cell has it."""
