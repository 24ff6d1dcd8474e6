"""What a monitor does after each of its runs: take back, stop widening, or go a step further.

Everything is agreed beforehand in the charter: rollout.rollback_when, monitoring.consequences of
the gate 'continue', and rollout.promote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from proveout.charter.schema import Charter, Stage
from proveout.charter.schema.gateway import MANUAL
from proveout.charter.schema.monitoring import Consequences
from proveout.errors import InputError
from proveout.evidence.model import Evidence
from proveout.gate.model import Ruling, Verdict
from proveout.runtime.rollout.advancing import advance
from proveout.runtime.rollout.keeping import (
    OvertakenError,
    Switched,
    Transition,
    standing,
    switch,
)
from proveout.runtime.rollout.rules import Broken, rules_broken, tells_of_now
from proveout.runtime.rollout.state import BY_RULE, State, initial
from proveout.runtime.rollout.transitions import By, earlier, hold, next_step, promote, roll_back
from proveout.runtime.store.port import Store

TRIES = 3
"""Somebody may switch in the same moment; then it is looked at anew."""

Answered = Callable[[str, float], int]
"""How many requests a version has answered since a moment (seconds since 1970), those in the
shadow included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What was done without people, and what was looked at and left."""

    switched: Switched | None = None
    broken: tuple[Broken, ...] = ()
    """Rules that are broken for certain, whether or not there was anything to take back."""
    told: tuple[str, ...] = ()
    """Sentences for those who are notified: what was done, what was not, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the rules want done in a state."""

    transition: Transition | None = None
    broken: tuple[Broken, ...] = ()
    told: tuple[str, ...] = ()


def act_on(
    store: Store,
    charter: Charter,
    *,
    evidence: Iterable[Evidence],
    verdicts: Mapping[Stage, Verdict],
    answered: Answered,
    now: datetime,
) -> Acted:
    """Do what the charter agreed, given what the latest windows tell; at most one switch.

    `evidence` is the latest of all checks; `verdicts` those of 'continue' and, where promotion is
    left to the gate, 'scale'. Raises what the store raises. The caller records the switch with
    `record_switches`, as everybody does who comes by.
    """
    known = tuple(evidence)
    first = initial(charter)
    for _ in range(TRIES):
        seen = standing(store, charter.pilot, first)
        wanted = propose(charter, seen.state, known, verdicts=verdicts, answered=answered, now=now)
        if wanted.transition is None:
            return Acted(broken=wanted.broken, told=wanted.told)
        try:
            done = switch(store, charter.pilot, seen, wanted.transition)
        except OvertakenError:
            continue
        except InputError as error:
            return Acted(broken=wanted.broken, told=(*wanted.told, error.message))
        return Acted(switched=done, broken=wanted.broken, told=wanted.told)
    told = "Others were switching in the same moment; the next run looks at it again."
    return Acted(told=(told,))


def answering_since(store: Store, charter: Charter) -> datetime | None:
    """Return since when the same versions answer; None where nobody else ever did.

    Rules act on figures of windows that begin there or later, and on those of single versions: a
    monitor whose windows reach further back lets no rule act until they no longer do.
    """
    since = standing(store, charter.pilot, initial(charter)).state.since
    return None if since is None else datetime.fromtimestamp(since, UTC)


def propose(
    charter: Charter,
    state: State,
    evidence: Iterable[Evidence],
    *,
    verdicts: Mapping[Stage, Verdict],
    answered: Answered,
    now: datetime,
) -> Proposal:
    """Say what the rules want done. Pure.

    A broken rule comes before what the gate 'continue' says, and both before the next step.
    """
    if not state.is_on:
        return Proposal(told=("It is switched off: no rule does anything.",))
    broken = tuple(rules_broken(charter, evidence, now, state=state))
    if broken:
        why = ". ".join(each.sentence for each in broken)
        return _take_back(
            charter,
            state,
            By(who=f"{BY_RULE}{broken[0].rule}", why=why, now=now.timestamp()),
            broken,
        )
    judged = verdicts.get("continue")
    asked = Proposal()
    if judged is not None and judged.decision != "go":
        asked, may_go_on = _consequence(charter, state, judged, now)
        if not may_go_on:
            return asked
    further = _further(charter, state, verdicts.get("scale"), answered, now)
    return replace(further, told=(*asked.told, *further.told))


def _take_back(charter: Charter, state: State, by: By, broken: tuple[Broken, ...] = ()) -> Proposal:
    if state.current == MANUAL and state.coming is None:
        told = f"{by.why}. People do it by hand already."
        return Proposal(broken=broken, told=(told,))
    said, rollout = charter.rollback, charter.rollout
    agreed = said.to if said is not None and "to" in said.model_fields_set else None
    transition = partial(
        roll_back,
        by=by,
        to=earlier(state, agreed) if _is_of_current(broken, state) else None,
        agreed=agreed,
        in_flight="finish" if rollout is None else rollout.in_flight,
    )
    return Proposal(transition=transition, broken=broken, told=(f"Rolled back: {by.why}.",))


def _is_of_current(broken: tuple[Broken, ...], state: State) -> bool:
    """Tell whether to take back what is being brought in would leave what does harm."""
    if state.shadow is not None:
        return True  # nobody gets what is being brought in
    return bool(broken) and all(each.version == state.current for each in broken)


def _consequence(
    charter: Charter, state: State, judged: Verdict, now: datetime
) -> tuple[Proposal, bool]:
    """Do what monitoring.consequences says of the gate 'continue'; tell whether to go on after."""
    agreed = Consequences() if charter.monitoring is None else charter.monitoring.consequences
    consequence = agreed.stop if judged.decision == "stop" else agreed.hold
    said = f"The gate 'continue' says {judged.decision}: {judged.summary}"
    by = By(
        who=f"{BY_RULE}gate continue: {judged.decision}", why=judged.summary, now=now.timestamp()
    )
    if consequence == "roll-back":
        if any(_is_of_now(ruling, state) for ruling in judged.fix_first):
            return _take_back(charter, state, by), False
        said += " But nothing of it was measured on those who answer now: nothing is rolled back."
        return Proposal(told=(said,)), False
    is_widening = state.coming is not None and state.coming.held is None
    if consequence == "stop-widening" and is_widening:
        said += " It is not brought to more people by any rule."
        return Proposal(transition=partial(hold, by=by), told=(said,)), False
    return Proposal(told=(said,)), True


def _is_of_now(ruling: Ruling, state: State) -> bool:
    return any(
        finding.evidence is not None
        and finding.state == "failed"
        and tells_of_now(finding.evidence, state)
        for finding in ruling.findings
    )


def _further(
    charter: Charter, state: State, judged: Verdict | None, answered: Answered, now: datetime
) -> Proposal:
    coming = state.coming
    if coming is None:
        return Proposal()
    moment = now.timestamp()
    n = answered(coming.version, coming.began)
    found = advance(charter, state, judged, n, moment)
    if found is None:
        return Proposal()
    if not found.is_due:
        return Proposal(told=(found.sentence,))
    by = By(who=f"{BY_RULE}promote by gate", why=found.sentence, now=moment)
    transition = partial(promote if found.is_last else next_step, by=by)
    return Proposal(transition=transition, told=(found.sentence,))
