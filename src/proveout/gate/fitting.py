"""Fit the default standard to a charter: what applies, and the thresholds that it agreed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from proveout.charter.schema import Acceptance, Charter, Kpi, Stage
from proveout.evidence.figures import figure
from proveout.evidence.model import Subject
from proveout.gate.heritage import (
    Forerunner,
    by_failure,
    forerunners,
    left_out_notes,
    unnamed_notes,
)
from proveout.gate.model import Criterion, Dossier
from proveout.gate.standards import DEFAULTS
from proveout.gate.standards.inherited import cause_known, inherited


def fit(
    stage: Stage, charter: Charter, dossier: Dossier | None = None
) -> tuple[list[Criterion], list[str]]:
    """Return the default criteria which apply to a charter, in its own terms, and notes.

    At the gate `design` with what it inherits from earlier pilots, by its charter and, with the
    dossier, by the ledger.
    """
    fitted: list[Criterion] = []
    notes: list[str] = []
    for criterion in DEFAULTS[stage]:
        if not _APPLIES.get(at_launch(criterion.id), _always)(charter):
            continue
        if criterion.metric == "value.kpi":
            fitted += _kpis(criterion, charter)
        elif criterion.metric == "value.assumptions_broken":
            fitted += _comparisons(criterion, charter)
        elif criterion.metric == "assumption.holds":
            fitted += _assumptions(criterion, charter)
        elif criterion.metric == "quality.worst_slice":
            derived = _worst_slice(criterion, charter)
            fitted += [] if derived is None else [derived]
            notes += [] if derived is not None else [_NO_MAIN_METRIC]
        else:
            fitted.append(_agreed(criterion, charter))
    if stage == "design":
        found = forerunners(charter, dossier)
        fitted += _inherited(found)
        notes += [*left_out_notes(found), *unnamed_notes(charter, dossier)]
    return fitted, notes


def _inherited(found: Sequence[Forerunner]) -> Iterator[Criterion]:
    """Yield what earlier pilots leave to be shown."""
    if not found:
        return
    yield cause_known([each.pilot for each in found])
    compared = (each.failures for each in found if each.sealed is not None)
    yield from inherited(by_failure(found), frozenset(chain.from_iterable(compared)))


_NO_MAIN_METRIC = (
    "The worst slice is held to nothing: agree on quality.accuracy or quality.mae in acceptance, "
    "and it is held to that figure with an allowance."
)


def at_launch(criterion: str) -> str:
    """Return the id of the line of the gate `production` that `continue` asks for again."""
    stage, _, name = criterion.partition(".")
    return f"production.{name}" if stage == "continue" else criterion


def _always(_: Charter) -> bool:
    return True


def _has_sites(charter: Charter) -> bool:
    sites = {source.site for source in charter.data.production if source.site}
    return charter.data.site_column is not None or len(sites) > 1


def _has_ranges(charter: Charter) -> bool:
    return any(
        field.min is not None or field.max is not None or field.values or field.pattern
        for field in charter.data.fields.values()
    )


_ANSWERS = frozenset({
    "quality.accuracy", "quality.balanced_accuracy", "quality.precision", "quality.recall",
    "quality.f1", "quality.roc_auc", "quality.mae", "quality.rmse", "quality.r2",
    "quality.within_tolerance",
})  # fmt: skip
"""Metrics of how good the answers are; others ask how many, how fast or how honest."""


def _names_old_way(charter: Charter) -> bool:
    """Tell whether it is said where what is still done the old way can be seen."""
    return charter.adoption is not None and charter.adoption.old_way is not None


def _no_quality_agreed(charter: Charter) -> bool:
    """Tell whether no line holds the answers as a whole, on production data, to anything."""
    return not any(
        line.stage == "production"
        and line.scope == "production"
        and line.metric in _ANSWERS
        and all(value == "*" for value in line.subject.values())
        for line in charter.acceptance
    )


_APPLIES: Mapping[str, Callable[[Charter], bool]] = {
    "production.required-completeness-per-site": _has_sites,
    "production.out-of-range": _has_ranges,
    "production.unresolved-references": lambda charter: bool(charter.data.references),
    "production.newest-age": lambda charter: charter.data.freshness_hours is not None,
    "production.quality-agreed": _no_quality_agreed,
    "scale.old-way": _names_old_way,
    "production.old-way": _names_old_way,
}
"""Criteria that ask for something only where the charter declares it. A criterion that is not
here applies always: what was not declared is then missing, never passed."""


def _thresholds(charter: Charter) -> dict[str, tuple[float | None, str]]:
    """Return the thresholds that other parts of the charter agree on, with where they stand."""
    load, rollback = charter.load, charter.rollback
    minutes = None if rollback is None else rollback.within_minutes
    return {
        "production.stress-quality-drop": (
            charter.stress.max_quality_drop, "stress.max_quality_drop",
        ),
        "production.stress-silent-failure": (
            charter.stress.max_silent_failure, "stress.max_silent_failure",
        ),
        "production.load-latency": (
            None if load is None else (load.p95_latency_s or load.give_up_after_s),
            "load.p95_latency_s" if load and load.p95_latency_s else "load.give_up_after_s",
        ),
        "production.load-errors": (None if load is None else load.max_error_rate,
                                   "load.max_error_rate"),
        "production.load-abandonment": (None if load is None else load.max_abandonment,
                                        "load.max_abandonment"),
        "continue.latency": (
            None if load is None else (load.p95_latency_s or load.give_up_after_s),
            "load.p95_latency_s" if load and load.p95_latency_s else "load.give_up_after_s",
        ),
        "continue.unanswered": (None if load is None else load.max_error_rate,
                                "load.max_error_rate"),
        "production.drill-recovery": (None if minutes is None else minutes * 60,
                                      "rollback.within_minutes"),
        "production.newest-age": (charter.data.freshness_hours, "data.freshness_hours"),
    }  # fmt: skip


def _agreed(criterion: Criterion, charter: Charter) -> Criterion:
    threshold, where = _thresholds(charter).get(criterion.id, (None, ""))
    if threshold is None or threshold == criterion.threshold:
        return criterion
    is_higher = threshold > criterion.threshold
    return replace(
        criterion,
        threshold=threshold,
        origin="tightened" if is_higher == (criterion.comparison == ">=") else "loosened",
        note=f"The charter's {where}.",
    )


def _kpis(pattern: Criterion, charter: Charter) -> list[Criterion]:
    if not charter.kpis:
        return [_stand_in(pattern, "kpis", "At least one KPI decides")]
    return [_kpi(pattern, kpi) for kpi in charter.kpis]


def _kpi(pattern: Criterion, kpi: Kpi) -> Criterion:
    if kpi.threshold is None:
        stand_in = _stand_in(pattern, "kpi-thresholds", f"KPI {kpi.name} has a threshold")
        return replace(stand_in, id=f"{pattern.id}-{kpi.name}")
    is_higher = kpi.direction == "higher"
    goal = f"{'at least' if is_higher else 'at most'} {figure(kpi.threshold, kpi.unit)}"
    return replace(
        pattern,
        id=f"{pattern.id}-{kpi.name}",
        title=f"KPI {kpi.name} is {goal}",
        subject=Subject.of(kpi=kpi.name),
        comparison=">=" if is_higher else "<=",
        threshold=kpi.threshold,
        confidence=kpi.confidence,
        origin="charter",
    )


def _comparisons(pattern: Criterion, charter: Charter) -> list[Criterion]:
    """Ask it of each KPI; without any, the line on KPIs asks for them."""
    return [
        replace(
            pattern,
            id=f"{pattern.id}-{kpi.name}",
            title=f"What the comparison of KPI {kpi.name} rests on is so",
            subject=Subject.of(kpi=kpi.name),
        )
        for kpi in charter.kpis
    ]


def _assumptions(pattern: Criterion, charter: Charter) -> list[Criterion]:
    if not charter.assumptions:
        return [_stand_in(pattern, "assumptions", "Assumptions are written down")]
    return [
        replace(
            pattern,
            id=f"{pattern.id}-{assumption.name}",
            title=f"It still holds that: {assumption.statement}",
            subject=Subject.of(assumption=assumption.name),
        )
        for assumption in charter.assumptions
    ]


def _stand_in(pattern: Criterion, part: str, title: str) -> Criterion:
    """Ask for what the charter must name before the criterion itself can be asked."""
    return replace(
        pattern,
        title=title,
        metric="governance.declared",
        subject=Subject.of(part=part),
        comparison=">=",
        threshold=1,
        bases=("attested",),
        max_age=None,
    )


def _worst_slice(criterion: Criterion, charter: Charter) -> Criterion | None:
    """Hold the worst slice to the agreed figure of the main metric, with an allowance."""
    for line in charter.acceptance:
        if line.stage == "production" and not line.subject and line.scope == "production":
            allowed = _allowance(line)
            if allowed is not None:
                return replace(
                    criterion,
                    comparison=line.comparison,
                    threshold=allowed.threshold,
                    unit=allowed.unit,
                    origin="charter",
                    title=allowed.title,
                    note=f"{allowed.words} what acceptance asks for as a whole.",
                )
    return None


class _Allowance(NamedTuple):
    threshold: float
    unit: str
    title: str
    words: str


def _allowance(line: Acceptance) -> _Allowance | None:
    match (line.metric, line.comparison):
        case ("quality.accuracy", ">="):
            threshold = max(0.0, round(line.threshold - 0.10, 12))
            title = "Accuracy in the worst slice is {}"
            return _Allowance(threshold, "fraction", title, "At most 10 points below")
        case ("quality.mae", "<="):
            title = "MAE in the worst slice is {}"
            return _Allowance(line.threshold * 1.5, "*", title, "At most 1.5 times")
        case _:
            return None
