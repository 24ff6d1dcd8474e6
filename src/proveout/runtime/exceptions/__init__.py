"""Answers that a person has to look at: found, queued, resolved, and learned from (R904, R504)."""

from proveout.runtime.exceptions.inspecting import AnswerInspector, open_inspector
from proveout.runtime.exceptions.threshold import Threshold, find_threshold

__all__ = ["AnswerInspector", "Threshold", "find_threshold", "open_inspector"]
