"""How a pilot stands for both teams: a pure function of the evidence and the sealed thresholds."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, RUN, charter, fact, interval, outcome
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.gate.standing import PilotStanding, standing_of

CATALOGUE = Catalogue(SHIPPED)
KPI = {"name": "handling-time", "unit": "minutes", "direction": "lower", "threshold": 12.0}
AGREED = {"kpis": [KPI], "acceptance": ["quality.accuracy >= 0.9"]}
ABOUT = Subject.of(kpi="handling-time")


def standing(*facts: Evidence, agreed: dict[str, Any] = AGREED, **more: Any) -> PilotStanding:
    checks = {each.check.name for each in facts} | set(more)
    outcomes = [
        outcome(check, sum(each.check.name == check for each in facts), **more.get(check, {}))
        for check in sorted(checks)
    ]
    return standing_of(charter(**agreed), facts, outcomes, CATALOGUE, NOW)


def accuracy(value: float = 0.95, spread: float = 0.01) -> Evidence:
    return fact("quality.accuracy", value, interval=interval(value - spread, value + spread))


def running(p95: float = 2.0) -> list[Evidence]:
    return [
        fact("latency.p95", p95, unit="s", interval=interval(p95 - 0.1, p95 + 0.1)),
        fact("latency.unanswered_rate", 0.001, interval=interval(0.0005, 0.002)),
    ]


def level(value: float = 11.0, spread: float = 0.5, **changes: Any) -> Evidence:
    around = interval(value - spread, value + spread)
    return fact("value.kpi", value, unit="minutes", subject=ABOUT, interval=around, **changes)


def effect(value: float, spread: float) -> Evidence:
    around = interval(value - spread, value + spread)
    return fact("value.effect", value, unit="minutes", subject=ABOUT, interval=around)


GOOD, BAD = accuracy(), accuracy(0.7)
REACHED, MISSED, OPEN = level(), level(14.0), level(12.1)


@pytest.mark.parametrize(
    ("technical", "business", "state", "name"),
    [
        (GOOD, REACHED, "both", "A success for both"),
        (GOOD, MISSED, "technical", "Technically a success, no business result"),
        (BAD, REACHED, "business", "A business result, technically short"),
        (BAD, MISSED, "neither", "Neither yet"),
        # the interval holds what was agreed: too little is known to call it either
        (GOOD, OPEN, "unknown", "Not yet known"),
        (accuracy(0.895, 0.02), REACHED, "unknown", "Not yet known"),
    ],
)
def test_each_side_is_met_short_or_not_known(
    technical: Evidence, business: Evidence, state: str, name: str
) -> None:
    """Met where the worse end clears what was sealed, short where even the better end misses."""
    found = standing(technical, business, *running())

    assert (found.state, found.name) == (state, name)


def test_nothing_measured_is_not_known_and_never_a_success() -> None:
    """Missing evidence is on neither side."""
    assert standing().state == "unknown"
    assert standing(GOOD, *running()).state == "unknown"
    assert standing(REACHED).state == "unknown"


def test_the_sentence_has_the_figures_of_both_sides() -> None:
    """What is met in number, what falls short with its figure and what was agreed."""
    assert standing(GOOD, MISSED, *running()).sentence == (
        "The system does what was agreed: all 3 technical lines are met. The business result is "
        "not there: 1 of 1 figures of the business fell short: handling time is 14.0 minutes "
        "(13.5 to 14.5 minutes), agreed was at most 12 minutes."
    )


def test_a_simulation_beside_a_measurement_is_a_rehearsal_too() -> None:
    """Also where the measured one is the worse of the two and decides."""
    found = standing(GOOD, level(11.9, 0.05), level(basis="simulated"), *running())

    assert (found.state, found.is_simulated) == ("both", True)


def test_what_was_found_in_a_simulation_is_a_rehearsal() -> None:
    """It stands, and says so."""
    found = standing(GOOD, level(basis="simulated"), *running())

    assert (found.state, found.is_simulated) == ("both", True)
    assert found.name == "A success for both, in a rehearsal"
    assert found.sentence.startswith("By figures that are simulated in part: the system does ")


def test_no_kpi_or_no_threshold_is_no_business_result() -> None:
    """The line that asks for one stands in its place."""
    without = {**AGREED, "kpis": [{**KPI, "threshold": None}]}

    assert standing(GOOD, *running(), agreed={**AGREED, "kpis": []}).business.state == "unknown"
    assert standing(GOOD, REACHED, *running(), agreed=without).business.state == "unknown"


def causes(*facts: Evidence, **more: Any) -> dict[str, str]:
    return {each.name: each.says for each in standing(*facts, **more).causes}


def used(value: float) -> Evidence:
    return fact("adoption.active_share", value, n=42)


def test_low_use_is_named_where_the_result_is_not_there() -> None:
    """And not where it is there."""
    assert causes(GOOD, MISSED, *running(), used(0.41)) == {
        "adoption-low": "Too few of those it was made for use it: 41 % (n = 42), where at least "
        "70 % is asked."
    }
    assert causes(GOOD, REACHED, *running(), used(0.41)) == {}


def test_a_bottleneck_elsewhere_needs_a_right_system_that_is_used() -> None:
    """Right, used, and the figure did not move: only then."""
    unmoved = [level(14.0, 0.6), effect(0.1, 0.6)]
    says = {
        "bottleneck-elsewhere": "The system is right and is used, and handling time was not seen "
        "to move: the effect is 0.1 minutes (-0.5 to 0.7 minutes). What holds the figure up may "
        "lie elsewhere in the process."
    }

    assert causes(GOOD, *unmoved, *running(), used(0.9)) == says
    assert causes(GOOD, *unmoved, *running()) == {}
    assert causes(BAD, *unmoved, *running(), used(0.9)) == {}


def test_a_kpi_may_be_the_wrong_one_only_where_it_surely_misses() -> None:
    """While it may still be what was agreed, that it stands still is not known."""
    other = {"name": "errors", "unit": "minutes", "direction": "lower", "threshold": 3.0}
    agreed = {**AGREED, "kpis": [KPI, other]}
    about = Subject.of(kpi="errors")
    reached = fact("value.kpi", 2.0, unit="minutes", subject=about, interval=interval(1.8, 2.2))
    found = [reached, effect(-1.5, 1.6), *running()]

    assert causes(GOOD, level(14.0, 0.6), *found, agreed=agreed) == {
        "wrong-kpi": "Errors reached what was agreed and handling time was not seen to move "
        "(-2 minutes (-3 to 0 minutes)): it may not be a figure that the system can change."
    }
    assert causes(GOOD, level(12.5, 1.6), *found, agreed=agreed) == {}


def test_a_figure_that_became_worse_is_said_to_have() -> None:
    """By its direction."""
    assert causes(GOOD, level(15.0), effect(2.0, 0.5), *running()) == {
        "made-worse": "With the system handling time became worse: the effect is 2.0 minutes "
        "(1.5 to 2.5 minutes), and lower is better."
    }


def test_too_few_cases_and_a_weak_design_are_named_while_it_is_open() -> None:
    """With the planner's date; never once it is decided."""
    details = {"estimate": {"design": "before-after"}}
    days = fact("value.days_to_decide", 23, unit="days", subject=ABOUT)
    found = causes(GOOD, level(12.1, details=details), days, *running())

    assert found == {
        "weak-design": "An effect on handling time may be hidden: a comparison of before and after "
        "cannot tell it closer than 12.1 minutes (11.6 to 12.6 minutes).",
        "too-few-cases": "Handling time cannot be decided yet from 1,000 cases; at this pace it "
        "can in about 23 days.",
    }
    assert causes(GOOD, level(14.0, details=details), days, *running()) == {}


