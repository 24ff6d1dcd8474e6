"""What users say of a pilot, what becomes of it, and the short survey: kept in the desk."""

from proveout.desk.feedback.heard import Heard, heard
from proveout.desk.feedback.item import (
    KINDS,
    SETTLED,
    STATES,
    Item,
    Kind,
    MovedError,
    Rules,
    Said,
    State,
    Step,
)
from proveout.desk.feedback.listing import Filter, Listed, Listing, Show
from proveout.desk.feedback.pulse import Group, Pulse, Result, Survey
from proveout.desk.feedback.questions import OPEN_QUESTION, QUESTIONS, Question
from proveout.desk.feedback.store import FeedbackStore

__all__ = [
    "KINDS",
    "OPEN_QUESTION",
    "QUESTIONS",
    "SETTLED",
    "STATES",
    "FeedbackStore",
    "Filter",
    "Group",
    "Heard",
    "Item",
    "Kind",
    "Listed",
    "Listing",
    "MovedError",
    "Pulse",
    "Question",
    "Result",
    "Rules",
    "Said",
    "Show",
    "State",
    "Step",
    "Survey",
    "heard",
]
