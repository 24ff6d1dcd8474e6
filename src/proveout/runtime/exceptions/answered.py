"""What the system answered, looked up in the prediction log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proveout.charter.schema.gateway import Gateway
from proveout.runtime.exceptions.labels import label_text
from proveout.runtime.monitors.rows import ANSWER, ROW, Reader

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter


def answers_of(loaded: LoadedCharter, call: str) -> dict[int, str]:
    """Return the answers of one call by row; none where the log keeps no payload of it.

    Raises UnreachableError where the log's archive is away.
    """
    from proveout.runtime.log.finding import find
    from proveout.runtime.places import log_of

    charter = loaded.charter
    gateway = charter.gateway or Gateway()
    folder, archive = log_of(charter, loaded.folder)
    found = find(folder, charter.pilot, [call], archive=archive)
    if call not in found:
        return {}
    record = found[call]
    reader = Reader(
        system=charter.system,
        versions={each.name: each.system for each in gateway.versions},
        inputs=charter.data.inputs,
    )
    request = {
        name: getattr(record, name)
        for name in ("id", "at", "protocol", "version", "team", "user", "request", "answer",
                     "system_status")
    }  # fmt: skip
    rows = reader.table([request]).to_pylist()
    return {row[ROW]: label_text(row[ANSWER]) for row in rows if row[ANSWER] is not None}
