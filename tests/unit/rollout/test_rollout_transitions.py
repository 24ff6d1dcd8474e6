"""The switches, as laws that hold whatever was thrown before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter.schema.gateway import MANUAL
from proveout.errors import InputError, StoreError
from proveout.runtime.rollout.state import State, Step, decode, encode
from proveout.runtime.rollout.transitions import (
    By,
    back,
    hold,
    kill,
    next_step,
    promote,
    restore,
    roll_back,
    start,
)

VERSIONS = ("v1", "v2", "v3")
FIRST = State(versions=VERSIONS, current="v1")
STEPS = (Step(groups=("volunteers",)), Step(share=0.1), Step(share=0.5, groups=("claims",)))
ANA = By(who="Ana Ruiz", why="wrong totals", now=1000.0)

Switch = Callable[[State, By], State]
SWITCHES: dict[str, Switch] = {
    **{
        f"start {each}": lambda state, by, each=each: start(state, each, STEPS, by, shadow=False)
        for each in VERSIONS
    },
    "start v2 in shadow": lambda state, by: start(state, "v2", STEPS, by, shadow=True),
    "next": next_step,
    "back": back,
    "hold": hold,
    "promote": promote,
    "roll back": roll_back,
    **{
        f"to {each}": lambda state, by, each=each: roll_back(state, by, to=each)
        for each in (*VERSIONS, MANUAL)
    },
    "cut": lambda state, by: roll_back(state, by, in_flight="cut"),
    "kill": kill,
    "restore": restore,
}


@st.composite
def reached(draw: st.DrawFn) -> State:
    """Any state that a company can come to; what was not allowed was not done."""
    state = FIRST
    for place, name in enumerate(draw(st.lists(st.sampled_from(sorted(SWITCHES)), max_size=12))):
        try:
            state = SWITCHES[name](state, replace(ANA, now=1000.0 * place))
        except InputError:
            continue
    return state


LATE = replace(ANA, now=1e6)


@given(reached())
def test_what_is_reached_always_makes_sense(state: State) -> None:
    """Somebody who exists answers; nothing current is being brought in or lies before itself."""
    assert state.current in (*VERSIONS, MANUAL)
    assert state.current not in state.before
    assert len(set(state.before)) == len(state.before)
    if state.coming is not None:
        assert state.coming.version in VERSIONS
        assert state.coming.version != state.current
        assert state.coming.step is None or 0 <= state.coming.step < len(STEPS)
    assert state.served == {MANUAL} if not state.is_on else state.current in state.served


@given(reached())
def test_what_is_stored_is_what_is_read(state: State) -> None:
    """JSON and back is the same state."""
    assert decode(encode(state)) == state


def test_what_a_newer_version_wrote_is_refused_and_not_guessed() -> None:
    """Further keys are let be; an act that is not known is an error that says what to do."""
    text = encode(DONE)
    further = text.replace('{"versions"', '{"new_key":1,"versions"')

    assert decode(further) == DONE
    with pytest.raises(StoreError) as refused:
        decode(text.replace('"act":"promote"', '"act":"tilt"'))
    assert str(refused.value) == (
        "The store holds a switch that this Proveout cannot read: Invalid enum value 'tilt' - at "
        "`$.last.act`.\nIf a newer one wrote it: pip install --upgrade proveout"
    )


@given(reached())
def test_killing_and_restoring_changes_nobody(state: State) -> None:
    """After the kill switch the same versions answer the same people as before it."""
    if not state.is_on:
        state = restore(state, LATE)

    again = restore(kill(state, LATE), LATE)

    assert (again.served, again.current, again.before) == (
        state.served,
        state.current,
        state.before,
    )
    if state.coming is not None and again.coming is not None:
        assert again.coming.reaches == state.coming.reaches


@given(reached(), st.sampled_from(VERSIONS), st.booleans())
def test_rolling_back_what_was_started_is_as_if_it_never_was(
    state: State, version: str, shadow: bool
) -> None:
    """Whoever is brought in and taken back leaves those who answered before."""
    try:
        begun = start(state, version, STEPS, LATE, shadow=shadow)
    except InputError:
        return

    undone = roll_back(begun, replace(LATE, now=2e6))

    assert (undone.served, undone.current, undone.before, undone.coming) == (
        state.served,
        state.current,
        state.before,
        None,
    )


@given(reached())
def test_rolling_back_a_promotion_returns_to_what_was_current(state: State) -> None:
    """The version that everybody had is the one that they get again."""
    try:
        promoted = promote(state, LATE)
    except InputError:
        return

    undone = roll_back(promoted, replace(LATE, now=2e6))

    assert undone.current == state.current
    assert promoted.current not in undone.before


@given(reached())
def test_rolling_back_again_and_again_ends_with_people(state: State) -> None:
    """It never goes round in circles, and its last stop is the manual process."""
    if not state.is_on:
        state = restore(state, LATE)
    seen = []
    for turn in range(10):
        if state.current == MANUAL and state.coming is None:
            break
        state = roll_back(state, replace(LATE, now=1e6 + 100 * turn))
        seen.append(state.current)

    assert state.current == MANUAL
    assert len(set(seen[1:])) == len(seen[1:])


@given(reached())
def test_each_step_keeps_all_whom_the_one_before_had(state: State) -> None:
    """Going on only adds callers; going back returns to just those before."""
    try:
        further = next_step(state, LATE)
    except InputError:
        return
    assert state.coming is not None
    assert further.coming is not None

    before, after = state.coming.reaches, further.coming.reaches

    assert after.share >= before.share
    assert set(after.groups) >= set(before.groups)
    if state.coming.step is not None:
        returned = back(further, LATE).coming
        assert returned is not None
        assert returned.reaches == before


@given(reached(), st.sampled_from(sorted(SWITCHES)))
def test_every_switch_says_who_and_why(state: State, name: str) -> None:
    """Nobody throws a switch unnamed or without a reason."""
    try:
        made = SWITCHES[name](state, LATE)
    except InputError:
        return

    assert made.last is not None
    assert (made.last.who, made.last.why, made.last.at) == ("Ana Ruiz", "wrong totals", 1e6)
    for empty in (replace(LATE, who=" "), replace(LATE, why="")):
        with pytest.raises(InputError, match="needs somebody who answers for it, and a reason"):
            SWITCHES[name](state, empty)


@given(reached(), st.sampled_from(sorted(SWITCHES)))
def test_since_when_is_told_anew_exactly_when_others_answer(state: State, name: str) -> None:
    """A figure over a window says something of those who answer now only from then on."""
    try:
        made = SWITCHES[name](state, LATE)
    except InputError:
        return

    assert (made.since == 1e6) == (made.served != state.served)


ON_ITS_WAY = start(FIRST, "v2", STEPS, ANA, shadow=False)
DONE = promote(ON_ITS_WAY, ANA)
OFF = kill(DONE, ANA)


@pytest.mark.parametrize(
    ("state", "switch", "said"),
    [
        (
            ON_ITS_WAY,
            SWITCHES["start v3"],
            "'v2' is being brought in, and only one at a time can be.\n"
            "Bring it to everybody: proveout rollout promote. Or take it back: proveout rollback",
        ),
        (
            FIRST,
            lambda state, by: start(state, "v9", STEPS, by, shadow=False),
            "There is no version 'v9'.\n"
            "Versions: v1, v2, v3, manual. More are named in the charter under gateway.versions.",
        ),
        (
            FIRST,
            SWITCHES["start v1"],
            "'v1' answers everybody already.\n"
            "Choose another: proveout rollout start v2, or proveout rollout start v3",
        ),
        (
            FIRST,
            lambda state, by: start(state, MANUAL, STEPS, by, shadow=False),
            "The manual process is not brought in step by step: it is there at once.\n"
            "proveout rollback --to manual",
        ),
        (
            FIRST,
            lambda state, by: start(state, "v2", (), by, shadow=False),
            "Nobody would get 'v2': the charter names no steps.\n"
            "Name them in the charter under rollout.steps, or one here: --share 0.1",
        ),
        (
            FIRST,
            next_step,
            "No version is being brought in; 'v1' answers everybody.\n"
            "Choose another: proveout rollout start v2, or proveout rollout start v3",
        ),
        (
            next_step(next_step(ON_ITS_WAY, ANA), ANA),
            next_step,
            "No step is left: 'v2' is at step 3 of 3.\n"
            "Bring it to everybody: proveout rollout promote",
        ),
        (
            ON_ITS_WAY,
            back,
            "There is no step before this one: 'v2' is at step 1 of 3.\n"
            "Take the version back altogether: proveout rollback",
        ),
        (
            FIRST,
            SWITCHES["to v1"],
            "'v1' answers everybody already.\n"
            "Choose another: proveout rollback --to v2, or proveout rollback --to v3, or "
            "proveout rollback --to manual",
        ),
        (
            roll_back(DONE, ANA),
            lambda state, by: roll_back(state, replace(by, now=1012.0)),
            "Ana Ruiz rolled back 12 s ago (wrong totals); 'v1' answers everybody.\n"
            "To go further back, say where to: proveout rollback --to v2, or "
            "proveout rollback --to v3, or proveout rollback --to manual",
        ),
        (
            roll_back(FIRST, ANA, to=MANUAL),
            SWITCHES["roll back"],
            "People do everything by hand already; nothing lies further back.\n"
            "Choose another: proveout rollback --to v1, or proveout rollback --to v2, or "
            "proveout rollback --to v3",
        ),
        (
            OFF,
            kill,
            "It is switched off already, by Ana Ruiz (wrong totals).\n"
            "Switch it on again: proveout restore --who NAME --why REASON",
        ),
        (
            OFF,
            SWITCHES["start v3"],
            "It is switched off, by Ana Ruiz (wrong totals).\n"
            "Switch it on again: proveout restore --who NAME --why REASON",
        ),
        (
            DONE,
            restore,
            "It is not switched off, so there is nothing to restore.\n"
            "See how things stand: proveout rollout",
        ),
        (
            hold(ON_ITS_WAY, ANA),
            hold,
            "'v2' is held already: wrong totals",
        ),
    ],
)  # fmt: skip
def test_what_is_not_allowed_says_what_is(state: State, switch: Switch, said: str) -> None:
    """A refused switch tells how things stand and what can be done."""
    with pytest.raises(InputError) as refused:
        switch(state, LATE)

    assert str(refused.value) == said


def test_a_rollback_goes_where_the_charter_agreed_unless_something_is_being_brought_in() -> None:
    """Without what is coming first; then the agreed version; then what was current before."""
    assert roll_back(ON_ITS_WAY, LATE, agreed=MANUAL).current == "v1"
    assert roll_back(DONE, LATE, agreed=MANUAL).current == MANUAL
    assert roll_back(DONE, LATE, agreed="v3").current == "v3"
    assert roll_back(DONE, LATE).current == "v1"
    assert roll_back(FIRST, LATE).current == MANUAL


def test_under_the_kill_switch_a_rollback_decides_what_is_restored() -> None:
    """People work by hand until it is switched on again, then with the version rolled back to."""
    rolled = roll_back(OFF, LATE)

    assert rolled.served == {MANUAL}
    assert restore(rolled, LATE).served == {"v1"}
