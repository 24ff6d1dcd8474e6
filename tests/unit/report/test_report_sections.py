"""Sentences of the HTML report's sections."""

from __future__ import annotations

from dataclasses import replace

from sample_report import fact, sample_report

from proveout.report.html.sections import organisation, stress


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
