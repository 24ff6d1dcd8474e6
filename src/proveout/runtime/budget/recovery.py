"""What processes that died have held: booked by the log, or by what the charter says."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from proveout.errors import UnreachableError
from proveout.runtime.budget.books import Books, keys_of
from proveout.runtime.budget.desk import Change, Desk, DeskAwayError, View
from proveout.runtime.budget.desks import desk_for
from proveout.runtime.budget.journal import debts_of, forget
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.plan import Hold, Planner
from proveout.runtime.budget.policy import Policy
from proveout.runtime.call import Amounts
from proveout.runtime.record import Record
from proveout.runtime.store.port import Store

LEASE_S = 900.0
"""Who has not been seen for so long is taken for dead, wherever he is."""
MOST_AT_ONCE = 500


class Dead(Protocol):
    """What the log knows of processes that died (`runtime.log.recover`)."""

    @property
    def owners(self) -> tuple[str, ...]:
        """Their names."""
        ...

    def records_of(self, calls: Iterable[str]) -> Mapping[str, Record]:
        """Return the records of calls; a call without one was never sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """How many calls of the dead were booked, and how."""

    settled: int = 0
    """Their end stood in the log."""
    released: int = 0
    """They were never sent, or `budget.unfinished` says to give back."""
    charged: int = 0
    """Their end is not known, and all that was held is taken for used."""

    def __add__(self, other: Booked) -> Booked:
        return Booked(
            settled=self.settled + other.settled,
            released=self.released + other.released,
            charged=self.charged + other.charged,
        )

    def __bool__(self) -> bool:
        return bool(self.settled or self.released or self.charged)

    def notice(self, pilot: str, now: float) -> Notice:
        """Return it as a sentence."""
        text = (
            f"Calls of a process that died were booked: {self.settled:,} as the log tells, "
            f"{self.released:,} given back, {self.charged:,} charged in full since their end is "
            "not known."
        )
        return Notice(kind="recovered", pilot=pilot, text=text, at=now)


def book_the_dead(
    store: Store,
    policy: Policy,
    dead: Dead,
    *,
    pilot: str,
    now: float,
    log_folder: str = "",
    lives: Callable[[str], bool] = lambda _: True,
) -> Booked:
    """Book all that the dead have held, exactly once; safe to do again and by several at once.

    `lives` tells of an owner who writes his log in `log_folder` of this host whether he does: some
    have sealed their log and died before they had booked. To be called inside the block of
    `recover`, so that the log is sealed after it.

    Raises UnreachableError where the store cannot be reached; all is then still held.
    """
    desk = desk_for(store, pilot, "")
    planner = Planner(policy)
    try:
        owners = set(dead.owners)
        if log_folder:
            here = desk.neighbours(socket.gethostname(), log_folder)
            owners |= {owner for owner in here if owner not in owners and not lives(owner)}
        for owner in owners:
            _hold_debts(store, planner, pilot, owner, log_folder)
        holds = desk.found(planner, sorted(owners))
        records = dead.records_of([hold.call for hold in holds]) if holds else {}

        def fate(hold: Hold) -> Amounts | None:
            record = records.get(hold.call)
            if record is None:
                return Amounts()
            return None if record.outcome == "lost" else used_by(record)

        booked = _book(desk, planner, holds, fate, pilot=pilot, now=now)
        desk.bury(owners)
    except DeskAwayError as error:
        raise _not_booked(error) from error
    finally:
        desk.close()
    return booked


def charges(
    store: Store, policy: Policy, *, pilot: str, owner: str, calls: Collection[str], log_folder: str
) -> dict[str, Amounts]:
    """Return what `book_the_dead` is going to book for calls whose end nobody knows.

    Raises UnreachableError.
    """
    if policy.unfinished != "charge":
        return {}
    desk = desk_for(store, pilot, "")
    planner = Planner(policy)
    try:
        held = [*desk.found(planner, [owner]), *debts_of(log_folder, pilot, owner, planner)]
    except DeskAwayError as error:
        raise _not_booked(error) from error
    finally:
        desk.close()
    return {
        hold.call: Amounts(hold.money, hold.tokens, hold.requests)
        for hold in held
        if hold.call in calls
    }


def _not_booked(error: DeskAwayError) -> UnreachableError:
    return UnreachableError(
        f"What a process that died has held could not be booked: {error.why}",
        hint="It stays held, and is booked at the next start.",
    )


def _hold_debts(store: Store, planner: Planner, pilot: str, owner: str, log_folder: str) -> None:
    """Hold what a process let in while the store was away, and could not book any more."""
    debts = list(debts_of(log_folder, pilot, owner, planner)) if log_folder else []
    if not debts:
        return
    desk = desk_for(store, pilot, owner)
    try:
        desk.hold_once(debts)
        # Before anything of it is settled: then to do it again holds nothing twice.
        forget(log_folder, pilot, owner)
    finally:
        desk.close()


def book_the_silent(desk: Desk, planner: Planner, *, pilot: str, now: float) -> Booked:
    """Book what owners hold that nobody has seen for long, as `budget.unfinished` says.

    Their log is on another host: what they took is not known here. Raises DeskAwayError.
    """
    silent = desk.silent(now - LEASE_S)
    if not silent:
        return Booked()
    booked = _book(desk, planner, desk.found(planner, silent), lambda _: None, pilot=pilot, now=now)
    desk.bury(silent)
    return booked


def used_by(record: Record) -> Amounts:
    """Return what a call took, as it is booked."""
    return Amounts(
        money=record.cost,
        tokens=(record.input_tokens or 0) + (record.output_tokens or 0),
        requests=1 if record.attempts else 0,
    )


def _book(
    desk: Desk,
    planner: Planner,
    holds: Sequence[Hold],
    fate: Callable[[Hold], Amounts | None],
    *,
    pilot: str,
    now: float,
) -> Booked:
    """Settle each hold by its fate; None: nobody knows."""
    charges = planner.policy.unfinished == "charge"
    booked = Booked()
    for start in range(0, len(holds), MOST_AT_ONCE):
        part = holds[start : start + MOST_AT_ONCE]
        counts: list[Booked] = []

        def work(view: View, part: Sequence[Hold] = part, counts: list[Booked] = counts) -> Change:
            books = Books(planner, pilot, view.rows, now)
            for hold in part:
                if hold.call in view.gone:  # somebody else was quicker
                    continue
                used = fate(hold)
                if used is None and charges:
                    books.settle(hold, Amounts(hold.money, hold.tokens, hold.requests))
                    counts.append(Booked(charged=1))
                elif used is None or used == Amounts():
                    books.settle(hold, Amounts())
                    counts.append(Booked(released=1))
                else:
                    books.settle(hold, used)
                    counts.append(Booked(settled=1))
            return books.changed, ()

        desk.transact(keys_of(part), [hold.call for hold in part], work)
        booked = sum(counts, booked)
    return booked
