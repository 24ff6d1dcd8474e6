"""Where the switches are kept: read, thrown by compare-and-set, told in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_if_new

from proveout.errors import InputError
from proveout.runtime.rollout.state import Said, State, decode, encode
from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import SWITCHED, SWITCHES

Transition = Callable[[State], State]
"""Makes a new state, whose `last` says who and why; raises InputError where it is not allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand in the store."""

    generation: int
    """Rises with every switch; 0 before the first."""
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """One switch that was thrown."""

    pilot: str
    generation: int
    said: Said
    before: State
    after: State
    is_in_ledger: bool = False


class OvertakenError(InputError):
    """Somebody else has thrown a switch in the same moment; this one was not."""


def standing(store: Store, pilot: str, initial: State) -> Standing:
    """Read how things stand, with the versions that `initial` names.

    Where no switch was thrown yet, `initial` is how things stand.
    """
    with store.reading() as connection:
        return _standing(connection, pilot, initial)


def introduce(store: Store, pilot: str, initial: State, now: float) -> None:
    """Note a pilot in the store, so that it can be switched where no charter is at hand.

    Until the first switch, each host goes by its own charter.
    """
    known = standing(store, pilot, initial)
    if known.generation > 0:
        return
    new = {"generation": 0, "state": encode(initial), "at": now}
    never = (SWITCHES.c.pilot == pilot) & (SWITCHES.c.generation == 0)
    with store.writing() as connection:
        if not _insert(connection, pilot, new):
            connection.execute(update(SWITCHES).where(never).values(**new))


def pilots(store: Store) -> dict[str, State]:
    """Return every pilot that the store knows, and how it stands."""
    with store.reading() as connection:
        found = connection.execute(select(SWITCHES.c.pilot, SWITCHES.c.state))
        return {row.pilot: decode(row.state) for row in found}


def switch(store: Store, pilot: str, seen: Standing, transition: Transition) -> Switched:
    """Throw a switch on what was seen, with its line in the history, or not at all.

    It holds for the next request on every host once this returns. Raises InputError where the
    transition is not allowed, and OvertakenError where another was thrown since.
    """
    after = transition(seen.state)
    said = after.last
    assert said is not None  # noqa: S101  # each transition says who and why
    made = Switched(
        pilot=pilot, generation=seen.generation + 1, said=said, before=seen.state, after=after
    )
    with store.writing() as connection:
        if not _set(connection, made):
            raise _overtaken(connection, made)
        connection.execute(insert(SWITCHED).values(**_line(made)))
    return made


def insist(store: Store, pilot: str, initial: State, transition: Transition) -> Switched:
    """Throw a switch that means the same whatever was thrown meanwhile, such as the kill switch."""
    while True:
        try:
            return switch(store, pilot, standing(store, pilot, initial), transition)
        except OvertakenError:
            continue


def history(store: Store, pilot: str, *, after: int = 0) -> list[Switched]:
    """Return every switch since a generation, the first one first."""
    with store.reading() as connection:
        return switched_since(connection, pilot, after)


def switched_since(connection: Connection, pilot: str, generation: int) -> list[Switched]:
    """Likewise within a transaction."""
    mine = (SWITCHED.c.pilot == pilot) & (SWITCHED.c.generation > generation)
    query = select(SWITCHED).where(mine).order_by(SWITCHED.c.generation)
    return [read_line(row) for row in connection.execute(query)]


def read_line(row: Row[tuple[object, ...]]) -> Switched:
    """Read one line of the history."""
    after = decode(row.after)
    return Switched(
        pilot=row.pilot,
        generation=row.generation,
        said=Said(act=row.act, who=row.who, why=row.why, at=row.at),
        before=decode(row.before),
        after=after,
        is_in_ledger=bool(row.is_in_ledger),
    )


def _standing(connection: Connection, pilot: str, initial: State) -> Standing:
    query = select(SWITCHES.c.generation, SWITCHES.c.state).where(SWITCHES.c.pilot == pilot)
    found = connection.execute(query).first()
    if found is None:
        return Standing(generation=0, state=initial)
    state = replace(decode(found.state), versions=initial.versions)
    return Standing(generation=found.generation, state=state)


def _set(connection: Connection, made: Switched) -> bool:
    """Write the new state where the old one still stands."""
    new = {"generation": made.generation, "state": encode(made.after), "at": made.said.at}
    is_seen = (SWITCHES.c.pilot == made.pilot) & (SWITCHES.c.generation == made.generation - 1)
    if connection.execute(update(SWITCHES).where(is_seen).values(**new)).rowcount == 1:
        return True
    return made.generation == 1 and _insert(connection, made.pilot, new)


def _insert(connection: Connection, pilot: str, new: dict[str, object]) -> bool:
    """Write the first state of a pilot, where there is none; tell whether there was none."""
    first = insert_if_new(SWITCHES).values(pilot=pilot, **new).on_conflict_do_nothing()
    return connection.execute(first.returning(SWITCHES.c.pilot)).first() is not None


def _overtaken(connection: Connection, made: Switched) -> OvertakenError:
    since = switched_since(connection, made.pilot, made.generation - 1)
    words = "".join(f" {each.said.who}: {each.said.act} ({each.said.why})." for each in since)
    return OvertakenError(
        f"Somebody else was first, and nothing was done.{words}",
        hint="See how things stand, then decide again: proveout rollout",
    )


def _line(made: Switched) -> dict[str, object]:
    return {
        "pilot": made.pilot,
        "generation": made.generation,
        "at": made.said.at,
        "act": made.said.act,
        "who": made.said.who,
        "why": made.said.why,
        "before": encode(made.before),
        "after": encode(made.after),
        "is_in_ledger": False,
    }
