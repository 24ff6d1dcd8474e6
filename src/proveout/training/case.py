"""A case to practise on, as it is frozen. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

LONGEST_TEXT = 20_000
"""Characters of one value that are kept; a document of more is cut, and says so."""
_UNSHOWABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of characters as broken data hold them."""
CUT = "\n[… cut here: the rest is left out of the training]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value of a case that the trainee sees."""

    column: str
    text: str | None
    """None where the record has nothing there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that was to be answered: the whole, or one field of a document."""

    field: str
    """'' where the answer is one value."""
    truth: str | None
    """None where nothing is there, or nobody knows (`Case.has_truth`)."""
    answer: str | None
    """None where the system said nothing."""
    is_right: bool | None
    """None where one of the two is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; nothing of it changes once it is drawn."""

    number: int
    """From 1."""
    shown: tuple[Shown, ...]
    parts: tuple[Part, ...]
    has_truth: bool
    """Somebody knows what is right here."""
    has_answer: bool
    """The system was asked, and gave a usable answer."""
    confidence: float | None
    """0 to 1, as the system states it."""
    is_right: bool | None
    """Whether the system's answer is right as a whole; None where that is not known."""
    origin: str
    """Where it comes from, in words."""
    trouble: str = ""
    """Why the system has no usable answer, where it has none."""

    @property
    def is_wrong(self) -> bool:
        """Whether it is known that the system was wrong here."""
        return self.is_right is False

    def numbered(self, number: int) -> Case:
        """Return the same at another place."""
        return replace(self, number=number)

    def without(self, columns: Iterable[str]) -> Case:
        """Return the same without some columns: what is private need not be shown."""
        gone = set(columns)
        return replace(self, shown=tuple(each for each in self.shown if each.column not in gone))

    def as_json(self) -> str:
        """Return the form in which it is frozen."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it back."""
        told: Mapping[str, Any] = json.loads(text)
        return cls(
            **{
                **told,
                "shown": tuple(Shown(**each) for each in told["shown"]),
                "parts": tuple(Part(**each) for each in told["parts"]),
            }
        )


def cut(text: str | None) -> str | None:
    """Cut what is too long for anybody to read, and say so; mark what no page can show."""
    if text is None:
        return None
    shown = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", shown)
