"""All pilots: where each stands, what holds it, and whose turn it is (R1003)."""

from __future__ import annotations

from pydantic import BaseModel

from proveout.web.asked import Asked, Nothing, Page
from proveout.web.permissions import Permission


class PilotLine(BaseModel):
    """One pilot."""

    pilot: str
    title: str
    stage: str | None
    decision: str | None
    summary: str


class PortfolioPage(BaseModel):
    """The portfolio."""

    pilots: list[PilotLine]


def portfolio(asked: Asked, _: Nothing) -> PortfolioPage:
    """Show every pilot that the viewer may see."""
    lines = []
    for book in asked.visible():
        last = book.history[-1] if book.history else None
        lines.append(
            PilotLine(
                pilot=book.pilot,
                title=book.title,
                stage=None if last is None else last["stage"],
                decision=None if last is None else last["decision"],
                summary="" if last is None else last["summary"],
            )
        )
    return PortfolioPage(pilots=lines)


PAGES = (
    Page(
        path="/",
        title="Portfolio",
        template="portfolio.html.j2",
        needs=Permission.signed_in,
        view=portfolio,
        shows=PortfolioPage,
    ),
)
