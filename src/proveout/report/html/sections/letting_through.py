"""What damage does to the answers that go out alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from proveout.evidence.figures import figure, full_figure, spanned_figure
from proveout.evidence.model import Evidence, Subject
from proveout.report.charts import Chart, Mark, Reference, Row
from proveout.report.html.sections.marks import interval_mark
from proveout.report.model import Report

ROWS_SHOWN = 12
NOTEWORTHY_FALL = 0.1
"""A system that lets a tenth less through has become unsure."""


def worst_by_operator(report: Report) -> list[Evidence]:
    """Return the worst trial of each kind of damage, the worst first."""
    found = sorted(report.of("stress.error_let_through"), key=lambda e: (-e.value, str(e.subject)))
    worst: dict[str | None, Evidence] = {}
    for each in found:
        worst.setdefault(each.subject.get("operator"), each)
    return list(worst.values())


def standing_sentence(report: Report) -> str:
    """Count how the limit fared, over all trials."""
    found = report.of("stress.error_let_through")
    shares = {e.subject: e for e in report.of("stress.share_let_through")}
    if not shares:
        return ""
    standing = Counter(e.details["promise"] for e in found)
    unsure = [
        e
        for e in found
        if e.details["promise"] != "broken"
        and shares[e.subject].value < (1 - NOTEWORTHY_FALL) * shares[e.subject].details["before"]
    ]
    silent = len(shares) - len(found)  # where nothing goes out alone, nothing is wrong
    told = (
        "Nothing is promised of damaged inputs; it was measured. With "
        f"{_threshold(report, shares)}, of {len(shares)} trials with damaged records the limit was "
        f"broken in {standing['broken']} and kept in {standing['kept'] + silent}; in "
        f"{standing['cannot tell']} the records do not tell."
    )
    if unsure or silent:
        told += (
            f" In {len(unsure) + silent} the system became unsure and let less through without "
            "breaking the limit, which is what it should do."
        )
    return told


def _threshold(report: Report, shares: Mapping[Subject, Evidence]) -> str:
    """Name the threshold where it is another one, chosen on fewer rows."""
    used = next(iter(shares.values())).details["threshold"]
    told = report.one("confidence.threshold")
    if told is not None and told.value == used:
        return "the same threshold"
    return f"a threshold of {used:g}, chosen on the undamaged rows of the same check"


def worst_sentence(damaged: Sequence[Evidence]) -> str:
    """Tell the worst, where it is not harmless."""
    if not damaged or damaged[0].details["promise"] == "kept":
        return ""
    e = damaged[0]
    expected = e.details.get("stated_error")
    itself = (
        ""
        if expected is None
        else f", while the system itself expects {figure(expected, 'fraction')}"
    )
    return (
        f"Worst: with {_called(e)} in {_severity(e)} of the records, {full_figure(e)} of what goes "
        f"out alone is wrong{itself}."
    )


def damage_chart(report: Report, damaged: Sequence[Evidence], max_error: float) -> Chart | None:
    """Chart what was measured beside what the system itself expects."""
    if not damaged:
        return None
    shares = {e.subject: e for e in report.of("stress.share_let_through")}
    rows = []
    for e in damaged[:ROWS_SHOWN]:
        expected, share = e.details.get("stated_error"), shares.get(e.subject)
        marks = [interval_mark(e, series="severe")]
        if expected is not None:
            marks.append(Mark(value=expected, series="pilot"))
        rows.append(
            Row(
                label=_called(e),
                note=f"in {_severity(e)} of records",
                marks=tuple(marks),
                figures=(
                    spanned_figure(e),
                    "" if expected is None else figure(expected, "fraction"),
                    "" if share is None else _change(share),
                    e.details["promise"],
                ),
                tone="bad" if e.details["promise"] == "broken" else "plain",
            )
        )
    sizes = sorted(e.n for e in damaged[:ROWS_SHOWN])
    left = len(damaged) - len(rows)
    return Chart(
        title="Wrong among the answers that go out alone, by damage, worst first",
        label_heading="Damage",
        figure_headings=("Wrong among these", "Expected by itself", "Goes out alone", "Limit"),
        unit="fraction",
        from_zero=True,
        rows=tuple(rows),
        references=(Reference(value=max_error, label="limit"),),
        legend=(("severe", "measured"), ("pilot", "expected by the system itself")),
        note=f"On n = {sizes[0]:,} to {sizes[-1]:,} answers let through."
        + (f" {left} other kinds of damage are milder." if left else ""),
    )


def _change(share: Evidence) -> str:
    return f"{figure(share.details['before'], 'fraction')} → {figure(share.value, 'fraction')}"


def _called(e: Evidence) -> str:
    return (e.subject.get("operator") or "").replace("-", " ").replace("_", " ")


def _severity(e: Evidence) -> str:
    return figure(float(e.subject.get("severity") or 0), "fraction")
