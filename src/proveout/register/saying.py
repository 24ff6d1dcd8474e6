"""What an act says, read with care: texts, days, counts, and whose word it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Protocol

from proveout.charter.sealing.signing import folded
from proveout.errors import InputError
from proveout.register.act import Act


class Told(Protocol):
    """Anything that somebody said at a moment."""

    @property
    def who(self) -> str:
        """By name."""
        ...

    @property
    def at(self) -> datetime:
        """With time zone."""
        ...


def text_of(act: Act, key: str) -> str:
    """Return a text without its margins; '' where nothing is said."""
    return str(act.says.get(key) or "").strip()


def needed(act: Act, key: str, *, what: str, hint: str) -> str:
    """Return a text. Raises InputError, '`what` is missing.', where nothing is said."""
    text = text_of(act, key)
    if not text:
        raise InputError(f"{what} is missing.", hint=hint)
    return text


def day_of(act: Act, key: str) -> date | None:
    """Return a day; None where none is given. Raises InputError where it is no day."""
    text = text_of(act, key)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no date.", hint="Write it as YYYY-MM-DD.") from None


def end_of(day: date) -> datetime:
    """Return the last moment of a day, UTC."""
    return datetime.combine(day, time.max, UTC)


def count_of(act: Act, key: str) -> int:
    """Return a number of people. Raises InputError where it is none, or below 1."""
    told = act.says.get(key)
    if isinstance(told, bool) or not isinstance(told, int) or told < 1:
        raise InputError(f"'{told}' is no number of people.", hint="Give a whole number from 1.")
    return told


def person_of(act: Act) -> str:
    """Name who acts so that one person counts once: by account, else by name."""
    return f"name:{folded(act.who)}" if act.account is None else f"account:{act.account}"


def said_at(told: Told) -> dict[str, str]:
    """Return when it was said, for the details of a fact: whoever says it again, says it anew.

    Under a charter that was amended meanwhile, that is what makes old evidence new.
    """
    return {"said_at": told.at.isoformat()}


def latest(told: Iterable[Told]) -> Told | None:
    """Return what was said last; of the same moment, by name."""
    return max(told, key=lambda each: (each.at, each.who), default=None)
