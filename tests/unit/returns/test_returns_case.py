"""A business case: what comes in and goes out, held against tables and a slow reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.statistics.returns import (
    BusinessCase,
    Exact,
    Exceptions,
    Gain,
    Likely,
    Measured,
    break_even,
    draw,
    drivers,
)
from proveout.statistics.returns.case import Flows, ramp

MINUTES = Gain(
    kpi="minutes", better_by=Measured(value=4, low=3, high=5, level=0.95), worth=Exact(0.5)
)
CASE = BusinessCase(
    gains=(MINUTES,),
    cases_per_month=10_000,
    months=36,
    discount_rate=0.08,
    ramp_months=3,
    run=Likely(low=4_000, likely=5_000, high=8_000, least=0),
    support=Exact(2_000),
    rollout=Exact(60_000),
    spent=Exact(100_000),
)


def exact(case: BusinessCase) -> Flows:
    """Return the flows with every input at its median."""
    return case.flows({name: each.at(np.array([0.5])) for name, each in case.inputs().items()})


def constant(monthly: float, **changes: object) -> BusinessCase:
    """Return a case that brings that much a month, for certain, and costs nothing."""
    gain = Gain(kpi="money", better_by=Exact(monthly), worth=Exact(1.0))
    plain = BusinessCase(gains=(gain,), cases_per_month=1, months=36, discount_rate=0.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("months", "monthly_rate", "factor"),
    [
        # The usual table of present values of 1 paid at the end of each period.
        (12, 0.01, 11.2551),
        (24, 0.01, 21.2434),
        (36, 0.01, 30.1075),
        (10, 0.05, 7.7217),
        (20, 0.08, 9.8181),
    ],
)
def test_a_steady_income_is_worth_what_the_annuity_table_says(
    months: int, monthly_rate: float, factor: float
) -> None:
    """A yearly rate is turned into the monthly one that compounds to it."""
    yearly = (1 + monthly_rate) ** 12 - 1
    case = constant(1.0, months=months)

    found = exact(replace(case, discount_rate=yearly)).npv

    assert float(found[0]) == pytest.approx(factor, abs=5e-5)


def test_a_published_annuity_is_paid_back_to_the_cent() -> None:
    """100 a month for 10 years at 5 % a year in 12 parts is 9,428.14 (worked example of `pv`).

    In numpy-financial's documentation, 15,692.93 is to be had after it: 15,692.93 discounted less
    what 100 a month come to is worth 100.00 now.
    """
    yearly = (1 + 0.05 / 12) ** 12 - 1
    case = constant(100.0, months=120, discount_rate=yearly)
    now = exact(case).npv[0]

    assert 15_692.93 * (1 + 0.05 / 12) ** -120 - now == pytest.approx(100.00067, abs=1e-4)


def test_the_flows_are_those_of_a_slow_month_by_month_count() -> None:
    """Gains and exceptions grow with the ramp; run cost and support are paid from the start."""
    case = replace(
        CASE,
        exceptions=Exceptions(rate=Exact(0.05), minutes=Exact(6)),
        hourly_cost=Exact(60),
        training_hours=Exact(4),
        people=30,
    )
    npv, balance, payback = -(100_000 + 60_000 + 30 * 4 * 60), -(100_000 + 60_000 + 7_200), None
    run = float(case.run.at(np.array([0.5]))[0])
    for month in range(1, 37):
        used = sum(min(1, (month - 1 + (i + 0.5) / 1e4) / 3) for i in range(10_000)) / 1e4
        flow = used * (10_000 * 4 * 0.5 - 10_000 * 0.05 * 6 / 60 * 60) - run - 2_000
        npv += flow / 1.08 ** (month / 12)
        balance += flow
        payback = month if payback is None and balance >= 0 else payback

    found = exact(case)

    assert float(found.npv[0]) == pytest.approx(npv, rel=1e-6)
    assert float(found.payback_months[0]) == payback


def test_use_grows_evenly_through_the_ramp() -> None:
    """A month within the ramp sees the mean of its days; after it, all of it."""
    assert ramp(5, 3).tolist() == pytest.approx([1 / 6, 3 / 6, 5 / 6, 1, 1])
    assert ramp(3, 1.5).tolist() == pytest.approx([1 / 3, 11 / 12, 1])
    assert ramp(2, 0).tolist() == [1, 1]


def test_it_pays_back_at_the_end_of_the_first_month_in_which_all_is_back() -> None:
    """1,000 spent and 300 a month: after the fourth month; 250: exactly with the fourth."""
    assert exact(constant(300, spent=Exact(1_000))).payback_months[0] == 4
    assert exact(constant(250, spent=Exact(1_000))).payback_months[0] == 4
    assert exact(constant(300)).payback_months[0] == 0
    assert np.isinf(exact(constant(27.7, spent=Exact(1_000))).payback_months[0])


def test_hours_that_are_saved_and_not_used_are_worth_nothing() -> None:
    """The realised share counts of a gain; harm is paid for in full."""
    half = replace(MINUTES, realised=0.5)

    assert half.money(np.array([4.0, -4.0]), np.array([0.5, 0.5])).tolist() == [1.0, -2.0]


def test_without_an_effect_the_net_present_value_is_what_it_costs() -> None:
    """Nothing is made better: all costs are left, those to come discounted."""
    case = replace(CASE, gains=(replace(MINUTES, better_by=Exact(0.0)),))

    found = exact(case)

    assert found.npv == pytest.approx(-found.present_costs)
    assert found.return_share == pytest.approx(-1.0)


@settings(max_examples=25)
@given(st.floats(1, 20_000), st.floats(0.2, 5))
def test_more_run_cost_is_never_worth_more_and_currency_does_not_matter(
    more: float, rate: float
) -> None:
    """Every draw falls with the run cost, and all of them scale with the currency."""
    drawn = draw(CASE, seed=1, power=8).flows
    dearer = draw(replace(CASE, support=Exact(2_000 + more)), seed=1, power=8).flows
    elsewhere = draw(
        replace(
            CASE,
            gains=(replace(MINUTES, worth=Exact(0.5 * rate)),),
            run=Likely(low=4_000 * rate, likely=5_000 * rate, high=8_000 * rate, least=0),
            support=Exact(2_000 * rate),
            rollout=Exact(60_000 * rate),
            spent=Exact(100_000 * rate),
        ),
        seed=1,
        power=8,
    ).flows

    assert (dearer.npv < drawn.npv).all()
    assert (dearer.payback_months >= drawn.payback_months).all()
    assert elsewhere.npv == pytest.approx(drawn.npv * rate, rel=1e-9)
    assert elsewhere.return_share == pytest.approx(drawn.return_share, rel=1e-9)
    assert np.allclose(elsewhere.payback_months, drawn.payback_months)


def test_the_same_seed_gives_the_same_figures_and_another_nearly_the_same() -> None:
    """The median of another seed is off by less than a hundredth of the interval's width."""
    one, again, other = (draw(CASE, seed=seed) for seed in (7, 7, 8))
    spreads = [each.spread(each.flows.npv) for each in (one, again, other)]

    assert spreads[0] == spreads[1]
    width = spreads[0].high - spreads[0].low
    assert abs(spreads[0].value - spreads[2].value) < width / 100
    assert abs(spreads[0].low - spreads[2].low) < width / 100


