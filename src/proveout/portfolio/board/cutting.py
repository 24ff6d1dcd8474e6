"""Cut what would not stand on one page, and say so. Pure."""

from __future__ import annotations

from typing import Any

from proveout.portfolio.board.paper import PilotPaper, PortfolioPaper
from proveout.portfolio.board.words import by_when, counted

MOST_VALUES = 4
MOST_LIMITS = 6
MOST_PILOTS = 20
_LENGTHS = {
    "title": 90, "purpose": 220, "verdict": 330, "because": 200, "asked": 220, "otherwise": 260,
    "what": 110, "why": 150, "does": 170, "who": 60, "figure": 40, "label": 70, "note": 120,
    "certainty": 420, "provenance": 180, "holds": 90, "spent": 24, "monthly": 24, "value": 44,
    "stage": 16, "next_step": 90, "says": 200, "waiting": 300,
}  # fmt: skip
"""Most letters, by what it is: the page is made so that all of it at its longest still fits."""


def cut_pilot(paper: PilotPaper) -> dict[str, Any]:
    """Return the plain form that the template is given."""
    plain: dict[str, Any] = _cut(paper.model_dump(mode="json"))
    plain["title"] = plain["title"] or paper.pilot  # a heading that says nothing is no heading
    more_values, more_limits = len(plain["value"]) - MOST_VALUES, len(plain["limits"]) - MOST_LIMITS
    plain["value"], plain["limits"] = plain["value"][:MOST_VALUES], plain["limits"][:MOST_LIMITS]
    plain["said"] = {
        "day": f"{paper.on:%Y-%m-%d}",
        "standing": short(paper.standing, 100),
        "no_day": by_when(None),
        "more_holding": _and_more(paper.more_holding, "requirement", "hold it"),
        "more_value": _and_more(more_values, "figure", "stand in the dashboard"),
        "more_limits": _and_more(more_limits, "note", "stand in the dashboard"),
    }
    return plain


def cut_portfolio(paper: PortfolioPaper) -> dict[str, Any]:
    """Return the plain form that the template is given."""
    plain: dict[str, Any] = _cut(paper.model_dump(mode="json"))
    plain["pilots"] = plain["pilots"][:MOST_PILOTS]
    plain["limits"] = plain["limits"][:MOST_LIMITS]
    plain["said"] = {
        "day": f"{paper.on:%Y-%m-%d}",
        "pilots": len(paper.pilots),
    }
    return plain


def short(text: str, most: int) -> str:
    """Return the text in one line, cut where it is too long; the cut is shown."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())  # half a letter is none
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _cut(plain: Any, most: int = 160) -> Any:
    match plain:
        case dict():
            return {key: _cut(value, _LENGTHS.get(key, most)) for key, value in plain.items()}
        case list():
            return [_cut(each, most) for each in plain]
        case str():
            return short(plain, most)
        case _:
            return plain


def _and_more(n: int, noun: str, what: str) -> str:
    if n <= 0:
        return ""
    verb = what if n > 1 else what.replace("hold", "holds", 1).replace("stand", "stands", 1)
    return f"And {counted(n, f'more {noun}')} {verb}."
