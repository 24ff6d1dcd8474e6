"""A folder for what one run spills to disk, and the end of those that killed runs left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "proveout-"
_LOCK = "in-use"


class Scratch:
    """A temporary folder, gone when it is closed, or when the next one is opened after a kill.

    The owner holds a lock in it, which the operating system lets go of however the owner ends. A
    process number would not do: containers that share a folder do not share their numbers.
    """

    def __init__(self, root: Path | None = None) -> None:
        root = Path(tempfile.gettempdir()) if root is None else root
        sweep(root)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        # Under its name only once it is locked, so that nobody sweeps it in between.
        fresh = self.path / f"{_LOCK}.new"
        self._lock = os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600)
        _try_to_lock(self._lock)
        fresh.rename(self.path / _LOCK)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep(root: Path) -> None:
    """Remove the folders whose owners ended without doing so."""
    for lock in root.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            descriptor = os.open(lock, os.O_RDWR)
        except OSError:  # another user's, or gone already
            continue
        try:
            if _try_to_lock(descriptor):
                shutil.rmtree(lock.parent, ignore_errors=True)
        finally:
            os.close(descriptor)


def _try_to_lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: folders of killed runs stay
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
