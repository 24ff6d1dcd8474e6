"""The gates as people pass them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from proveout.charter.schema import Stage
from proveout.portfolio import PilotBook, Stands

QUESTIONS: Mapping[Stage, str] = {
    "design": "May the pilot begin?",
    "production": "May it go live?",
    "scale": "May it widen?",
    "continue": "May it stay in production?",
}


class AskedStage(BaseModel):
    """Which gate is meant; the one that the pilot stands before where none is named."""

    stage: Stage | None = None


def stands_before(book: PilotBook) -> Stands:
    """Return where a pilot stands."""
    return book.stands


def name_of(owner: str) -> str:
    """Return the name of 'Ada Byron (engineer)'."""
    return owner.rpartition(" (")[0] or owner
