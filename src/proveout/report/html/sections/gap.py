"""How the curated pilot data differs from production."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.evidence.figures import full_figure, span
from proveout.evidence.model import Evidence
from proveout.report.charts import Chart, Row
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report

ROWS_SHOWN = 12
KINDS_SHOWN = 5
PERIODS_SHOWN = 3
INSIDE, OUTSIDE = "like the pilot's sample", "unlike the pilot's sample"
"""Slices of the quality check: records of which the pilot's sample showed the like, or not."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """What production holds and the pilot's sample never showed."""

    sentence: str
    kinds: tuple[str, ...]
    """The largest kinds of records, each as a sentence."""


def uncovered(report: Report) -> Uncovered | None:
    """Say how much of production the pilot's sample does not cover, and of which kinds it is."""
    found = report.one("readiness.outside_pilot")
    if found is None:
        return None
    kinds = [str(each["sentence"]) for each in found.details.get("segments") or ()]
    periods = [str(each) for each in found.details.get("periods") or ()]
    when = f" Besides, {'; '.join(periods[:PERIODS_SHOWN])}." if periods else ""
    return Uncovered(
        sentence=f"{full_figure(found)} of production is of a kind that the pilot's sample never "
        f"showed.{when}",
        kinds=tuple(kinds[:KINDS_SHOWN]),
    )


def effect_sentence(report: Report) -> str | None:
    """Say how the system does on records of which the pilot's sample showed the like, or not."""
    inside, outside = (_of_slice(report, name) for name in (INSIDE, OUTSIDE))
    if inside is None or outside is None:
        return None
    name = inside.metric.removeprefix("quality.").replace("_", " ")
    return (
        f"Where the pilot's sample showed the like, the system's {name} is {full_figure(inside)}; "
        f"where it did not, {full_figure(outside)}."
    )


def _of_slice(report: Report, name: str) -> Evidence | None:
    """Find the main metric of a slice of production; exception rates are told elsewhere."""
    return next(
        (
            each
            for each in report.evidence
            if each.metric.startswith("quality.")
            and each.metric != "quality.exception_rate"
            and each.subject.as_dict() == {"slice": name}
        ),
        None,
    )


def moved_together(report: Report) -> list[str]:
    """Name the fields that go with each other differently in production."""
    auc = report.one("readiness.sandbox_auc")
    found = [] if auc is None else auc.details.get("together") or ()
    return [str(each["summary"]) for each in found]


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
