"""The switches: each makes a new state of an old one, or says what is allowed instead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proveout.charter.schema.gateway import MANUAL
from proveout.errors import InputError
from proveout.runtime.rollout.state import Act, Coming, InFlight, Said, State, Step

AGAIN_S = 60.0
"""Two people who roll back within so many seconds mean the same thing, and not two versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who throws a switch, why, and when."""

    who: str
    why: str
    now: float
    """Seconds since 1970."""

    def said(self, act: Act) -> Said:
        """Note it. Raises InputError where nobody is named, or no reason."""
        for what, text in (("who", self.who), ("why", self.why)):
            if not text.strip():
                raise InputError(
                    f"A switch needs somebody who answers for it, and a reason; '{what}' is empty.",
                    hint="Say both: --who 'Ana Ruiz' --why 'wrong totals since noon'",
                )
        return Said(act=act, who=self.who.strip(), why=self.why.strip(), at=self.now)


def start(state: State, version: str, steps: Sequence[Step], by: By, *, shadow: bool) -> State:
    """Begin to bring a version in: with the first step, or in the shadow of the current one.

    Raises InputError where another is being brought in, it is current, unknown, or goes to nobody.
    """
    said = by.said("start")
    _refuse_off(state)
    if state.coming is not None:
        raise InputError(
            f"'{state.coming.version}' is being brought in, and only one at a time can be.",
            hint="Bring it to everybody: proveout rollout promote. Or take it back: "
            "proveout rollback",
        )
    _refuse_unknown(state, version, state.versions)
    if version == state.current:
        raise InputError(
            f"'{version}' answers everybody already.", hint=_choose(_others(state), "start")
        )
    if not steps and not shadow:
        raise InputError(
            f"Nobody would get '{version}': the charter names no steps.",
            hint="Name them in the charter under rollout.steps, or one here: --share 0.1",
        )
    coming = Coming(version=version, steps=tuple(steps), step=None if shadow else 0, began=by.now)
    return _new(state, said, coming=coming)


def next_step(state: State, by: By) -> State:
    """Go one step further; out of the shadow to the first one.

    Raises InputError after the last one: to go to everybody is a decision of its own.
    """
    said = by.said("next")
    coming = _coming(state)
    step = 0 if coming.step is None else coming.step + 1
    if step >= len(coming.steps):
        raise InputError(
            f"No step is left: {_reached(coming)}.",
            hint="Bring it to everybody: proveout rollout promote",
        )
    return _new(state, said, coming=replace(coming, step=step, began=by.now, held=None))


def back(state: State, by: By) -> State:
    """Go one step back. Raises InputError at the first one."""
    said = by.said("back")
    coming = _coming(state)
    if not coming.step:
        raise InputError(
            f"There is no step before this one: {_reached(coming)}.",
            hint="Take the version back altogether: proveout rollback",
        )
    return _new(state, said, coming=replace(coming, step=coming.step - 1, began=by.now))


def hold(state: State, by: By) -> State:
    """Let no rule widen what is being brought in; a person still may.

    Raises InputError where nothing is being brought in, or is held already.
    """
    said = by.said("hold")
    coming = _coming(state)
    if coming.held is not None:
        raise InputError(f"'{coming.version}' is held already: {coming.held}")
    return _new(state, said, coming=replace(coming, held=said.why))


def promote(state: State, by: By) -> State:
    """Bring it to everybody. What was current is what a rollback goes to."""
    said = by.said("promote")
    coming = _coming(state)
    before = tuple(each for each in state.before if each not in (coming.version, state.current))
    return _new(state, said, current=coming.version, before=(*before, state.current), coming=None)


def roll_back(
    state: State,
    by: By,
    *,
    to: str | None = None,
    agreed: str | None = None,
    in_flight: InFlight = "finish",
) -> State:
    """Take back: to a version that is named, or else to what was before.

    Before is, in this order: without what is being brought in; the version that the charter agreed
    (`agreed`); the one that was current earlier; the manual process. It holds while the kill switch
    is thrown, too, and is then what `restore` restores. Raises InputError where all is so already,
    the version is unknown, or somebody has rolled back a moment ago.
    """
    said = by.said("roll-back")
    if to is None:
        _refuse_twice(state, by.now)
        _refuse_by_hand(state)
        to = state.current if state.coming is not None else earlier(state, agreed)
    else:
        _refuse_unknown(state, to, (*state.versions, MANUAL))
    if to == state.current and state.coming is None:
        raise InputError(
            f"'{to}' answers everybody already.", hint=_choose(_others(state), "rollback --to")
        )
    return _new(
        state,
        said,
        current=to,
        before=_until(state, to),
        coming=None,
        in_flight=in_flight,
    )


def kill(state: State, by: By) -> State:
    """Switch it off: people do everything by hand at once, and streams are cut."""
    said = by.said("kill")
    if not state.is_on:
        raise InputError(f"It is switched off already{_by_whom(state)}.", hint=RESTORE)
    return _new(state, said, is_on=False, in_flight="cut")


def restore(state: State, by: By) -> State:
    """Switch it on again, as it was, and with what was rolled back meanwhile."""
    said = by.said("restore")
    if state.is_on:
        raise InputError(
            "It is not switched off, so there is nothing to restore.",
            hint="See how things stand: proveout rollout",
        )
    coming = None if state.coming is None else replace(state.coming, began=by.now)
    return _new(state, said, is_on=True, coming=coming)


def earlier(state: State, agreed: str | None) -> str:
    """Name what a rollback of the current version goes to."""
    if agreed is not None and agreed != state.current and agreed in (*state.versions, MANUAL):
        return agreed
    known = [each for each in state.before if each in (*state.versions, MANUAL)]
    return known[-1] if known else MANUAL


RESTORE = "Switch it on again: proveout restore --who NAME --why REASON"


def _new(state: State, said: Said, *, in_flight: InFlight = "finish", **changes: object) -> State:
    made: State = replace(state, last=said, in_flight=in_flight, **changes)  # type: ignore[arg-type]
    return made if made.served == state.served else replace(made, since=said.at)


def _until(state: State, to: str) -> tuple[str, ...]:
    """Return what could be rolled back to after this: what was there before `to`."""
    if to in state.before:
        return state.before[: state.before.index(to)]
    # What is left for a while, for the manual process, is not forgotten by what came before it.
    return tuple(each for each in state.before if each != state.current)


def _refuse_twice(state: State, now: float) -> None:
    last = state.last
    if last is None or last.act != "roll-back" or now - last.at >= AGAIN_S:
        return
    raise InputError(
        f"{last.who} rolled back {max(0, round(now - last.at))} s ago ({last.why}); "
        f"'{state.current}' answers everybody.",
        hint="To go further back, say where to: "
        + _named(_others(state), "proveout rollback --to"),
    )


def _refuse_by_hand(state: State) -> None:
    if state.coming is None and state.current == MANUAL:
        raise InputError(
            "People do everything by hand already; nothing lies further back.",
            hint=_choose(state.versions, "rollback --to"),
        )


def _coming(state: State) -> Coming:
    _refuse_off(state)
    if state.coming is None:
        raise InputError(
            f"No version is being brought in; '{state.current}' answers everybody.",
            hint=_choose(tuple(each for each in _others(state) if each != MANUAL), "start"),
        )
    return state.coming


def _refuse_off(state: State) -> None:
    if not state.is_on:
        raise InputError(f"It is switched off{_by_whom(state)}.", hint=RESTORE)


def _refuse_unknown(state: State, version: str, allowed: Sequence[str]) -> None:
    if version == MANUAL and MANUAL not in allowed:
        raise InputError(
            "The manual process is not brought in step by step: it is there at once.",
            hint="proveout rollback --to manual",
        )
    if version not in (*state.versions, MANUAL):
        raise InputError(
            f"There is no version '{version}'.",
            hint=f"Versions: {', '.join((*state.versions, MANUAL))}. More are named in the "
            "charter under gateway.versions.",
        )


def _others(state: State) -> tuple[str, ...]:
    return tuple(each for each in (*state.versions, MANUAL) if each != state.current)


def _choose(versions: Sequence[str], verb: str) -> str:
    startable = [each for each in versions if verb != "start" or each != MANUAL]
    if not startable:
        return "Name another version in the charter, under gateway.versions."
    command = "proveout rollout start" if verb == "start" else f"proveout {verb}"
    return f"Choose another: {_named(startable, command)}"


def _named(versions: Sequence[str], command: str) -> str:
    return ", or ".join(f"{command} {each}" for each in versions)


def _reached(coming: Coming) -> str:
    if coming.step is None:
        return f"'{coming.version}' answers in the shadow"
    return f"'{coming.version}' is at step {coming.step + 1} of {len(coming.steps)}"


def _by_whom(state: State) -> str:
    last = state.last
    return f", by {last.who} ({last.why})" if last is not None and last.act == "kill" else ""
