"""The receiving team accepts ownership, or says why not (R505)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """The latest word of the receiving team."""

    is_accepted: bool
    who: str
    at: datetime
    why: str
    to: str | None = None
    """The team as the charter named it when they spoke."""


@dataclass(frozen=True, slots=True)
class Handoffs:
    """The section. Acts: 'handoff.accepted', 'handoff.refused', each {why} and, in time, {to}."""

    name: str = "handoff"

    def empty(self) -> Handoff | None:
        """Return that nothing was said."""
        return None

    def taken(self, state: Handoff | None, act: Act) -> Handoff | None:
        """Keep the latest word."""
        return Handoff(
            is_accepted=act.kind == "handoff.accepted",
            who=act.who,
            at=act.at,
            why=act.says["why"],
            to=act.says.get("to"),
        )

    def refuse(self, state: Handoff | None, act: Act, charter: Charter) -> None:
        """Refuse where no team is to receive it, or nothing is said to it."""
        if charter.governance.handoff is None:
            raise InputError(
                "The charter names no team that takes over.",
                hint="Name it in the charter: governance.handoff.to",
            )
        if not str(act.says["why"]).strip():
            raise InputError(
                "The receiving team has to say on what its word rests.",
                hint="Say what was handed over and tried, or what is missing.",
            )

    def facts(self, state: Handoff | None, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield whether it is accepted; of another team's word, nothing."""
        wanted = charter.governance.handoff
        if state is None or wanted is None or state.to not in (None, wanted.to):
            return
        yield Fact(
            metric="governance.handoff_accepted",
            value=float(state.is_accepted),
            n=1,
            person=state.who,
            inputs={f"{PART_INPUT}handoff": digest("handoff", charter)},
            details={"note": state.why, "to": wanted.to, "on": f"{state.at:%Y-%m-%d}"},
        )


HANDOFF = Handoffs()
