"""Answers that people have to look at."""
