"""The gates as people pass them: which one a pilot stands before, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pydantic import BaseModel

from proveout.charter.schema import Stage
from proveout.portfolio import PilotBook

STAGES: tuple[Stage, ...] = get_args(Stage)

QUESTIONS: Mapping[Stage, str] = {
    "design": "May the pilot begin?",
    "production": "May it go live?",
    "scale": "May it widen?",
    "continue": "May it stay in production?",
}

STANDING: Mapping[Stage, str] = {
    "design": "Being designed",
    "production": "In pilot",
    "scale": "In production, with its first users",
    "continue": "In production, widened",
}
"""What a pilot is while it stands before a gate."""


class AskedStage(BaseModel):
    """Which gate is meant; the one that the pilot stands before where none is named."""

    stage: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The gate that a pilot stands before."""

    stage: Stage
    since: datetime | None
    """When it came to stand there; None where the ledger knows nothing of it yet."""


def stands_before(book: PilotBook) -> Before:
    """Return the gate that comes next: after the last one that is open, or decided last."""
    latest: dict[Stage, Mapping[str, Any]] = dict(book.verdicts)
    opened = [number for number, stage in enumerate(STAGES) if _is_open(latest.get(stage))]
    following = min(opened[-1] + 1, len(STAGES) - 1) if opened else 0
    # Who skips a gate stands before the one that was decided, and not before the one skipped.
    tried = [number for number, stage in enumerate(STAGES) if stage in latest]
    number = max([following, *tried])
    if not opened or opened[-1] >= number:
        is_last = bool(opened) and opened[-1] == number
        since = _opened_at(book.history, STAGES[number - 1]) if is_last and number else book.since
        return Before(stage=STAGES[number], since=since or book.since)
    since = _opened_at(book.history, STAGES[opened[-1]])
    return Before(stage=STAGES[number], since=since or book.since)


def _is_open(verdict: Mapping[str, Any] | None) -> bool:
    return verdict is not None and verdict["decision"] == "go"


def _opened_at(history: Sequence[Mapping[str, Any]], stage: Stage) -> datetime | None:
    """Return when a gate was opened and has stayed open since."""
    since: datetime | None = None
    for verdict in history:
        if verdict["stage"] == stage:
            if verdict["decision"] != "go":
                since = None
            elif since is None:
                since = datetime.fromisoformat(verdict["decided_at"])
    return since


def name_of(owner: str) -> str:
    """Return the name of 'Ada Byron (engineer)'."""
    return owner.rpartition(" (")[0] or owner
