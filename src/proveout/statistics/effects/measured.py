"""What is known of each case, so that its arm's figure is a mean of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Statistic
from proveout.statistics.effects.censoring import (
    ENOUGH_MATURE,
    curve,
    drawn_at,
    mature,
    restricted_mean,
)
from proveout.statistics.effects.sameness import NEXT_STEP, one_figure

LEAST_EVENTS = 5
"""Cases with anything to count that each arm must have for a rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Cases that count, with one figure each."""

    cases: Cases
    value: Floats
    """The mean over an arm is the arm's figure; of a quantile: the values themselves."""
    is_open: Flags | None
    """Of a quantile: which of them are still open."""
    note: str
    """How open cases were treated, as a sentence; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why the figure cannot be had, and what to do."""

    why: str
    next_step: str


def measured(cases: Cases, statistic: Statistic) -> Measured | Unknown:
    """Return what each case says of the statistic."""
    found = _measured(cases, statistic)
    if isinstance(found, Measured) and statistic.kind in {"mean", "rate"}:
        why = one_figure(found.value, found.cases.with_system)
        if why is not None:
            return Unknown(why, NEXT_STEP)
    return found


def _measured(cases: Cases, statistic: Statistic) -> Measured | Unknown:
    is_open = cases.is_open
    some_open = is_open is not None and bool(is_open.any())
    match statistic.kind:
        case "share" | "rate":
            if is_open is not None and some_open:
                cases = cases.where(~is_open)
            return _counted(cases, statistic, dropped=some_open)
        case "mean" | "quantile":
            if statistic.horizon is not None:
                return _up_to(cases, statistic, statistic.horizon)
            if some_open and statistic.kind == "mean":
                return Unknown(
                    "some cases are still open, and how long they will take is not known",
                    "Give the KPI a 'horizon', the longest time that is counted, or measure a "
                    "median or another quantile instead of the mean",
                )
            note = _open_note(cases) if some_open else ""
            return Measured(
                cases=cases, value=cases.value, is_open=is_open if some_open else None, note=note
            )


def _counted(cases: Cases, statistic: Statistic, *, dropped: bool) -> Measured | Unknown:
    note = "Cases that are still open are not counted." if dropped else ""
    if statistic.kind == "share":
        return Measured(cases=cases, value=cases.value, is_open=None, note=note)
    if cases.exposure is None:
        return Unknown(
            "what the figure is counted per is not in the records",
            "Name the column that it is counted per in kpis[].measured.per",
        )
    value = np.empty(len(cases))
    for side in (False, True):
        arm = cases.with_system == side
        if not arm.any():
            continue
        counted, exposure = cases.value[arm], cases.exposure[arm]
        if np.count_nonzero(counted) < LEAST_EVENTS or exposure.sum() <= 0:
            return Unknown(
                f"fewer than {LEAST_EVENTS} cases {'with' if side else 'without'} the system have "
                "anything to count",
                "Wait for more cases, or measure the share of cases that have any",
            )
        rate = counted.sum() / exposure.sum()
        # Linearised: its mean is the rate, its spread that of a ratio (delta method).
        value[arm] = rate + (counted - rate * exposure) / exposure.mean()
    return Measured(cases=cases, value=value, is_open=None, note=note)


def _up_to(cases: Cases, statistic: Statistic, horizon: float) -> Measured | Unknown:
    """Count no case longer than the horizon."""
    is_open = cases.is_open
    if is_open is None or not is_open.any():
        return Measured(cases=cases, value=np.minimum(cases.value, horizon), is_open=None, note="")
    old = mature(cases, horizon)
    if old is not None and _enough(cases, old):
        note = (
            f"Only the {int(old.sum()):,} of {len(cases):,} cases count that began at least "
            f"{horizon:g} (in the unit of the KPI) before the record was drawn, so that it is "
            "known of each how long it took up to that; no case counts for longer."
        )
        kept = cases.where(old)
        return Measured(
            cases=replace(kept, is_open=None),
            value=np.minimum(kept.value, horizon),
            is_open=None,
            note=note,
        )
    value = np.minimum(cases.value, horizon)
    still = is_open & (cases.value < horizon)
    if statistic.kind == "quantile":
        return Measured(cases=cases, value=value, is_open=still, note=_open_note(cases))
    pseudo = np.empty(len(cases))
    for side in (False, True):
        arm = cases.with_system == side
        if not arm.any():
            continue
        if _oldest(cases.where(arm)) < horizon and curve(value[arm], still[arm]).last < horizon:
            return Unknown(
                f"no case {'with' if side else 'without'} the system has been followed up to the "
                f"horizon of {horizon:g} yet",
                "Wait until the first cases are as old as that, or choose a shorter 'horizon'",
            )
        pseudo[arm] = restricted_mean(value[arm], still[arm], horizon)
    return Measured(cases=cases, value=pseudo, is_open=None, note=_open_note(cases))


def _oldest(cases: Cases) -> float:
    """Return how long ago the first case began, in the unit of the values."""
    if cases.days_per_unit is None:
        return 0.0
    began = cases.day + 1.0 if cases.moment is None else cases.moment
    return (drawn_at(cases) - float(began.min())) / cases.days_per_unit


def _enough(cases: Cases, old: Flags) -> bool:
    """Whether enough of both arms began early enough."""
    return all(
        bool(np.mean(old[cases.with_system == side]) >= ENOUGH_MATURE)
        for side in np.unique(cases.with_system)
    )


def _open_note(cases: Cases) -> str:
    n = 0 if cases.is_open is None else int(cases.is_open.sum())
    return (
        f"{n:,} of {len(cases):,} cases are still open; they count as lasting at least as long as "
        "they have so far, which is right as long as cases that began late are like the others."
    )
