"""Metrics, traces and logs for those who operate it."""
