"""What the two databases have in common, whatever is kept in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from proveout.errors import ProveoutError
from proveout.evidence.ledger.kept import Kept


class Database(ABC):
    """A place for what is kept: transactions, locks, and errors in the project's words."""

    dialect: ClassVar[Literal["sqlite", "postgresql"]]
    """What is spoken."""
    reading_options: Mapping[str, Any] = {}
    """SQLAlchemy execution options of a read transaction on one consistent state."""
    writing_options: Mapping[str, Any] = {}
    """SQLAlchemy execution options of a write transaction."""
    driver_errors: tuple[type[Exception], ...] = ()
    """What the driver may raise past SQLAlchemy, while a connection is being set up."""

    def __init__(self, engine: Engine, place: str, kept: Kept) -> None:
        self.engine = engine
        self.kept = kept
        self.place = place
        """The file or address, without secrets, for messages."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction on one consistent state."""
        with self._transaction(self.reading_options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction: all of the block is kept, or none when it raises."""
        with self._transaction(self.writing_options) as connection:
            yield connection

    def before_create(self) -> None:  # noqa: B027  # most databases need nothing
        """Make the place ready for the first tables."""

    @abstractmethod
    def lock_schema(self, connection: Connection) -> None:
        """Let nobody else make or upgrade tables until this transaction ends."""

    @abstractmethod
    def damage(self, connection: Connection) -> Sequence[str]:
        """Say what the database itself finds wrong with its own storage."""

    @abstractmethod
    def explain(self, error: Exception) -> ProveoutError:
        """Put an error of the driver into words that name the place and the next step."""

    def raw_connection(self) -> Any:
        """Return a connection of the driver, set up as all others, for the caller alone to close.

        Raises what `explain` puts into words.
        """
        try:
            fairy = self.engine.raw_connection()
            raw = fairy.driver_connection
            fairy.detach()
        except Exception as error:
            if isinstance(error, (SQLAlchemyError, *self.driver_errors)):
                raise self.explain(error) from error
            raise
        return raw

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, options: Mapping[str, Any]) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(**options)
                with connection.begin():
                    yield connection
        except Exception as error:
            if isinstance(error, (SQLAlchemyError, *self.driver_errors)):
                raise self.explain(error) from error
            raise
