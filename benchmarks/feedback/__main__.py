"""How long lists of feedback and of exceptions take: `python -m benchmarks.feedback`.

A million things that users said of 200 pilots, half of them of one; 100,000 open exceptions of one
pilot, with requests and answers of 1.5 kB, and as many resolved. Medians of 15 turns each.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from proveout.desk import open_desk
from proveout.desk.feedback import STATES, FeedbackStore, Filter, Listing, Said, heard
from proveout.desk.tables.feedback import FEEDBACK, FEEDBACK_COUNTS
from proveout.runtime.exceptions.entry import Entry, Handling, entry_id
from proveout.runtime.exceptions.listing import Wanted, lines, neighbours, standing
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.store import open_store

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SAID, WAITING, PILOTS, TURNS = 1_000_000, 100_000, 200, 15
LARGE = "pilot-0"


def main() -> None:
    """Fill both databases where they are not there yet, and measure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    with open_desk(str(folder / "desk.db")) as desk:
        with desk.writing() as connection:
            rows = connection.execute(select(func.count()).select_from(FEEDBACK)).scalar_one()
            if not rows:
                for batch in _said():
                    connection.execute(FEEDBACK.insert(), batch)
                _count(connection)
        listing, store = Listing(desk, LARGE), FeedbackStore(desk, LARGE)
        middle = listing.page(Filter(), now=NOW).next
        for name, wanted in {
            "waiting, due first": Filter(),
            "waiting, a later page": Filter(after=middle),
            "late": Filter(show="overdue"),
            "everything, the latest first": Filter(show="everything"),
            "answered": Filter(show="answered"),
            "waiting, of one kind and team": Filter(kind="slow", team="team-7"),
            "waiting, of one owner": Filter(owner="owner-3"),
        }.items():
            _tell(f"list: {name}", lambda wanted=wanted: listing.page(wanted, now=NOW))
        _tell("counts by state", listing.counts)
        _tell("how many are late", lambda: listing.overdue(NOW))
        _tell("my feedback", lambda: listing.of_account("account-77"))
        _tell("what was changed", listing.changed)
        numbers = iter(range(10_000))
        _tell("say something", lambda: store.say(_one(next(numbers))))
        _tell("all that evidence needs", lambda: heard(desk, LARGE, NOW), turns=3)
    with open_store(str(folder / "runtime.db")) as opened:
        queue = ExceptionQueue(opened, LARGE, Handling(goes_to="Ada", due_hours=4))
        now = NOW.timestamp()
        if not queue.entries("all", now=now, limit=1):
            for batch in _exceptions():
                queue.put(batch)
        one = queue.entries("open", now=now, limit=1)[0]
        for name, which in {
            "open": Wanted(),
            "late": Wanted(which="overdue"),
            "mine, where I have none": Wanted(which="mine", who="Nobody"),
            "of a rare reason": Wanted(reason="lost"),
            "of a team that there is not": Wanted(team="none"),
            "with words that there are not": Wanted(words="zebra"),
            "resolved": Wanted(which="resolved"),
        }.items():
            _tell(f"queue: {name}", lambda which=which: lines(queue, which, now=now))
        _tell("queue: how many", lambda: standing(queue, who="Ada", now=now))
        _tell("queue: one", lambda: queue.get(one.id))
        _tell("queue: those beside it", lambda: neighbours(queue, one))
        people = iter(range(10_000))
        _tell("queue: take the next", lambda: queue.take_next(who=f"p{next(people)}", now=now))
    with open_store(str(folder / "runtime.db")):
        pass
    _tell("open the store", lambda: _opened(folder))


def _opened(folder: Path) -> None:
    with open_store(str(folder / "runtime.db"), create=False) as opened, opened.reading():
        pass


def _tell(name: str, turn: Callable[[], object], *, turns: int = TURNS) -> None:
    turn()
    took = []
    for _ in range(turns):
        begun = time.perf_counter()
        turn()
        took.append((time.perf_counter() - begun) * 1000)
    print(f"{name:<40} {statistics.median(took):8.2f} ms   most {max(took):8.2f} ms", flush=True)


def _one(number: int) -> Said:
    return Said(
        act=f"bench-{time.time_ns()}-{number}", pilot=LARGE, kind="slow", words="Slow.", now=NOW,
        due_at=NOW + timedelta(days=14), account="account-1", name="Ada",
    )  # fmt: skip


def _said() -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(7)  # noqa: S311 - made-up data
    kinds = ["wrong", "unclear", "slow", "missing", "disagree"]
    batch: list[dict[str, Any]] = []
    for number in range(SAID):
        at = NOW.timestamp() - chance.uniform(0, 700 * 86_400)
        state = chance.choices(STATES, (5, 10, 50, 25, 10))[0]
        is_open = state in ("new", "triaged")
        pilot = LARGE if number % 2 else f"pilot-{number // 2 % PILOTS}"
        batch.append(
            {
                "id": f"i{number:011d}", "pilot": pilot, "kind": chance.choice(kinds),
                "words": "The VAT of credit notes is read with the wrong sign. " * 3,
                "team": f"team-{number % 40}", "account": f"account-{number % 5_000}",
                "name": "Somebody", "said_at": at, "due_at": at + 14 * 86_400, "state": state,
                "is_open": is_open, "version": 1, "owner": f"owner-{number % 12}",
                "answered_at": None if is_open else at + chance.expovariate(1 / 5) * 86_400,
                "changed_at": at + 20 * 86_400 if state == "changed" else None,
                "is_to_queue": False,
            }
        )  # fmt: skip
        if len(batch) == 5_000:
            yield batch
            batch = []


def _count(connection: Any) -> None:
    columns = FEEDBACK.c.pilot, FEEDBACK.c.state
    counted = select(*columns, func.count()).group_by(*columns)
    connection.execute(FEEDBACK_COUNTS.insert().from_select(["pilot", "state", "n"], counted))


def _exceptions() -> Iterator[list[Entry]]:
    chance = random.Random(8)  # noqa: S311
    body = json.dumps({"messages": [{"role": "user", "content": "An invoice. " * 120}]})
    for first in range(0, 2 * WAITING, 2_000):
        batch = []
        for number in range(first, first + 2_000):
            call = f"01JD{number:022d}"
            at = NOW.timestamp() - chance.uniform(0, 30 * 86_400)
            done = {} if number % 2 else {
                "outcome": "rejected", "resolved_by": "Ada", "resolved_at": at + 60, "why": "torn"
            }  # fmt: skip
            batch.append(
                Entry(
                    id=entry_id(call), call=call, pilot=LARGE, version="v1", owner="Ada",
                    reasons=("low-confidence",), notes=("confidence 0.4 is below 0.8",),
                    confidence=0.4, request=body, answer=body[:300], team=f"team-{number % 40}",
                    at=at, due_at=at + 4 * 3_600, **done,
                )
            )  # fmt: skip
        yield batch


if __name__ == "__main__":
    main()
