"""The board paper: one page for people who decide and were not there (R1004)."""

from proveout.portfolio.board.about_all import portfolio_paper
from proveout.portfolio.board.about_one import pilot_paper
from proveout.portfolio.board.paper import PilotPaper, PortfolioPaper
from proveout.portfolio.board.printing import PaperSize, print_pilot, print_portfolio

__all__ = [
    "PaperSize", "PilotPaper", "PortfolioPaper", "pilot_paper", "portfolio_paper",
    "print_pilot", "print_portfolio",
]  # fmt: skip
