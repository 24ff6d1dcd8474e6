"""The dashboard's own database: accounts, and what is too much or too private for the ledger."""

from proveout.desk.opening import open_desk
from proveout.desk.port import Desk

__all__ = ["Desk", "open_desk"]
