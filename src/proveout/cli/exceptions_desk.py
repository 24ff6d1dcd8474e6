"""What the commands about exceptions and labels stand on: the charter, and the store it names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.runtime.exceptions.queue import ExceptionQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionsDesk:
    """The queue of a pilot, opened."""

    queue: ExceptionQueue
    loaded: LoadedCharter | None
    """None where store and pilot were named instead."""

    def answers_of(self, call: str) -> dict[int, str]:
        """Return what the system answered, by row, as far as the log still tells."""
        from proveout.runtime.exceptions.answered import answers_of

        return {} if self.loaded is None else answers_of(self.loaded, call)


@contextmanager
def open_exceptions(
    charter: Path, store: str | None, pilot: str | None
) -> Iterator[ExceptionsDesk]:
    """Open the queue. Raises CharterError, InputError where there is no store, StoreError."""
    from proveout.charter.loading import load_charter
    from proveout.runtime.exceptions.entry import handling_of
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.places import store_of
    from proveout.runtime.store import open_store

    if store is not None and pilot is not None:
        with open_store(store, create=False) as opened:
            yield ExceptionsDesk(queue=ExceptionQueue(opened, pilot), loaded=None)
        return
    loaded = load_charter(charter)
    location = store or store_of(loaded.charter, loaded.folder, os.environ)
    with open_store(location, create=False) as opened:
        queue = ExceptionQueue(opened, loaded.charter.pilot, handling_of(loaded.charter))
        yield ExceptionsDesk(queue=queue, loaded=loaded)
