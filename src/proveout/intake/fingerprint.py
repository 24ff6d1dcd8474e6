"""Fingerprints: the same data give the same text on every machine, other data another one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

WHOLE_UP_TO_BYTES = 256 << 20
"""Larger files are sampled: reading many GB once more would cost as much as the audit itself."""
_BLOCK = 1 << 20
_BLOCKS = 64


def fingerprint_of_files(files: Iterable[tuple[str, Path]]) -> str:
    """Hash names and contents of files; the order in which they are given does not matter.

    A single file's name does not count: a renamed copy is the same data. The prefix tells whether
    everything was hashed ('sha256:') or parts of a large file ('sha256-sampled:').
    """
    listed = sorted(files)
    alone = len(listed) == 1
    digest = hashlib.sha256()
    sampled = False
    for name, path in listed:
        content, in_part = _content(path)
        sampled |= in_part
        digest.update(content if alone else hashlib.sha256(name.encode()).digest() + content)
    return f"sha256{'-sampled' if sampled else ''}:{digest.hexdigest()}"


def _content(path: Path) -> tuple[bytes, bool]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size <= WHOLE_UP_TO_BYTES:
            return hashlib.file_digest(stream, "sha256").digest(), False
        digest = hashlib.sha256(str(size).encode())
        for block in range(_BLOCKS):
            stream.seek((size - _BLOCK) * block // (_BLOCKS - 1))
            digest.update(stream.read(_BLOCK))
    return digest.digest(), True
