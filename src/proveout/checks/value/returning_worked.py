"""The parts of a return for a page: what makes it up, what drives it, where it turns."""

from __future__ import annotations

from typing import Any

import numpy as np

from proveout.charter.time_units import days_per_unit
from proveout.checks.value.returning_case import Assembled, better_by
from proveout.checks.value.returning_words import label_of, turn_sentence, unit_of, written
from proveout.statistics.returns import Drawn, Spread, break_even, drivers

_LONGEST_WORK = 1 / 24
"""A KPI counted in hours or less tells of work; one in days or more, of waiting (in days)."""


def parts(drawn: Drawn) -> list[dict[str, Any]]:
    """Return what comes in and goes out; what goes out is below zero."""
    flows = drawn.flows
    monthly = {f"gain:{kpi}": gained for kpi, gained in flows.gains.items()}
    monthly |= {
        "exceptions": -flows.exceptions,
        "run": -drawn.values["run"],
        "support": -drawn.values["support"],
    }
    once = {"training": -flows.training, "rollout": -flows.rollout, "spent": -flows.spent}
    return [
        {"name": name, "label": label_of(name), "per": per, **_plain(drawn.spread(figures))}
        for per, named in (("month", monthly), ("once", once))
        for name, figures in named.items()
        if np.any(figures != 0)
    ]


def hours(assembled: Assembled, level: float) -> list[dict[str, Any]]:
    """Return the hours of people that move in a month, for each KPI that is a time of work.

    All of them, whether they become money or not, and whether the KPI is given a worth: it is
    people who have to be given other work.
    """
    tail = (1 - level) / 2
    told = []
    for each in assembled.found:
        unit = days_per_unit(each.kpi.unit)
        if each.estimate is None or unit is None or unit > _LONGEST_WORK + 1e-12:
            continue
        cases = assembled.case.cases_per_month * assembled.ratios[each.kpi.name]
        ends = better_by(each).at(np.array([tail, 0.5, 1 - tail])) * cases * unit * 24
        spread = Spread(low=float(ends[0]), value=float(ends[1]), high=float(ends[2]))
        measured = each.kpi.measured
        elapsed = measured is not None and measured.begins is not None
        told.append(
            {
                "kpi": each.kpi.name,
                **_plain(spread),
                "elapsed": elapsed,
                "told": _hours_sentence(each.kpi.name, spread, elapsed=elapsed),
            }
        )
    return told


def what_drives(found: Assembled, drawn: Drawn, currency: str) -> list[dict[str, Any]]:
    """Return the inputs that are not known exactly, the one that moves the value most first."""
    return [
        {
            "name": each.name,
            "label": label_of(each.name),
            "unit": unit_of(each.name, found.effects, currency),
            "origin": found.inputs[each.name].origin,
            "low": each.low,
            "value": each.value,
            "high": each.high,
            "npv_at_low": each.npv_at_low,
            "npv_at_high": each.npv_at_high,
            "share": each.share,
            "breaks_even_at": _possible(found, each.name, each.breaks_even_at),
        }
        for each in drivers(drawn)
        if each.swing
    ]


def turning(found: Assembled, drawn: Drawn, currency: str) -> list[dict[str, Any]]:
    """Return at which effect, run cost and number of cases gain turns into loss."""
    npv = drawn.spread(drawn.flows.npv).value
    told = []
    for name in (*(f"effect:{each.kpi.name}" for each in found.effects), "run", "cases_per_month"):
        now = float(np.median(drawn.values[name]))
        at = _possible(found, name, break_even(found.case, name))
        unit = unit_of(name, found.effects, currency)
        told.append(
            {
                "name": name,
                "label": label_of(name),
                "unit": unit,
                "now": now,
                "at": at,
                "told": turn_sentence(name, unit, now, at, is_gain=npv >= 0),
            }
        )
    return told


def _possible(found: Assembled, name: str, at: float | None) -> float | None:
    """Return a break-even that there can be: no time, count or share gets below nothing."""
    effect = next((each for each in found.effects if name == f"effect:{each.kpi.name}"), None)
    if at is None or effect is None or effect.estimate is None or effect.kpi.measured is None:
        return at
    measured, baseline = effect.kpi.measured, effect.estimate.baseline.value
    is_share = measured.happened is not None
    if not (is_share or measured.begins or measured.per):
        return at
    most = baseline if effect.kpi.direction == "lower" else np.inf
    if is_share and effect.kpi.direction == "higher":
        most = measured.times - baseline
    return at if at <= most else None


def _hours_sentence(kpi: str, spread: Spread, *, elapsed: bool) -> str:
    turned = Spread(value=-spread.value, low=-spread.high, high=-spread.low)
    is_worse = spread.value < 0
    much = f"{written(turned if is_worse else spread, 'hours')} a month"
    if elapsed:
        way = "longer" if is_worse else "shorter"
        return (
            f"{kpi} is {much} {way} in all. It is the time between two moments: work only as far "
            "as people worked then."
        )
    return (
        f"{kpi} takes {much} more." if is_worse else f"{kpi} frees {much}, to be given other work."
    )


def _plain(spread: Spread) -> dict[str, float]:
    return {"value": spread.value, "low": spread.low, "high": spread.high}
