"""Usage that was given to the dashboard: kept once each, however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proveout.desk.imports import REFUSED_SHOWN, Import, Kept, Shelf
from proveout.desk.tables.usage import IMPORTS, USAGE

if TYPE_CHECKING:
    from proveout.desk.port import Desk

__all__ = ["REFUSED_SHOWN", "Import", "Kept", "Use", "add_usage", "kept_usage"]

_SHELF = Shelf(rows=USAGE, imports=IMPORTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use, or one case that was done the old way."""

    id: str
    """The sender's: the same one again is the same use."""
    person: str
    at: datetime
    outcome: str | None = None
    case: str | None = None
    way: str | None = None
    team: str | None = None
    role: str | None = None
    volunteer: bool | None = None


def add_usage(
    desk: Desk, pilot: str, uses: Sequence[Use], *, act_id: str, by: str, source: str,
    now: datetime, n_refused: int = 0, refused: Sequence[Mapping[str, Any]] = (),
) -> Import:  # fmt: skip
    """Keep those that are new, and note the import; all of it or nothing."""
    rows = {each.id: _row(pilot, each) for each in uses}
    return _SHELF.add(
        desk, pilot, rows, len(uses), act_id=act_id, by=by, source=source, now=now,
        n_refused=n_refused, refused=refused,
    )  # fmt: skip


def kept_usage(desk: Desk, pilot: str, *, most: int = 5) -> Kept:
    """Tell what is there; counted by what was imported, never row by row."""
    return _SHELF.kept(desk, pilot, most=most)


def _row(pilot: str, use: Use) -> dict[str, Any]:
    return {
        "pilot": pilot, "id": use.id, "person": use.person, "at": use.at.timestamp(),
        "outcome": use.outcome, "case_id": use.case, "way": use.way, "team": use.team,
        "role": use.role, "volunteer": use.volunteer,
    }  # fmt: skip
