"""What people added since, from the store: true answers, and the queue of exceptions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from proveout.charter.schema import Source
from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import OpenTable
from proveout.runtime.log.finding import moment_of
from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import EXCEPTIONS, LABELS

if TYPE_CHECKING:
    import pyarrow as pa


def labels_of(pilot: str, store: Store | None) -> pa.Table:
    """Return the true answers that have come, as columns call, row and label."""
    import pyarrow as pa

    found: Sequence[Any] = ()
    if store is not None:
        with store.reading() as connection:
            found = connection.execute(
                select(LABELS.c.call, LABELS.c.row, LABELS.c.label).where(LABELS.c.pilot == pilot)
            ).all()
    return pa.table(
        {
            "call": pa.array([each[0] for each in found], pa.string()),
            "place": pa.array([each[1] for each in found], pa.int64()),
            "label": pa.array([_plain(each[2]) for each in found], pa.string()),
        }
    )


def _plain(label: str) -> str:
    """Return a label as it is compared: JSON text without its quotes."""
    try:
        told = json.loads(label)
    except ValueError:
        return label
    return told if isinstance(told, str) else label


def exceptions_of(pilot: str, store: Store, session: Session) -> OpenTable:
    """Copy the queue of a pilot, whole: it is read by people, and therefore short."""
    import pandas as pd

    with store.reading() as connection:
        frame = pd.read_sql_query(
            select(EXCEPTIONS).where(EXCEPTIONS.c.pilot == pilot),
            connection,
            dtype_backend="pyarrow",
        )
    name = session.new_name("exception_queue")
    session.engine.register(name, frame)
    return OpenTable(
        name="exceptions",
        source=Source(name="exceptions", path=store.place),
        table=session.table(name),
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=f"rows:{len(frame)}",
    )


def label_delays(pilot: str, store: Store) -> Iterator[float]:
    """Yield the seconds that each true answer took to come, by the time in the call's id."""
    with store.reading() as connection:
        found = connection.execute(
            select(LABELS.c.call, LABELS.c.at).where(LABELS.c.pilot == pilot)
        ).all()
    for call, at in found:
        asked = moment_of(call)
        if asked is not None:
            yield max(0.0, at - asked.timestamp())
