"""What each corruption does to the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proveout.evidence.figures import figure, full_figure, spanned_figure
from proveout.evidence.model import Evidence
from proveout.report.charts import Chart, Mark, Reference, Row
from proveout.report.html.sections.examples import example_words
from proveout.report.html.sections.marks import interval_mark, threshold_of
from proveout.report.model import Report

ROWS_SHOWN = 16

TRIED = 0.25
"""Shares of damaged records up to here are compared when a curve is chosen."""


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


def smallest(report: Report) -> tuple[str, ...]:
    """Say how little damage is enough to break a limit, for each limit the least of all."""
    sentences = []
    for kind, consequence in (
        ("silent-failure", "more than {limit} of all answers wrong and confident"),
        ("quality-drop", "a loss of quality of more than {limit}"),
    ):
        found = [e for e in report.of("stress.breaking_severity") if e.subject.get("kind") == kind]
        single = [e for e in found if e.subject.get("column")]
        if not found:
            continue
        # A column tells where to begin, and no damage to all of them at once does so.
        least = min(single or found, key=lambda e: e.value)
        breaking = len(least.details.get("that_break_it", ()))
        limit = figure(float(least.details.get("limit", 0)), "fraction")
        column = least.subject.get("column")
        where = f"the records’ {column}" if column else "the records"
        sentences.append(
            f"“{_operator(least)}” in {spanned_figure(least)} of {where} is enough for "
            f"{consequence.format(limit=limit)}; {breaking} of the {least.details.get('tried')} "
            f"kinds of damage that fit can do this."
        )
    return tuple(sentences)


def grew_surer(report: Report) -> str:
    """Say where the system got worse and its own confidence rose; nothing where it did not."""
    fooled = [
        e
        for e in report.of("stress.believed_quality")
        if e.details.get("grew_surer_while_it_got_worse")
    ]
    if not fooled:
        return ""
    most = max(fooled, key=lambda e: e.details["overrates_itself_by"])
    of = most.details
    kinds = {e.subject.get("operator") for e in fooled}
    others = (
        f" The same happened with {len(kinds) - 1} more kinds of damage." if len(kinds) > 1 else ""
    )
    return (
        f"It got worse and grew surer: with “{_named(most)}” in "
        f"{figure(_severity(most), 'fraction')} of the records, {_points(of['right_before'])} → "
        f"{_points(of['right_after'])} of its answers were right, while its own confidence, taken "
        f"as an estimate of that, went from {_points(of['believed_before'])} to "
        f"{spanned_figure(most)} (n = {most.n:,}). Who watches confidence alone sees an "
        f"improvement.{others}"
    )


def _overrated(e: Evidence) -> float:
    """By how much the system overrates itself at most where damage was really tried."""
    first, *others = e.details["curve"]
    tried = [first, *(point for point in others if point["severity"] <= TRIED)]
    return max(float(point["believed"] - point["quality"]) for point in tried)


def late_labels(report: Report) -> str:
    """Say what accuracy seems to be while the newest truths are late; nothing where it is the same.

    Only a difference whose interval is beyond zero is told.
    """
    found = [
        e
        for e in report.of("stress.late_labels")
        if e.interval is not None and not e.interval.low <= 0 <= e.interval.high
    ]
    if not found:
        return ""
    most = max(found, key=lambda e: abs(e.value))
    return (
        f"While the true answers of the newest {figure(_severity(most), 'fraction')} of records "
        f"are still to come, it seems to be right in {_points(most.details['seems'])} of cases; it "
        f"is in {_points(most.details['is'])} (difference {full_figure(most)})."
    )


def curve_chart(report: Report) -> Chart | None:
    """Chart what a damage does from little to much: what is right, and what is believed."""
    curves = [
        e
        for e in report.of("stress.breaking_severity")
        if len(e.details.get("curve", ())) > 1 and "believed" in e.details["curve"][0]
    ]
    if not curves:
        return None
    fooled = max(curves, key=_overrated)
    rows = tuple(
        Row(
            label=f"{figure(point['severity'], 'fraction')} of records",
            marks=(
                Mark(value=point["quality"], series="production"),
                Mark(value=point["believed"], series="pilot"),
            ),
            figures=(_points(point["quality"]), _points(point["believed"])),
        )
        for point in fooled.details["curve"]
    )
    return Chart(
        title=f"From little damage to much: {_named(fooled)}",
        label_heading="Damaged",
        figure_headings=("Right", "Right, by its own confidence"),
        unit="fraction",
        rows=rows,
        legend=(("production", "really right"), ("pilot", "right, by its own confidence")),
        note=f"From answers to n = {fooled.n:,} damaged records and to the same ones as they are.",
    )


def pairs_chart(report: Report) -> Chart | None:
    """Chart the worst kinds of damage two at a time, beside each alone."""
    found = sorted(report.of("stress.combined_silent_failure"), key=lambda e: -e.value)
    if not found:
        return None
    share = figure(_severity(found[0]), "fraction")
    return Chart(
        title=f"Two kinds of damage on the same {share} of records",
        label_heading="Both at once",
        figure_headings=("Wrong and confident", "Each alone"),
        unit="fraction",
        from_zero=True,
        rows=tuple(
            Row(
                label=_named(e).replace("+", " and "),
                marks=(interval_mark(e, series="severe"),),
                figures=(
                    spanned_figure(e),
                    ", ".join(_points(value) for value in e.details.get("each_alone", ())),
                ),
            )
            for e in found
        ),
        note=_sizes([("", found)]),
    )


def broken_files(report: Report) -> tuple[tuple[str, str], ...]:
    """Say of each broken file what became of its records."""
    return tuple(
        (str(e.subject.get("source")), _file_sentence(e)) for e in report.of("stress.file_answered")
    )


def _file_sentence(e: Evidence) -> str:
    of = e.details
    parts = [f"{full_figure(e)} of the records that could be read got an answer"]
    if "share_confident" in of:
        parts.append(
            f"{_points(of['share_confident'])} of these with a confidence of at least "
            f"{of['confident_at']:g}"
        )
    if of.get("records_not_read"):
        parts.append(f"{of['records_not_read']:,} records could not be read at all")
    if of.get("columns_not_there"):
        parts.append(f"missing: {', '.join(of['columns_not_there'][:5])}")
    return "; ".join(parts) + "."


def _named(e: Evidence) -> str:
    column = e.subject.get("column")
    return f"{_operator(e)} in {column}" if column else _operator(e)


def _operator(e: Evidence) -> str:
    return (e.subject.get("operator") or "").replace("-", " ").replace("_", " ")


def _points(share: float) -> str:
    return figure(round(share, 3), "fraction")


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