def test_a_broken_comparison_is_named_with_what_broke() -> None:
    """The KPI itself is then not measured, and that is said too."""
    broken = fact(
        "value.assumptions_broken", 1, unit="count", subject=ABOUT,
        details={"assumptions": [{"statement": "Both teams went the same way.",
                                  "state": "broken"}]},
    )  # fmt: skip
    missing = NotMeasured(
        metric="value.kpi", subject=ABOUT, reason="a trend was there before", next_step="Draw lots"
    )
    found = causes(GOOD, broken, *running(), value={"not_measured": (missing,)})

    assert found == {
        "not-measured": "Handling time was not measured: a trend was there before.",
        "comparison-broken": "What the comparison of handling time rests on is not so: Both teams "
        "went the same way.",
    }


def test_a_result_in_spite_of_the_system_says_who_may_carry_it() -> None:
    """People who correct it."""
    overruled = fact("adoption.override_rate", 0.3, interval=interval(0.27, 0.33))
    found = causes(BAD, REACHED, overruled, *running())

    assert found == {
        "carried-by-people": "People may make up for what it does wrong: 30 % (27 to 33 %; "
        "n = 1,000) of the answers are overruled."
    }


def test_causes_keep_their_evidence() -> None:
    """So that each can be looked up."""
    found = standing(GOOD, MISSED, *running(), used(0.41))

    assert [each.run for each in found.causes[0].evidence] == [RUN]
