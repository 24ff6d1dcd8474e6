"""The runtime's queue of exceptions of a pilot, where its store is within reach."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from proveout.desk import Desk
from proveout.desk.feedback import FeedbackStore, Item
from proveout.errors import ProveoutError
from proveout.portfolio import PilotBook

if TYPE_CHECKING:
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.record import Record

NAMELESS = "somebody who gives no name"


@contextmanager
def open_queue(book: PilotBook) -> Iterator[ExceptionQueue]:
    """Open it. Raises InputError where there is no store, StoreError, UnreachableError."""
    from proveout.runtime.exceptions.entry import handling_of
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.places import store_of
    from proveout.runtime.store import open_store

    charter = book.charter
    location = store_of(charter, book.loaded.folder, os.environ)
    with open_store(location, create=False) as store:
        yield ExceptionQueue(store, book.pilot, handling_of(charter))


def queue_reported(book: PilotBook, desk: Desk, now: datetime) -> int:
    """Queue the answers that users called wrong; return how many were looked for.

    Each once, however often it is tried. Where store or log are away, all waits for the next time.
    """
    feedback = FeedbackStore(desk, book.pilot)
    waiting = feedback.to_queue()
    if not waiting:
        return 0
    try:
        with open_queue(book) as queue:
            for item in waiting:
                feedback.queued(item.id, _reference(book, queue, item, now))
    except (ProveoutError, OSError):
        return 0
    return len(waiting)


def _reference(book: PilotBook, queue: ExceptionQueue, item: Item, now: datetime) -> str | None:
    """Queue one; None where the log has no such answer. Raises StoreError where it is away."""
    from proveout.errors import StoreError
    from proveout.runtime.call import Caller
    from proveout.runtime.exceptions.feedback import Feedback
    from proveout.runtime.log.finding import find
    from proveout.runtime.places import log_of

    folder, archive = log_of(book.charter, book.loaded.folder)

    def found(call: str) -> Record | None:
        return find(folder, book.pilot, [call], archive=archive).get(call)

    said = {"id": item.call, "kind": "wrong", "said": (item.words or "")[:4_000]}
    caller = Caller(user=item.name or NAMELESS, team=item.team)
    taken = Feedback(queue, find=found, clock=now.timestamp)
    status, reply = taken.take(json.dumps(said).encode(), caller)
    if status >= 500:
        raise StoreError("The queue cannot take it just now.")
    return str(reply["reference"]) if status < 300 else None
