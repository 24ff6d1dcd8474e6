"""The board paper: as a page, and as one page of PDF, of a pilot and of the portfolio (R1004)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from proveout.charter.schema import Stage
from proveout.portfolio.board import (
    PilotPaper,
    PortfolioPaper,
    pilot_paper,
    portfolio_paper,
    print_pilot,
    print_portfolio,
)
from proveout.portfolio.lines import lines
from proveout.web.asked import Asked, Download, File, Page
from proveout.web.pages.gates import AskedStage
from proveout.web.permissions import Permission

PDF = "application/pdf"


class AskedPaper(AskedStage):
    """Which gate, and on which paper."""

    size: Literal["a4", "letter"] = "a4"


class AskedSize(BaseModel):
    """On which paper."""

    size: Literal["a4", "letter"] = "a4"


def paper_of(asked: Asked, stage: Stage | None) -> PilotPaper:
    """Make the paper of a pilot, for the gate that it stands before where none is named."""
    wanted = stage or asked.book.stands.stage
    report = asked.parts.library.report(asked.book, wanted, asked.now)
    return pilot_paper(report, asked.book)


def paper_of_all(asked: Asked) -> PortfolioPaper:
    """Make the paper of all pilots that the viewer may see, as the portfolio page shows them."""
    library = asked.parts.library
    found = lines(
        asked.visible(),
        figures_of=library.figures,
        criterion_of=library.criterion,
        now=asked.now,
    )
    return portfolio_paper(found, asked.now)


def board(asked: Asked, asks: AskedStage) -> PilotPaper:
    """Show what a board is told of a pilot."""
    return paper_of(asked, asks.stage)


def board_pdf(asked: Asked, asks: AskedPaper) -> File:
    """Give the board paper of a pilot as one page of PDF."""
    paper = paper_of(asked, asks.stage)
    content = print_pilot(paper, size="us-letter" if asks.size == "letter" else "a4")
    return File(
        name=f"{paper.pilot}-board-{paper.on:%Y-%m-%d}.pdf", media_type=PDF, content=content
    )


def portfolio_page(asked: Asked, asks: BaseModel) -> PortfolioPaper:  # noqa: ARG001
    """Show what a board is told of all pilots that the viewer may see."""
    return paper_of_all(asked)


def portfolio_pdf(asked: Asked, asks: AskedSize) -> File:
    """Give the board paper of all pilots that the viewer may see, as one page of PDF."""
    paper = paper_of_all(asked)
    content = print_portfolio(paper, size="us-letter" if asks.size == "letter" else "a4")
    return File(name=f"portfolio-board-{paper.on:%Y-%m-%d}.pdf", media_type=PDF, content=content)


PAGES = (
    Page(
        path="/pilots/{pilot}/board",
        title="Board paper",
        template="board.html.j2",
        needs=Permission.see,
        view=board,
        shows=PilotPaper,
        asks=AskedStage,
    ),
    Page(
        path="/board",
        title="Board paper of all pilots",
        template="board_portfolio.html.j2",
        needs=Permission.see_all,
        view=portfolio_page,
        shows=PortfolioPaper,
    ),
)

DOWNLOADS = (
    Download(
        path="/pilots/{pilot}/board.pdf",
        title="Board paper of a pilot (PDF)",
        needs=Permission.see,
        make=board_pdf,
        media_type=PDF,
        asks=AskedPaper,
    ),
    Download(
        path="/portfolio.pdf",
        title="Board paper of all pilots (PDF)",
        needs=Permission.see_all,
        make=portfolio_pdf,
        media_type=PDF,
        asks=AskedSize,
    ),
)
