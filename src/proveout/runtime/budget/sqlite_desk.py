"""Bookings in SQLite: whoever has begun a write transaction has the file for himself.

Statements write many rows at once: each one costs as much as some rows.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from proveout.errors import ProveoutError
from proveout.runtime.budget.books import Row
from proveout.runtime.budget.desk import Desk, DeskAwayError, DeskBusyError, View, complete
from proveout.runtime.budget.plan import Hold, Key

PATIENCE_S = 5.0
"""How long a transaction waits for its turn; others take milliseconds."""
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.0002, 0.001
"""By chance between these, so that of several processes none is always late."""
MOST_ROWS = 256
"""Per statement."""
MOST_CACHED = 50_000
ROWS_PER_UPKEEP = 20_000
"""By then the write-ahead log has some thirty megabytes. The upkeep takes ten to thirty
milliseconds, in which all wait: at 500 requests a second it comes every five seconds, and less than
one request in a hundred meets it."""
UPKEEP_PATIENCE_MS = 20
"""Somebody who reads for long is not waited for; the next upkeep does it."""


class SqliteDesk(Desk):
    """A connection to an SQLite file."""

    is_local = True
    _file: tuple[int, int] | None = None
    """Which file it is, by device and number: one that is put in its place holds other accounts."""
    _version: int | None = None
    _cached: dict[Key, Row]
    _generation = 0
    _written = 0

    @property
    def is_upkeep_due(self) -> bool:
        """Whether the write-ahead log has grown."""
        return self._written >= ROWS_PER_UPKEEP

    def upkeep(self) -> None:
        """Bring the write-ahead log into the file: most of it while others book, then the rest."""
        self._written = 0
        if self._raw is None:
            return
        try:
            self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._raw.execute(f"PRAGMA busy_timeout = {UPKEEP_PATIENCE_MS}")
            self._raw.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            self._raw.execute("PRAGMA busy_timeout = 0")
        except sqlite3.Error:
            self._drop()  # the next booking connects anew, and says what is wrong

    def seen(self, host: str, log_folder: str, now: float) -> None:
        """Note that this owner lives, and see whether the file is still there."""
        self._refuse_another_file()
        super().seen(host, log_folder, now)

    def _refuse_another_file(self) -> None:
        """Raise DeskAwayError where the file was removed or replaced under us.

        What is open would be written on in a file that nobody else sees.
        """
        place = self._store.place
        try:
            found = Path(place).stat()
        except OSError:
            found = None
        file = None if found is None else (found.st_dev, found.st_ino)
        if self._file is None:
            self._file = file
        if file is None or file != self._file:
            self._drop()
            what = "is gone" if file is None else "is not the file that it was"
            raise DeskAwayError(
                f"The store {place} {what}: put it back, and start the gateway anew.",
                is_in_doubt=False,
            )

    def _connect(self) -> sqlite3.Connection:
        self._refuse_another_file()
        raw: sqlite3.Connection = self._store.raw_connection()
        raw.isolation_level = None
        raw.execute("PRAGMA busy_timeout = 0")
        # It may wait for the disk, which `upkeep` does where nobody waits for it.
        raw.execute("PRAGMA wal_autocheckpoint = 0")
        self._version, self._cached = None, {}
        return raw

    def _read(self, keys: Iterable[Key], taken: Sequence[str]) -> View:
        self._begin()
        execute = self._raw.execute
        gone = self._take(taken)
        # Unless another connection has written since, the rows are as this one has left them.
        version = execute("PRAGMA data_version").fetchone()[0]
        if version != self._version or len(self._cached) > MOST_CACHED:
            self._version, self._cached = version, {}
            found = execute(
                "SELECT generation FROM rollout_switches WHERE pilot = ?", (self._pilot,)
            ).fetchone()
            self._generation = 0 if found is None else found[0]
        cached = self._cached
        missing = [key for key in keys if key not in cached]
        for start in range(0, len(missing), MOST_ROWS):
            part = missing[start : start + MOST_ROWS]
            (text,) = execute(
                _select(_size(len(part))), [*chain(*_padded(part)), self._pilot]
            ).fetchone()
            for account, period, *row in json.loads(text):
                cached[account, period] = row
        complete(cached, missing)
        return View(self._generation, cached, gone)

    def _write(self, rows: dict[Key, Row], changed: Iterable[Key], holds: Sequence[Hold]) -> None:
        lines = [(self._pilot, *key, *rows[key]) for key in changed]
        self._many(_upsert, lines)
        self._written += len(lines) + len(holds)
        owner, pilot = self._owner, self._pilot
        self._many(
            _insert,
            [
                (
                    hold.call, owner, pilot, _json(hold.plan.accounts),
                    _json(hold.plan.periods), hold.money, hold.tokens, hold.requests, hold.at,
                )
                for hold in holds
            ],
        )  # fmt: skip

    def _commit(self) -> None:
        self._raw.execute("COMMIT")

    def _driver_errors(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error, ProveoutError)

    def _begin(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                if not self.is_patient:
                    raise DeskBusyError from None
                # SQLite's own waiting grows to a tenth of a second, which is not fair to us.
                time.sleep(random.uniform(SHORTEST_WAIT_S, LONGEST_WAIT_S))  # noqa: S311
            else:
                return

    def _take(self, calls: Sequence[str]) -> frozenset[str]:
        if not calls:
            return frozenset()
        execute = self._raw.execute
        text = json.dumps(calls)
        among = "(SELECT value FROM json_each(?))"
        (n,) = execute(
            f"SELECT count(*) FROM budget_holds WHERE call IN {among}",  # noqa: S608
            (text,),
        ).fetchone()
        gone: frozenset[str] = frozenset()
        if n != len(calls):
            gone = frozenset(calls) - self._among(calls)
        execute(f"DELETE FROM budget_holds WHERE call IN {among}", (text,))  # noqa: S608
        return gone

    def _among(self, calls: Sequence[str]) -> set[str]:
        found = self._raw.execute(
            "SELECT call FROM budget_holds WHERE call IN (SELECT value FROM json_each(?))",
            (json.dumps(calls),),
        )
        return {call for (call,) in found}

    def _execute(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._raw.execute(statement, values).fetchall()
        return found

    def _many(self, statement: Callable[[int], str], lines: list[tuple[Any, ...]]) -> None:
        for start in range(0, len(lines), MOST_ROWS):
            part = lines[start : start + MOST_ROWS]
            self._raw.execute(statement(_size(len(part))), [*chain(*_padded(part))])


@lru_cache(4096)
def _json(names: tuple[str, ...]) -> str:
    return json.dumps(names)


def _size(n: int) -> int:
    """Round up, so that there are few different statements, which the driver keeps prepared."""
    return 1 << (n - 1).bit_length()


def _padded(lines: list[Any]) -> list[Any]:
    """Repeat the last line: to write it twice changes nothing."""
    return lines + [lines[-1]] * (_size(len(lines)) - len(lines))


@cache
def _select(n: int) -> str:
    values = ", ".join(["(?, ?)"] * n)
    return (
        f"WITH k(account, period) AS (VALUES {values}) "  # noqa: S608
        "SELECT json_group_array(json_array(a.account, a.period, held_money, held_tokens, "
        "held_requests, used_money, used_tokens, used_requests, "
        "CAST(coalesce(told_at, 0) AS INTEGER), CAST(coalesce(exceeded_at, 0) AS INTEGER))) "
        "FROM k CROSS JOIN budget_accounts a "
        "ON a.pilot = ? AND a.account = k.account AND a.period = k.period"
    )


@cache
def _upsert(n: int) -> str:
    values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0))"] * n)
    return (
        "INSERT INTO budget_accounts (pilot, account, period, held_money, held_tokens, "  # noqa: S608
        "held_requests, used_money, used_tokens, used_requests, told_at, exceeded_at) "
        f"VALUES {values} ON CONFLICT (pilot, account, period) DO UPDATE SET "
        "held_money = excluded.held_money, held_tokens = excluded.held_tokens, "
        "held_requests = excluded.held_requests, used_money = excluded.used_money, "
        "used_tokens = excluded.used_tokens, used_requests = excluded.used_requests, "
        "told_at = excluded.told_at, exceeded_at = excluded.exceeded_at"
    )


@cache
def _insert(n: int) -> str:
    values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * n)
    return (
        "INSERT INTO budget_holds (call, owner, pilot, accounts, periods, money, tokens, "  # noqa: S608
        f"requests, at) VALUES {values} ON CONFLICT (call) DO NOTHING"
    )
