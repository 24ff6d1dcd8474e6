"""The measurements in a few lines: what a reader would ask first, worst parts by name."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.evidence.figures import evidence_figure, full_figure, span
from proveout.evidence.model import WHOLE, Dimension, Evidence
from proveout.report.model import Report

MAIN = ("quality.accuracy", "quality.mae")
"""The metric of classification, and of regression."""

NONE = "none stands out"
"""Where chance alone explains the differences: naming one would send people after nothing."""

_PARTS: tuple[tuple[Dimension, str], ...] = (("period", "Worst month"), ("site", "Worst site"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One line."""

    question: str
    figure: str
    note: str


def at_a_glance(report: Report) -> tuple[Glance, ...]:
    """Return a line for each of these that was measured; none where nothing was."""
    metric = main_metric(report)
    name = report.catalogue[metric].label
    lines = [_sandbox(report, metric, name), _told_apart(report)]
    lines += [_worst_part(report, metric, name, *part) for part in _PARTS]
    lines += [_worst_slice(report, name), _silent(report)]
    return tuple(line for line in lines if line is not None)


def main_metric(report: Report) -> str:
    """Return the metric by which the system is judged as a whole."""
    return next((m for m in MAIN if report.one(m, scope="production") is not None), MAIN[0])


def _sandbox(report: Report, metric: str, name: str) -> Glance | None:
    pilot, production = (report.one(metric, scope=scope) for scope in ("pilot", "production"))
    if pilot is None or production is None:
        return None
    return Glance(
        question=f"{name[0].upper()}{name[1:]}, curated sample to production",
        figure=f"{evidence_figure(pilot)} → {evidence_figure(production)}",
        note=f"{_within(pilot)} on the sample, {_within(production)} in production",
    )


def _told_apart(report: Report) -> Glance | None:
    auc = report.one("readiness.sandbox_auc")
    if auc is None:
        return None
    return Glance(
        question="Curated sample told from production",
        figure=f"{round(100 * auc.value)} times of 100",
        note=f"by a classifier; AUC {full_figure(auc, unit='')}; guessing is 0.5",
    )


def _worst_part(
    report: Report, metric: str, name: str, dimension: Dimension, question: str
) -> Glance | None:
    found = [
        e
        for e in report.of(metric, scope="production")
        if e.subject.get(dimension) is not None and len(e.subject.parts) == 1
    ]
    if len(found) < 2:
        return None
    is_error = report.catalogue[metric].direction == "lower"
    # By the kind end of the interval: few records alone do not make a part the worst.
    worst = max(found, key=_best) if is_error else min(found, key=_most)
    whole = report.one(metric, scope="production", subject=WHOLE)
    against = "" if whole is None else f", {evidence_figure(whole)} overall"
    part = f"{worst.subject.get(dimension)}"
    note = f"{name} {full_figure(worst)}{against}"
    if all(e.details.get("significantly_worse") is False for e in found):
        return Glance(
            question=question,
            figure=NONE,
            note=f"{'the highest' if is_error else 'the lowest'} is {part}: {note}",
        )
    return Glance(question=question, figure=part, note=note)


def _best(found: Evidence) -> float:
    return found.value if found.interval is None else found.interval.low


def _most(found: Evidence) -> float:
    return found.value if found.interval is None else found.interval.high


def _worst_slice(report: Report, name: str) -> Glance | None:
    worst = report.one("quality.worst_slice", scope="production")
    if worst is None:
        return None
    question, kind = "Worst kind of record", str(worst.details.get("at", ""))
    note = f"{name} {full_figure(worst)}"
    if worst.details.get("significantly_worse") == 0:
        return Glance(question=question, figure=NONE, note=f"the least certain is {kind}: {note}")
    return Glance(question=question, figure=kind, note=note)


def _silent(report: Report) -> Glance | None:
    clean = report.one("quality.silent_failure", scope="production")
    worst = report.one("stress.worst_silent_failure")
    if clean is None and worst is None:
        return None
    told = [] if clean is None else [(clean, "in production")]
    told += [] if worst is None else [(worst, f"under {worst.details.get('at', 'damage')}")]
    meant = "" if worst is None else str(worst.details.get("counts_as_silent", ""))
    return Glance(
        # A system that never says how sure it is cannot be confident, only unannounced.
        question="Wrong without a warning" if "no confidence" in meant else "Wrong and confident",
        figure=f"{evidence_figure(told[0][0])} {told[0][1]}",
        note="; ".join(f"{full_figure(found)} {where}" for found, where in told),
    )


def _within(found: Evidence) -> str:
    return "a full count" if found.interval is None else span(found.interval, found.unit)
