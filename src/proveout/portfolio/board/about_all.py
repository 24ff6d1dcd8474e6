"""Make the paper of the portfolio from what the dashboard's portfolio page shows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from proveout.gate.model import Decision
from proveout.portfolio.board.paper import Line, PilotLine, PortfolioPaper
from proveout.portfolio.board.words import counted, enumerated

LONG_DAYS = 90
"""Who waits longer than this stands in purgatory."""


def portfolio_paper(
    pilots: Sequence[PilotLine], totals: Sequence[Line], now: datetime
) -> PortfolioPaper:
    """Return what stands on it; the figures are those of the lines."""
    ordered = sorted(pilots, key=lambda line: (-(line.days or -1), line.title))
    long = [line for line in ordered if line.days is not None and line.days > LONG_DAYS]
    return PortfolioPaper(
        title="AI pilots: where they stand",
        on=now,
        says=_says(ordered),
        totals=list(totals),
        waiting=_waiting(long),
        pilots=ordered,
        asked=_asked(ordered, long),
        limits=[
            "Each verdict is that of the day on which its gate was last asked.",
            "What was spent is as somebody noted it; what a month costs is measured or simulated, "
            "as each pilot's own paper says.",
            "Money in different currencies is not added up.",
        ],
    )


def _says(lines: Sequence[PilotLine]) -> str:
    if not lines:
        return "There is no pilot yet."
    counts = Counter(line.decision for line in lines)
    named: dict[Decision | None, str] = {
        "go": "may go on",
        "hold": "held",
        "stop": "to be stopped",
        None: "not decided yet",
    }
    said = [
        f"{counts[key]:,} {'is ' if counts[key] == 1 else 'are '}{word}"
        if key != "go"
        else f"{counts[key]:,} {word}"
        for key, word in named.items()
        if counts[key]
    ]
    return f"Of {counted(len(lines), 'pilot')}, {enumerated(said)}."


def _waiting(long: Sequence[PilotLine]) -> str:
    if not long:
        return f"None has stood at the same gate for more than {LONG_DAYS} days."
    first = long[0]
    have = "has" if len(long) == 1 else "have"
    return (
        f"{counted(len(long), 'pilot')} {have} stood at the same gate for more than {LONG_DAYS} "
        f"days; the longest is {first.title}, {counted(first.days or 0, 'day')}."
    )


def _asked(lines: Sequence[PilotLine], long: Sequence[PilotLine]) -> str:
    stopped = [line for line in lines if line.decision == "stop"]
    if stopped:
        n = counted(len(stopped), "pilot")
        return f"Decide on the {n} whose limit is broken: put right, or ended."
    if long:
        n = counted(len(long), "pilot")
        return f"Ask for an end to the waiting of {n}: a day by which it is put right, or an end."
    return "Take note. No decision is asked beyond those in each pilot's own paper."
