"""How the queue stands, in lines for people. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from proveout.runtime.exceptions.entry import Entry

if TYPE_CHECKING:
    from proveout.statistics.durations import Duration

MOST = 8


def told(entries: Sequence[Entry], *, now: float) -> tuple[list[str], dict[str, Any]]:
    """Return lines, and the same as plain data: who has what, why, what came of it, how long."""
    still = [each for each in entries if each.is_open]
    with_whom = Counter(each.acts for each in still)
    reasons = Counter(reason for each in entries for reason in each.reasons)
    outcomes = Counter(each.outcome for each in entries if each.outcome is not None)
    lines = []
    for name, counted in (("With", with_whom), ("Why", reasons), ("Came of it", outcomes)):
        if counted:
            said = ", ".join(f"{each} {n:,}" for each, n in counted.most_common(MOST))
            lines.append(f"{name}: {said}")
    times = _times(entries, now)
    if times is not None:
        lines.append(times["said"])
    return lines, {
        "with": dict(with_whom),
        "reasons": dict(reasons),
        "outcomes": dict(outcomes),
        "hours_to_resolve": times,
    }


def _times(entries: Sequence[Entry], now: float) -> dict[str, Any] | None:
    """Tell how long it takes for half and for nine out of ten, open ones not left out."""
    if all(each.is_open for each in entries):
        return None
    from proveout.statistics.durations import duration_quantile

    hours = [max(0.0, ((each.resolved_at or now) - each.at) / 3600) for each in entries]
    is_over = [not each.is_open for each in entries]
    found = {share: duration_quantile(hours, is_over, share=share) for share in (0.5, 0.9)}
    n = len(entries)
    if found[0.5].interval is None:
        n_over = sum(is_over)
        said = (
            f"Resolved: {n_over:,} of {n:,}, too few to tell how long it takes"
            f"{_at_least(found[0.5])}"
        )
    else:
        parts = [
            _within(name, found[share]) for name, share in (("half", 0.5), ("nine of ten", 0.9))
        ]
        said = f"Resolved: {', '.join(parts)} (n = {n:,}, open ones counted as such)"
    return {
        "said": said,
        **{
            f"p{round(share * 100)}": {
                "value": None if each.interval is None else each.value,
                "low": each.low, "high": each.high, "level": each.level,
            }
            for share, each in found.items()
        },
    }  # fmt: skip


def _within(name: str, found: Duration) -> str:
    """Tell a quantile, as the check does: only where both of its ends are bounded."""
    if found.interval is None:
        return f"{name} in more than {found.low:.3g} h"
    return f"{name} within {found.value:.3g} h"


def _at_least(found: Duration) -> str:
    return f": half of them take more than {found.low:.3g} h" if found.low > 0 else ""
