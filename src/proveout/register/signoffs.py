"""Who signed what: the holder of a role puts a name to the charter as it stands (R501, R802)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.evidence.model import CHARTER_INPUT, Subject
from proveout.register.act import Act, Fact

SIGNING_ROLES = ("production-owner", "executive-sponsor", "reviewer", "data-owner", "legal")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One signature, or its withdrawal."""

    role: str
    who: str
    at: datetime
    why: str
    charter: str
    """Content hash of the charter that was signed."""
    is_given: bool
    """False: withdrawn."""


State = Mapping[str, SignOff]


@dataclass(frozen=True, slots=True)
class SignOffs:
    """The section. Acts: 'signoff.given', 'signoff.withdrawn', each {role, why, charter}."""

    name: str = "signoff"

    def empty(self) -> State:
        """Nobody has signed."""
        return {}

    def taken(self, state: State, act: Act) -> State:
        """Keep the latest word of each role."""
        role = act.says["role"]
        signed = SignOff(
            role=role,
            who=act.who,
            at=act.at,
            why=act.says["why"],
            charter=act.says["charter"],
            is_given=act.kind == "signoff.given",
        )
        return {**state, role: signed}

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Refuse a role that signs nothing, and a reason that says nothing."""
        if act.says["role"] not in SIGNING_ROLES:
            raise InputError(
                f"'{act.says['role']}' signs nothing.",
                hint=f"Who signs: {', '.join(SIGNING_ROLES)}",
            )
        if not str(act.says["why"]).strip():
            raise InputError("A signature needs a reason.", hint="Say what it rests on.")

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield one fact per role."""
        for role, signed in state.items():
            yield Fact(
                metric="governance.signoff",
                subject=Subject.of(role=role),
                value=float(signed.is_given),
                n=1,
                person=signed.who,
                inputs={CHARTER_INPUT: signed.charter},
                details={"note": signed.why, "at": signed.at.isoformat()},
            )


SIGNOFFS = SignOffs()
