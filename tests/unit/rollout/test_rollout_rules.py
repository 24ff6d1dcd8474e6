"""What happens without people, because it was agreed beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.gate_makers import fact, interval
from proveout.charter.schema import Charter
from proveout.evidence.model import Evidence, Subject
from proveout.gate.model import Criterion, Decision, Finding, Ruling, Verdict
from proveout.runtime.rollout.acting import Proposal, propose
from proveout.runtime.rollout.rules import rules_broken
from proveout.runtime.rollout.state import State, Step
from proveout.runtime.rollout.transitions import By, hold, kill, next_step, promote, start

NOW = datetime(2026, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
STEPS = (Step(groups=("volunteers",), at_least_days=2, at_least_requests=100), Step(share=0.1))
FIRST = State(versions=("v1", "v2"), current="v1")
ANA = By(who="Ana Ruiz", why="gate: go", now=(NOW - 3 * DAY).timestamp())
COMING = start(FIRST, "v2", STEPS, ANA, shadow=False)
WIDER = next_step(COMING, ANA)
PROMOTED = promote(COMING, ANA)


def charter(**values: Any) -> Charter:
    rollout = {"version": "v2", "rollback_when": ["quality.accuracy <= 0.8"], "promote": "by-gate"}
    return Charter.model_validate({"pilot": "p", "rollout": rollout, **values})


def seen(low: float, high: float, *, begins: float = 2, ends: float = 0, **more: Any) -> Evidence:
    """Return accuracy in a window that began and ended so many days ago."""
    window = f"{(NOW - begins * DAY).isoformat()}/{(NOW - ends * DAY).isoformat()}"
    return fact(
        value=(low + high) / 2,
        interval=interval(low, high),
        inputs={"window": window},
        observed_at=NOW,
        **more,
    )


OF_V1, OF_V2 = Subject.of(system="v1"), Subject.of(system="v2")


@pytest.mark.parametrize(
    ("evidence", "is_broken"),
    [
        ([seen(0.70, 0.80)], True),  # the whole interval is past it
        ([seen(0.70, 0.81)], False),  # it may still be kept
        ([seen(0.70, 0.80, begins=4)], False),  # it mixes those before the last switch with now
        ([seen(0.70, 0.80, begins=9, subject=OF_V2)], True),  # of one version alone it does not
        ([seen(0.70, 0.80, begins=9, ends=5, subject=OF_V2)], False),  # an earlier go of it
        ([seen(0.70, 0.80, subject=Subject.of(system="v3"))], False),  # answers nobody
        ([seen(0.70, 0.80, subject=Subject.of(site="north"))], False),  # another question
        ([fact(value=0.5, interval=None)], False),  # not seen in use
        ([seen(0.70, 0.80, n=0)], False),  # rests on nothing
        ([seen(0.70, 0.80, basis="attested")], False),
        ([seen(0.70, 0.80, begins=2, ends=1), seen(0.90, 0.95, begins=1)], False),  # the latest
        ([seen(0.90, 0.95, begins=1), seen(0.70, 0.80, begins=2, ends=1)], False),  # in any order
    ],
)  # fmt: skip
def test_a_rule_is_broken_when_the_latest_window_of_those_who_answer_says_so_for_certain(
    evidence: list[Evidence], is_broken: bool
) -> None:
    """Doubt, old windows and other versions take nothing back."""
    assert bool(rules_broken(charter(), evidence, NOW, state=COMING)) == is_broken


def test_a_ceiling_is_a_rule_too_and_a_full_count_speaks_for_itself() -> None:
    """'metric >= number' is broken from the lower end on; without interval by the value."""
    asked = charter(rollout={"rollback_when": "latency.p95 >= 10"})
    slow = fact("latency.p95", 12, unit="s", inputs=seen(0.1, 0.2).inputs, observed_at=NOW)

    broken = rules_broken(asked, [slow], NOW, state=FIRST)

    assert [each.sentence for each in broken] == [
        "latency.p95 is 12 s (n = 1,000), 2026-03-08 to 2026-03-10: 'latency.p95 >= 10' holds for "
        "certain"
    ]
    doubtful = slow.evolve(interval=interval(9.9, 14))
    assert rules_broken(asked, [doubtful], NOW, state=FIRST) == []


def test_what_the_sole_version_did_is_told_once() -> None:
    """The whole is the version where no other answers; beside another, both are told."""
    evidence = [seen(0.70, 0.80), seen(0.70, 0.80, subject=OF_V1)]

    alone, beside = (
        [each.version for each in rules_broken(charter(), evidence, NOW, state=state)]
        for state in (FIRST, COMING)
    )

    assert (alone, beside) == (["v1"], [None, "v1"])


def test_a_window_within_a_day_is_told_as_that_day() -> None:
    """Not from a day to itself."""
    evidence = [seen(0.70, 0.80, begins=0.9, ends=0.1)]

    (broken,) = rules_broken(charter(), evidence, NOW, state=FIRST)

    assert ", on 2026-03-09: " in broken.sentence


def wanted(
    state: State,
    *evidence: Evidence,
    asked: Charter | None = None,
    answered: int = 0,
    **verdicts: Verdict,
) -> Proposal:
    return propose(
        asked or charter(),
        state,
        evidence,
        verdicts={name.rstrip("_"): verdict for name, verdict in verdicts.items()},  # type: ignore[misc]
        answered=lambda version, since: answered,
        now=NOW,
    )


def done(state: State, proposal: Proposal) -> State:
    assert proposal.transition is not None
    return proposal.transition(state)


def test_a_broken_rule_takes_back_what_is_being_brought_in_and_says_why() -> None:
    """Who is the rule; why has figure, interval, number and window."""
    after = done(COMING, wanted(COMING, seen(0.70, 0.80)))

    assert (after.current, after.coming) == ("v1", None)
    assert after.last is not None
    assert after.last.rule == "quality.accuracy <= 0.8"
    assert after.last.why == (
        "quality.accuracy is 75 % (70 to 80 %; n = 1,000), 2026-03-08 to 2026-03-10: "
        "'quality.accuracy <= 0.8' holds for certain"
    )


def test_what_is_taken_back_is_what_breaks_the_rule() -> None:
    """The new version where it is bad or nobody knows which is; the current one where that is."""
    assert done(COMING, wanted(COMING, seen(0.7, 0.8, subject=OF_V2))).current == "v1"
    assert done(COMING, wanted(COMING, seen(0.7, 0.8, subject=OF_V1))).current == "manual"
    assert done(PROMOTED, wanted(PROMOTED, seen(0.7, 0.8))).current == "v1"
    unseen = start(FIRST, "v2", STEPS, ANA, shadow=True)
    assert done(unseen, wanted(unseen, seen(0.7, 0.8))).current == "manual"
    agreed = charter(rollback={"procedure": "by phone", "to": "manual"})
    assert done(PROMOTED, wanted(PROMOTED, seen(0.7, 0.8), asked=agreed)).current == "manual"


def test_one_window_takes_back_once() -> None:
    """What was found of the version that is gone takes back no other at the next run."""
    found = seen(0.7, 0.8)
    after = done(PROMOTED, wanted(PROMOTED, found))

    assert wanted(after, found) == Proposal()


def test_by_hand_nothing_is_left_to_take_back() -> None:
    """The rule is told, and nothing is switched."""
    by_hand = State(versions=("v1",), current="manual")

    found = wanted(by_hand, seen(0.7, 0.8))

    assert found.transition is None
    assert found.told[0].endswith("People do it by hand already.")
    off = wanted(kill(COMING, ANA), seen(0.7, 0.8))
    assert off == Proposal(told=("It is switched off: no rule does anything.",))


@pytest.mark.parametrize(
    ("state", "decision", "answered", "days", "step"),
    [
        (COMING, "go", 100, 3, 1),
        (COMING, "go", 99, 3, None),
        (COMING, "go", 100, 1.9, None),
        (COMING, "hold", 100, 3, None),
        (COMING, "stop", 100, 3, None),
        (COMING, None, 100, 3, None),
        (hold(COMING, ANA), "go", 100, 3, None),
        (WIDER, "go", 0, 0, "everybody"),
        (start(FIRST, "v2", STEPS, ANA, shadow=True), "go", 100, 3, 0),
        (start(FIRST, "v2", STEPS, ANA, shadow=True), "go", 100, 1, None),
    ],
)  # fmt: skip
def test_a_step_follows_when_its_time_its_requests_and_the_gate_say_so(
    state: State, decision: Decision | None, answered: int, days: float, step: Any
) -> None:
    """All three, and nobody holds it; after the last step comes everybody."""
    verdicts = {} if decision is None else {"scale": verdict("scale", decision)}
    at = datetime.fromtimestamp(ANA.now, UTC) + days * DAY

    found = propose(charter(), state, (), verdicts=verdicts, answered=lambda *_: answered, now=at)  # type: ignore[arg-type]

    if step is None:
        assert found.transition is None
        assert "stays: " in found.told[0]
        return
    after = done(state, found)
    assert after.last is not None
    assert after.last.rule == "promote by gate"
    if step == "everybody":
        assert after.current == "v2"
    else:
        assert after.coming is not None
        assert after.coming.step == step


def test_what_is_missing_for_the_next_step_is_told() -> None:
    """All of it at once, in words."""
    found = propose(
        charter(),
        COMING,
        (),
        verdicts={"scale": verdict("scale", "hold")},
        answered=lambda *_: 40,
        now=datetime.fromtimestamp(ANA.now, UTC) + DAY,
    )

    assert found.told == (
        "'v2' at step 1 of 2 stays: 1.0 of 2 days are over; 40 of 100 requests are answered; the "
        "gate 'scale' says hold.",
    )


def test_by_hand_means_that_no_rule_takes_a_step() -> None:
    """A person decides where the charter does not leave it to the gate."""
    asked = charter(rollout={"version": "v2", "promote": "by-hand"})

    assert wanted(COMING, asked=asked, answered=999, scale=verdict("scale", "go")) == Proposal()


BAD = seen(0.7, 0.8)


@pytest.mark.parametrize(
    ("consequence", "rests_on", "act"),
    [
        ("notify", BAD, None),
        ("stop-widening", BAD, "hold"),
        ("stop-widening", None, "hold"),
        ("roll-back", BAD, "roll-back"),
        ("roll-back", None, None),  # nothing was measured, which is told and takes nothing back
        ("roll-back", seen(0.7, 0.8, begins=9), None),  # it is of those before the last switch
    ],
)
def test_the_gate_continue_does_what_the_charter_says(
    consequence: str, rests_on: Evidence | None, act: str | None
) -> None:
    """To notify is for the monitor; the rest is a switch, with the verdict as its reason."""
    asked = charter(rollout={}, monitoring={"consequences": {"hold": consequence}})

    found = wanted(COMING, asked=asked, continue_=verdict("continue", "hold", rests_on))

    assert found.told[0].startswith("The gate 'continue' says hold: too many errors") or act
    if act is None:
        assert found.transition is None
        return
    after = done(COMING, found)
    assert after.last is not None
    assert (after.last.act, after.last.rule) == (act, "gate continue: hold")
    assert after.last.why == "too many errors"


def verdict(stage: Any, decision: Decision, rests_on: Evidence | None = None) -> Verdict:
    """Return a verdict of now that one ruling holds."""
    criterion = Criterion(
        id=f"{stage}.accuracy",
        stage=stage,
        title="It is right",
        metric="quality.accuracy",
        comparison=">=",
        threshold=0.9,
        family="quality",
        fix="Look at it.",
        role="engineer",
    )
    finding = Finding(
        subject=Subject(),
        state="missing" if rests_on is None else "failed",
        evidence=rests_on,
        bound=None,
        margin=None,
        reason="",
    )
    ruling = Ruling(
        criterion=criterion,
        state=finding.state,
        deciding=finding,
        findings=(finding,),
        owner="Ana Ruiz",
        weight=1.0,
    )
    holding = () if decision == "go" else (ruling,)
    return Verdict(
        pilot="p",
        stage=stage,
        decision=decision,
        summary="too many errors",
        decided_at=NOW,
        rulings=(ruling,),
        fix_first=holding,
        charter_hash="sha256:0",
        sealed_at=None,
        sealed_by=None,
        loosenings=(),
    )
