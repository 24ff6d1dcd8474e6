"""Why a guarded call has no answer.

    NotAnsweredError             exit code 3: no answer could be had
    ├── AnswerLateError          the deadline passed
    ├── TurnedAwayError          the queue is full, or the system is left alone for a while
    ├── RecordNotKeptError       log or store cannot be written, and nothing is answered unrecorded
    ├── BudgetExceededError      exit code 1: a hard limit of spending is reached
    ├── AnswerBlockedError       exit code 1: a rule of the company held the answer back
    └── SwitchedOffError         exit code 1: people do it by hand now

What the system itself raises is raised as it is.
"""

from __future__ import annotations

from typing import ClassVar

from proveout.errors import ErrorKind, ProveoutError


class NotAnsweredError(ProveoutError):
    """No answer could be had."""

    kind: ClassVar[ErrorKind] = "unreachable"
    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        message: str,
        *,
        id: str,  # noqa: A002  # the same word as in the log
        hint: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.id = id
        """Of the call in the prediction log."""
        self.retry_after_s = retry_after_s
        """Seconds until it makes sense to ask again; None where that is not known."""


class AnswerLateError(NotAnsweredError):
    """The deadline passed."""


class TurnedAwayError(NotAnsweredError):
    """The queue is full of what matters more, or the system is left alone for a while."""


class RecordNotKeptError(NotAnsweredError):
    """Log or store cannot be written, and nothing is answered that is not recorded."""


class BudgetExceededError(NotAnsweredError):
    """A hard limit of spending is reached."""

    kind: ClassVar[ErrorKind] = "budget"
    exit_code: ClassVar[int] = 1


class AnswerBlockedError(NotAnsweredError):
    """A rule of the company held the answer back."""

    kind: ClassVar[ErrorKind] = "blocked"
    exit_code: ClassVar[int] = 1


class SwitchedOffError(NotAnsweredError):
    """People do it by hand now."""

    kind: ClassVar[ErrorKind] = "switched-off"
    exit_code: ClassVar[int] = 1
