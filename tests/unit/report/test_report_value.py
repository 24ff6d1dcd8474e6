"""What the business has of it, in sentences that need no help."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fixtures.gate_makers import charter, fact, interval, outcome
from proveout.evidence.model import Evidence, Interval, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.report.value import KpiStory, Told, kpi_stories, return_story
from proveout.report.value.wording import change, change_span

TIME = {"name": "closing-time", "meaning": "Time until a case is closed", "unit": "minutes",
        "direction": "lower", "threshold": 12.0}  # fmt: skip


def told(*facts: Evidence, kpi: dict[str, Any] = TIME, missing: Any = (), **agreed: Any) -> Told:
    outcomes = (outcome("value", len(facts), not_measured=tuple(missing)),)
    loaded = charter(kpis=[kpi], **agreed)
    return Told(charter=loaded.charter, evidence=facts, outcomes=outcomes)


def found(
    level: float, spread: float, *, kpi: dict[str, Any] = TIME, **details: Any
) -> list[Evidence]:
    about = Subject.of(kpi=kpi["name"])
    unit, before = kpi["unit"], details.pop("before", 13.9)
    change = round(level - before, 6)
    return [
        fact("value.kpi", level, unit=unit, subject=about, n=1240, details=details,
             interval=interval(level - spread, level + spread)),
        fact("value.baseline", before, unit=unit, subject=about,
             interval=interval(before - 0.3, before + 0.3)),
        fact("value.effect", change, unit=unit, subject=about,
             interval=interval(change - spread, change + spread)),
    ]  # fmt: skip


def story(*facts: Evidence, **more: Any) -> KpiStory:
    (only,) = kpi_stories(told(*facts, **more))
    return only


@pytest.mark.parametrize("design", ["before-after", "staggered"])
def test_figures_as_they_were_before_the_rollout_are_called_so(design: str) -> None:
    """A trend or a season is in neither figure, and the books hold both."""
    shown = story(*found(11.2, 0.4, estimate={"design": design}))

    assert shown.sentences[1].startswith("Both are told as things were before the rollout")
    drawn = story(*found(11.2, 0.4, estimate={"design": "randomised"}))
    assert not any("before the rollout" in each for each in drawn.sentences)


def test_each_number_has_its_sentence() -> None:
    """Level and baseline, interval and cases, effect and share, threshold."""
    shown = story(*found(11.2, 0.4, decides={"by": "looks"}))

    assert (shown.state, shown.level, shown.before, shown.agreed) == (
        "met", "11.2 minutes", "13.9 minutes", "at most 12 minutes"
    )  # fmt: skip
    assert shown.sentences == [
        "With the system, a case takes 11.2 minutes on average; the manual way, 13.9 minutes.",
        "We are 95 % sure that it is between 10.8 and 11.6 minutes, however often one looks; this "
        "rests on 1,240 cases.",
        "The system itself takes off 2.7 minutes (2.3 to 3.1 minutes), about 19 % of the manual "
        "way: that is better. What a trend, a season or the choice of people did is not counted as "
        "its merit.",
        "Agreed was at most 12 minutes: reached, even at the worse end (11.6 minutes).",
    ]


@pytest.mark.parametrize(
    ("statistic", "unit", "first"),
    [
        ("median", "minutes", "With the system, half of all cases take at most 11.2 minutes; the "
         "manual way, 13.9 minutes."),
        ("p90", "hours", "With the system, nine of ten cases take at most 11.2 hours; the manual "
         "way, 13.9 hours."),
        ("median", "EUR/case", "With the system, half of all cases come to at most 11.20 EUR a "
         "case; the manual way, 13.90 EUR a case."),
        ("rate", "errors/1000", "With the system it is 11.2 errors/1000 over all cases; the manual "
         "way, 13.9 errors/1000."),
    ],
)  # fmt: skip
def test_a_statistic_is_said_in_words(statistic: str, unit: str, first: str) -> None:
    """Nobody has to know what a median is."""
    kpi = {**TIME, "unit": unit}
    facts = found(11.2, 0.4, kpi=kpi)
    facts[0] = facts[0].evolve(details={"kpi": {"statistic": statistic}})

    assert story(*facts, kpi=kpi).sentences[0] == first


def test_an_effect_that_may_be_none_is_not_called_one() -> None:
    """The whole span is named, and nothing is better or worse."""
    shown = story(*found(13.6, 0.8))

    assert shown.state == "missed"
    assert shown.sentences[2:] == [
        "That the system changed it at all is not shown: it may be anything from 1.1 minutes less "
        "to 0.5 minutes more.",
        "Agreed was at most 12 minutes: not reached, even at the better end (12.8 minutes).",
    ]


def test_what_lies_on_both_sides_is_not_decided() -> None:
    """Neither reached nor missed."""
    shown = story(*found(11.9, 0.4))

    assert (shown.state, shown.state_words) == ("open", "not decided yet")
    assert shown.sentences[-1] == (
        "Agreed was at most 12 minutes: not decided yet, since what we are sure of lies on both "
        "sides of it."
    )


@pytest.mark.parametrize(
    ("agreed", "kpi", "says", "next_step"),
    [
        ({}, TIME, "Not measured: the charter does not say where the cases of the process are "
         "recorded.", "Name the records in the charter (value.records), or give observations below "
         "and write value: {records: dashboard}."),
        ({"value": {"records": "cases.csv"}}, TIME,
         "Not measured: the charter does not say how it is taken from the records.",
         "Say it in the charter: kpis[].measured with value, begins and ends, or happened."),
        ({"value": {"records": "cases.csv"}}, {**TIME, "measured": {"value": "minutes"}},
         "Not measured yet.", "Start an assessment: the value check reads the records."),
        ({"value": {"records": "dashboard"}}, TIME,
         "Not measured yet.", "Start an assessment: the value check reads the records."),
    ],
)  # fmt: skip
def test_what_is_not_measured_says_what_to_do_next(
    agreed: dict[str, Any], kpi: dict[str, Any], says: str, next_step: str
) -> None:
    """By how far the charter has come."""
    shown = story(kpi=kpi, **agreed)

    assert (shown.state, shown.sentences, shown.next_step) == ("unknown", [says], next_step)


def test_what_the_check_could_not_tell_is_told_as_it_said() -> None:
    """Its reason and its next step, of this KPI alone."""
    missing = NotMeasured(
        metric="value.kpi", subject=Subject.of(kpi="closing-time"),
        reason="a trend was there before the rollout", next_step="Name control teams",
    )  # fmt: skip
    shown = story(missing=[missing])

    assert shown.sentences == ["Not measured: a trend was there before the rollout."]
    assert shown.next_step == "Name control teams."


def test_the_running_figure_is_never_for_deciding() -> None:
    """It says so even where the check did not."""
    shown = story(*found(11.2, 0.4, running={"told": "Today it is 11.0 minutes."}))

    assert shown.running == "Today it is 11.0 minutes. This is not for deciding."


def npv(value: float, spread: float) -> Evidence:
    return fact(
        "value.npv", value, unit="EUR", subject=Subject.of(scenario="full"),
        interval=interval(value - spread, value + spread), details={"told": "It is worth so much."},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "lead"),
    [
        (90_000.0, "It pays, even at the worse end of what we are sure of."),
        (10_000.0, "Whether it pays is not certain yet: what we are sure of reaches from loss to "
         "gain."),
        (-90_000.0, "It does not pay, even at the better end of what we are sure of."),
    ],
)  # fmt: skip
def test_the_return_is_certain_only_with_its_whole_interval(value: float, lead: str) -> None:
    """Where loss and gain are both possible, that is said."""
    shown = return_story(told(npv(value, 40_000.0)))

    assert shown.lead == lead
    assert [each.says for each in shown.scenarios[0].figures if each.is_known] == [
        "It is worth so much."
    ]


def test_without_a_business_case_the_return_says_what_to_write() -> None:
    """It is not made up."""
    shown = return_story(told())

    assert (shown.lead, shown.next_step, shown.scenarios) == (
        "What it returns is not known: the charter does not say what a better figure is worth, nor "
        "what it costs.",
        "Write the business case into the charter: value.returns with worth, currency and costs.",
        [],
    )


def test_a_change_of_a_share_is_told_in_points() -> None:
    """1.6 % of 2.3 % would be something else than 1.6 points."""
    around = Interval(low=0.012, high=0.02, level=0.95, method="")

    assert change(0.016, "fraction", around) == "1.6 points"
    assert change_span(around, "fraction") == "1.2 to 2.0 points"


def test_what_is_simulated_is_reached_in_a_rehearsal_only() -> None:
    """The heading of a figure never says 'reached' of what nobody measured."""
    facts = found(11.2, 0.4, decides={"by": "looks"})

    shown = story(*(replace(each, basis="simulated") for each in facts))

    assert shown.state_words == "reached, in a rehearsal"


def test_before_the_rollout_the_manual_way_is_told() -> None:
    """It was measured, though there is nothing yet to compare it with."""
    baseline = found(11.2, 0.4)[1]

    shown = story(baseline)

    assert shown.state == "unknown"
    assert shown.sentences[-1] == (
        "The manual way was measured: 13.9 minutes (13.6 to 14.2 minutes; n = 1,000)."
    )
    assert "Agreed is at most 12 minutes." in shown.how