def test_kpis_of_which_nothing_more_is_known_err_together() -> None:
    """Errors that cancel out would make the interval too narrow: two halves are as unsure as one.

    With a known correlation of zero they do cancel out, by the square root of two.
    """
    halves = tuple(replace(MINUTES, kpi=name, worth=Exact(0.25)) for name in ("a", "b"))
    apart = replace(CASE, gains=halves, run=Exact(5_000))
    whole = replace(CASE, run=Exact(5_000))

    def width(case: BusinessCase, **how: object) -> float:
        drawn = draw(case, seed=3, **how)  # type: ignore[arg-type]
        found = drawn.spread(drawn.flows.npv)
        return found.high - found.low

    assert width(apart) == pytest.approx(width(whole), rel=0.01)
    assert width(apart, correlation=np.eye(2)) == pytest.approx(width(whole) / 2**0.5, rel=0.02)


def test_drivers_are_ordered_by_how_far_they_move_it() -> None:
    """Each input at its 5 % and 95 % end, the others at their middle; shares add up to one."""
    found = drivers(draw(CASE, seed=1))

    assert [each.name for each in found] == ["effect:minutes", "run"]
    effect, run = found
    assert effect.swing > run.swing
    assert effect.npv_at_low < effect.npv_at_high
    assert run.npv_at_low > run.npv_at_high
    assert (run.low, run.high) == pytest.approx((4_000, 8_000))
    assert effect.share + run.share == pytest.approx(1)
    assert effect.share > 0.5


@pytest.mark.parametrize("name", ["effect:minutes", "run", "cases_per_month", "spent"])
def test_at_its_break_even_the_net_present_value_is_zero(name: str) -> None:
    """Put in the place of the input, the others at their middle."""
    at = break_even(CASE, name)
    assert at is not None
    values = {each: input_.at(np.array([0.5])) for each, input_ in CASE.inputs().items()}

    found = CASE.flows({**values, name: np.array([at])}).npv[0]

    assert found == pytest.approx(0, abs=0.5)


def test_what_cannot_turn_it_has_no_break_even() -> None:
    """A case with harm alone is not made good by running for nothing."""
    harmed = replace(CASE, gains=(replace(MINUTES, better_by=Exact(-1.0)),))

    assert break_even(harmed, "run") is None
    assert break_even(harmed, "cases_per_month") is None


def test_never_paid_back_is_an_end_that_is_infinite() -> None:
    """It is not drawn into the horizon, and the share of such draws is known."""
    unsure = replace(
        CASE,
        gains=(replace(MINUTES, better_by=Measured(value=2.5, low=0.5, high=4.5, level=0.95)),),
    )
    drawn = draw(unsure, seed=5)

    spread = drawn.spread(drawn.flows.payback_months)

    assert np.isinf(spread.high)
    assert 0.025 < drawn.share_never < 0.975
