"""What the production data looks like, and what would have to change at its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proveout.evidence.figures import figure, full_figure
from proveout.evidence.model import Evidence
from proveout.report.charts import Chart, Reference, Row
from proveout.report.html.sections.examples import example_words
from proveout.report.html.sections.marks import interval_mark, threshold_of
from proveout.report.model import Report

ROWS_SHOWN = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRow:
    """One kind of exception in one source."""

    source: str
    kind: str
    share: str
    count: str
    examples: tuple[str, ...]


def completeness_chart(report: Report) -> Chart | None:
    """Chart how far the required fields are filled in, the emptiest first."""
    found = [
        e
        for e in report.of("readiness.required_completeness", scope="production")
        if e.subject.get("site") is None
    ]
    if not found:
        return None
    criterion = threshold_of(report, "readiness.required_completeness")
    bar = criterion.threshold if criterion else None
    found.sort(key=lambda e: e.value)
    return Chart(
        title="Required fields: share of records in which they are filled in, emptiest first",
        label_heading="Field",
        figure_headings=("Filled in",),
        unit="fraction",
        rows=tuple(_completeness_row(e, bar) for e in found[:ROWS_SHOWN]),
        references=() if bar is None else (Reference(value=bar, label="required"),),
        note=_left_out(len(found)),
    )


def exception_rows(report: Report) -> tuple[ExceptionRow, ...]:
    """List the kinds of exceptions, the most frequent first."""
    found = [
        e
        for e in report.of("readiness.exceptions", scope="production")
        if e.subject.get("kind") and e.value > 0
    ]
    found.sort(key=lambda e: -e.value)
    return tuple(
        ExceptionRow(
            source=e.subject.get("source") or "",
            kind=(e.subject.get("kind") or "").replace("-", " "),
            share=figure(e.value, e.unit, e.interval),
            count=f"{round(e.value * e.n):,}",
            examples=tuple(example_words(x) for x in _examples(e)[:3]),
        )
        for e in found
    )


def overall_exceptions(report: Report) -> list[tuple[str, str]]:
    """Per source: the share of records with at least one exception."""
    return [
        (e.subject.get("source") or "", full_figure(e))
        for e in report.of("readiness.exceptions", scope="production")
        if e.subject.get("kind") is None
    ]


def _examples(evidence: Evidence) -> Sequence[object]:
    examples = evidence.details.get("examples", ())
    return examples if isinstance(examples, list | tuple) else (examples,)


def _completeness_row(e: Evidence, bar: float | None) -> Row:
    is_short = bar is not None and (e.interval.low if e.interval else e.value) < bar
    return Row(
        label=f"{e.subject.get('source')} · {e.subject.get('column')}",
        marks=(interval_mark(e, tone="bad" if is_short else "plain"),),
        figures=(full_figure(e),),
        tone="bad" if is_short else "plain",
    )


def _left_out(count: int) -> str:
    left = count - ROWS_SHOWN
    return f"{left} more are in the provenance table below." if left > 0 else ""
