"""Bookings in PostgreSQL: who has the lock of a pilot has its accounts for himself.

The lock is taken before anything is read, so that two hosts never wait for each other's rows.
Statements go out together (pipeline), so that a booking costs three round trips.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from proveout.errors import ProveoutError
from proveout.runtime.budget.books import Row
from proveout.runtime.budget.desk import Desk, View, complete
from proveout.runtime.budget.plan import Hold, Key

if TYPE_CHECKING:
    from psycopg import Connection

_SETTINGS = (
    "SELECT set_config('lock_timeout', '3s', false), set_config('statement_timeout', '5s', false), "
    "set_config('idle_in_transaction_session_timeout', '10s', false)"
)
"""A host that dies in the middle of a booking must not keep the others waiting."""
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_GENERATION = "SELECT generation FROM rollout_switches WHERE pilot = %s"
_TAKE = "DELETE FROM budget_holds WHERE call = ANY(%s) RETURNING call"
_SELECT = (
    "SELECT a.account, a.period, held_money, held_tokens, held_requests, used_money, used_tokens, "
    "used_requests, coalesce(told_at, 0)::bigint, coalesce(exceeded_at, 0)::bigint "
    "FROM unnest(%s::text[], %s::text[]) AS k(account, period) JOIN budget_accounts a "
    "ON a.pilot = %s AND a.account = k.account AND a.period = k.period"
)
_UPSERT = (
    "INSERT INTO budget_accounts (pilot, account, period, held_money, held_tokens, "
    "held_requests, used_money, used_tokens, used_requests, told_at, exceeded_at) "
    "SELECT %s, account, period, hm, ht, hr, um, ut, ur, nullif(told, 0), nullif(over, 0) "
    "FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], "
    "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) "
    "AS n(account, period, hm, ht, hr, um, ut, ur, told, over) "
    "ON CONFLICT (pilot, account, period) DO UPDATE SET held_money = excluded.held_money, "
    "held_tokens = excluded.held_tokens, held_requests = excluded.held_requests, "
    "used_money = excluded.used_money, used_tokens = excluded.used_tokens, "
    "used_requests = excluded.used_requests, told_at = excluded.told_at, "
    "exceeded_at = excluded.exceeded_at"
)
_INSERT = (
    "INSERT INTO budget_holds (call, owner, pilot, accounts, periods, money, tokens, requests, at) "
    "SELECT call, %s, %s, accounts, periods, money, tokens, requests, at "
    "FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], "
    "%s::float8[]) AS n(call, accounts, periods, money, tokens, requests, at) "
    "ON CONFLICT (call) DO NOTHING"
)


class PostgresDesk(Desk):
    """A connection to a PostgreSQL server."""

    _raw: Connection[Any] | None

    def _connect(self) -> Connection[Any]:
        raw: Connection[Any] = self._store.raw_connection()
        raw.prepare_threshold = 3
        raw.execute(_SETTINGS)
        raw.commit()
        digest = hashlib.sha256(self._pilot.encode()).digest()
        self._lock = int.from_bytes(digest[:8], signed=True)
        return raw

    def _read(self, keys: Iterable[Key], taken: Sequence[str]) -> View:
        raw = self._connection
        accounts, periods = _columns(list(keys), 2)
        with raw.pipeline():
            raw.execute(_LOCK, [self._lock])
            generation = raw.execute(_GENERATION, [self._pilot])
            found = raw.execute(_SELECT, [accounts, periods, self._pilot])
            held = raw.execute(_TAKE, [list(taken)]) if taken else None
        switch = generation.fetchone()
        rows = {(account, period): list(row) for account, period, *row in found}
        gone = frozenset(taken) - {call for (call,) in held} if held else frozenset()
        return View(0 if switch is None else switch[0], complete(rows, keys), gone)

    def _write(self, rows: dict[Key, Row], changed: Iterable[Key], holds: Sequence[Hold]) -> None:
        raw = self._connection
        lines = [(*key, *rows[key]) for key in changed]
        new = [
            (
                hold.call, json.dumps(hold.plan.accounts), json.dumps(hold.plan.periods),
                hold.money, hold.tokens, hold.requests, hold.at,
            )
            for hold in holds
        ]  # fmt: skip
        if not lines and not new:
            return
        with raw.pipeline():
            if lines:
                raw.execute(_UPSERT, [self._pilot, *_columns(lines, 10)])
            if new:
                raw.execute(_INSERT, [self._owner, self._pilot, *_columns(new, 7)])

    def _commit(self) -> None:
        self._connection.commit()

    def _among(self, calls: Sequence[str]) -> set[str]:
        found = self._connection.execute(
            "SELECT call FROM budget_holds WHERE call = ANY(%s)", [list(calls)]
        )
        return {call for (call,) in found}

    def _execute(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        found = self._connection.execute(statement.replace("?", "%s"), values)
        return [] if found.description is None else found.fetchall()

    def _driver_errors(self) -> tuple[type[Exception], ...]:
        return (psycopg.Error, ProveoutError)

    @property
    def _connection(self) -> Connection[Any]:
        assert self._raw is not None  # noqa: S101  # transact has connected
        return self._raw


def _columns(lines: Sequence[Sequence[Any]], n: int) -> list[list[Any]]:
    """Turn rows into columns."""
    return (
        [list(column) for column in zip(*lines, strict=True)] if lines else [[] for _ in range(n)]
    )
