"""Where a pilot stands: before which gate, in which phase, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from proveout.charter.schema import Stage
from proveout.charter.schema.gateway import MANUAL
from proveout.gate.model import Decision

STAGES: tuple[Stage, ...] = get_args(Stage)

Phase = Literal["design", "pilot", "production", "widened", "stopped"]
"""What a pilot is: being thought out, tried on the side, in use by its first users, in use by all,
or at a stop."""

PHASES: Mapping[Phase, str] = {
    "design": "Design",
    "pilot": "In pilot",
    "production": "In production",
    "widened": "Widened",
    "stopped": "Stopped",
}
"""As people say it, in the order in which a pilot goes through them."""

_BEFORE: Mapping[Stage, Phase] = {
    "design": "design", "production": "pilot", "scale": "production", "continue": "widened",
}  # fmt: skip


History = Sequence[Mapping[str, Any]]
"""Verdicts as the ledger keeps them, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where a pilot stands."""

    stage: Stage = "design"
    """The gate that it stands before: after the last one that is open, or tried last."""
    decision: Decision | None = None
    """The last word at that gate; None where it was never held."""
    phase: Phase = "design"
    since: datetime | None = None
    """Since when it stands before this gate; None where the ledger knows nothing of it."""
    unchanged_since: datetime | None = None
    """Since when neither the gate nor the verdict there has changed."""


def stands(
    history: History, *, first_seen: datetime | None, switches: Sequence[Mapping[str, Any]] = ()
) -> Stands:
    """Tell where a pilot stands.

    A go at a gate moves it on, and a later hold or stop there moves it back. Who skips a gate
    stands before the one that was decided. But nobody skips the gate `scale`: what goes on in
    production is decided at `continue` from the first request on, by whatever watches it, and that
    widens nothing; only a stop counts there before. Whatever gates say, a pilot whose system
    answers people through a rollout is in production; one whose last word is 'stop' is stopped.
    """
    latest: dict[Stage, Decision] = {}
    place: tuple[Stage, Decision | None] = "design", None
    since = unchanged_since = first_seen
    for verdict in history:
        if verdict["stage"] not in STAGES:
            continue
        latest[verdict["stage"]] = verdict["decision"]
        stage = _before(latest)
        now = stage, latest.get(stage)
        if now == place:
            continue
        at = datetime.fromisoformat(verdict["decided_at"])
        unchanged_since = at
        if now[0] != place[0]:
            since = at
        place = now
    stage, decision = place
    return Stands(
        stage=stage,
        decision=decision,
        phase=_phase(stage, decision, switches),
        since=since,
        unchanged_since=unchanged_since,
    )


def _before(latest: Mapping[Stage, Decision]) -> Stage:
    is_widened = latest.get("scale") == "go"
    counts = [
        (number, latest[stage])
        for number, stage in enumerate(STAGES)
        if stage in latest and (stage != "continue" or is_widened or latest[stage] == "stop")
    ]
    opened = [number for number, decision in counts if decision == "go"]
    following = min(opened[-1] + 1, len(STAGES) - 1) if opened else 0
    tried = [number for number, _ in counts]
    return STAGES[max([following, *tried])]


def _phase(stage: Stage, decision: Decision | None, switches: Sequence[Mapping[str, Any]]) -> Phase:
    if decision == "stop":
        return "stopped"
    phase = _BEFORE[stage]
    if phase in ("design", "pilot") and switches and _answers(switches[-1].get("after")):
        return "production"
    return phase


def _answers(state: Any) -> bool:
    """Tell whether people get a system's answers: not where all is done by hand."""
    if not isinstance(state, Mapping) or not state.get("is_on", True):
        return False
    coming = state.get("coming")
    is_coming = isinstance(coming, Mapping) and coming.get("step") is not None
    return bool(is_coming or state.get("current", MANUAL) != MANUAL)
