"""What a ledger and a charter tell, in the terms of the interview."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.diagnosis import Answers, Record, diagnose
from proveout.diagnosis.questions import BY_ID, QUESTIONS
from proveout.diagnosis.read_from_evidence import RULES, SILENT
from proveout.diagnosis.record import readings_of
from proveout.diagnosis.signals import BY_SIGNAL
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import Basis, CheckRef, Evidence, Interval, Scope, Subject

CATALOGUE = Catalogue(SHIPPED)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KPI = {
    "name": "wait", "unit": "minutes", "direction": "lower", "threshold": 30,
    "baseline": {"value": 90, "source": "tickets"},
}  # fmt: skip


def fact(
    metric: str, value: float, *, basis: Basis = "measured", scope: Scope = "production",
    interval: tuple[float, float] | None = None, unit: str | None = None, **subject: str,
) -> Evidence:  # fmt: skip
    """Return one piece of evidence."""
    return Evidence(
        pilot="p",
        metric=metric,
        value=value,
        unit=unit or CATALOGUE[metric].unit,
        n=100,
        basis=basis,
        scope=scope,
        observed_at=NOW,
        check=CheckRef(name="c", version="1"),
        run="r",
        person="Ada Byron" if basis == "attested" else None,
        subject=Subject.of(**subject),
        interval=interval
        and Interval(low=interval[0], high=interval[1], level=0.95, method="wilson"),
    )


def options(record: Record) -> dict[str, tuple[str, str]]:
    """Return the option and the source of each signal that is told once."""
    return {each.signal: (each.option, each.source) for each in readings_of(record)}


def charter(**values: Any) -> Charter:
    """Return a charter."""
    return Charter.model_validate({"pilot": "p", **values})


def test_what_an_empty_charter_leaves_out_is_a_hint() -> None:
    """Nobody wrote it down; whether it was agreed all the same, people are asked."""
    assert options(Record(charter=charter())) == {
        "decision_rule": ("never", "left out"),
        "outcome": ("none", "left out"),
        "production_plan": ("none", "left out"),
        "owner": ("nobody", "left out"),
        "wrong_answers": ("nothing", "left out"),
        "oversight": ("nobody", "left out"),
        "legal": ("never", "left out"),
        "involved": ("not_asked", "left out"),
        "prepared": ("not_prepared", "left out"),
        "upkeep": ("irregular", "left out"),
    }


def test_a_short_charter_makes_no_cause_certain() -> None:
    """Every question stays open, and the range is as wide as if nothing were known."""
    found = diagnose(record=Record(charter=charter()))

    assert len(found.open_questions) == len(QUESTIONS)
    nothing = {each.failure: each for each in diagnose(Answers(pilot="x")).causes}
    for cause in found.causes:
        assert (cause.low, cause.high) == (nothing[cause.failure].low, nothing[cause.failure].high)
        assert cause.sure == "unsure"


def test_what_is_said_goes_before_what_a_charter_leaves_out() -> None:
    """Whoever was there knows better than a page that does not mention it."""
    said = Answers(pilot="x", answers={"owner": "from_start"})

    found = diagnose(said, Record(charter=charter()))

    owner = next(each for each in found.known if each.signal == "owner")
    assert owner.options == ("from_start",)
    assert [each.option for each in owner.outranked] == ["nobody"]


def test_a_plan_is_no_proof_that_somebody_was_there() -> None:
    """Who is named as owner, and that no sample is named, does not go before what is said."""
    named = charter(
        people={"production_owner": {"name": "Rita Gomez"}}, data={"production": ["claims.csv"]}
    )
    told = options(Record(charter=named))

    assert "owner" not in told
    assert "trial_data" not in told


@pytest.mark.parametrize(
    ("record", "option", "told"),
    [
        (  # sealed before any result
            {"sealed_at": NOW, "sealed_by": "Ada Byron"},
            "before",
            "Sealed by Ada Byron on 2026-03-01, before any result.",
        ),
        (  # sealed when results were there
            {"sealed_at": NOW, "sealed_by": "Ada Byron", "has_results_before_seal": True},
            "later",
            "It was sealed on 2026-03-01, after results.",
        ),
        (  # made easier when results were there
            {"sealed_at": NOW, "loosened_late": ("kpis[wait].threshold",)},
            "later",
            "Made easier once results were known: kpis[wait].threshold.",
        ),
        (  # never sealed, and there are results
            {"evidence": (fact("quality.accuracy", 0.9),)},
            "later",
            "The charter was never sealed, and there are results.",
        ),
    ],
)
def test_the_ledger_tells_when_it_was_decided(
    record: dict[str, Any], option: str, told: str
) -> None:
    """Whether what decides was agreed before results stands in the ledger itself."""
    readings = readings_of(Record(charter=charter(kpis=[KPI]), **record))
    (decided,) = (each for each in readings if each.signal == "decision_rule")

    assert (decided.option, decided.source, decided.told) == (option, "measured", told)


@pytest.mark.parametrize(
    ("found", "signal", "option", "told"),
    [
        (
            fact("adoption.active_share", 0.12, interval=(0.08, 0.2)),
            "used", "few", "Use it of those it is for: 12 % (8 to 20 %; n = 100).",
        ),
        (
            fact("quality.sandbox_drop", 0.21), "live_quality", "much_worse",
            "Drop in quality from the sample to production: 21 % (n = 100).",
        ),
        (
            fact("governance.reviews_kept", 0.4, basis="attested"), "oversight", "weak",
            "Reviews due that were held: 40 % (n = 100), says Ada Byron.",
        ),
        (
            fact("readiness.required_completeness", 0.7, source="erp", column="due"),
            "live_data", "much",
            "A field that the system needs is filled in (source=erp, column=due): 70 % (n = 100).",
        ),
    ],
)  # fmt: skip
def test_figures_answer_questions(found: Evidence, signal: str, option: str, told: str) -> None:
    """What was measured or attested answers a question, with its figure and whose word it is."""
    told_of = readings_of(Record(evidence=(found,)))
    (reading,) = (each for each in told_of if each.signal == signal)

    assert (reading.option, reading.told) == (option, told)
    assert reading.source == found.basis


@pytest.mark.parametrize(
    "found",
    [
        fact("adoption.active_share", 0.1, basis="simulated"),
        fact("adoption.active_share", 0.1, group="north"),
        fact("readiness.required_completeness", 0.1, scope="pilot", source="s", column="c"),
        fact("readiness.required_completeness", 1.0, source="s", column="c"),
    ],
)
def test_what_tells_nothing_of_use_is_left_out(found: Evidence) -> None:
    """What was simulated, is of a part or of the sample, or is merely complete, tells nothing."""
    assert readings_of(Record(evidence=(found,))) == ()


def test_a_business_result_is_told_by_its_bound() -> None:
    """A KPI that reaches its threshold only by its point has not reached it."""
    near = fact("value.kpi", 28, interval=(24, 32), unit="minutes", kpi="wait")
    there = fact("value.kpi", 25, interval=(22, 28), unit="minutes", kpi="wait")
    agreed = charter(kpis=[KPI])

    assert options(Record(charter=agreed, evidence=(near,)))["business_result"][0] == "none"
    assert options(Record(charter=agreed, evidence=(there,)))["business_result"][0] == "reached"


def test_technical_figures_alone_are_told_as_such() -> None:
    """Where accuracy was measured and no KPI, success was told by technical figures."""
    told = options(Record(evidence=(fact("quality.accuracy", 0.97),)))

    assert told == {
        "judged_by": ("technical", "measured"),
        "business_result": ("never_measured", "measured"),
    }


def test_ledger_and_interview_are_one_diagnosis() -> None:
    """What the ledger measured goes before what was said of the same, and says that it did."""
    from fixtures.diagnosed import answers

    measured = fact("adoption.active_share", 0.12)
    found = diagnose(answers(used="most", fit="against"), Record(evidence=(measured,)))
    (used,) = (each for each in found.known if each.signal == "used")

    assert [each.source for each in used.counting] == ["measured"]
    assert [each.whole for each in used.outranked] == [
        "Most of those it was made for used it and went by it."
    ]


def test_rules_name_what_there_is() -> None:
    """Every rule reads a metric of the catalogue and gives an option of its question."""
    for rule in RULES:
        assert rule.metric in CATALOGUE
        options = {option for _, option in rule.bands} | {rule.otherwise}
        assert options - {SILENT} <= set(BY_SIGNAL[rule.signal].says)
        assert rule.signal in BY_ID
