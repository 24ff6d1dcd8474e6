"""How the curated pilot data differs from production."""

from __future__ import annotations

from proveout.evidence.figures import full_figure, span
from proveout.report.charts import Chart, Row
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report

ROWS_SHOWN = 12


def auc_sentence(report: Report) -> str | None:
    """Say in plain words how well the two can be told apart."""
    auc = report.one("readiness.sandbox_auc")
    if auc is None:
        return None
    times = round(auc.value * 100)
    between = "" if auc.interval is None else f" (95 % interval {span(auc.interval, '')})"
    return (
        f"Given one record of the pilot's sample and one of production, a classifier tells which is"
        f" which {times} times of 100{between}. Fifty would mean that they are alike."
    )


def gap_chart(report: Report) -> Chart | None:
    """Chart the distance of each field, the largest first."""
    found = sorted(report.of("readiness.sandbox_gap"), key=lambda e: -e.value)
    if not found:
        return None
    return Chart(
        title="Distance between the pilot's sample and production, field by field",
        label_heading="Field",
        figure_headings=("Distance",),
        unit="",
        from_zero=True,
        rows=tuple(
            Row(
                label=e.subject.get("column") or "",
                marks=(interval_mark(e, is_bar=True),),
                figures=(full_figure(e, unit=""),),
                note=_unseen(e.details),
            )
            for e in found[:ROWS_SHOWN]
        ),
        note="Jensen-Shannon distance: 0 is alike, 1 has nothing in common.",
    )


def _unseen(details: object) -> str:
    unseen = details.get("summary") if isinstance(details, dict) else None
    return str(unseen) if unseen else ""
