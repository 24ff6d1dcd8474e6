"""Switches in words."""

from __future__ import annotations

from datetime import UTC, datetime

from proveout.charter.schema.gateway import MANUAL
from proveout.evidence.figures import figure, minute
from proveout.runtime.rollout.keeping import Switched
from proveout.runtime.rollout.state import Act, Coming, Said, State, Step

_DONE: dict[Act, str] = {
    "start": "started",
    "next": "went one step on",
    "back": "went one step back",
    "hold": "held",
    "promote": "promoted",
    "roll-back": "rolled back",
    "kill": "switched off",
    "restore": "switched on again",
}


def story(state: State) -> list[str]:
    """Say who answers now, in a few sentences, one a line."""
    everybody = _answers(state.current, state.coming)
    if not state.is_on:
        again = f"Once it is restored: {everybody[:1].lower()}{everybody[1:]}"
        lines = ["It is switched off: people do everything by hand.", again]
    else:
        lines = [everybody]
    strange = [each for each in state.served | {state.current} if each not in state.versions]
    lines += [
        f"No host knows '{each}', so that people do it by hand: the charter names "
        f"{', '.join(state.versions)}."
        for each in strange
        if each != MANUAL
    ]
    if state.coming is not None:
        lines.append(_coming(state.coming))
    if state.coming is None and state.before:
        lines.append(f"A rollback goes to {named(state.before[-1])}.")
    if state.last is not None:
        lines.append(f"Last: {said(state.last)}")
    return lines


def said(last: Said) -> str:
    """Say who threw a switch, when and why."""
    return f"{last.who} {_DONE[last.act]}, {_moment(last.at)}: {last.why}"


def line(switched: Switched) -> str:
    """Say a switch in one line of a history."""
    after = switched.after
    now = "off" if not after.is_on else named(after.current)
    coming = after.coming
    if after.is_on and coming is not None:
        now += f", with {named(coming.version)} {_where(coming)}"
    ledger = "" if switched.is_in_ledger else " (not in the ledger yet)"
    return f"{switched.generation}. {said(switched.said)} → {now}{ledger}"


def named(version: str) -> str:
    """Name a version."""
    return "the manual process" if version == MANUAL else f"'{version}'"


def who_gets(step: Step) -> str:
    """Say who is reached: '10 % of the callers, and the groups volunteers and claims'."""
    groups = " and ".join(step.groups)
    kind = "group" if len(step.groups) == 1 else "groups"
    parts = [f"{figure(step.share, 'fraction')} of the callers"] if step.share else []
    parts += [f"the {kind} {groups}"] if groups else []
    return ", and ".join(parts) or "nobody"


def _answers(current: str, coming: Coming | None) -> str:
    rest = "everybody" if coming is None or coming.step is None else "everybody else"
    if current == MANUAL:
        return f"People do it by hand for {rest}."
    return f"{named(current)} answers {rest}."


def _coming(coming: Coming) -> str:
    since = f"since {_moment(coming.began)}"
    held = "" if coming.held is None else f" Held: {coming.held}."
    if coming.step is None:
        return f"{named(coming.version)} answers beside it, and nobody sees that, {since}.{held}"
    return (
        f"{named(coming.version)} answers {who_gets(coming.reaches)}: "
        f"{_where(coming)}, {since}.{held}"
    )


def _where(coming: Coming) -> str:
    if coming.step is None:
        return "in the shadow"
    return f"at step {coming.step + 1} of {len(coming.steps)}"


def _moment(at: float) -> str:
    return minute(datetime.fromtimestamp(at, UTC))
