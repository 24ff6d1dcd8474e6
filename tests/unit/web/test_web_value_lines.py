"""What moved together is counted in changes from week to week, and chance is named."""

from __future__ import annotations

from datetime import date, timedelta

from proveout.web.pages.value_lines import Lines, Series, drawings_of, lines_of

FIRST = date(2025, 1, 6)
"""A Monday."""


def series(short: str, values: list[float], team: str = "business", skip: int = 0) -> Series:
    weeks = {FIRST + timedelta(weeks=skip + number): value for number, value in enumerate(values)}
    return Series(label=short.capitalize(), short=short, unit="count", team=team, values=weeks)  # type: ignore[arg-type]


def says(first: list[float], second: list[float], skip: int = 0) -> str:
    found = lines_of([series("time", first), series("use", second, team="use", skip=skip)])
    (moved,) = found.moved
    return moved.says


UP_AND_DOWN = [5.0, 6.0, 4.0, 7.0, 3.0, 8.0, 2.0, 9.0, 1.0]


def test_opposite_changes_are_said_to_be_opposite_and_no_cause() -> None:
    """More often than by chance, in words, with how many weeks."""
    assert says(UP_AND_DOWN, [-each for each in UP_AND_DOWN]) == (
        "Time and use: they moved opposite ways in 8 of 8 weeks, more often than by chance. That "
        "does not say that one moved the other."
    )


def test_changes_in_either_direction_did_not_move_together() -> None:
    """About as often as by chance."""
    assert says(UP_AND_DOWN, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]) == (
        "Time and use: they did not move together; in 4 of 8 weeks both went the same way, which "
        "is about as often as by chance."
    )


def test_of_few_weeks_nothing_is_said() -> None:
    """Nor of weeks that do not follow one another, nor of such in which nothing moved."""
    told = "Time and use: too few weeks in which both are known and moved (n = {})."

    assert says(UP_AND_DOWN[:5], UP_AND_DOWN[:5]) == told.format(4)
    assert says(UP_AND_DOWN, UP_AND_DOWN, skip=6) == told.format(2)
    assert says(UP_AND_DOWN, [1.0] * 9) == told.format(0)


def test_a_figure_of_one_week_is_no_line_and_is_named() -> None:
    """It is neither drawn nor compared."""
    all_series = [series("time", UP_AND_DOWN), series("cost", [3.0], team="engineering")]
    found: Lines = lines_of(all_series)

    assert (found.titles, found.moved) == (["Time"], [])
    assert found.not_by_week == (
        "Not known of two weeks or more, so that nothing can be said of them: cost."
    )
    assert sorted(drawings_of(all_series)) == ["axis", "line 0"]
    assert drawings_of([series("cost", [3.0])]) == {}
