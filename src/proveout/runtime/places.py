"""Where a charter keeps what the runtime shares: the one place that knows.

Files stand beside the charter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from proveout.charter.schema import Charter
from proveout.charter.schema.gateway import Gateway


def store_of(charter: Charter, folder: Path, variables: Mapping[str, str]) -> str:
    """Return the file or address of the store. Raises InputError for a variable that is not set."""
    store = (charter.gateway or Gateway()).store
    if "${" in store:
        # The kill switch does not wait for what it does not need.
        from proveout.systems.dialects.opening import with_variables

        store = with_variables({"": store}, variables, key="gateway.store")[""]
    return store if "://" in store else str(folder / store)


def log_of(charter: Charter, folder: Path) -> tuple[Path, str | None]:
    """Return the folder of the prediction log, and where its archive is, if elsewhere."""
    log = (charter.gateway or Gateway()).log
    archive = log.archive
    if archive is not None and "://" not in archive:
        archive = str(folder / archive)
    return folder / log.folder, archive
