"""Curated against production, and where production is worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from proveout.evidence.catalogue import Catalogue
from proveout.evidence.figures import evidence_figure, full_figure, spanned_figure
from proveout.evidence.model import WHOLE, Dimension, Evidence
from proveout.report.charts import Chart, Reference, Row
from proveout.report.glance import main_metric
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report

COMPARED: Final = (
    "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "within_tolerance",
    "mean_score", "r2", "calibration_error", "exception_rate", "refusal_rate", "malformed_rate",
    "invented_rate", "silent_failure",
)  # fmt: skip
"""Metrics which share the 0-to-1 scale."""

IN_UNITS: Final = ("mae", "rmse")
"""Errors in the unit of the label: told in figures, for they fit no scale of shares."""

SLICES_SHOWN = 12

_Compared = Literal["pilot", "production"]
_Pairs = Mapping[str, Sequence[Evidence | None]]
_SCOPES: Final[tuple[_Compared, ...]] = ("pilot", "production")


def comparison_chart(report: Report) -> Chart | None:
    """Chart each metric on the curated sample and on production; in use on production alone."""
    is_in_use = report.verdict.stage == "continue"
    scopes = _SCOPES[1:] if is_in_use else _SCOPES
    rows = []
    pairs = {
        f"quality.{name}": [report.one(f"quality.{name}", scope=scope) for scope in scopes]
        for name in (*IN_UNITS, *COMPARED)
    }
    known = {metric: pair for metric, pair in pairs.items() if any(pair)}
    is_one_size = [_size(scope, known) is not None for scope in scopes]
    headings = tuple(_heading(scope, known) for scope in scopes)
    for metric, pair in known.items():
        marks = [
            interval_mark(e, series=series)
            for e, series in zip(pair, scopes, strict=True)
            if e is not None and metric.removeprefix("quality.") not in IN_UNITS
        ]
        figures = tuple(
            "not measured" if e is None else spanned_figure(e) if is_one else full_figure(e)
            for e, is_one in zip(pair, is_one_size, strict=True)
        )
        rows.append(
            Row(label=_title(report.catalogue, metric), marks=tuple(marks), figures=figures)
        )
    if not rows:
        return None
    return Chart(
        title="Of the requests whose true answer is known"
        if is_in_use
        else "The same system on the curated sample and on production as it was",
        label_heading="Metric",
        figure_headings=headings,
        unit="fraction",
        rows=tuple(rows),
        legend=() if is_in_use else (("pilot", "curated sample"), ("production", "production")),
    )


def drop_sentence(report: Report) -> str | None:
    """Say the drop in one sentence."""
    drop = report.one("quality.sandbox_drop", scope="production") or report.one(
        "quality.sandbox_drop"
    )
    if drop is None:
        return None
    metric = f"quality.{drop.details.get('metric')}"
    pilot, production = (report.one(metric, scope=scope) for scope in _SCOPES)
    if pilot is None or production is None:
        return f"The sandbox illusion in one number: the drop is {full_figure(drop)}."
    return (
        f"The sandbox illusion in one number: {report.catalogue[metric].label} is "
        f"{evidence_figure(production)} in production and {evidence_figure(pilot)} on the curated "
        f"sample, {_worse_by(drop, is_error=metric.removeprefix('quality.') in IN_UNITS)}."
    )


def _worse_by(drop: Evidence, *, is_error: bool) -> str:
    """Say what a drop is of: of the error on the sample, or of all records."""
    if drop.value < 0:
        what = "error" if is_error else "records"
        return f"no drop: a difference of {full_figure(drop)} of the {what}"
    if is_error:
        return f"an error larger by {full_figure(drop)}"
    return f"a drop by {full_figure(drop)} of the records"


def breakdown_chart(report: Report, dimension: Dimension, title: str, heading: str) -> Chart | None:
    """Chart the main metric by one dimension: periods in time order, all else worst first."""
    metric = main_metric(report)
    found = [
        e
        for e in report.of(metric, scope="production")
        if e.subject.get(dimension) is not None and len(e.subject.parts) == 1
    ]
    if len(found) < 2:
        return None
    overall = report.one(metric, scope="production", subject=WHOLE)
    worse = -1 if report.catalogue[metric].direction == "lower" else 1
    found.sort(key=lambda e: worse * e.value)
    surely_worse = [e for e in found if overall and _is_surely_worse(e, overall, worse)]
    worst = {e.id for e in surely_worse[: 3 if len(found) > 5 else 1]}
    shown = found[:SLICES_SHOWN] if dimension != "period" else found
    if dimension == "period":
        shown = sorted(found, key=lambda e: e.subject.get("period") or "")
    return Chart(
        title=title,
        label_heading=heading,
        figure_headings=(_title(report.catalogue, metric),),
        unit=overall.unit if overall else found[0].unit,
        rows=tuple(
            Row(
                label=(e.subject.get(dimension) or "").replace("=", ": "),
                marks=(
                    interval_mark(e, series="production", tone="bad" if e.id in worst else "plain"),
                ),
                figures=(full_figure(e),),
                tone="bad" if e.id in worst else "plain",
            )
            for e in shown
        ),
        references=()
        if overall is None
        else (Reference(value=overall.value, label="production overall", kind="overall"),),
        note=" ".join(filter(None, (_in_red(len(worst)), _left_out(len(found) - len(shown))))),
    )


def worst_slice_sentence(report: Report) -> str | None:
    """Name the worst slice, with what it was corrected for."""
    worst = report.one("quality.worst_slice", scope="production")
    if worst is None:
        return None
    name = worst.details.get("at")
    summary = worst.details.get("summary")
    if isinstance(summary, str):
        return summary
    return f"The worst slice{f' ({name})' if name else ''} reaches {full_figure(worst)}."


def _is_surely_worse(part: Evidence, overall: Evidence, sign: int) -> bool:
    if part.interval is None:
        return sign * (part.value - overall.value) < 0
    best = part.interval.high if sign > 0 else part.interval.low
    return sign * (best - overall.value) < 0


def _size(scope: _Compared, pairs: _Pairs) -> int | None:
    """Return the number of records behind all figures of a column, if it is one."""
    sizes = {e.n for pair in pairs.values() for e in pair if e is not None and e.scope == scope}
    return sizes.pop() if len(sizes) == 1 else None


def _heading(scope: _Compared, pairs: _Pairs) -> str:
    name = "Curated sample" if scope == "pilot" else "Production"
    size = _size(scope, pairs)
    return name if size is None else f"{name}, n = {size:,}"


def _title(catalogue: Catalogue, metric: str) -> str:
    label = catalogue[metric].label
    return label[0].upper() + label[1:]


def _in_red(n: int) -> str:
    if not n:
        return "None is surely worse than production overall."
    which = "the worst one" if n == 1 else f"the worst {n}"
    return f"In red: {which} of those that are surely worse than production overall."


def _left_out(left: int) -> str:
    return f"{left} more, all better, are in the provenance table below." if left > 0 else ""
