"""Answers that a person has to look at: found, queued, resolved, and learned from (R904, R504)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from proveout.runtime.exceptions.queueing import Queueing, queueing

if TYPE_CHECKING:  # each is loaded on first use: a command that lists needs no inspector
    from proveout.runtime.exceptions.entry import Entry, Handling, handling_of
    from proveout.runtime.exceptions.escalating import Escalating
    from proveout.runtime.exceptions.feedback import Feedback
    from proveout.runtime.exceptions.inspecting import AnswerInspector, open_inspector
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.exceptions.threshold import Threshold, find_threshold

_HOME = {
    "AnswerInspector": "inspecting",
    "Entry": "entry",
    "Escalating": "escalating",
    "ExceptionQueue": "queue",
    "Feedback": "feedback",
    "Handling": "entry",
    "Threshold": "threshold",
    "find_threshold": "threshold",
    "handling_of": "entry",
    "open_inspector": "inspecting",
}

__all__ = [
    "AnswerInspector",
    "Entry",
    "Escalating",
    "ExceptionQueue",
    "Feedback",
    "Handling",
    "Queueing",
    "Threshold",
    "find_threshold",
    "handling_of",
    "open_inspector",
    "queueing",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
