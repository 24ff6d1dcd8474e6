"""What the report says of damage: how little is enough, and who would be fooled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report.html.sections import stress
from proveout.report.model import Report

CURVE = [
    {"severity": 0.05, "value": 0.02, "low": 0.01, "high": 0.03, "believed": 0.9, "quality": 0.86},
    {"severity": 0.25, "value": 0.1, "low": 0.08, "high": 0.12, "believed": 0.92, "quality": 0.72},
]


def breaking(value: float, kind: str, **subject: str) -> Evidence:
    details: dict[str, Any] = {
        "limit": 0.05, "tried": 51, "that_break_it": ["sentinel-values", "noise"], "curve": CURVE,
    }  # fmt: skip
    return fact(
        "stress.breaking_severity", value, half_width=0.01, n=1_250, scope="synthetic",
        details=details, kind=kind, **subject,
    )  # fmt: skip


def told(*found: Evidence) -> Report:
    return replace(sample_report(), evidence=found)


def test_how_little_is_enough_is_said_of_a_single_column() -> None:
    """A column tells where to begin, even where damage to all of them breaks the limit sooner."""
    report = told(
        breaking(0.02, "quality-drop", operator="unit-change"),
        breaking(0.04, "quality-drop", operator="sentinel-values", column="dep_delay"),
    )

    assert stress.smallest(report) == (
        "“sentinel values” in 4 % (3 to 5 %) of the records’ dep_delay is enough for a loss "
        "of quality of more than 5 %; 2 of the 51 kinds of damage that fit can do this.",
    )


def test_getting_worse_and_growing_surer_is_said_in_figures() -> None:
    """Accuracy beside what the system's own confidence would have made of it."""
    details = {
        "grew_surer_while_it_got_worse": True, "overrates_itself_by": 0.2,
        "right_before": 0.875, "right_after": 0.716, "believed_before": 0.897,
    }  # fmt: skip
    report = told(
        fact(
            "stress.believed_quality", 0.922, half_width=0.002, n=5_000, scope="synthetic",
            details=details, operator="sentinel-values", severity="0.25",
        )
    )  # fmt: skip

    assert stress.grew_surer(report) == (
        "It got worse and grew surer: with “sentinel values” in 25 % of the records, 87.5 % → "
        "71.6 % of its answers were right, while its own confidence, taken as an estimate of that, "
        "went from 89.7 % to 92.2 % (92.0 to 92.4 %) (n = 5,000). Who watches confidence alone "
        "sees an improvement."
    )


def test_the_curve_shows_truth_and_belief_beside_each_other() -> None:
    """One row for each share of damaged records, two marks in each."""
    chart = stress.curve_chart(told(breaking(0.04, "silent-failure", operator="sentinel-values")))

    assert chart is not None
    assert [(row.label, row.figures) for row in chart.rows] == [
        ("5 % of records", ("86 %", "90 %")),
        ("25 % of records", ("72 %", "92 %")),
    ]


def test_says_nothing_where_nothing_was_found() -> None:
    """No sentence and no chart stands for a figure that is not there."""
    report = told()

    assert stress.smallest(report) == ()
    assert stress.grew_surer(report) == ""
    assert stress.curve_chart(report) is None
    assert stress.pairs_chart(report) is None
    assert stress.broken_files(report) == ()
    assert stress.late_labels(report) == ""


def test_late_truths_are_told_where_they_make_a_difference() -> None:
    """What it seems to be, and what it is; a difference that may be nothing is not told."""
    details = {"seems": 0.91, "is": 0.87}
    clear = fact(
        "stress.late_labels", 0.04, half_width=0.01, details=details, severity="0.25"
    )  # fmt: skip
    unclear = fact(
        "stress.late_labels", 0.004, half_width=0.01, details=details, severity="0.05"
    )  # fmt: skip

    assert stress.late_labels(told(clear, unclear)) == (
        "While the true answers of the newest 25 % of records are still to come, it seems to be "
        "right in 91 % of cases; it is in 87 % (difference 4 % (3 to 5 %; n = 5,000))."
    )
    assert stress.late_labels(told(unclear)) == ""


def test_tells_what_became_of_a_broken_file() -> None:
    """Answered, with what confidence, and what could not be read."""
    found = fact(
        "stress.file_answered", 0.8, half_width=0.05, n=250, scope="production", source="march",
        details={
            "share_confident": 0.7, "confident_at": 0.9, "records_not_read": 1_200,
            "columns_not_there": ["dest"],
        },
    )  # fmt: skip

    assert stress.broken_files(told(found)) == (
        (
            "march",
            "80 % (75 to 85 %; n = 250) of the records that could be read got an answer; 70 % of "
            "these with a confidence of at least 0.9; 1,200 records could not be read at all; "
            "missing: dest.",
        ),
    )
