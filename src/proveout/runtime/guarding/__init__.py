"""`proveout.guard`: what the gateway promises, for Python callers in process (R501, R902–R905)."""

from proveout.errors import MissingExtraError

try:
    import msgspec as _msgspec  # noqa: F401
except ImportError as error:
    raise MissingExtraError(extra="gateway", wanted_for="proveout.guard") from error

from proveout.runtime.guarding.answer import Guarded
from proveout.runtime.guarding.errors import (
    AnswerBlockedError,
    AnswerLateError,
    BudgetExceededError,
    NotAnsweredError,
    RecordNotKeptError,
    SwitchedOffError,
    TurnedAwayError,
)
from proveout.runtime.guarding.in_process import Guard, guard

__all__ = [
    "AnswerBlockedError",
    "AnswerLateError",
    "BudgetExceededError",
    "Guard",
    "Guarded",
    "NotAnsweredError",
    "RecordNotKeptError",
    "SwitchedOffError",
    "TurnedAwayError",
    "guard",
]
