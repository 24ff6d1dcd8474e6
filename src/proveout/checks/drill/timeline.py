"""The drill's timeline, written as it happens, line by line, for its owner's eyes alone."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Timeline:
    """Each line is handed over at once, so that a drill that is killed leaves what it saw."""

    handle: int
    is_lost: Callable[[str], None]
    """Told why, when a line could not be written: on a full disk, say."""

    def note(self, line: dict[str, Any]) -> None:
        """Write one line."""
        text = json.dumps(line).encode() + b"\n"
        try:
            while text:
                text = text[os.write(self.handle, text) :]
        except OSError as error:
            self.is_lost(f"the timeline could not be written ({error.strerror})")


@contextmanager
def timeline(file: Path, is_lost: Callable[[str], None]) -> Iterator[Timeline]:
    """Begin a new one. Raises FileExistsError for a file, or a link, that is there already."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield Timeline(handle, is_lost)
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)
