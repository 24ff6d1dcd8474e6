"""The receiving team accepts ownership, or says why not (R505)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register.act import Act, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """The latest word of the receiving team."""

    is_accepted: bool
    who: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Handoffs:
    """The section. Acts: 'handoff.accepted', 'handoff.refused', each {why}."""

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
        )

    def refuse(self, state: Handoff | None, act: Act, charter: Charter) -> None:
        """Refuse where no team is to receive it."""
        if charter.governance.handoff is None:
            raise InputError(
                "The charter names no team that takes over.",
                hint="Name it in the charter: governance.handoff.to",
            )

    def facts(self, state: Handoff | None, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield whether it is accepted."""
        if state is not None:
            yield Fact(
                metric="governance.handoff_accepted",
                value=float(state.is_accepted),
                n=1,
                person=state.who,
                details={"note": state.why, "at": state.at.isoformat()},
            )


HANDOFF = Handoffs()
