"""What the check tells of a return: where each input comes from, and when it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.gate_makers import charter
from proveout.checks import CheckContext
from proveout.checks.value.returning import KpiEffect, returning
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import (
    MEASURED_INPUT,
    WINDOW_INPUT,
    CheckRef,
    Evidence,
    Interval,
    Subject,
)
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.effects.estimate import Assumption, Estimate, Figure

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
RETURNS: dict[str, Any] = {
    "currency": "EUR",
    "worth": [{"kpi": "handling", "per_unit": 0.75, "realised": 0.6}],
    "months": 36,
    "ramp_months": 3,
    "spent": 90_000,
    "rollout": {"likely": 40_000, "low": 30_000, "high": 60_000},
    "run_per_month": {"likely": 3_000, "low": 2_500, "high": 5_000},
    "support_per_month": 2_000,
    "pilot_cases_per_month": 1_500,
    "pilot_run_per_month": 500,
}
KPIS = [
    {"name": "handling", "unit": "minutes", "direction": "lower", "threshold": 20},
    {
        "name": "errors", "unit": "errors/1000", "direction": "lower", "threshold": 4,
        "measured": {"value": "errors", "per": "lines", "times": 1000},
    },
]  # fmt: skip
FULL = Subject.of(scenario="full")


def estimate(value: float, low: float, high: float, **changes: Any) -> Estimate:
    figure = Figure(value=value, low=low, high=high)
    base = Figure(value=26, low=25, high=27)
    whole = Estimate(
        design="randomised", baseline=base, effect=figure, level=base, share=None, confidence=0.95,
        n_with=2_000, n_without=2_000, n_clusters=40, method="t", sentence="Drawn by lot.",
    )  # fmt: skip
    return replace(whole, **changes)


def monthly(value: float, low: float, high: float, **changes: Any) -> Evidence:
    found = Evidence(
        pilot="p", metric="cost.monthly", value=value, unit="EUR/month",
        interval=Interval(low=low, high=high, level=0.95, method="t"), n=500, basis="measured",
        scope="production", observed_at=NOW, check=CheckRef(name="cost", version="1"), run="run-0",
    )  # fmt: skip
    return found.evolve(**changes)


def spent(value: float, currency: str = "EUR") -> Evidence:
    return monthly(
        value, 0, 0, metric="cost.spent", unit=currency, interval=None, n=1, basis="attested",
        person="Ada Eck", scope="pilot", details={"until": "2026-05-31"},
    )  # fmt: skip


COST = monthly(3_500, 3_300, 3_700)
FOUND = estimate(-5, -6, -4)


def told(
    handling: Estimate | None = FOUND,
    errors: Estimate | None = None,
    *,
    known: Sequence[Evidence] = (COST,),
    cases: float | None = 9_000,
    sealed_by: str | None = "Boss",
    how: dict[str, Any] | None = None,
    **returns: Any,
) -> dict[str, Evidence | NotMeasured]:
    loaded = charter(kpis=KPIS, value={"returns": {**RETURNS, **returns}})
    context = CheckContext(
        loaded=loaded, data=None, open_system=None, catalogue=Catalogue(SHIPPED),  # type: ignore[arg-type]
        check=CheckRef(name="value", version="1"), run="run-1", now=NOW, seed=4,
        artifacts=Path("nowhere"), known=lambda: known, sealed_by=sealed_by,
    )  # fmt: skip
    by_name = {each.name: each for each in loaded.charter.kpis}
    effects = [
        KpiEffect(kpi=by_name[name], estimate=found, n=4_000, **(how or {}))
        for name, found in (("handling", handling), ("errors", errors))
    ]
    found = list(returning(context, effects, cases))
    return {f"{each.metric} {each.subject}": each for each in found}  # type: ignore[union-attr]


def npv(**how: Any) -> Evidence:
    found = told(**how)["value.npv scenario=full"]
    assert isinstance(found, Evidence), found
    return found


def refused(**how: Any) -> tuple[str, str]:
    found = told(**how)["value.npv scenario=full"]
    assert isinstance(found, NotMeasured), found
    return found.reason, found.next_step


def test_a_return_is_measured_where_effect_and_run_cost_are() -> None:
    """It says what it rests on, and what of it is only said stands in the details."""
    found = npv()

    assert (found.basis, found.person, found.scope, found.n, found.unit) == (
        "measured", None, "production", 4_000, "EUR",
    )  # fmt: skip
    assert found.interval is not None
    assert found.interval.low < found.value < found.interval.high
    origins = {each["name"]: each["origin"] for each in found.details["inputs"]}
    assert origins == {
        "run": "measured", "spent": "charter", "effect:handling": "measured",
        "worth:handling": "charter", "support": "charter", "training_hours": "charter",
        "rollout": "charter",
    }  # fmt: skip


def test_the_four_figures_read_as_sentences() -> None:
    """Figures with their interval, no more digits than are known."""
    found = told()
    sentences = [
        found[f"value.{name} scenario=full"].details["told"]  # type: ignore[union-attr]
        for name in ("npv", "net_per_month", "payback_months", "return_share")
    ]

    assert sentences == [
        "At full size it is worth 310,000 EUR (180,000 to 430,000 EUR) today, over 36 months and "
        "with all costs taken off; in no draw it is a loss. It depends most on how much handling "
        "improves.",
        "At full size it brings 20,200 EUR (16,200 to 24,300 EUR) a month and takes 5,500 EUR "
        "(5,300 to 5,700 EUR) for running, support and exceptions: 14,800 EUR (10,700 to 18,800 "
        "EUR) a month are left.",
        "At full size it has paid back all that was spent after 12 months (9 to 16), within the 36 "
        "months that are counted.",
        "At full size, for each 100 that are spent 99 (58 to 142) come in on top, at today's "
        "worth.",
    ]


def test_a_run_cost_that_is_only_said_makes_the_return_attested_by_who_sealed() -> None:
    """Before the seal nobody stands for it, and there is no return."""
    said = npv(known=())

    assert (said.basis, said.person) == ("attested", "Boss")
    assert refused(known=(), sealed_by=None) == (
        "it rests on what nobody has measured or sealed: "
        "value.returns.run_per_month of the charter",
        "Measure it (proveout check cost), or seal the charter: proveout seal --who NAME",
    )


def test_what_was_measured_goes_before_what_was_said_and_a_simulation_after_it() -> None:
    """A simulated cost is only taken where nothing else is known, and makes all simulated."""
    simulated = COST.evolve(basis="simulated")

    def run(found: Evidence) -> dict[str, Any]:
        return next(each for each in found.details["inputs"] if each["name"] == "run")

    assert run(npv())["value"] == pytest.approx(3_500)
    assert npv(known=(simulated,)).basis == "attested"
    alone = npv(known=(simulated,), run_per_month=None)
    assert (alone.basis, run(alone)["origin"]) == ("simulated", "simulated")
    assert npv(how={"basis": "simulated"}).basis == "simulated"


def test_full_size_does_not_cost_less_than_today() -> None:
    """What the window cost goes before a cheaper prediction; by itself it is no full size."""
    today = monthly(4_200, 4_000, 4_400, inputs={WINDOW_INPUT: "a/b"})

    both = npv(known=(today, COST))
    alone = npv(known=(today,))

    assert _input(both, "run")["value"] == pytest.approx(4_200)
    assert _input(alone, "run")["origin"] == "charter"


def test_a_run_cost_of_another_charter_or_past_its_date_does_not_count() -> None:
    """It was measured for other users or prices: what the charter says is taken then."""
    other = COST.evolve(inputs={MEASURED_INPUT: "sha256:other"})
    past = COST.evolve(valid_until=NOW - timedelta(days=1))

    assert [_input(npv(known=(found,)), "run")["origin"] for found in (COST, other, past)] == [
        "measured", "charter", "charter",
    ]  # fmt: skip


def test_what_was_spent_is_taken_from_the_register_with_its_name() -> None:
    """A noted sum goes before that of the charter, and stays attested."""
    found = npv(known=(COST, spent(120_000)))

    assert _input(found, "spent") == {
        "name": "spent", "label": "spent so far", "unit": "EUR", "low": 120_000.0,
        "value": 120_000.0, "high": 120_000.0, "origin": "register",
        "where": "noted by Ada Eck, spent until 2026-05-31",
    }  # fmt: skip


def test_another_currency_is_refused_until_its_rate_is_given() -> None:
    """Money is added in one currency alone."""
    dollars = (COST, spent(100_000, "USD"))

    found = npv(known=dollars, exchange={"USD": 0.9}, exchange_on="2026-05-29")

    assert _input(found, "spent")["value"] == 90_000
    assert found.details["exchange"] == {"rates": {"USD": 0.9}, "on": "2026-05-29"}
    assert refused(known=dollars) == (
        "cost.spent: one sum is in USD and the return is in EUR",
        "Give the exchange rate and its day, for example: value.returns.exchange: {USD: 0.92} and "
        "value.returns.exchange_on",
    )


def test_harm_to_a_kpi_with_a_worth_counts_and_to_one_without_is_said() -> None:
    """More errors are a loss where an error has its price, and a sentence where it has none."""
    worse = estimate(2, 1, 3)
    worth = [*RETURNS["worth"], {"kpi": "errors", "per_unit": 0.5}]

    without, counted = npv(errors=worse), npv(errors=worse, worth=worth)

    assert without.details["left_out"][0] == (
        "KPI errors is given no worth, and it became worse, for certain: it is not counted."
    )
    assert counted.value < without.value
    assert next(e for e in counted.details["parts"] if e["name"] == "gain:errors")["value"] < 0


@pytest.mark.parametrize(
    ("how", "why"),
    [
        # A KPI of which nothing is known cannot be left out: it may have been harmed.
        ({"handling": None}, "what the system does to handling is not known"),
        ({"cases": None}, "how many cases there are in a month is not known"),
        ({"worth": []}, "no KPI is given a worth"),
        ({"known": (), "run_per_month": None},
         "what a month at full size costs to run is not known"),
        ({"exception_minutes": 6, "hourly_cost": 50},
         "how many cases people have to look at is not known, and each takes exception_minutes"),
        ({"handling": replace(FOUND, assumptions=(Assumption(
            name="trend", statement="s", state="broken", seen="it was falling before",
            breaks_by="b"),))},
         "what was found of handling rests on something that is not so: it was falling before"),
    ],
)  # fmt: skip
def test_without_one_of_its_inputs_there_is_no_return(how: dict[str, Any], why: str) -> None:
    """Missing is missing; the reason names it."""
    assert refused(**how)[0] == why


def test_a_kpi_with_records_of_its_own_has_cases_of_its_own() -> None:
    """Errors are counted in documents, five for each case, at full size and at the pilot's."""
    worth = [{"kpi": "errors", "per_unit": 0.5}]
    fewer = estimate(-2, -3, -1)

    def gain(scenario: str, **how: Any) -> float:
        found = told(errors=fewer, **how)[f"value.npv scenario={scenario}"]
        assert isinstance(found, Evidence)
        value: float = next(e for e in found.details["parts"] if e["name"] == "gain:errors")[
            "value"
        ]
        return value

    counted = {"worth": worth, "how": {"cases_per_month": 45_000}}
    said = {"worth": [{**worth[0], "cases_per_month": 45_000}]}
    assert gain("full", worth=worth) == pytest.approx(9_000, rel=1e-3)
    assert gain("full", **counted) == pytest.approx(45_000, rel=1e-3)
    assert gain("full", **said) == pytest.approx(45_000, rel=1e-3)
    assert gain("pilot", **said) == pytest.approx(1_500 * 5, rel=1e-3)


