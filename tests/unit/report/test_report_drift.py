"""What has changed in production, as the report tells it."""

from __future__ import annotations

from dataclasses import replace

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report.html import render_html
from proveout.report.html.rooms.drift import DriftView, view

TOLD = (
    "14 % of 'amount' (13 to 16 %) are no figures; before, it was 0 %. For example “37,32”. It has "
    "been so since 2026-11-12 00:14. It is everywhere alike. What it does to results is not known "
    "yet: no true answers have come. Ada Moor acts."
)
FIGURES = {
    "psi": 0.012, "test": "ks", "statistic": 0.021, "p_by_lot": 0.2, "missing": 0.0,
}  # fmt: skip
ALARM = (
    fact("drift.alarm", 1, column="amount", details={"told": TOLD}),
    fact("drift.alarm", 0, column="region"),
    fact("drift.distance", 0.05, column="region", details={**FIGURES, "test": "chi2"}),
    fact("drift.distance", 0.02, column="amount", details={**FIGURES, "p_by_lot": 1e-9}),
    fact("drift.not_checked", 1, details={"columns": {"kilos": "the column is gone"}}),
    fact("drift.schema_changes", 1, details={"columns": {"kilos": "gone"}}),
    fact("drift.format_changes", 1, details={"columns": {"amount": {"told": TOLD}}}),
)


def shown(*facts: Evidence) -> DriftView | None:
    """Return the section over these facts."""
    return view(replace(sample_report(), evidence=facts))


def test_alarms_come_first_and_then_what_was_not_checked() -> None:
    """A column that was not checked is never quiet."""
    found = shown(*ALARM)

    assert found is not None
    assert found.lead == (
        "1 of 2 columns and kinds of rows that are watched has changed for certain: amount. "
        "1 column was not checked, which is not the same as unchanged."
    )
    assert found.alarms == (("amount", TOLD),)
    assert found.not_checked == (("kilos", "the column is gone"),)
    assert found.sentences[:2] == (
        "Columns came, went or became another type: kilos (gone).",
        "Written in another form than before: amount.",
    )


def test_columns_with_an_alarm_lead_the_table_of_familiar_figures() -> None:
    """Whatever their distance: it is for reading."""
    found = shown(*ALARM)

    assert found is not None
    assert [(row.name, row.is_alarm, [cell for _, cell in row.cells]) for row in found.rows] == [
        ("amount", True, ["0.020", "0.012", "KS 0.021", "below 0.0001", "0 %", "5,000"]),
        ("region", False, ["0.050", "0.012", "χ² per degree 0.021", "0.2", "0 %", "5,000"]),
    ]


def test_before_launch_the_section_tells_what_will_be_found() -> None:
    """By kind of change and the share of rows from which on it shows."""
    meaning = {"meaning": "figures come with a comma"}
    found = shown(
        fact("drift.detectable", 0.01, column="amount", kind="comma", details=meaning),
        fact("drift.detectable", 0.05, column="kilos", kind="comma", details=meaning),
    )

    assert found is not None
    assert found.detectable == (
        ("figures come with a comma", (("1 % of rows", "amount"), ("5 % of rows", "kilos"))),
    )


def test_nothing_is_shown_where_nothing_was_looked_at() -> None:
    """An assessment before launch has no such section."""
    assert shown() is None


def test_the_section_is_part_of_the_page() -> None:
    """With its own heading."""
    page = render_html(replace(sample_report(), evidence=ALARM))

    assert '<h2 id="h-drift">What has changed since the pilot</h2>' in page
