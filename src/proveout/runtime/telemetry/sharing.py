"""The counts of several processes of one host: each leaves its own in a folder, any adds them up.

A process that has ended leaves its counts behind, so that a counter never goes back while the
gateway stands; how its protection stood goes with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from proveout.runtime.telemetry.counts import Counts, added_up

_SUFFIX = ".counts"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Counts)


class SharedCounts:
    """One process among its siblings. Alone where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._own: Path | None = None
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._own = folder / f"{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"

    def leave(self, counts: Counts) -> None:
        """Write what this process has counted, whole or not at all."""
        if self._own is None:
            return
        with suppress(OSError):
            os.utime(self._own)  # a sign of life that needs no room on the disk
        draft = self._own.with_suffix(".draft")
        draft.write_bytes(_ENCODER.encode(counts))
        draft.replace(self._own)

    def total(self, counts: Counts) -> Counts:
        """Add up what all have counted, this process as it stands now."""
        return added_up([counts, *self._siblings()])

    def _siblings(self) -> Iterator[Counts]:
        if self._folder is None:
            return
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            if file == self._own:
                continue
            counts = _DECODER.decode(file.read_bytes())
            if not _lives(int(file.name.partition("-")[0])):
                counts.standings = []
            yield counts


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
