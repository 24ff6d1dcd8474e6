"""The section on answers that go out alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report import Report
from proveout.report.charts import Reference
from proveout.report.charts.curve import Curve, CurvePoint, curve_svg
from proveout.report.html import render_html
from proveout.report.html.rooms.confidence import view


def point(threshold: float, through: int, wrong: int) -> dict[str, Any]:
    """What one threshold does on 5,000 rows."""
    error = wrong / through
    return {
        "threshold": threshold, "coverage": through / 5_000, "let_through": through,
        "wrong": wrong, "error": error, "low": max(0.0, error - 0.01), "high": error + 0.01,
    }  # fmt: skip


CURVE = [point(0.99, 500, 1), point(0.9, 2_500, 50), point(0.5, 5_000, 600)]

ROWS = {
    "unanswered": 20, "without_confidence": 0, "curve": CURVE, "let_all_through": CURVE[-1],
    "cases_a_day": 2_400.0, "to_people_a_day": 696.4,
}  # fmt: skip


AS_BEFORE = {"before": 0.71, "threshold": 0.83}


def recommended() -> tuple[Evidence, ...]:
    """Evidence of a threshold, and of two kinds of damage, one of which is cut off by doubt."""
    under: dict[str, Any] = {"promise": "broken", "stated_error": 0.004, "examples": []}
    return (
        fact("confidence.threshold", 0.83, details={"max_error": 0.05, "probability": 0.9}),
        fact("confidence.coverage", 0.71, half_width=0.01, details=ROWS),
        fact(
            "confidence.selective_error", 0.031, half_width=0.0075, n=3_550,
            details={"stated_error": 0.012, "examples": [
                {"inputs": {"who": "<b>"}, "answer": "yes", "confidence": 0.98, "truth": "no"},
            ]},
        ),
        fact("stress.error_let_through", 0.47, half_width=0.02, n=2_055, scope="synthetic",
             operator="sentinel-values", severity="0.25", details=under),
        fact("stress.share_let_through", 0.41, half_width=0.01, scope="synthetic",
             operator="sentinel-values", severity="0.25", details=AS_BEFORE),
        fact("stress.share_let_through", 0.0, half_width=0.0, scope="synthetic",
             operator="renamed-column", severity="0.25", details=AS_BEFORE),
    )  # fmt: skip


def report_of(*evidence: Evidence) -> Report:
    return replace(sample_report(), evidence=evidence)


def test_says_in_a_sentence_from_where_on_answers_go_out_alone() -> None:
    """An operations manager reads what happens, how much of it is wrong, and what is promised."""
    shown = view(report_of(*recommended()))

    assert shown is not None
    assert shown.lead == (
        "Below a confidence of 0.83 an answer goes to a person. 71 % (70 to 72 %; n = 5,000) of "
        "the cases go out alone; 3.1 % (2.4 to 3.9 %; n = 3,550) of these are wrong. With a "
        "probability of 90 % the error of what goes out alone is at most 5 %, as long as the data "
        "stay as they were."
    )
    assert shown.sentences == (
        "If every answer that states a confidence went out, 12 % (11 to 13 %; n = 5,000) of them "
        "would be wrong.",
        "The system itself expects 1.2 % of the answers that go out alone to be wrong.",
        "20 of 5,000 cases had no answer, or one without a confidence, and go to a person.",
        "At full use of 2,400 cases a day, about 696 a day go to a person.",
    )
    assert shown.examples == ("who <b>: answered “yes”, 98 % sure; the truth is “no”",)


def test_says_truthfully_what_damage_does() -> None:
    """Nothing is promised of damage; a system that becomes unsure does right."""
    shown = view(report_of(*recommended()))

    assert shown is not None
    assert shown.damage == (
        "Nothing is promised of damaged inputs; it was measured. With the same threshold, of 2 "
        "trials with damaged records the limit was broken in 1 and kept in 1; in 0 the records do "
        "not tell. In 1 the system became unsure and let less through without breaking the limit, "
        "which is what it should do."
    )
    assert shown.worst == (
        "Worst: with sentinel values in 25 % of the records, 47 % (45 to 49 %; n = 2,055) of what "
        "goes out alone is wrong, while the system itself expects 0.4 %."
    )
    assert shown.chart is not None
    (row,) = shown.chart.rows
    assert row.figures == ("47 % (45 to 49 %)", "0.4 %", "71 % → 41 %", "broken")


def test_says_plainly_that_no_threshold_qualifies() -> None:
    """And how near the best one comes."""
    details = {
        **ROWS, "at_best": point(0.97, 600, 36),
        "reason": "no threshold can be shown to keep the error",
    }  # fmt: skip

    shown = view(report_of(fact("confidence.coverage", 0.0, details=details)))

    assert shown is not None
    assert shown.lead == (
        "All answers go to a person: no threshold can be shown to keep the error. At best, from a "
        "confidence of 0.97 on, 12 % of the cases would go out alone, and 6 % (5 to 7 %; "
        "n = 600) of these would be wrong."
    )
    assert shown.chart is None


def test_says_of_a_rehearsal_that_it_is_one() -> None:
    """What was found through a simulated far end is never taken for a measurement."""
    simulated = tuple(replace(each, basis="simulated") for each in recommended())

    shown = view(report_of(*simulated))

    assert shown is not None
    assert shown.sentences[-1] == (
        "The far end was simulated: this is a rehearsal, and says nothing of the real system."
    )


def test_draws_no_line_where_all_answers_are_equally_sure() -> None:
    """One point is no curve; the sentence says it all."""
    details = {**ROWS, "curve": CURVE[-1:], "at_best": CURVE[-1], "reason": "all are alike"}

    page = render_html(report_of(fact("confidence.coverage", 0.0, details=details)))

    assert "All answers go to a person: all are alike." in page
    assert '<svg class="curve"' not in page


def test_is_left_out_where_nothing_is_known() -> None:
    """What is missing stands under 'What is not known'."""
    assert view(report_of()) is None


def test_stands_on_the_page_with_its_table_and_escaped() -> None:
    """The drawing is for the eye; the same figures stand beside it as a table."""
    page = render_html(report_of(*recommended()))
    section = re.search(r'<section aria-labelledby="h-confidence">.*?</section>', page, re.DOTALL)

    assert section is not None
    assert "who &lt;b&gt;: answered" in section.group(0)
    assert '<svg class="curve"' in section.group(0)
    assert '<th scope="row">0.9</th>' in section.group(0)


def test_the_curve_is_drawn_in_percentages_and_stays_inside() -> None:
    """One drawing fits a phone and a page; what an interval leaves is cut at the edge."""
    curve = Curve(
        points=(
            CurvePoint(x=0.1, y=0.0, low=0.0, high=0.4),
            CurvePoint(x=1.0, y=0.12, low=0.1, high=0.14),
        ),
        unit="fraction",
        limit=Reference(value=0.05, label="limit"),
        chosen=CurvePoint(x=0.7, y=0.03, low=0.02, high=0.045),
    )

    drawn = ElementTree.fromstring(f"<div>{curve_svg(curve)}</div>")
    line, band = (drawn.find(f".//{tag}") for tag in ("polyline", "polygon"))

    assert line is not None
    assert line.get("points") == "10.000,100.000 100.000,20.000"
    assert band is not None
    assert band.get("points") == "10.000,0.000 100.000,6.667 100.000,33.333 10.000,100.000"
    assert [each.get("class") for each in drawn.findall(".//circle")] == ["dot"]
