"""Going one step further without people, where the charter leaves it to the gate. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from proveout.charter.schema import Charter
from proveout.gate.model import Verdict
from proveout.runtime.rollout.state import Coming, State
from proveout.runtime.rollout.telling import named

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Whether what is being brought in goes one step further, and why or why not."""

    is_due: bool
    is_last: bool
    """The step that is over was the last one: what follows is everybody."""
    sentence: str


def advance(
    charter: Charter, state: State, verdict: Verdict | None, answered: int, now: float
) -> Advance | None:
    """Say whether the next step is due; None where a person decides, or nothing is on its way.

    A step lasts until its days and its requests are reached and the gate 'scale' has said go since
    it began. The shadow lasts as long as the first step would. `answered` are the requests that
    the version answered in this step.
    """
    coming, rollout = state.coming, charter.rollout
    if not state.is_on or coming is None or rollout is None or rollout.promote != "by-gate":
        return None
    if not coming.steps:
        return None
    missing = [*_missing(coming, answered, now), *_closed(coming, verdict)]
    if coming.held is not None:
        missing.insert(0, f"it is held: {coming.held.rstrip('.')}")
    where = f"{named(coming.version)} {_place(coming)}"
    is_last = coming.step is not None and coming.step + 1 >= len(coming.steps)
    if missing:
        return Advance(
            is_due=False, is_last=is_last, sentence=f"{where} stays: {'; '.join(missing)}."
        )
    reached = f"{where} has had its time ({answered:,} requests), and the gate 'scale' says go."
    return Advance(is_due=True, is_last=is_last, sentence=reached)


def _missing(coming: Coming, answered: int, now: float) -> list[str]:
    step = coming.steps[coming.step or 0]
    missing = []
    days = (now - coming.began) / DAY_S
    if step.at_least_days is not None and days < step.at_least_days:
        missing.append(f"{max(days, 0):.1f} of {step.at_least_days:g} days are over")
    if step.at_least_requests is not None and answered < step.at_least_requests:
        missing.append(f"{answered:,} of {step.at_least_requests:,} requests are answered")
    return missing


def _closed(coming: Coming, verdict: Verdict | None) -> list[str]:
    if verdict is None or verdict.decided_at < datetime.fromtimestamp(coming.began, UTC):
        return ["the gate 'scale' has not been asked since"]
    return [] if verdict.decision == "go" else [f"the gate 'scale' says {verdict.decision}"]


def _place(coming: Coming) -> str:
    if coming.step is None:
        return "in the shadow"
    return f"at step {coming.step + 1} of {len(coming.steps)}"
