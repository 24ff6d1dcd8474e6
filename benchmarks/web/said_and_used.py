"""The dashboard's own database: a million things that users said, and a million uses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.web.pilots import N_PILOTS
from proveout.desk import open_desk
from proveout.desk.feedback import STATES
from proveout.desk.tables.feedback import FEEDBACK, FEEDBACK_COUNTS
from proveout.desk.tables.usage import USAGE
from proveout.web.permissions import Role
from proveout.web.security import accounts
from proveout.web.security.accounts import By
from proveout.web.security.passwords import hashed_password

N_SAID = N_USED = 1_000_000
LARGE_SHARE = 0.1
"""Of all rows, so many are of the first pilot."""
BATCH = 10_000
EMAIL, PASSWORD = "bench@example.com", "kettle orbit lemon sand"

Row = dict[str, Any]


def make_desk(place: str, done: Path) -> None:
    """Fill the database once; `done` marks that it is."""
    if done.exists():
        return
    with open_desk(place) as desk:
        with desk.writing() as connection:
            _make_account(connection)
            for batch in _batches(_said()):
                connection.execute(FEEDBACK.insert(), batch)
            columns = FEEDBACK.c.pilot, FEEDBACK.c.state
            counted = select(*columns, func.count()).group_by(*columns)
            connection.execute(
                FEEDBACK_COUNTS.insert().from_select(["pilot", "state", "n"], counted)
            )
        with desk.writing() as connection:
            for batch in _batches(_used()):
                connection.execute(USAGE.insert(), batch)
    done.touch()


def _make_account(connection: Any) -> None:
    by = By(who="benchmark", now=datetime.now(UTC))
    made = accounts.make(
        connection, email=EMAIL, name="Maria Alvarez", by=by, is_administrator=True
    )
    accounts.set_password(connection, made, hashed_password(PASSWORD), by)
    for role in (Role.owner, Role.sponsor, Role.reviewer, Role.engineer, Role.user):
        accounts.grant(connection, made, role, "*", by)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _pilot(draw: random.Random) -> str:
    number = 0 if draw.random() < LARGE_SHARE else draw.randrange(N_PILOTS)
    return f"pilot-{number:03}"


def _said() -> Iterator[Row]:
    draw, now = random.Random(7), datetime.now(UTC).timestamp()  # noqa: S311
    day = timedelta(days=1).total_seconds()
    for number in range(N_SAID):
        at = now - draw.uniform(0, 700 * day)
        state = draw.choices(STATES, (5, 10, 50, 25, 10))[0]
        is_open = state in ("new", "triaged")
        yield {
            "id": f"i{number:011d}", "pilot": _pilot(draw),
            "kind": draw.choice(["wrong", "unclear", "slow", "missing", "disagree"]),
            "words": "The gate of connecting flights is read from the wrong column. " * 3,
            "team": f"team-{number % 40}", "account": f"account-{number % 5_000}",
            "name": "Somebody", "said_at": at, "due_at": at + 14 * day, "state": state,
            "is_open": is_open, "version": 1, "owner": f"owner-{number % 12}",
            "answered_at": None if is_open else at + draw.expovariate(1 / 5) * day,
            "changed_at": at + 20 * day if state == "changed" else None, "is_to_queue": False,
        }  # fmt: skip


def _used() -> Iterator[Row]:
    draw, now = random.Random(8), datetime.now(UTC).timestamp()  # noqa: S311
    day = timedelta(days=1).total_seconds()
    for number in range(N_USED):
        person = draw.randrange(400)
        yield {
            "pilot": _pilot(draw), "id": f"u{number:011d}", "person": f"person-{person:03}",
            "at": now - draw.uniform(0, 180 * day),
            "outcome": draw.choice(["accepted", "changed", "rejected", None]),
            "case_id": f"case-{number}", "way": draw.choice(["new", "new", "new", "old"]),
            "team": f"team-{person % 10}", "role": "planner", "volunteer": person % 3 == 0,
        }  # fmt: skip
