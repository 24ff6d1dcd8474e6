"""Production broken down by site, period and slice, and the worst of them (R303)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.quality.cuts import Cut, Kind, cuts
from proveout.checks.quality.search import Part, Search, search
from proveout.checks.quality.trial import Trial
from proveout.evidence.figures import figure, span
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import wilson
from proveout.statistics.scores import is_share, main_metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_LISTED = 10


def findings(context: CheckContext, trial: Trial) -> Iterator[Finding]:
    """Yield the main metric and the exception rate of every part, then the worst slice."""
    judged, task = trial.judged, trial.judged.task
    ways = cuts(trial.records.frame, context.charter.data, known_beforehand(context, trial))
    has_loss = ~np.isnan(judged.loss)
    rows = np.flatnonzero(trial.known)[has_loss]
    found = search(judged.loss[has_loss], [cut.take(rows) for cut in ways], task=task)
    about = _About(
        context=context,
        metric=f"quality.{main_metric(task)}",
        unit="fraction" if is_share(task) else trial.unit,
        inputs=trial.inputs,
    )
    yield from _parts(about, found, _counts(ways, ~trial.known))
    yield from _too_small(about, found)
    yield from _not_cut(about, trial, ways)
    failed = trial.answers.status != 0
    if failed.any():
        yield from _exceptions(about, _counts(ways, failed))
    yield _worst(about, found)


def known_beforehand(context: CheckContext, trial: Trial) -> list[str]:
    """Columns that say something of a record before it is answered.

    A recorded answer is none: where it is missing the row counts as wrong, whatever the record.
    """
    system = context.charter.system
    recorded = system.recorded if system is not None else None
    said = () if recorded is None else (recorded.answer, recorded.confidence)
    return [name for name in trial.records.inputs if name not in said]


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What all findings of a breakdown share."""

    context: CheckContext
    metric: str
    unit: str
    inputs: Mapping[str, str]


_Counted = dict[tuple[Kind, str], tuple[int, int]]
"""Rows, and marked rows, of every part."""


def _counts(ways: list[Cut], marked: NDArray[np.bool_]) -> _Counted:
    counted: _Counted = {}
    for cut in ways:
        inside = cut.codes >= 0
        n = np.bincount(cut.codes[inside], minlength=len(cut.parts))
        k = np.bincount(cut.codes[inside & marked], minlength=len(cut.parts))
        for name, rows, hits in zip(cut.parts, n, k, strict=True):
            counted[cut.kind, name] = (int(rows), int(hits))
    return counted


def _parts(about: _About, found: Search, unknown: _Counted) -> Iterator[Finding]:
    for part in found.parts:
        yield about.context.found(
            about.metric,
            part.value,
            n=part.n,
            scope="production",
            subject=Subject.of(**{part.kind: part.name}),
            interval=part.interval,
            unit=about.unit,
            inputs=about.inputs,
            details={
                "rows_without_known_truth": unknown[part.kind, part.name][1],
                "p_adjusted": part.p_adjusted,
                "significantly_worse": part.is_worse,
            },
        )


def _exceptions(about: _About, failed: _Counted) -> Iterator[Finding]:
    for (kind, name), (n, hits) in failed.items():
        if n:
            yield about.context.found(
                "quality.exception_rate",
                hits / n,
                n=n,
                scope="production",
                subject=Subject.of(**{kind: name}),
                interval=wilson(hits, n),
                inputs=about.inputs,
            )


def _too_small(about: _About, found: Search) -> Iterator[NotMeasured]:
    for small in found.too_small:
        are = "part of it has" if small.parts == 1 else "parts of it have"
        yield NotMeasured(
            metric=about.metric,
            subject=Subject.of(**{small.kind: f"{small.column}=…"}),
            reason=f"{small.parts} {are} too few rows to be judged alone ({small.rows} rows "
            "together)",
            next_step="Bring more labelled rows of these, or judge them together.",
        )


def _not_cut(about: _About, trial: Trial, ways: list[Cut]) -> Iterator[NotMeasured]:
    """Name what the charter asks to break down by and that cannot be, and rows in no part."""
    data = about.context.charter.data
    asked: list[tuple[Kind, str, str | None]] = [
        ("site", "data.site_column", data.site_column),
        ("period", "data.timestamp", data.timestamp),
        *(("slice", "data.slices", name) for name in data.slices),
    ]  # fmt: skip
    done = {(cut.kind, cut.column): int(np.sum(cut.codes < 0)) for cut in ways}
    for kind, setting, name in asked:
        if name is None or done.get((kind, name)) == 0:
            continue
        if name not in trial.records.frame.columns:
            reason = f"the data have no column '{name}'"
        elif (kind, name) not in done:
            reason = f"column '{name}' holds nothing that can be read as a {kind}"
        else:
            reason = f"{done[kind, name]} rows have nothing in '{name}' that can be read"
        yield NotMeasured(
            metric=about.metric,
            subject=Subject.of(**{kind: f"{name}=…"}),
            reason=reason,
            next_step=f"Correct {setting}, or fill the column; dates are read as 2013-01-31.",
        )


def _worst(about: _About, found: Search) -> Finding:
    worst = found.worst
    if worst is None:
        return NotMeasured(
            metric="quality.worst_slice",
            reason="there is nothing to break the rows down by, or too few rows in every part",
            next_step="Name columns to break down by: data.slices, data.site_column, "
            "data.timestamp.",
        )
    verdict = "significantly worse than the rest" if found.worse else "no slice significantly worse"
    return about.context.found(
        "quality.worst_slice",
        worst.value,
        n=worst.n,
        scope="production",
        interval=worst.simultaneous,
        unit=about.unit,
        inputs=about.inputs,
        details={
            "metric": about.metric,
            "at": worst.name,
            "kind": worst.kind,
            "verdict": verdict,
            "summary": _summary(about, found, worst),
            "looked_at": found.n_looked_at,
            "significantly_worse": len(found.worse),
            "columns_not_paired": found.n_cuts_not_paired,
            "worst": [_listed(part) for part in found.worse[:_MOST_LISTED]],
        },
    )


def _summary(about: _About, found: Search, worst: Part) -> str:
    name = about.metric.removeprefix("quality.").replace("mae", "MAE")
    value = figure(worst.value, about.unit, worst.simultaneous)
    within = span(worst.simultaneous, about.unit)
    said = f"'{worst.name}', with {name} {value} ({within}) on {worst.n:,} rows"
    if not found.worse:
        return (
            f"No kind of record is significantly worse than the rest, of {found.n_looked_at:,} "
            f"looked at; the least certain to be good is {said}."
        )
    return (
        f"The worst kind of record is {said}; of {found.n_looked_at:,} looked at, "
        f"{len(found.worse):,} {'is' if len(found.worse) == 1 else 'are'} significantly worse "
        "than the rest."
    )


def _listed(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "slice": part.name,
        "n": part.n,
        "value": part.value,
        "low": part.simultaneous.low,
        "high": part.simultaneous.high,
        "p_adjusted": part.p_adjusted,
    }
