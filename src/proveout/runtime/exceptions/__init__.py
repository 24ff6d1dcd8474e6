"""Answers that a person has to look at: found, queued, resolved, and learned from (R904, R504)."""

from proveout.runtime.exceptions.entry import Entry, Handling, handling_of
from proveout.runtime.exceptions.inspecting import AnswerInspector, open_inspector
from proveout.runtime.exceptions.queueing import Queueing, queueing
from proveout.runtime.exceptions.threshold import Threshold, find_threshold

__all__ = [
    "AnswerInspector",
    "Entry",
    "Handling",
    "Queueing",
    "Threshold",
    "find_threshold",
    "handling_of",
    "open_inspector",
    "queueing",
]
