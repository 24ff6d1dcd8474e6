"""A charter that was read from a file, with what is needed to speak about its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proveout.charter.schema import Charter

PathInCharter = tuple[str | int, ...]
"""Keys and list positions from the root, for example ('data', 'production', 0, 'path')."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCharter:
    """A valid charter and where it came from."""

    charter: Charter
    path: Path
    """The file it was read from; relative paths in it start at this file's folder."""
    content_hash: str
    """'sha256:…' over the meaning: comments, order of keys and layout do not count."""
    lines: Mapping[PathInCharter, tuple[int, int]] = field(default_factory=dict)
    """Line and column, from 1, of each value."""

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self.path.parent
