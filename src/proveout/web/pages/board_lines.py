"""The lines of the portfolio's board paper, from what the portfolio page shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from proveout.evidence.figures import evidence_figure, figure
from proveout.evidence.model import WHOLE, Evidence
from proveout.portfolio import PilotBook
from proveout.portfolio.board import PortfolioPaper, portfolio_paper
from proveout.portfolio.board.paper import Line, PilotLine
from proveout.portfolio.board.words import NOT_MEASURED, NOT_RECORDED, counted
from proveout.web.asked import Asked
from proveout.web.pages.gates import name_of, stands_before


def paper_of_all(asked: Asked) -> PortfolioPaper:
    """Make the paper of all pilots that the viewer may see."""
    books = asked.visible()
    figures = {book.pilot: asked.parts.library.figures(book) for book in books}
    lines = [_line(book, figures[book.pilot], asked.now) for book in books]
    return portfolio_paper(lines, _totals(list(figures.values())), asked.now)


def _line(book: PilotBook, figures: Sequence[Evidence], now: datetime) -> PilotLine:
    before = stands_before(book)
    last = book.verdicts.get(before.stage)
    holding = _first_holding(last)
    waits = last is None or last["decision"] != "go"
    return PilotLine(
        pilot=book.pilot,
        title=book.title,
        stage=before.stage,
        decision=None if last is None else last["decision"],
        holds="nothing" if last is not None and holding is None else _said(holding),
        who="" if holding is None else name_of(holding["owner"]),
        days=None if not waits or before.since is None else (now - before.since).days,
        spent=_shown(_one(figures, "cost.spent"), NOT_RECORDED),
        monthly=_shown(_one(figures, "cost.monthly"), NOT_MEASURED),
        value=_shown(next((e for e in figures if e.metric == "value.kpi"), None), NOT_MEASURED),
    )


def _first_holding(verdict: Any) -> dict[str, Any] | None:
    if verdict is None or not verdict["fix_first"]:
        return None
    first = verdict["fix_first"][0]
    return next(each for each in verdict["rulings"] if each["criterion"] == first)


def _said(holding: dict[str, Any] | None) -> str:
    return "its gate was never held" if holding is None else str(holding["reason"])


def _one(figures: Sequence[Evidence], metric: str) -> Evidence | None:
    return next((e for e in figures if e.metric == metric and e.subject == WHOLE), None)


def _shown(found: Evidence | None, missing: str) -> str:
    return missing if found is None else evidence_figure(found)


def _totals(figures: Sequence[Sequence[Evidence]]) -> list[Line]:
    """Add up by currency, and say of how many pilots it is known."""
    if not figures:
        return []
    n_valued = sum(any(e.metric == "value.kpi" for e in each) for each in figures)
    return [
        _total("Spent until now", "cost.spent", figures, NOT_RECORDED),
        _total("A month at full use", "cost.monthly", figures, NOT_MEASURED),
        Line(
            label="Pilots whose worth was measured",
            figure=f"{n_valued:,} of {len(figures):,}",
            is_known=True,
        ),
    ]


def _total(label: str, metric: str, figures: Sequence[Sequence[Evidence]], missing: str) -> Line:
    found = [each for each in (_one(all_of, metric) for all_of in figures) if each is not None]
    if not found:
        return Line(label=label, figure=missing, is_known=False)
    sums: dict[str, float] = defaultdict(float)
    for each in found:
        sums[each.unit] += each.value
    said = " and ".join(
        figure(round(value), unit) for unit, value in sorted(sums.items(), key=lambda it: it[0])
    )
    note = f"of {counted(len(found), 'pilot')}; of the others it is {missing}"
    return Line(label=label, figure=said, note="" if len(found) == len(figures) else note)
