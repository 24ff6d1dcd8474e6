"""Jobs in the dashboard's database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk import Desk
from proveout.desk.tables.jobs import JOBS
from proveout.web.jobs.job import Job
from proveout.web.jobs.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy import Row

LOST_AFTER_S = 60.0
"""A job that nobody has watched for so long is lost; it is watched every second."""
_KEPT = 20


def begin(desk: Desk, made: Job, *, account: str | None) -> bool:
    """Note a job that begins; False where one of the pilot runs already, or this one was noted."""
    insert = sqlite.insert if desk.dialect == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "id": made.id,
        "pilot": made.pilot,
        "stage": made.stage,
        "state": made.state,
        "running": made.pilot,
        "started_by": made.started_by,
        "account": account,
        "started_at": made.started_at.timestamp(),
        "beat_at": made.beat_at.timestamp(),
        "progress": made.progress.as_json(),
    }
    with desk.writing() as connection:
        noted = insert(JOBS).values(values).on_conflict_do_nothing().returning(JOBS.c.id)
        return connection.execute(noted).first() is not None


def job(desk: Desk, wanted: str) -> Job | None:
    """Return one by its id."""
    with desk.reading() as connection:
        row = connection.execute(select(JOBS).where(JOBS.c.id == wanted)).first()
    return None if row is None else _read(row)


def jobs_of(desk: Desk, pilot: str, *, most: int = _KEPT) -> list[Job]:
    """Return the latest jobs of a pilot, the latest first."""
    query = select(JOBS).where(JOBS.c.pilot == pilot)
    with desk.reading() as connection:
        rows = connection.execute(query.order_by(JOBS.c.started_at.desc()).limit(most)).all()
    return [_read(row) for row in rows]


def beat(desk: Desk, wanted: str, *, now: datetime, progress: Progress | None) -> str | None:
    """Note that a job is watched, and how far it is; return who asked to stop it.

    A job that was given up in between is taken up again: it was watched too late, not lost.
    """
    values: dict[str, Any] = {"beat_at": now.timestamp()}
    if progress is not None:
        values["progress"] = progress.as_json()
    with desk.writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == wanted).values(values))
        asked: str | None = connection.execute(
            select(JOBS.c.stop_asked_by).where(JOBS.c.id == wanted)
        ).scalar()
    return asked


def end(desk: Desk, wanted: str, *, now: datetime, **values: Any) -> None:
    """Note how a job ended: state, exit_code, decision, progress, message, hint."""
    with desk.writing() as connection:
        connection.execute(
            update(JOBS)
            .where(JOBS.c.id == wanted)
            .values(running=None, ended_at=now.timestamp(), beat_at=now.timestamp(), **values)
        )


def ask_to_stop(desk: Desk, wanted: str, *, who: str) -> None:
    """Have whoever watches a job stop it. The first who asks is named."""
    with desk.writing() as connection:
        connection.execute(
            update(JOBS)
            .where(JOBS.c.id == wanted, JOBS.c.state == "running", JOBS.c.stop_asked_by.is_(None))
            .values(stop_asked_by=who)
        )


def give_up_lost(desk: Desk, pilot: str, *, now: datetime) -> None:
    """Call a job lost that nobody watches any more, so that another may begin."""
    with desk.writing() as connection:
        connection.execute(
            update(JOBS)
            .where(
                JOBS.c.running == pilot,
                JOBS.c.beat_at < now.timestamp() - LOST_AFTER_S,
            )
            .values(
                running=None,
                state="lost",
                ended_at=JOBS.c.beat_at,
                message="The dashboard that ran it ended without a word.",
                hint="What was found until then is in the ledger. Start it again.",
            )
        )


def _read(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        pilot=row.pilot,
        stage=row.stage,
        state=row.state,
        started_by=row.started_by,
        started_at=_moment(row.started_at),
        beat_at=_moment(row.beat_at),
        ended_at=None if row.ended_at is None else _moment(row.ended_at),
        stop_asked_by=row.stop_asked_by,
        exit_code=row.exit_code,
        decision=row.decision,
        progress=Progress.from_json(row.progress),
        message=row.message,
        hint=row.hint,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
