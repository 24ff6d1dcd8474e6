"""True answers that have come since: corrections, confirmations, and files of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import LABELS

_ROWS = 2_000
CORRECTION, CONFIRMATION = "correction", "confirmation"
"""Sources of what people resolve."""


class Label(NamedTuple):
    """The true answer to one row of a request."""

    call: str
    row: int
    """Place in the rows of the request, from 0."""
    pilot: str
    label: str
    """Text as it is; a document as JSON."""
    source: str
    """'correction', 'confirmation', or the file that it was imported from."""
    who: str | None
    at: float


def label_text(value: Any) -> str:
    """Write an answer as a label: a whole number without a point, a document as JSON.

    >>> label_text(3.0), label_text("pay"), label_text({"total": 3})
    ('3', 'pay', '{"total": 3}')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def write_labels(
    connection: Connection, dialect: Literal["sqlite", "postgresql"], labels: Sequence[Label]
) -> None:
    """Write labels; one that was known before is replaced, since the latest word counts."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    newest = {(label.call, label.row): label for label in labels}
    # PostgreSQL knows no text with a NUL in it.
    rows = [{**each._asdict(), "label": each.label.replace("\0", "")} for each in newest.values()]
    for first in range(0, len(rows), _ROWS):
        statement = insert(LABELS).values(rows[first : first + _ROWS])
        told = {
            name: statement.excluded[name] for name in ("pilot", "label", "source", "who", "at")
        }
        connection.execute(
            statement.on_conflict_do_update(index_elements=["call", "row"], set_=told)
        )


def withdraw_labels(connection: Connection, *, pilot: str, call: str, at: float) -> None:
    """Take back what a resolution made true answers, where nothing has replaced it since."""
    connection.execute(
        delete(LABELS).where(
            LABELS.c.pilot == pilot,
            LABELS.c.call == call,
            LABELS.c.at == at,
            LABELS.c.source.in_((CORRECTION, CONFIRMATION)),
        )
    )


def read_labels(store: Store, pilot: str) -> Iterator[Label]:
    """Yield the labels of a pilot, the oldest first."""
    query = select(LABELS).where(LABELS.c.pilot == pilot).order_by(LABELS.c.at, LABELS.c.call)
    with store.reading() as connection:
        for row in connection.execute(query).mappings():
            yield Label(**row)


def count_labels(store: Store, pilot: str) -> int:
    """Count the labels of a pilot."""
    query = select(func.count()).select_from(LABELS).where(LABELS.c.pilot == pilot)
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one())
