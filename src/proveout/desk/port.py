"""The dashboard's database, as those who use it see it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Desk(Protocol):
    """Transactions, and errors in the project's words. Safe to use from several threads."""

    @property
    def place(self) -> str:
        """The file or address, without secrets, for messages."""
        ...

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """What is spoken."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a read transaction on one consistent state."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Open a write transaction: all of the block is kept, or none when it raises."""
        ...
