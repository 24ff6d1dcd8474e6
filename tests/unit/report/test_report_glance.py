"""What a reader would ask first."""

from __future__ import annotations

from dataclasses import replace

from sample_report import fact, sample_report

from proveout.report import render_html
from proveout.report.glance import Glance, at_a_glance


def test_each_line_names_the_worst_with_its_figures() -> None:
    """Sample against production, month, kind of record, silent failure; each with its interval."""
    report = sample_report()
    worst = fact(
        "quality.worst_slice", 0.0, half_width=0.002, n=8255, details={"at": "dep_delay is missing"}
    )
    worst = replace(worst, unit="fraction")
    silent = fact(
        "stress.worst_silent_failure", 0.23, half_width=0.02, scope="synthetic",
        details={"at": "sentinel-values in 25 % of records"},
    )  # fmt: skip

    lines = at_a_glance(replace(report, evidence=(*report.evidence, worst, silent)))

    assert lines == (
        Glance(
            question="Accuracy, curated sample to production",
            figure="89.5 % → 87.2 %",
            note="89.0 to 90.0 % on the sample, 87.1 to 87.3 % in production",
        ),
        Glance(
            question="Curated sample told from production",
            figure="87 times of 100",
            note="by a classifier; AUC 0.87 (0.86 to 0.88; n = 20,000); guessing is 0.5",
        ),
        Glance(
            question="Worst month",
            figure="2013-12",
            note="accuracy 82.4 % (82.0 to 82.8 %; n = 28,000), 87.2 % overall",
        ),
        Glance(
            question="Worst site",
            figure="EWR",
            note="accuracy 87.0 % (86.8 to 87.2 %; n = 110,000), 87.2 % overall",
        ),
        Glance(
            question="Worst kind of record",
            figure="dep_delay is missing",
            note="accuracy 0 % (-0.2 to 0.2 %; n = 8,255)",
        ),
        Glance(
            question="Wrong and confident",
            figure="5.60 % in production",
            note="5.60 % (5.52 to 5.68 %; n = 336,776) in production; "
            "23 % (21 to 25 %; n = 5,000) under sentinel-values in 25 % of records",
        ),
    )


def test_few_records_alone_do_not_make_a_month_the_worst() -> None:
    """The part that is worst even by the kind end of its interval is named."""
    report = sample_report()
    few = fact("quality.accuracy", 0.80, half_width=0.1, n=60, period="2014-01")

    lines = at_a_glance(replace(report, evidence=(*report.evidence, few)))

    assert [line.figure for line in lines if line.question == "Worst month"] == ["2013-12"]


def test_what_was_not_measured_has_no_line() -> None:
    """Nothing measured, nothing at a glance; what is missing is said elsewhere."""
    assert at_a_glance(replace(sample_report(), evidence=())) == ()


def test_a_site_that_is_not_surely_worse_is_not_called_the_worst() -> None:
    """Of two sites one is always lower: naming it would send people after nothing."""
    report = sample_report()
    others = [e for e in report.evidence if e.subject.get("site") is None]
    alike = [
        fact("quality.accuracy", value, half_width=0.005, n=8_000, site=site,
             details={"significantly_worse": False})
        for site, value in (("York", 0.862), ("Leeds", 0.863))
    ]  # fmt: skip
    slice_ = fact(
        "quality.worst_slice", 0.86, half_width=0.04, n=204,
        details={"at": "site=York & sex=Male", "significantly_worse": 0},
    )  # fmt: skip

    lines = at_a_glance(
        replace(report, evidence=(*others, *alike, replace(slice_, unit="fraction")))
    )

    assert [line for line in lines if line.question in ("Worst site", "Worst kind of record")] == [
        Glance(
            question="Worst site",
            figure="none stands out",
            note="the lowest is York: accuracy 86.2 % (85.7 to 86.7 %; n = 8,000), 87.2 % overall",
        ),
        Glance(
            question="Worst kind of record",
            figure="none stands out",
            note="the least certain is site=York & sex=Male: accuracy 86 % (82 to 90 %; n = 204)",
        ),
    ]


def test_a_system_that_states_no_confidence_is_not_called_confident() -> None:
    """Its wrong answers come without a warning; more is not known of them."""
    silent = fact(
        "stress.worst_silent_failure", 0.2, half_width=0.02, scope="synthetic",
        details={
            "at": "swapped-values in 25 % of records",
            "counts_as_silent": "every wrong answer, because the system gives no confidence",
        },
    )  # fmt: skip

    (line,) = at_a_glance(replace(sample_report(), evidence=(silent,)))

    assert line.question == "Wrong without a warning"


def test_what_was_loosened_is_told_once() -> None:
    """The verdict has it as a note as well; every form shows it in its own way."""
    report = sample_report()
    (change,) = report.verdict.loosenings
    doubled = (
        f"Loosened since the seal, after results were known: {change.what} from 0.8 to 0.7, by "
        "Priya Nair on 2026-01-01. Agreed with the owner"
    )
    told = replace(report, verdict=replace(report.verdict, notes=("Another note.", doubled)))

    assert told.other_notes == ("Another note.",)


def test_a_rehearsal_is_called_so_before_any_figure() -> None:
    """In every form; what is merely predicted from a real system makes no rehearsal."""
    found = fact("quality.accuracy", 0.92, n=120)
    rehearsed = replace(sample_report(), evidence=(replace(found, basis="simulated"),))
    predicted = replace(
        sample_report(),
        evidence=(found, replace(fact("load.predicted_p95_latency", 2, n=9), basis="simulated")),
    )

    page, measured = render_html(rehearsed), render_html(predicted)

    assert rehearsed.rehearsal is not None
    assert page.index(rehearsed.rehearsal) < page.index("What decides")
    assert predicted.rehearsal is None
    assert "rehearsal:" not in measured
