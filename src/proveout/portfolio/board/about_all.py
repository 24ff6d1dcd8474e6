"""Make the paper of the portfolio from the lines that the portfolio page shows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from proveout.gate.model import Decision
from proveout.portfolio.board.paper import BoardLine, Line, PortfolioPaper
from proveout.portfolio.board.words import NOT_MEASURED, NOT_RECORDED, counted, enumerated
from proveout.portfolio.lines import LIMIT_DAYS, PilotLine, waiting_first
from proveout.portfolio.money import Figure, sums

_NAMED: dict[Decision | None, str] = {
    "go": "may go on", "hold": "held", "stop": "to be stopped", None: "not decided yet",
}  # fmt: skip


def portfolio_paper(
    lines: Sequence[PilotLine], now: datetime, *, limit_days: int = LIMIT_DAYS
) -> PortfolioPaper:
    """Return what stands on it; `limit_days` is that by which the lines were made."""
    ordered = waiting_first(lines)
    return PortfolioPaper(
        title="AI pilots: where they stand",
        on=now,
        says=_says(ordered),
        totals=_totals(ordered),
        waiting=_waiting([line for line in ordered if line.is_waiting], limit_days),
        pilots=[_line(line) for line in ordered],
        asked=_asked(ordered),
        limits=[
            "Each verdict is that of the day on which its gate was last held.",
            "What was spent is as somebody noted it; what a month costs is measured or simulated, "
            "as each pilot's own paper says.",
            "Money in different currencies is not added up.",
        ],
    )


def _line(line: PilotLine) -> BoardLine:
    return BoardLine(
        pilot=line.pilot,
        title=line.title,
        stage=line.phase_title,
        decision=line.decision,
        holds=line.trouble or ("" if line.holding is None else line.holding.title),
        next_step=line.next_step,
        who=line.owner,
        days=line.unchanged_days,
        is_waiting=line.is_waiting,
        spent=_shown(line.spent, NOT_RECORDED),
        monthly=_shown(line.monthly, NOT_MEASURED),
        value="; ".join(f"{kpi.replace('-', ' ')}: {each.shown}" for kpi, each in line.value)
        or NOT_MEASURED,
    )


def _shown(found: Figure | None, missing: str) -> str:
    return missing if found is None else found.shown


def _says(lines: Sequence[PilotLine]) -> str:
    if not lines:
        return "There is no pilot yet."
    counts = Counter(line.decision for line in lines)
    said = [
        f"{counts[key]:,} {word}"
        if key == "go"
        else f"{counts[key]:,} {'is' if counts[key] == 1 else 'are'} {word}"
        for key, word in _NAMED.items()
        if counts[key]
    ]
    return f"Of {counted(len(lines), 'pilot')}, {enumerated(said)}."


def _totals(lines: Sequence[PilotLine]) -> list[Line]:
    """Add up by currency, and say of how many pilots it is known."""
    if not lines:
        return []
    n_valued = sum(bool(line.value) for line in lines)
    return [
        _total("Spent until now", [line.spent for line in lines], NOT_RECORDED),
        _total("A month at full use", [line.monthly for line in lines], NOT_MEASURED),
        Line(label="Pilots whose worth was measured", figure=f"{n_valued:,} of {len(lines):,}"),
    ]


def _total(label: str, figures: Sequence[Figure | None], missing: str) -> Line:
    added = sums(figures)
    if not added:
        return Line(label=label, figure=missing, is_known=False)
    n_known = sum(each is not None for each in figures)
    n_other = len(figures) - n_known
    rest = "the other" if n_other == 1 else f"the other {n_other:,}"
    return Line(
        label=label,
        figure=" and ".join(each.shown for each in added),
        note=f"of {counted(n_known, 'pilot')}; of {rest} {missing}" if n_other else "",
    )


def _waiting(waiting: Sequence[PilotLine], limit_days: int) -> str:
    if not waiting:
        return f"None has stood for more than {limit_days} days without a change."
    first, n = waiting[0], len(waiting)
    have = "has" if n == 1 else "have"
    spent = sums(line.spent for line in waiting)
    cost = f" They have cost {' and '.join(each.shown for each in spent)}." if spent else ""
    return (
        f"{counted(n, 'pilot')} {have} stood for more than {limit_days} days without a change, the "
        f"longest “{first.title}”, for {counted(first.unchanged_days or 0, 'day')}.{cost}"
    )


def _asked(lines: Sequence[PilotLine]) -> str:
    n_stopped = sum(line.decision == "stop" for line in lines)
    n_waiting = sum(line.is_waiting for line in lines)
    told = []
    if n_stopped:
        told.append(
            f"Decide on the {counted(n_stopped, 'pilot')} whose limit is broken: put right, or "
            "ended."
        )
    if n_waiting:
        told.append(
            f"For the {counted(n_waiting, 'pilot')} standing still, ask for a day by which it goes "
            "on, or end it."
        )
    return " ".join(told) or (
        "Take note. No decision is asked beyond those in each pilot's own paper."
    )
