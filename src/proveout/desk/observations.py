"""Observations of KPIs that were given to the dashboard: once each, however often they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proveout.desk.imports import Import, Kept, Shelf
from proveout.desk.tables.observations import OBSERVATION_IMPORTS, OBSERVATIONS

if TYPE_CHECKING:
    from proveout.desk.port import Desk

_COMPLETED_BY = ("ended", "value")
_SHELF = Shelf(rows=OBSERVATIONS, imports=OBSERVATION_IMPORTS, completed_by=_COMPLETED_BY)
"""A case that was still open is sent again once it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One case of the process, as one KPI saw it."""

    id: str
    """The sender's: the same one again is the same observation."""
    at: datetime
    """When the case began."""
    kpi: str | None = None
    """None where the row holds the figures of several KPIs."""
    value: float | None = None
    ended: datetime | None = None
    case: str | None = None
    team: str | None = None
    person: str | None = None
    with_system: bool | None = None
    assigned: bool | None = None
    volunteer: bool | None = None
    more: Mapping[str, str | float | bool | None] = field(default_factory=dict)
    """Further columns: traits, other figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOfKpi:
    """How many observations there are of one KPI."""

    kpi: str | None
    n: int
    n_with: int
    """Done with the system."""


def add_observations(
    desk: Desk, pilot: str, given: Sequence[Observation], *, act_id: str, by: str, source: str,
    now: datetime, n_refused: int = 0, refused: Sequence[Mapping[str, Any]] = (),
) -> Import:  # fmt: skip
    """Keep those that are new, and note the import; all of it or nothing."""
    rows: dict[str, dict[str, Any]] = {}
    for each in given:
        before = rows.get(each.id)
        # As when they come one after the other: what is complete stays.
        if before is None or all(before[name] is None for name in _COMPLETED_BY):
            rows[each.id] = _row(pilot, each)
    return _SHELF.add(
        desk, pilot, rows, len(given), act_id=act_id, by=by, source=source, now=now,
        n_refused=n_refused, refused=refused,
    )  # fmt: skip


def kept_observations(desk: Desk, pilot: str, *, most: int = 5) -> Kept:
    """Tell what is there."""
    return _SHELF.kept(desk, pilot, most=most)


def counted_observations(desk: Desk, pilot: str) -> list[CountOfKpi]:
    """Count them KPI by KPI."""
    from sqlalchemy import case, func, select

    columns = OBSERVATIONS.c
    with_system = func.sum(case((columns.with_system.is_(True), 1), else_=0))
    asked = (
        select(columns.kpi, func.count(), with_system)
        .where(columns.pilot == pilot)
        .group_by(columns.kpi)
        .order_by(columns.kpi)
    )
    with desk.reading() as connection:
        rows = connection.execute(asked).all()
    return [CountOfKpi(kpi=kpi, n=int(n), n_with=int(n_with or 0)) for kpi, n, n_with in rows]


def _row(pilot: str, given: Observation) -> dict[str, Any]:
    return {
        "pilot": pilot, "id": given.id, "kpi": given.kpi, "at": given.at.timestamp(),
        "ended": None if given.ended is None else given.ended.timestamp(), "value": given.value,
        "case_id": given.case, "team": given.team, "person": given.person,
        "with_system": given.with_system, "assigned": given.assigned,
        "volunteer": given.volunteer,
        "more": json.dumps(dict(given.more), ensure_ascii=False) if given.more else None,
    }  # fmt: skip