def test_a_payback_that_never_comes_is_not_measured() -> None:
    """In more than half of the draws never: no figure; in some of them: no upper bound."""
    reasons = [
        found.reason
        for effect in (estimate(-1.5, -2.5, -0.5), estimate(-3, -6, -0.2), estimate(0, -0.5, 0.5))
        if isinstance(found := told(effect)["value.payback_months scenario=full"], NotMeasured)
    ]

    assert reasons == [
        "in 96 of 100 draws it never pays back within 36 months",
        "in 33 of 100 draws it never pays back within 36 months, so that there is no upper bound; "
        "in half of the draws it does within 23 months",
        "it never pays back within 36 months, in any draw",
    ]


def test_it_is_said_where_gain_turns_into_loss() -> None:
    """For the effect, the run cost and the number of cases, in words."""
    assert [each["told"] for each in npv().details["break_even"]] == [
        "handling is 5 minutes better than without it; at 2.50 minutes better there is neither "
        "gain nor loss.",
        "Running it costs 3,500 EUR a month; above 13,200 EUR a month it is a loss.",
        "There are 9,000 cases in a month; below 4,500 it is a loss.",
    ]


def test_no_break_even_lies_where_no_figure_can_be() -> None:
    """Of 26 errors no more than 26 can be saved."""
    found = npv(errors=estimate(-3, -4, -2), worth=[{"kpi": "errors", "per_unit": 0.01}])

    assert found.details["break_even"][0]["told"] == (
        "errors is 3 errors/1000 better than without it; no other figure of it alone makes it "
        "worth it."
    )


