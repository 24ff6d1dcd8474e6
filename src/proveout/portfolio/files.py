"""The charters' files, read again when they change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import load_charter
from proveout.errors import ProveoutError

_Stamp = tuple[int, int]
"""When it was changed last, and its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterFile:
    """A charter as its file tells it."""

    loaded: LoadedCharter
    """What it said when it could be read last."""
    stamp: _Stamp | None
    """None for a file that is not there."""
    problem: str | None = None
    """Why it cannot be read as it is now."""


class CharterFiles:
    """Watches files. Safe to use from several threads."""

    def __init__(self, charters: Sequence[LoadedCharter]) -> None:
        self._files = tuple(CharterFile(loaded=each, stamp=_stamp(each.path)) for each in charters)
        self._lock = threading.Lock()

    def now(self) -> tuple[CharterFile, ...]:
        """Return all, those that have changed read again; the same object where none has."""
        files = self._files
        if all(each.stamp == _stamp(each.loaded.path) for each in files):
            return files
        with self._lock:
            self._files = tuple(_current(each) for each in self._files)
            return self._files


def _current(file: CharterFile) -> CharterFile:
    path = file.loaded.path
    stamp = _stamp(path)
    if stamp == file.stamp:
        return file
    if stamp is None:
        return replace(file, stamp=None, problem=f"The charter {path} is not there any more.")
    try:
        return CharterFile(loaded=load_charter(path), stamp=stamp)
    except ProveoutError as error:
        return replace(file, stamp=stamp, problem=error.message)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
