"""The feedback check."""

from proveout.checks.feedback.check import CHECK, FeedbackCheck

__all__ = ["CHECK", "FeedbackCheck"]
