"""Sentences of the HTML report's sections."""

from __future__ import annotations

from dataclasses import replace

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report.html.sections import organisation, quality, stress
from proveout.report.html.sections.examples import example_words


def test_a_silent_failure_says_how_much_was_damaged_and_what_it_was_before() -> None:
    """8.5 % of the answers means nothing without both."""
    found = fact(
        "stress.silent_failure", 0.085, half_width=0.008, n=5_000, scope="synthetic",
        operator="extreme-values", severity="0.25", details={"baseline": 0.018},
    )  # fmt: skip

    (worst,) = stress.worst_three(replace(sample_report(), evidence=(found,)))

    assert worst.sentence == (
        "With 25 % of the records damaged, 8.5 % (7.7 to 9.3 %; n = 5,000) of the answers were "
        "wrong and confident; undamaged, 1.8 % of them were."
    )


def test_what_is_not_declared_reads_as_words() -> None:
    """No ids, and no list as a programmer writes it."""
    found = fact(
        "governance.declared", 0.0, person="Ada Byron", part="will-and-will-not",
        details={"missing": ["change.will_do", "change.will_not_do"]},
    )  # fmt: skip

    (row,) = organisation.declarations(replace(sample_report(), evidence=(found,)))

    assert (row.what, row.missing) == (
        "what it will and will not do",
        "change.will_do, change.will_not_do",
    )


def test_a_return_on_somebodys_word_is_no_declaration() -> None:
    """A loss is not 'npv is not declared'."""
    found = fact("value.npv", -91_000.0, person="Ada Byron", scenario="full")

    assert organisation.declarations(replace(sample_report(), evidence=(found,))) == ()


def regression(unit: str) -> tuple[Evidence, ...]:
    """An error of 11 on the sample and of 13.4 in production, and the drop between them."""
    on_the_sample = fact("quality.mae", 11.1, half_width=0.4, n=3_000, scope="pilot")
    in_production = fact("quality.mae", 13.4, half_width=0.2, n=19_435)
    return (
        replace(on_the_sample, unit=unit),
        replace(in_production, unit=unit),
        fact("quality.sandbox_drop", 0.21, half_width=0.05, n=22_435, details={"metric": "mae"}),
    )


def test_the_drop_says_what_it_is_a_drop_of() -> None:
    """'21 %' of the error is not '21 %' of the records."""
    sentence = quality.drop_sentence(replace(sample_report(), evidence=regression("min")))

    assert sentence == (
        "The sandbox illusion in one number: MAE is 13.4 min in production and 11.1 min on the "
        "curated sample, an error larger by 21 % (16 to 26 %; n = 22,435)."
    )


def test_the_error_of_a_regression_stands_beside_the_other_metrics() -> None:
    """In figures, for it fits no scale of shares."""
    shares = fact("quality.within_tolerance", 0.668, half_width=0.007, n=19_435)

    chart = quality.comparison_chart(
        replace(sample_report(), evidence=(*regression("min"), shares))
    )

    assert chart is not None
    assert [(row.label, len(row.marks), row.figures) for row in chart.rows] == [
        ("MAE", 0, ("11.1 min (10.7 to 11.5 min)", "13.4 min (13.2 to 13.6 min)")),
        ("Within tolerance", 1, ("not measured", "66.8 % (66.1 to 67.5 %)")),
    ]


def test_figures_of_an_example_are_written_alike() -> None:
    """'238959 → 23,895.9' looks as if more had changed than the decimal point."""
    damage = {"before": {"pay": 238959}, "after": {"pay": 23895.9}, "answer": "no", "truth": "yes"}

    assert example_words(damage) == "pay 238959 → 23895.9: answered “no”; the truth is “yes”"


def test_a_system_that_is_better_in_production_has_no_drop() -> None:
    """'A drop by -12 %' is understood by nobody."""
    better = tuple(
        fact("quality.sandbox_drop", -0.03, half_width=0.01, n=5000, details={"metric": "accuracy"})
        if found.metric == "quality.sandbox_drop"
        else found
        for found in sample_report().evidence
    )

    sentence = quality.drop_sentence(replace(sample_report(), evidence=better))

    assert sentence is not None
    assert sentence.endswith(
        "no drop: a difference of -3 % (-4 to -2 %; n = 5,000) of the records."
    )
