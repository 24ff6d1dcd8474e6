"""Open the monitor of a charter, with all that it stands on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from proveout.assess.workspace import Workspace
from proveout.charter.schema.gateway import Gateway
from proveout.runtime.monitors.served import LogPlace
from proveout.runtime.monitors.watching import Monitor
from proveout.runtime.places import log_of, store_of
from proveout.runtime.store.opening import open_store


@contextmanager
def open_monitor(workspace: Workspace, *, seed: int) -> Iterator[Monitor]:
    """Open the log and the store that the charter names. Raises what `open_store` raises."""
    charter, folder = workspace.loaded.charter, workspace.loaded.folder
    log, archive = log_of(charter, folder)
    with open_store(store_of(charter, folder, os.environ)) as store:
        yield Monitor(
            workspace=workspace,
            place=LogPlace(folder=log, archive=archive, pilot=charter.pilot),
            store=store,
            seed=seed,
            retention_days=(charter.gateway or Gateway()).log.retention_days,
        )
