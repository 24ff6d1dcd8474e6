"""The database that gateways, monitors and people share."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol

from proveout.errors import ProveoutError

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Store(Protocol):
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
        """Open a write transaction: all of the block is kept, or none when it raises.

        What was committed survives the end of this process.
        """
        ...

    def raw_connection(self) -> Any:
        """Return a new connection of the driver for what has to be quick; the caller closes it."""
        ...

    def explain(self, error: Exception) -> ProveoutError:
        """Put an error of the driver into words that name the store and the next step."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
