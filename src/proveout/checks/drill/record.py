"""What happened in a drill. Moments are seconds since it began, on a clock that never jumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from proveout.checks.drill.scenario import Scenario

ServedBy = Literal["system", "fallback"]
Deed = Literal["ack", "act", "step", "vendor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of the drill's own users, from when it was wanted to how it ended."""

    due_s: float
    done_s: float
    served_by: ServedBy | None
    """None: the user got nothing."""
    trouble: str = ""
    """Why the system did not serve: 'HTTP 503', 'no answer within 10 s'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOn:
    """One fault as it was really on."""

    name: str
    kind: str
    share: float
    sign: str
    """What a monitor would have shown."""
    when: str
    """In hours of the scenario: 'Saturday 19:00 to Sunday 02:00'."""
    began_s: float
    ended_s: float
    seen: int = 0
    """Requests that came while it was on, the drill's and those of others."""
    struck: int = 0
    """Those of them that met it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person said from another terminal. The moment is measured; who and what are stated."""

    at_s: float
    deed: Deed
    who: str
    is_vendor: bool = False
    text: str = ""
    step: int | None = None
    """Number of a step of the runbook, from 1."""
    by_hand: bool = False
    """From here on the work is done by hand, as the person says."""

    def sentence(self, steps: Sequence[str]) -> str:
        """Tell who said what; `steps` are those of the runbook."""
        match self.deed:
            case "ack":
                what = "noticed that something is wrong"
            case "act":
                what = "works by hand from now on" if self.by_hand else "does something about it"
            case "step":
                what = f"has done step {self.step}"
            case "vendor":
                what = "needed the vendor"
        text = steps[self.step - 1] if self.step is not None else self.text
        return f"{self.who} {what}{f': {text}' if text else '.'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDrill:
    """A drill that was held to its end."""

    scenario: Scenario
    began_at: datetime
    seconds: float
    faults: tuple[FaultOn, ...]
    said: tuple[Said, ...]
    asked: tuple[Asked, ...]
    steps: tuple[str, ...]
    """The runbook's steps."""
    participants: tuple[str, ...]
    vendor: tuple[str, ...]
    users: int
    give_up_after_s: float
    fallback: bool
    """The charter names one, and users who failed went there."""
    notified: bool
    """Participants were sent what a monitor would have shown."""
    simulated: bool
    """The far end said that it is a simulation."""
    broken_off: int = 0
    """Drills since the last whole one that were stopped or killed."""
    inputs: Mapping[str, str]
    """Fingerprints of data and system."""

    @property
    def factor(self) -> float:
        """Scenario seconds in one second of the drill."""
        return self.scenario.factor(self.seconds)


def as_line(event: str, what: Any, at_s: float | None = None) -> dict[str, Any]:
    """Return one line of the timeline."""
    plain = asdict(what) if not isinstance(what, dict) else what
    return {"event": event, **({} if at_s is None else {"at_s": round(at_s, 3)}), **plain}
