"""The managers of those affected can lead the change: each says so in person (R607)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import folded
from proveout.errors import InputError
from proveout.register.act import Act, Fact
from proveout.register.growing import added
from proveout.register.saying import latest, needed, said_at, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A manager of people whose work changes."""

    name: str
    leads: str
    """Which team or role; may be empty."""
    who: str
    """Who named them."""
    at: datetime
    is_named: bool = True
    """False: is none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipped:
    """A manager's word: I have what I need to lead it."""

    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Managing:
    """What the section comes to; both by name."""

    managers: Mapping[str, Manager] = field(default_factory=dict)
    equipped: Mapping[str, Equipped] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Manager]:
        """Those who are managers now."""
        return {key: each for key, each in self.managers.items() if each.is_named}

    def word_of(self, name: str) -> Equipped | None:
        """Return what a manager said."""
        return self.equipped.get(folded(name))


@dataclass(frozen=True, slots=True)
class Managers:
    """The section.

    Acts: 'manager.named' {name, leads}, 'manager.unnamed' {name, why}, 'manager.equipped' {note}
    by the manager.
    """

    name: str = "manager"

    def empty(self) -> Managing:
        """Nobody is named."""
        return Managing()

    def taken(self, state: Managing, act: Act) -> Managing:
        """Keep the latest of each."""
        if act.kind == "manager.equipped":
            word = Equipped(who=act.who, at=act.at, note=text_of(act, "note"))
            return replace(state, equipped=added(state.equipped, folded(act.who), word))
        if act.kind not in ("manager.named", "manager.unnamed"):
            return state
        name = text_of(act, "name")
        manager = Manager(
            name=name,
            leads=text_of(act, "leads"),
            who=act.who,
            at=act.at,
            is_named=act.kind == "manager.named",
        )
        return replace(state, managers=added(state.managers, folded(name), manager))

    def refuse(self, state: Managing, act: Act, charter: Charter) -> None:
        """Refuse the word of somebody who is no manager here."""
        if act.kind == "manager.equipped":
            if folded(act.who) not in state.named:
                raise InputError(
                    f"{act.who} is not among the managers of those affected.",
                    hint="Let the project owner name them first.",
                )
            return
        if act.kind not in ("manager.named", "manager.unnamed"):
            raise InputError(f"There is no such act: '{act.kind}'.")
        name = needed(act, "name", what="The manager's name", hint="Write it in full.")
        if act.kind == "manager.unnamed":
            if folded(name) not in state.named:
                raise InputError(f"'{name}' is not among the managers.")
            needed(act, "why", what="The reason", hint="Say why, such as: leads another team now.")

    def facts(self, state: Managing, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield the share who can lead it; none at all where the last one was taken out."""
        named = state.named
        last = latest([*state.managers.values(), *state.equipped.values()])
        if last is None or not state.managers:
            return
        ready = [key for key in named if key in state.equipped]
        waiting = [each.name for key, each in named.items() if key not in state.equipped]
        yield Fact(
            metric="people.managers_equipped",
            value=len(ready) / len(named) if named else 0.0,
            n=len(named),
            person=last.who,
            details={**({"missing": sorted(waiting)} if waiting else {}), **said_at(last)},
        )


MANAGERS = Managers()
