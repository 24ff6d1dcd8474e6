"""All sections of the register of one pilot, folded from its acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from proveout.charter.schema import Charter
from proveout.charter.sealing.model import Seal
from proveout.errors import InputError
from proveout.evidence.ledger.port import Entry
from proveout.register.act import Act, Fact, Section
from proveout.register.reviews import REVIEWS
from proveout.register.sections import SECTIONS, readers_of

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Register:
    """What the acts of a pilot come to. Immutable."""

    states: Mapping[str, Any] = field(
        default_factory=lambda: {each.name: each.empty() for each in SECTIONS.values()}
    )
    acts: tuple[str, ...] = ()
    """Ids of all acts, in their order."""

    def of(self, section: Section[State]) -> State:
        """Return the state of one section."""
        state: State = self.states[section.name]
        return state

    def taken(self, act: Act) -> Register:
        """Return the register after an act. One of an unknown kind is of a newer Proveout: kept."""
        states = dict(self.states)
        for section in readers_of(act.kind):
            states[section.name] = section.taken(states[section.name], act)
        return Register(states, (*self.acts, act.id))

    def taken_all(self, acts: Iterable[Act]) -> Register:
        """Return the register after many acts; a second one of the same id is none."""
        known, states, ids = set(self.acts), dict(self.states), list(self.acts)
        for act in acts:
            if act.id in known:
                continue
            known.add(act.id)
            ids.append(act.id)
            for section in readers_of(act.kind):
                states[section.name] = section.taken(states[section.name], act)
        return Register(states, tuple(ids))

    def sealed(self, at: datetime) -> Register:
        """Return the register of a pilot whose charter was sealed; the first seal counts."""
        state = REVIEWS.sealed(self.of(REVIEWS), at)
        return Register({**self.states, REVIEWS.name: state}, self.acts)

    def refuse(self, act: Act, charter: Charter) -> None:
        """Raise InputError where an act makes no sense."""
        section = SECTIONS.get(act.kind.partition(".")[0])
        if section is None:
            raise InputError(f"There is no such act: '{act.kind}'.")
        section.refuse(self.states[section.name], act, charter)

    def facts(self, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield what all sections come to."""
        for section in SECTIONS.values():
            yield from section.facts(self.states[section.name], charter, now)


def acts_in(entries: Iterable[Entry]) -> Iterator[Act]:
    """Yield the acts of a pilot's entries; a second entry of the same act is none."""
    seen: set[str] = set()
    for entry in entries:
        if entry.kind == "act" and entry.body["id"] not in seen:
            seen.add(entry.body["id"])
            yield Act.from_dict(entry.body)


def register_of(entries: Iterable[Entry]) -> Register:
    """Fold the acts of one pilot, and its seal."""
    known = list(entries)
    register = Register().taken_all(acts_in(known))
    for entry in known:
        if entry.kind == "seal":
            register = register.sealed(Seal.from_dict(entry.body).at)
    return register
