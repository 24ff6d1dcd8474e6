"""The system under test behind one interface: a batch in, answers out."""

from proveout.systems.answering import class_text, fit_to_task
from proveout.systems.opening import open_system
from proveout.systems.port import Answers, AnswerStatus, System, Usage

__all__ = ["AnswerStatus", "Answers", "System", "Usage", "class_text", "fit_to_task", "open_system"]
