"""Compare a window with the reference under one budget of false alarms.

The budget is shared out evenly over the columns and whole rows, in each column over the families of
tests, in each family over its tests (Bonferroni throughout, so that it holds whatever depends on
what). A change that touches fewer rows than are worth a call is no alarm, however certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson_bounds
from proveout.statistics.drift import pairs as pairing
from proveout.statistics.drift.distances import Distance, distance
from proveout.statistics.drift.findings import Alarm, Findings, NotChecked, SchemaChange
from proveout.statistics.drift.history import MISSING
from proveout.statistics.drift.nulls import Null, rare_tails, tails
from proveout.statistics.drift.pairs import Blame
from proveout.statistics.drift.probes import (
    NEW_LEVELS,
    UNSEEN,
    Family,
    Probe,
    asked,
    news,
    places_of,
)
from proveout.statistics.drift.reference import Counted, Learned, Reference, count
from proveout.statistics.drift.repeats import repeated_rows
from proveout.statistics.drift.values import Floats, Mask, Values, columns_of, read

ALPHA = 0.001
"""Probability of a false alarm in a window, over everything."""
LEAST_SHARE = 0.002
"""A change of fewer rows is nobody's call."""
_LEAST_ROWS = 4
_LEAST_SPREAD = 0.01
"""Standard deviation (arc sine) of what a population may move with time beyond all that blocks
before showed: half a point around 10 %, one point around 50 %."""
_LEAST_CV2: Mapping[Family, float] = {"unseen": 0.5, "range": 0.5, "shape": 0.15, "pair": 0.15}
"""Squared coefficient of variation that rare shares may have after the past, whatever it showed:
what is new, extreme or goes together comes and goes with the season."""
_LEAST_CV2_OF_ENDS = 2.0
"""The same of the ends of a distribution of figures: how far they reach is weather."""
_LEAST_CV2_OTHERS = 0.01
"""The same of values that are missing, stuck, rounded or written otherwise."""
_OTHER_CV2 = 0.5
_OF_KNOWN_VALUES = 8.0
"""Weight of all tests of single values together, beside 1 of any other test of the family."""
_FAMILY_WEIGHTS: Mapping[Family, float] = {"pair": 2.0, "shape": 2.0, "spike": 2.0}
"""Of the budget of a column; 1 of the others, whose changes are plain where there are any."""
_BECAME = {"text": "became text", "number": "became numbers", "moment": "became dates"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """One test of a column."""

    probe: Probe
    p: float
    """Of both sides, where both are a reason for alarm."""
    hits: float
    rows: float
    expected: float
    is_more: bool
    place: int = -1
    """Of a single value: its place among the levels of the window, or of those known."""
    weight: float = 1.0
    """Its part of the budget of its family, beside the others'."""


def watch(
    reference: Reference,
    table: Any,
    alpha: float = ALPHA,
    *,
    lag: float = 0.0,
    least_share: float = LEAST_SHARE,
) -> Findings:
    """Look for change in a window.

    `lag` says how many blocks of time lie between the last of the reference and the window: what
    wanders with the season may have wandered so much farther. 0 where time is unknown.
    """
    found = set(columns_of(table))
    values: dict[str, Values] = {}
    schema, skipped = _schema(reference, found), []
    for name, learned in reference.columns.items():
        if name not in found:
            skipped.append(NotChecked(column=name, reason="the column is gone"))
            continue
        each = read(table, name, _as_learned(learned))
        if each.kind != learned.profile.kind and learned.profile.known:
            schema.append(SchemaChange(column=name, what=_BECAME[each.kind]))
            skipped.append(NotChecked(column=name, reason=f"the column {_BECAME[each.kind]}"))
            continue
        values[name] = each
    n_rows = max((each.n_rows for each in values.values()), default=0)
    if not n_rows:
        reason = "the window holds no rows"
        known = {each.column for each in skipped}
        skipped += [NotChecked(column=n, reason=reason) for n in values if n not in known]
        return _nothing(alpha, schema, skipped)
    blame = reference.pairs.blamed({n: c.profile for n, c in reference.columns.items()}, values)
    share_of_budget = len(reference.columns) + 1
    alarms: list[Alarm] = []
    p_values: dict[str, float] = {}
    distances: dict[str, Distance] = {}
    counts: dict[str, Counted] = {}
    for name, each in values.items():
        learned = reference.columns[name]
        pair = blame.hits(name) if learned.pair is not None else None
        counts[name] = count(learned, each, pair)
        families = _families(learned, each, counts[name], lag)
        if not families:
            reason = "no test could be computed: the column was empty in the reference"
            skipped.append(NotChecked(column=name, reason=reason))
            continue
        if not each.n_present and learned.profile.known:
            skipped.append(NotChecked(column=name, reason="the column holds no value at all"))
        if (read_off := distance(learned, each)) is not None:
            distances[name] = read_off
        judged = _judged(families, n_rows, least_share)
        p_values[name] = min((p for p, _ in judged), default=1.0)
        alarms += [
            _alarm(learned, each, test, blame, p=p * share_of_budget)
            for p, test in judged
            if p * share_of_budget <= alpha
        ]
    alarms += _repeated(reference, values, p_values, alpha, least_share)
    return Findings(
        n_rows=n_rows,
        alpha=alpha,
        alarms=tuple(sorted(alarms, key=lambda a: (a.p, -a.changed))),
        p_values=p_values,
        distances=distances,
        schema=tuple(schema),
        not_checked=tuple(skipped),
        counted=counts,
    )


def _as_learned(learned: Learned) -> Any:
    """Return as what a column is to be read; None of one that was empty before."""
    return learned.profile.kind if learned.profile.known else None


def _schema(reference: Reference, found: set[str]) -> list[SchemaChange]:
    gone = [SchemaChange(column=c, what="gone") for c in reference.columns if c not in found]
    new = sorted(c for c in found if c not in reference.columns)
    return gone + [SchemaChange(column=c, what="new") for c in new]


def _nothing(alpha: float, schema: list[SchemaChange], skipped: list[NotChecked]) -> Findings:
    return Findings(
        n_rows=0, alpha=alpha, alarms=(), p_values={}, distances={}, schema=tuple(schema),
        not_checked=tuple(skipped), counted={},
    )  # fmt: skip


def _families(
    learned: Learned, values: Values, counts: Counted, lag: float
) -> dict[Family, list[_Tested]]:
    """Compute all tests of a column, by family; those that could not be computed are left out."""
    tests = [
        *_tested(counts.probes.probes, learned.null, counts.probes.hits, counts.probes.rows, lag),
        *_values_tested(learned, values, counts, lag),
    ]
    if learned.pair is not None and counts.pair is not None:
        tests += _pairs_tested(learned.pair, counts.pair, float(counts.n_rows), lag)
    families: dict[Family, list[_Tested]] = {}
    for each in tests:
        if not np.isnan(each.p):
            families.setdefault(each.probe.family, []).append(each)
    return families


def _tested(
    probes: tuple[Probe, ...], null: Null, hits: Floats, rows: Floats, lag: float
) -> Iterator[_Tested]:
    least = [_LEAST_SPREAD if lag > 0 and each.family == "shape" else 0.0 for each in probes]
    found = tails(
        null, hits, rows, lag=lag, least_spread=np.array(least), least_cv2=_least_cv2(probes, lag)
    )
    for n, probe in enumerate(probes):
        above, below = float(found.above[n]), float(found.below[n])
        p = above if probe.upper_only else min(1.0, 2 * min(above, below))
        yield _Tested(
            probe=probe, p=p, hits=float(hits[n]), rows=float(rows[n]),
            expected=float(found.expected[n]), is_more=probe.upper_only or above <= below,
        )  # fmt: skip


def _least_cv2(probes: tuple[Probe, ...], lag: float) -> Floats:
    if lag <= 0:
        return np.full(len(probes), 0.002)
    least = [_LEAST_CV2.get(each.family, _LEAST_CV2_OTHERS) for each in probes]
    ends = [each.family == "shape" and each.label.startswith("at most") for each in probes]
    return np.where(ends, _LEAST_CV2_OF_ENDS, least)


def _pairs_tested(null: Null, hits: Floats, n_rows: float, lag: float) -> Iterator[_Tested]:
    """Test the rows that do not go together, and for how many reasons; both must be too many."""
    n = len(pairing.PROBES)
    least = np.resize(_least_cv2(pairing.PROBES, lag), pairing.N_COUNTED)
    found = tails(null, hits, np.full(pairing.N_COUNTED, n_rows), lag=lag, least_cv2=least)
    # The first of the probes has rows alone.
    reasons = np.concatenate([[0.0], found.above[n:]])
    for nth, probe in enumerate(pairing.PROBES):
        yield _Tested(
            probe=probe, p=float(np.maximum(found.above[nth], reasons[nth])),
            hits=float(hits[nth]), rows=n_rows, expected=float(found.expected[nth]), is_more=True,
        )  # fmt: skip


def _values_tested(
    learned: Learned, values: Values, counts: Counted, lag: float
) -> Iterator[_Tested]:
    """Test the share of single values: of those known best, and of any other that is frequent."""
    profile, n = learned.profile, counts.n_present
    if profile.kind == "moment" or not n or not len(counts.levels):
        return
    is_text = profile.kind == "text"
    names = profile.known[: len(counts.levels)]
    probes = tuple(
        Probe(family="shape" if is_text else "spike", label=f"{_said(each)}",
              upper_only=not is_text)
        for each in names
    )  # fmt: skip
    # Rare values need less of the budget: what is added to them stands out by itself.
    past = np.sqrt(np.nansum(learned.levels.hits, axis=0) + 1)
    weights = _OF_KNOWN_VALUES * past / past.sum()
    held = counts.neighbours
    for place, each in enumerate(_tested(probes, learned.levels, counts.levels, held, lag)):
        yield replace(each, place=place, weight=float(weights[place]))
    yield from _others_tested(learned, values, n)


def _others_tested(learned: Learned, values: Values, n: int) -> Iterator[_Tested]:
    """Test the most frequent value of the window that is not among those watched one by one.

    In the past it stood at most as often as the rarest of those watched.
    """
    places = places_of(learned.profile, values)
    # A value that was never seen has a test of its own, which knows how often there are new ones.
    fresh = places < 0 if not learned.profile.is_closed else np.zeros(len(places), dtype=bool)
    others = fresh | (places >= learned.levels.hits.shape[1])
    counts = np.where(others, values.counts, 0)
    top = int(counts.argmax())
    if counts[top] < _LEAST_ROWS:
        return
    past = np.nansum(learned.levels.hits, axis=0)[-1]
    rows = learned.present
    width = max(learned.profile.n_levels, int(others.sum()))
    more = rare_tails(float(counts[top]), n, float(past), float(rows), cv2=_OTHER_CV2)
    label = _said(values.texts()[top])
    yield _Tested(
        probe=Probe(family="spike", label=label, upper_only=True), p=min(1.0, width * more),
        hits=float(counts[top]), rows=float(n), expected=float(past / rows) if rows else 0.0,
        is_more=True, place=-2 - top,
    )  # fmt: skip


def _said(value: object) -> str:
    return f"exactly {value:.15g}" if isinstance(value, float) else f"exactly {str(value)[:60]!r}"


def _judged(
    families: Mapping[Family, list[_Tested]], n_rows: int, least_share: float
) -> list[tuple[float, _Tested]]:
    """Return the least likely test of each family with its p-value, adjusted within the column.

    A test whose change is too small to matter has no say.
    """
    best = []
    weights = {family: _FAMILY_WEIGHTS.get(family, 1.0) for family in families}
    for family, tests in families.items():
        whole = sum(t.weight for t in tests) * sum(weights.values()) / weights[family]
        told = [
            t for t in tests
            if _changed(t) * t.rows >= max(_LEAST_ROWS, least_share * n_rows)
        ]  # fmt: skip
        if told:
            least = min(told, key=lambda t: t.p / t.weight)
            best.append((min(1.0, least.p * whole / least.weight), least))
    return best


def _changed(test: _Tested) -> float:
    """Estimate the share of rows that changed, as if each changed row were a hit (or none)."""
    if test.rows <= 0:
        return 0.0
    share = test.hits / test.rows
    if test.is_more:
        return max(0.0, (share - test.expected) / max(1 - test.expected, 1e-9))
    return max(0.0, (test.expected - share) / max(test.expected, 1e-9))


def _alarm(learned: Learned, values: Values, test: _Tested, blame: Blame, *, p: float) -> Alarm:
    name = learned.profile.name
    # A single figure is tested among those of its size, and told among all.
    n = max(test.rows, float(values.n_present)) if test.place >= 0 else test.rows
    low, high = wilson_bounds(test.hits, n)
    rows = _rows_of(name, learned, values, test, blame)
    return Alarm(
        column=name,
        kind=test.probe.family,
        what=test.probe.label if test.is_more else f"fewer values that are {test.probe.label}",
        share=test.hits / n,
        expected=test.expected * test.rows / n,
        p=p,
        changed=_changed(test) * test.rows / n,
        interval=Interval(low=float(low), high=float(high), level=0.95, method="wilson"),
        n=int(n),
        examples=_examples(values, rows),
        rows=rows,
        partners=blame.partners.get(name, ()) if test.probe.family == "pair" else (),
    )


def _rows_of(name: str, learned: Learned, values: Values, test: _Tested, blame: Blame) -> Mask:
    """Mark the rows that a test has hit; of a share that shrank, those that are not hit."""
    if test.probe in pairing.PROBES:
        return blame.mask(name, test.probe)
    if test.probe == MISSING:
        hit = values.codes < 0
    elif test.place <= -2:
        hit = values.codes == -2 - test.place
    elif test.place >= 0:
        hit = values.rows(places_of(learned.profile, values) == test.place)
    else:
        profile = learned.profile
        masks = [*asked(profile, values), *news(profile, values)]
        asks = UNSEEN if test.probe == NEW_LEVELS else test.probe
        hit = values.rows(next(mask for probe, mask, _ in masks if probe == asks))
    return hit if test.is_more else ~hit & (values.codes >= 0)


def _examples(values: Values, rows: Mask, most: int = 3) -> tuple[str, ...]:
    codes = values.codes[rows]
    codes = codes[codes >= 0]
    counts = np.bincount(codes, minlength=len(values.counts))
    top = np.argsort(-counts, kind="stable")[:most]
    texts = values.texts()
    return tuple(texts[n][:80] for n in top if counts[n])


def _repeated(
    reference: Reference,
    values: Mapping[str, Values],
    p_values: dict[str, float],
    alpha: float,
    least_share: float,
) -> list[Alarm]:
    """Look for rows and keys that stand twice; they share the part of one column."""
    alarms = []
    kinds = reference.repeats.of
    for what in kinds:
        columns = {what: values[what]} if what in values else {} if what else dict(values)
        if not columns or (not what and len(columns) < len(reference.columns)):
            continue
        rows, n = repeated_rows(columns)
        n_repeated = int(rows.sum())
        p = min(1.0, reference.repeats.unlikely(what, n_repeated, n) * len(kinds))
        p_values[what] = min(p_values.get(what, 1.0), p)
        total = p * (len(reference.columns) + 1)
        if total > alpha or n_repeated < max(_LEAST_ROWS, least_share * len(rows)):
            continue
        low, high = wilson_bounds(n_repeated, n)
        alarms.append(
            Alarm(
                column=what, kind="duplicates",
                what="the same as an earlier row" if not what else "the same as in an earlier row",
                share=n_repeated / n, expected=0.0, p=total, changed=n_repeated / n,
                interval=Interval(low=float(low), high=float(high), level=0.95, method="wilson"),
                n=n, examples=_examples(columns[what], rows) if what else (), rows=rows,
            )
        )  # fmt: skip
    return alarms