def test_the_pilot_by_itself_is_a_scenario_of_its_own() -> None:
    """Its own cases and run cost, nothing rolled out, nobody trained."""
    found = told()["value.npv scenario=pilot"]
    assert isinstance(found, Evidence)

    assert found.details["cases_per_month"] == 1_500
    assert {each["name"] for each in found.details["parts"]} == {
        "gain:handling", "run", "support", "spent",
    }  # fmt: skip
    unsaid = told(pilot_cases_per_month=None)["value.npv scenario=pilot"]
    assert isinstance(unsaid, NotMeasured)
    assert unsaid.next_step == "Write value.returns.pilot_cases_per_month"


def test_hours_that_move_are_told_with_their_interval() -> None:
    """9,000 cases of 5 minutes (4 to 6) are 750 hours (600 to 900), realised or not."""
    hours = npv().details["hours"]

    assert [each["kpi"] for each in hours] == ["handling"]
    assert [hours[0][end] for end in ("low", "value", "high")] == pytest.approx(
        [600, 750, 900], rel=0.01
    )


def test_looking_every_day_is_paid_for_in_the_return_as_well() -> None:
    """An effect that was looked at under a stricter confidence gives the wider interval.

    The same estimate at 99 %: its interval is wider, and so is that of the return, although both
    tell the same spread of a single look.
    """
    z = 2.5758 / 1.95996
    stricter = estimate(-5, -5 - z, -5 + z, confidence=0.99)

    once, often = npv().interval, npv(handling=stricter).interval

    assert once is not None
    assert often is not None
    assert (often.high - often.low) / (once.high - once.low) == pytest.approx(z, rel=0.05)


def test_without_returns_nothing_is_passed_over() -> None:
    """The charter that says nothing of worth and cost is told what to write."""
    loaded = charter(kpis=KPIS, value={})
    context = CheckContext(
        loaded=loaded, data=None, open_system=None, catalogue=Catalogue(SHIPPED),  # type: ignore[arg-type]
        check=CheckRef(name="value", version="1"), run="run-1", now=NOW, seed=4,
        artifacts=Path("nowhere"),
    )  # fmt: skip

    found = list(returning(context, [], None))

    assert [(each.metric, each.subject) for each in found] == [  # type: ignore[union-attr]
        ("value.net_per_month", FULL), ("value.npv", FULL), ("value.payback_months", FULL),
        ("value.return_share", FULL),
    ]  # fmt: skip


def _input(found: Evidence, name: str) -> dict[str, Any]:
    told: dict[str, Any] = next(e for e in found.details["inputs"] if e["name"] == name)
    return told
