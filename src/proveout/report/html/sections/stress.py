"""What each corruption does to the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proveout.evidence.figures import figure, full_figure, spanned_figure
from proveout.evidence.model import Evidence
from proveout.report.charts import Chart, Reference, Row
from proveout.report.html.sections.examples import example_words
from proveout.report.html.sections.marks import interval_mark, threshold_of
from proveout.report.model import Report

ROWS_SHOWN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StressExample:
    """One of the three worst corruptions."""

    operator: str
    sentence: str
    examples: tuple[str, ...]


def silent_words(found: Iterable[Evidence]) -> str:
    """Name silent failure: a system that never says how sure it is cannot be confident."""
    meant = (str(e.details.get("counts_as_silent", "")) for e in found)
    is_mute = any("no confidence" in each for each in meant)
    return "wrong without a warning" if is_mute else "wrong and confident"


def stress_chart(
    report: Report, metric: str, title: str, heading: str, *, only_harmful: bool = False
) -> Chart | None:
    """Chart one stress metric by operator, the worst first, one mark per severity."""
    by_operator: dict[str, list[Evidence]] = {}
    for e in report.of(metric):
        operator = e.subject.get("operator")
        if operator and e.subject.get("column") is None:
            by_operator.setdefault(operator, []).append(e)
    if not by_operator:
        return None
    ordered = sorted(by_operator.items(), key=lambda item: -max(e.value for e in item[1]))
    harmless = 0
    if only_harmful:
        harmful = [item for item in ordered if max(e.value for e in item[1]) > 0]
        harmless, ordered = len(ordered) - len(harmful), harmful or ordered[:1]
    severities = sorted({_severity(e) for _, found in ordered for e in found})
    criterion = threshold_of(report, metric.replace("stress.", "stress.worst_"))
    rows = []
    for operator, found in ordered[:ROWS_SHOWN]:
        found.sort(key=_severity)
        rows.append(
            Row(
                label=operator.replace("-", " ").replace("_", " "),
                marks=tuple(
                    interval_mark(e, series="severe" if e is found[-1] else "mild") for e in found
                ),
                figures=tuple(_at(found, severity) for severity in severities),
                tone="bad" if criterion and found[-1].value > criterion.threshold else "plain",
            )
        )
    left = len(ordered) - ROWS_SHOWN
    return Chart(
        title=title,
        label_heading="Corruption",
        figure_headings=tuple(f"{heading}, {severity:.0%} of rows" for severity in severities),
        unit="fraction",
        from_zero=True,
        rows=tuple(rows),
        references=()
        if criterion is None
        else (Reference(value=criterion.threshold, label="limit"),),
        legend=tuple(
            ("severe" if severity == severities[-1] else "mild", f"{severity:.0%} of rows")
            for severity in severities
        ),
        note=" ".join(filter(None, (_sizes(ordered), _left_out(left, harmless)))),
    )


def worst_three(report: Report) -> tuple[StressExample, ...]:
    """Name the three worst corruptions by silent failure, with what was seen."""
    found = [e for e in report.of("stress.silent_failure") if e.subject.get("operator")]
    found.sort(key=lambda e: -e.value)
    seen: dict[str, Evidence] = {}
    for e in found:
        seen.setdefault(e.subject.get("operator") or "", e)
    return tuple(
        StressExample(
            operator=operator.replace("-", " ").replace("_", " "),
            sentence=_silent_sentence(e),
            examples=tuple(example_words(x) for x in e.details.get("examples", ())[:3]),
        )
        for operator, e in list(seen.items())[:3]
    )


def _silent_sentence(e: Evidence) -> str:
    damaged = (
        f"With {figure(_severity(e), 'fraction')} of the records damaged, " if _severity(e) else ""
    )
    before = e.details.get("baseline")
    against = "" if before is None else f"; undamaged, {figure(before, 'fraction')} of them were"
    return f"{damaged}{full_figure(e)} of the answers were {silent_words([e])}{against}."


def _sizes(ordered: Sequence[tuple[str, list[Evidence]]]) -> str:
    sizes = sorted({e.n for _, found in ordered for e in found})
    between = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    return f"Each figure is on n = {between} records."


def _left_out(left: int, harmless: int) -> str:
    if harmless:
        return f"At the {harmless} other corruptions it answered as if nothing were wrong."
    return f"{left} more, all milder, are in the provenance table below." if left > 0 else ""


def _severity(e: Evidence) -> float:
    return float(e.subject.get("severity") or 0)


def _at(found: list[Evidence], severity: float) -> str:
    at = [e for e in found if _severity(e) == severity]
    return spanned_figure(at[0]) if at else "not tried"
