"""What a comparison of people who chose by themselves rests on, tested as far as possible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Ints, Statistic
from proveout.statistics.effects.choosers import Choosers
from proveout.statistics.effects.estimate import Assumption
from proveout.statistics.effects.hidden_choice import Allowance
from proveout.statistics.effects.overlap import Balanced
from proveout.statistics.effects.team_sums import Sum

ALIKE = 0.1
"""Standardised difference up to which two groups count as alike (Austin 2009, Statistics in
Medicine 28, 3083-3107)."""
RARELY, MOSTLY = 0.1, 0.9
"""Chance of being in a group beyond which a case has few likes in the other (Crump et al. 2009,
Biometrika 96, 187-199)."""
FEWEST_PEOPLE = 8
LEAST_SPREAD = 0.2
"""Of what the median person's cases tell of a slope, the least that is looked at."""
BETWEEN = 0.5
"""The part of choices that lies between people from which on people, not cases, were chosen."""
LEAST_PICKED = 0.02
"""The part of the choices made case by case from which on it counts."""
SURELY, PERHAPS = 0.05, 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many cases could be compared."""

    comparable: float
    """Of the cases with the system, those with likes without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What people's figures from before the rollout say."""

    advantage: Sum | None
    """By how much the figure was higher before among those who chose it later."""
    drift: Sum | None
    """By how much it would have risen more among them until now, had it gone on as it did then."""
    within: bool = False
    """People did cases both ways, so that each is compared with themselves as well."""


def overlap_of(group: Flags, groups: Balanced) -> Overlap:
    """Return how many cases with the system had likes without it."""
    chance = groups.chance[group]
    return Overlap(comparable=float(np.mean(chance < MOSTLY)))


def picked_by_case(choosers: Choosers) -> float:
    """Return the part of the choices that lies within people (or teams), not between them."""
    now, group = choosers.cases, choosers.group
    unit = now.team if now.person is None else now.person
    code = choosers.cluster if unit is None else np.unique(unit, return_inverse=True)[1]
    n = np.bincount(code).astype(float)
    share = np.bincount(code, group) / n
    # Of few cases each, chance would look like choice: without bias by n / (n - 1).
    within = float(np.sum(np.where(n > 1, n * n / np.maximum(n - 1, 1), 0) * share * (1 - share)))
    picked = within / (float(n.sum()) * float(group.mean()) * (1 - float(group.mean())))
    return min(1.0, picked) if picked >= LEAST_PICKED else 0.0


