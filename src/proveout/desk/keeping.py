"""Who keeps the background going, of several processes and hosts, and how each job ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk.port import Desk
from proveout.desk.tables.outbox import EXCEPTIONS_WAITING, KEEPING

KEEPER = "keeper"
_SET_BACK_S = 3600.0
"""Clocks of several hosts differ by less."""
_job = KEEPING.c


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStanding:
    """How one job stands."""

    job: str
    began_at: float | None
    ended_at: float | None
    went_well_at: float | None
    failed_at: float | None
    failure: str | None
    """Of the last time, if it failed then; without secrets."""
    says: str | None
    """What it did last."""
    held_by: str | None
    held_until: float | None


def hold(desk: Desk, holder: str, *, now: float, for_s: float) -> bool:
    """Become the keeper, or stay it; tell whether one is. Only one holds it at a time."""
    with desk.writing() as writing:
        writing.execute(_insert(desk)({"job": KEEPER}))
        # A lease longer than any was taken under a clock that has been set back since.
        set_back = _job.held_until > now + for_s + _SET_BACK_S
        free = or_(_job.held_by.is_(None), _job.held_by == holder, _job.held_until <= now, set_back)
        statement = (
            update(KEEPING)
            .where(_job.job == KEEPER, free)
            .values(held_by=holder, held_until=now + for_s)
        )
        return writing.execute(statement).rowcount == 1


def let_go(desk: Desk, holder: str) -> None:
    """Be the keeper no more, so that another need not wait."""
    with desk.writing() as writing:
        writing.execute(
            update(KEEPING)
            .where(_job.job == KEEPER, _job.held_by == holder)
            .values(held_by=None, held_until=None)
        )


def note(
    desk: Desk, job: str, *, began: float, ended: float, says: str = "", failure: str | None = None
) -> None:
    """Note how a job ended."""
    values: dict[str, Any] = {"began_at": began, "ended_at": ended, "says": says[:500]}
    if failure is None:
        values |= {"went_well_at": ended, "failure": None}
    else:
        values |= {"failed_at": ended, "failure": failure[:1000]}
    with desk.writing() as writing:
        writing.execute(_insert(desk)({"job": job}))
        writing.execute(update(KEEPING).where(_job.job == job).values(**values))


def standings(desk: Desk) -> list[JobStanding]:
    """Return how every job stands, the keeper itself among them, by name."""
    with desk.reading() as reading:
        rows = reading.execute(select(KEEPING).order_by(_job.job)).mappings().all()
    return [JobStanding(**row) for row in rows]


def note_exceptions(desk: Desk, pilot: str, waiting: Mapping[str, tuple[int, float]]) -> None:
    """Keep how many exceptions of a pilot wait for whom, and when the first falls due."""
    rows = [
        {"pilot": pilot, "who": who, "n": n, "due_at": due} for who, (n, due) in waiting.items()
    ]
    with desk.writing() as writing:
        writing.execute(delete(EXCEPTIONS_WAITING).where(EXCEPTIONS_WAITING.c.pilot == pilot))
        if rows:
            writing.execute(insert(EXCEPTIONS_WAITING), rows)


def pilots_with_exceptions(desk: Desk) -> set[str]:
    """Return the pilots of which exceptions are counted."""
    with desk.reading() as reading:
        return set(reading.execute(select(EXCEPTIONS_WAITING.c.pilot).distinct()).scalars())


def _insert(desk: Desk) -> Any:
    new = sqlite.insert if desk.dialect == "sqlite" else postgresql.insert

    def statement(values: dict[str, Any]) -> Any:
        return new(KEEPING).values(values).on_conflict_do_nothing(index_elements=["job"])

    return statement
