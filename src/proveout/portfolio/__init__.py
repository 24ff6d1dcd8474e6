"""All pilots at a glance: what ledgers and charters say of each, read once and followed."""

from proveout.portfolio.book import PilotBook
from proveout.portfolio.library import Library, Place
from proveout.portfolio.stage import STAGES, Stands

__all__ = ["STAGES", "Library", "PilotBook", "Place", "Stands"]
