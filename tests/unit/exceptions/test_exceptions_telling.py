"""How the queue stands, in lines."""

from __future__ import annotations

from proveout.runtime.exceptions.entry import Entry
from proveout.runtime.exceptions.telling import told

HOUR = 3600.0


def entry(number: int, *, came: float, resolved: float | None) -> Entry:
    return Entry(
        id=f"e{number}", call=f"c{number}", pilot="p", reasons=("rule",), at=came, due_at=came,
        owner="Ada", resolved_at=resolved, outcome=None if resolved is None else "corrected",
    )  # fmt: skip


def test_too_few_resolved_tell_no_time() -> None:
    """Two of 440 say nothing of how long half of them take, whenever the others came."""
    done = [entry(number, came=0.0, resolved=20 * HOUR) for number in range(2)]
    for came in (0.0, 19.5 * HOUR):
        still = [entry(number, came=came, resolved=None) for number in range(2, 440)]

        lines, plain = told([*done, *still], now=20 * HOUR)

        assert lines[-1].startswith("Resolved: 2 of 440, too few to tell how long it takes")
        assert plain["hours_to_resolve"]["p50"]["value"] is None


def test_enough_resolved_tell_the_time() -> None:
    """For half and for nine of ten."""
    done = [entry(number, came=0.0, resolved=(number + 1) * HOUR) for number in range(40)]

    lines, _ = told(done, now=100 * HOUR)

    assert lines[-1] == (
        "Resolved: half within 20 h, nine of ten within 36 h (n = 40, open ones counted as such)"
    )
