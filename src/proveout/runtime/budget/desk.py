"""Where bookings are written: one transaction at a time, on one connection, in one thread."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from proveout.runtime.budget.books import Row, empty, keys_of
from proveout.runtime.budget.plan import Hold, Key, Planner
from proveout.runtime.store.port import Store


class DeskAwayError(Exception):
    """The store cannot be reached, or is too busy."""

    def __init__(self, why: str, *, is_in_doubt: bool) -> None:
        super().__init__(why)
        self.why = why
        self.is_in_doubt = is_in_doubt
        """Whether the transaction may have been kept all the same."""


Change = tuple[Iterable[Key], Sequence[Hold]]
"""Which rows were changed, and what is to be held."""

_SEEN = (
    "INSERT INTO runtime_owners (owner, host, log_folder, started_at, seen_at) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at"
)
_HELD = (
    "SELECT call, accounts, periods, money, tokens, requests, at FROM budget_holds "
    "WHERE pilot = ? AND owner = ?"
)
_SILENT = "SELECT owner FROM runtime_owners WHERE seen_at < ? AND owner <> ? ORDER BY owner"
_NEIGHBOURS = "SELECT owner FROM runtime_owners WHERE host = ? AND log_folder = ? ORDER BY owner"
_LEAVE = (
    "DELETE FROM runtime_owners WHERE owner = ? "
    "AND NOT EXISTS (SELECT 1 FROM budget_holds WHERE owner = ?)"
)


class DeskBusyError(Exception):
    """Somebody else is booking, and this desk does not wait now. Nothing was done."""


class View:
    """What a transaction has read."""

    __slots__ = ("generation", "gone", "rows")

    def __init__(self, generation: int, rows: dict[Key, Row], gone: frozenset[str]) -> None:
        self.generation = generation
        self.rows = rows
        self.gone = gone
        """Calls that were to be settled, and of which nothing is held."""


Work = Callable[[View], Change]


class Desk(ABC):
    """A connection of the driver; made anew after every failure."""

    is_local = False
    """A booking takes a fraction of a millisecond, and no network."""
    is_patient = True
    """Wait while others book; otherwise raise DeskBusyError."""

    def __init__(self, store: Store, pilot: str, owner: str) -> None:
        self._store = store
        self._pilot = pilot
        self._owner = owner
        self._raw: Any = None

    def transact(self, keys: Iterable[Key], taken: Sequence[str], work: Work) -> int:
        """Do one booking, all or none, and return the generation of the switches.

        Reads the rows of `keys`, deletes the holds of `taken`, lets `work` change the rows and
        say which it changed and what is to be held, and writes them. Raises DeskAwayError.
        """
        is_in_doubt = False
        try:
            if self._raw is None:
                self._raw = self._connect()
            view = self._read(keys, taken)
            changed, holds = work(view)
            self._write(view.rows, changed, holds)
            is_in_doubt = True
            self._commit()
        except DeskBusyError:
            raise
        except Exception as error:
            self._drop()
            if isinstance(error, self._driver_errors()):
                raise DeskAwayError(self._why(error), is_in_doubt=is_in_doubt) from error
            raise
        return view.generation

    def hold_once(self, holds: Sequence[Hold]) -> None:
        """Hold what is not held yet, whatever the limits say. Raises DeskAwayError."""

        def work(view: View) -> Change:
            held = self._among([hold.call for hold in holds])
            fresh = [hold for hold in holds if hold.call not in held]
            for hold in fresh:
                add(view.rows, hold)
            return keys_of(fresh), fresh

        self.transact(keys_of(holds), (), work)

    def seen(self, host: str, log_folder: str, now: float) -> None:
        """Note that this owner lives. Raises DeskAwayError."""

        def work(_: View) -> Change:
            self._execute(_SEEN, (self._owner, host, log_folder, now, now))
            return (), ()

        self.transact((), (), work)

    def found(self, planner: Planner, owners: Iterable[str]) -> list[Hold]:
        """Return what these owners hold. Raises DeskAwayError.

        Whatever one of them was still booking in the server is done or undone by then.
        """
        holds: list[Hold] = []

        def work(_: View) -> Change:
            for owner in owners:
                for call, accounts, periods, *amounts in self._execute(_HELD, (self._pilot, owner)):
                    plan = planner.of(tuple(json.loads(accounts)), tuple(json.loads(periods)))
                    holds.append(Hold(call, plan, *amounts))
            return (), ()

        self.transact((), (), work)
        return holds

    def silent(self, since: float) -> list[str]:
        """Return the owners that have not been seen since then. Raises DeskAwayError."""
        names: list[str] = []

        def work(_: View) -> Change:
            found = self._execute(_SILENT, (since, self._owner))
            names.extend(name for (name,) in found)
            return (), ()

        self.transact((), (), work)
        return names

    def neighbours(self, host: str, log_folder: str) -> list[str]:
        """Return the owners that write, or wrote, their log here. Raises DeskAwayError."""
        names: list[str] = []

        def work(_: View) -> Change:
            names.extend(name for (name,) in self._execute(_NEIGHBOURS, (host, log_folder)))
            return (), ()

        self.transact((), (), work)
        return names

    def bury(self, owners: Iterable[str]) -> None:
        """Forget owners that hold nothing any more. Raises DeskAwayError."""

        def work(_: View) -> Change:
            for owner in owners:
                self._execute(_LEAVE, (owner, owner))
            return (), ()

        self.transact((), (), work)

    @property
    def is_upkeep_due(self) -> bool:
        """Whether `upkeep` should be called soon."""
        return False

    def upkeep(self) -> None:  # noqa: B027  # most databases see to it themselves
        """Do what takes longer, between two bookings."""

    def leave(self) -> None:
        """Note that this owner holds nothing any more. Raises DeskAwayError."""
        self.bury([self._owner])

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def _read(self, keys: Iterable[Key], taken: Sequence[str]) -> View: ...

    @abstractmethod
    def _write(
        self, rows: dict[Key, Row], changed: Iterable[Key], holds: Sequence[Hold]
    ) -> None: ...

    @abstractmethod
    def _among(self, calls: Sequence[str]) -> set[str]:
        """Return for which of these calls something is held."""

    @abstractmethod
    def _execute(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run a statement whose places are marked by '?', and return its rows."""

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _driver_errors(self) -> tuple[type[Exception], ...]: ...

    def _why(self, error: Exception) -> str:
        return str(self._store.explain(error).message)

    def _drop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with suppress(Exception):  # it is broken; all that matters is that it goes
                raw.close()


def complete(rows: dict[Key, Row], keys: Iterable[Key]) -> dict[Key, Row]:
    """Add accounts in which nothing has happened yet."""
    for key in keys:
        if key not in rows:
            rows[key] = empty()
    return rows


def add(rows: dict[Key, Row], hold: Hold) -> None:
    """Add to what is held."""
    for key in hold.plan.keys:
        row = rows[key]
        row[0] += hold.money
        row[1] += hold.tokens
        row[2] += hold.requests
