"""The one planned day of decision: whoever moves it may choose by what is seen."""

from __future__ import annotations

import pytest

from proveout.charter.sealing.comparing import compare


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (None, "2026-09-30", "looser"),
        ("2026-09-30", "2026-10-15", "looser"),
        ("2026-10-15", "2026-09-30", "looser"),
        ("2026-09-30", None, "tighter"),
    ],
)
def test_a_planned_day_that_is_named_or_moved_is_looser(
    before: str | None, after: str | None, effect: str
) -> None:
    """Its interval holds on one day alone, and only where that day was not chosen by results."""
    (change,) = compare(*({"pilot": "p", "value": {"decides_on": day}} for day in (before, after)))

    assert (change.path, change.effect) == ("value.decides_on", effect)