def look_before(choosers: Choosers, statistic: Statistic) -> Looked:
    """Compare those who chose it with the others, before anybody had it."""
    now, earlier = choosers.cases, choosers.earlier
    code = "person" if now.person is not None else "team"
    unit_now, unit_then = getattr(now, code), getattr(earlier, code)
    if unit_now is None or unit_then is None or not len(earlier) or unit_then.max() < 0:
        return Looked(advantage=_given(choosers), drift=None)
    size = max(int(unit_now.max()), int(unit_then.max())) + 1
    known = unit_now >= 0
    n = np.bincount(unit_now[known], minlength=size)
    had = np.bincount(unit_now[known], choosers.group[known], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        chose = np.where(n > 0, had / n, np.nan)
    whole = _means(earlier, unit_then, size, statistic)
    share = float(choosers.group.mean())
    between = float(np.nansum(n * (chose - share) ** 2)) / (n.sum() * share * (1 - share))
    if between < BETWEEN:
        return Looked(advantage=None, drift=None, within=True)
    since = float(now.day.mean() - earlier.day.mean())
    drift = _slope(since * _slopes(earlier, unit_then, size, statistic), chose)
    return Looked(advantage=_slope(whole, chose), drift=drift)


def assumptions_of(  # noqa: PLR0917  parts of one comparison
    choosers: Choosers, groups: Balanced, looked: Looked, allowance: Allowance | None,
    effect: Sum, e_value: float | None, confidence: float, *, is_known: bool,
) -> tuple[Assumption, ...]:  # fmt: skip
    """Return all that the estimate rests on."""
    return (
        _overlap(choosers, groups),
        _balance(choosers, groups),
        _same_way(looked, effect, confidence, known=is_known),
        _nothing_hidden(looked, allowance, e_value, known=is_known),
    )


def _overlap(choosers: Choosers, groups: Balanced) -> Assumption:
    shared = overlap_of(choosers.group, groups).comparable
    return Assumption(
        name="overlap",
        statement="Cases like those with the system were done without it as well.",
        state="holds" if shared >= MOSTLY else "doubtful",
        seen=f"{shared:.0%} of the cases with the system had likes without it; cases count by how "
        "likely they were to go either way."
        + ("" if not choosers.left_out else f" Left out: {'; '.join(choosers.left_out)}."),
        breaks_by="All cases of a kind, person or week are done one way.",
    )


def _balance(choosers: Choosers, groups: Balanced) -> Assumption:
    apart_before = _apart(choosers, np.ones(len(choosers.group)))
    apart_after = _apart(choosers, groups.weight)
    worst = int(np.argmax(apart_after)) if len(apart_after) else -1
    if worst < 0:
        state, seen = "untested", "Nothing is known of the cases by which they could differ."
    else:
        largest = float(apart_after[worst])
        state = "holds" if largest <= ALIKE else "doubtful"
        seen = (
            f"Before weighting the groups differed by up to {apart_before.max():.2f} standard "
            f"deviations, after it by {largest:.2f} ({choosers.names[worst + 1]})."
        )
    return Assumption(
        name="balance",
        statement="After weighting, both groups have the same cases.",
        state=state,  # type: ignore[arg-type]
        seen=seen,
        breaks_by="Those who chose the system have other cases than the rest, in a way that "
        "weights cannot even out.",
    )


def _same_way(looked: Looked, effect: Sum, confidence: float, *, known: bool) -> Assumption:
    drift = looked.drift
    if drift is None:
        state = "holds" if looked.within and known else "untested"
        seen = (
            "People did cases both ways at the same time, each compared with themselves."
            if looked.within
            else "Nothing is known of how people's figures moved before."
        )
    else:
        low, high = drift.interval(0.95)
        state = _state(drift, effect, confidence) if known else "doubtful"
        seen = (
            "Had people's figures gone on as they moved before, that of those who chose it would "
            f"now be {drift.value:+.3g} ({low:+.3g} to {high:+.3g}) against that of the others; "
            f"differences as large come up by chance in {drift.p:.0%} of cases."
            + (" The effect cannot be told from such a drift going on." * (state == "broken"))
        )
    return Assumption(
        name="same-way-before",
        statement="Without the system, those who chose it would have moved like the others.",
        state=state,  # type: ignore[arg-type]
        seen=seen,
        breaks_by="People chose it while they were getting better, or because of a bad month.",
    )


def _state(drift: Sum, effect: Sum, confidence: float) -> str:
    """Return what a different way before means for the effect, were it to go on."""
    left = Sum(
        value=effect.value - drift.value,
        error=float(np.hypot(effect.error, drift.error)),
        df=min(effect.df, drift.df),
    )
    found, confirmed = (
        low > 0 or high < 0
        for low, high in (effect.interval(confidence), left.interval(confidence))
    )
    confirmed &= left.value * effect.value > 0
    halved = (effect.value - left.value) * np.sign(effect.value) >= abs(effect.value) / 2
    if drift.p < SURELY:
        return "doubtful" if found and confirmed and not halved else "broken"
    if found and not confirmed:
        # The weakest of the designs: what cannot be told from a drift is not called an effect.
        return "broken"
    return "doubtful" if drift.p < PERHAPS else "holds"


def _nothing_hidden(
    looked: Looked, allowance: Allowance | None, e_value: float | None, *, known: bool
) -> Assumption:
    parts = []
    if looked.advantage is not None:
        low, high = looked.advantage.interval(0.95)
        parts.append(
            "Before anybody had it, the figure of those who chose it later was "
            f"{looked.advantage.value:+.3g} ({low:+.3g} to {high:+.3g}) against that of the others"
            + ("; this is taken out." if known else ".")
        )
    if allowance is not None:
        parts.append(
            f"The interval was widened by {allowance.width:.3g} on either side, since "
            f"{allowance.because}."
        )
    if e_value is not None and e_value > 1:
        parts.append(
            f"To explain the effect away, a hidden reason would have to make both the choice and "
            f"a better figure {e_value:.1f} times as likely."
        )
    return Assumption(
        name="no-hidden-reason",
        statement="Nothing that was not recorded led people both to the system and to better "
        "figures.",
        state="untested" if allowance is None else "doubtful",
        seen=" ".join(parts) or "The records cannot tell.",
        breaks_by="The keen and the skilled choose it, or those with the easier work.",
    )


def _apart(choosers: Choosers, weight: Floats) -> Floats:
    """Return the standardised difference of each column between the groups."""
    columns, group = choosers.columns[:, 1:], choosers.group
    first = np.average(columns[group], axis=0, weights=weight[group])
    second = np.average(columns[~group], axis=0, weights=weight[~group])
    spread = np.sqrt((columns[group].var(axis=0) + columns[~group].var(axis=0)) / 2)
    return np.asarray(np.abs(first - second) / np.maximum(spread, 1e-9))


def _given(choosers: Choosers) -> Sum | None:
    """Return the advantage by what is given of each case from before."""
    if choosers.before is None:
        return None
    n = int(choosers.cluster.max()) + 1
    counts = np.bincount(choosers.cluster, minlength=n)
    before = np.bincount(choosers.cluster, choosers.before, n) / counts
    chose = np.bincount(choosers.cluster, choosers.group, n) / counts
    return _slope(before, chose)


def _means(cases: Cases, unit: Ints, size: int, statistic: Statistic) -> Floats:
    known = unit >= 0
    weight = None
    if statistic.kind == "rate" and cases.exposure is not None:
        weight = cases.exposure[known]
    below = np.bincount(unit[known], weight, size)
    above = np.bincount(unit[known], cases.value[known], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


def _slopes(cases: Cases, unit: Ints, size: int, statistic: Statistic) -> Floats:
    """Return by how much the figure of each person rose in a day, by least squares."""
    known = unit >= 0
    code, value = unit[known], cases.value[known]
    day = cases.day[known].astype(float)
    weight = np.ones(len(code))
    if statistic.kind == "rate" and cases.exposure is not None:
        weight = cases.exposure[known]
        value = value / np.maximum(weight, 1e-300)
    total = np.maximum(np.bincount(code, weight, size), 1e-300)
    off = day - (np.bincount(code, weight * day, size) / total)[code]
    spread = np.bincount(code, weight * off**2, size)
    usual = float(np.median(spread[spread > 0])) if (spread > 0).any() else 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.bincount(code, weight * off * value, size) / spread
    # Of people with next to no cases before, a slope is nothing but chance.
    return np.where(spread > LEAST_SPREAD * usual, slope, np.nan)


def _slope(figure: Floats, chose: Floats) -> Sum | None:
    """Return by how much the figure differs between choosing it always and never (HC2)."""
    there = np.isfinite(figure) & np.isfinite(chose)
    y, x = figure[there], chose[there]
    if len(y) < FEWEST_PEOPLE or np.ptp(x) < 0.5:
        return None
    apart = x - x.mean()
    size = float(apart @ apart)
    slope = float(apart @ y) / size
    rest = y - y.mean() - slope * apart
    reach = 1 / len(y) + apart**2 / size
    error = float(np.sqrt(np.sum(apart**2 * rest**2 / np.maximum(1 - reach, 1e-6)))) / size
    small = max(1.0, min(np.sum(x > 0.5), np.sum(x <= 0.5)) * 2 - 2.0)
    return Sum(value=slope, error=error, df=float(min(small, len(y) - 2)))
