"""An act, the facts that follow from acts, and a section of the register that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from proveout.charter.schema import Charter
from proveout.evidence.model import WHOLE, Interval, Subject

State = TypeVar("State")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did, once."""

    id: str
    """Made by who asks for it: the same form sent twice is one act."""
    pilot: str
    kind: str
    """'signoff.given', 'review.held', …: the section's name and what was done."""
    who: str
    """Full name, as in the charter."""
    at: datetime
    """With time zone."""
    says: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON, by kind."""
    account: str | None = None
    """Id of the account that did it; None from the command line."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "id": self.id,
            "pilot": self.pilot,
            "act": self.kind,
            "who": self.who,
            "at": self.at.isoformat(),
            "says": dict(self.says),
            "account": self.account,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            id=plain["id"],
            pilot=plain["pilot"],
            kind=plain["act"],
            who=plain["who"],
            at=datetime.fromisoformat(plain["at"]),
            says=plain["says"],
            account=plain["account"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What the register comes to, as it will be attested evidence."""

    metric: str
    value: float
    n: int
    """How many acts, people or things it rests on."""
    subject: Subject = WHOLE
    person: str
    """Who vouches for it: whoever said last what it rests on."""
    unit: str | None = None
    """Where the metric leaves it open."""
    interval: Interval | None = None
    seen_at: datetime | None = None
    """Of when it is, however often it is recorded; unset: of the moment of recording."""
    valid_until: datetime | None = None
    """When time alone will make it untrue."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of what was signed."""
    details: Mapping[str, Any] = field(default_factory=dict)


class Section(Protocol[State]):
    """One part of the register: which acts it reads, and what they come to. Pure."""

    @property
    def name(self) -> str:
        """The word before the point in the kinds of its acts."""
        ...

    def empty(self) -> State:
        """Return the state before the first act."""
        ...

    def taken(self, state: State, act: Act) -> State:
        """Return the state after an act, which happened: nothing is refused here."""
        ...

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Raise InputError where an act that is asked for makes no sense."""
        ...

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterable[Fact]:
        """Yield what the state comes to under a charter; what stays the same is not recorded."""
        ...
