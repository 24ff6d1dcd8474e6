"""All pilots at a glance: what ledgers and charters say of each, read once and followed."""

from proveout.portfolio.book import PilotBook
from proveout.portfolio.library import Library, Place

__all__ = ["Library", "PilotBook", "Place"]
