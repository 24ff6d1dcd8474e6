"""Who answers in production, as a value: what the store keeps, and what a switch changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from proveout.charter.schema import Charter
from proveout.charter.schema.gateway import MANUAL
from proveout.errors import StoreError

Act = Literal[
    "start", "next", "back", "hold", "promote", "roll-back", "kill", "restore",
]  # fmt: skip
"""What a switch does."""

InFlight = Literal["finish", "cut"]

MAIN = "current"
"""Name of the system of the charter where it states no version."""

BY_RULE = "rule: "
"""So begins who throws a switch without people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step on the way to everybody, as the charter agreed it."""

    share: float = 0.0
    """Of the callers."""
    groups: tuple[str, ...] = ()
    """Groups and teams, whatever the share."""
    at_least_days: float | None = None
    at_least_requests: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A version that is being brought in."""

    version: str
    steps: tuple[Step, ...]
    step: int | None
    """Place in `steps`, from 0; None while it answers in the shadow."""
    began: float
    """When this step began; seconds since 1970."""
    held: str | None = None
    """Why no rule may widen it; a person may."""

    @property
    def reaches(self) -> Step:
        """Who gets it: all that any step so far has brought in, so that nobody drops out again."""
        so_far = () if self.step is None else self.steps[: self.step + 1]
        groups = dict.fromkeys(group for step in so_far for group in step.groups)
        return Step(share=max((step.share for step in so_far), default=0.0), groups=tuple(groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The last switch: who threw it, and why."""

    act: Act
    who: str
    why: str
    at: float
    """Seconds since 1970."""

    @property
    def rule(self) -> str | None:
        """The rule that threw it; None where a person did."""
        return self.who.removeprefix(BY_RULE) if self.who.startswith(BY_RULE) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Who answers. Unchanging: a switch makes a new one."""

    versions: tuple[str, ...]
    """All behind the one name, the manual process left out: it is always there."""
    current: str
    """Whom everybody gets who gets nothing else."""
    before: tuple[str, ...] = ()
    """What was current earlier and may be so again; the latest last."""
    coming: Coming | None = None
    is_on: bool = True
    """False once the kill switch is thrown: people do everything by hand."""
    in_flight: InFlight = "finish"
    """What becomes of streams on what the last switch took back."""
    since: float | None = None
    """Since when the same versions answer; None where they always have."""
    last: Said | None = None

    @property
    def served(self) -> frozenset[str]:
        """Versions whose answers somebody gets."""
        if not self.is_on:
            return frozenset({MANUAL})
        coming = self.coming
        seen = {self.current}
        if coming is not None and coming.step is not None:
            seen.add(coming.version)
        return frozenset(seen)

    @property
    def shadow(self) -> str | None:
        """The version that answers beside the current one, unseen."""
        coming = self.coming
        return coming.version if self.is_on and coming and coming.step is None else None


def main_version(charter: Charter) -> str:
    """Name the charter's own system as a version."""
    named = None if charter.system is None else charter.system.version
    return named or MAIN


def initial(charter: Charter) -> State:
    """Return how things stand before the first switch.

    Where the charter's rollout brings in its only system, the manual process is what is current:
    nobody gets the system before it is started.
    """
    main, rollout = main_version(charter), charter.rollout
    further = () if charter.gateway is None else charter.gateway.versions
    brought_in = None if rollout is None else rollout.version
    return State(
        versions=(main, *(each.name for each in further)),
        current=MANUAL if brought_in == main else main,
    )


def agreed_steps(charter: Charter) -> tuple[Step, ...]:
    """Return the steps that the charter agreed."""
    steps = () if charter.rollout is None else charter.rollout.steps
    return tuple(
        Step(
            share=step.share or 0.0,
            groups=step.groups,
            at_least_days=step.at_least_days,
            at_least_requests=step.at_least_requests,
        )
        for step in steps
    )


def encode(state: State) -> str:
    """Write it as JSON."""
    return msgspec.json.encode(state).decode()


def decode(text: str) -> State:
    """Read it back; keys that are not known are let be. Raises StoreError on what is no state."""
    try:
        return msgspec.json.decode(text, type=State)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"The store holds a switch that this Proveout cannot read: {error}.",
            hint="If a newer one wrote it: pip install --upgrade proveout",
        ) from error
