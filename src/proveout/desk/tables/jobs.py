"""Assessments that were started from the dashboard."""
