"""Lines over time: several panels on one axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proveout.report.charts import TimeLine, TimePanel, TimePoint, panel_svg, time_axis_svg
from proveout.report.charts.timeline import MOST_LABELS, time_ticks

BEGINS = datetime(2024, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 3, 9, 30, 60, 100, 200, 400, 800, 4000])
def test_an_axis_of_any_length_has_a_few_days_on_it(days: int) -> None:
    """Never more labels than fit a phone, all of them within the span."""
    ends = BEGINS + timedelta(days=days)
    ticks = time_ticks(BEGINS, ends)

    assert 1 <= len(ticks) <= MOST_LABELS + 1
    assert all(BEGINS <= tick <= ends for tick in ticks)
    assert ticks == sorted(ticks)


def test_the_year_stands_where_it_begins() -> None:
    """A month by itself says the rest."""
    axis = time_axis_svg(BEGINS, BEGINS + timedelta(days=100))

    assert ">1 Dec<" in axis
    assert ">1 Jan 2025<" in axis


def test_a_panel_draws_lines_bands_and_few_points() -> None:
    """The band where there are intervals; a label is text, whatever it holds."""
    points = tuple(
        TimePoint(at=BEGINS + timedelta(days=n), value=n / 10, low=n / 10 - 0.05, high=n / 10 + 0.1)
        for n in range(5)
    )
    panel = TimePanel(
        title="<b>",
        unit="fraction",
        lines=(
            TimeLine(label="first", points=points),
            TimeLine(label="second", points=points[:2], series="second"),
        ),
    )
    drawn = panel_svg(panel, BEGINS, BEGINS + timedelta(days=4))

    assert drawn.count("<polyline") == 2
    assert drawn.count('class="band') == 2
    assert drawn.count("<circle") == 7
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn
    assert ">40 %<" in drawn
