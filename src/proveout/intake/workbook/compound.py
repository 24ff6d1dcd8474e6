"""Read the streams of an OLE compound file (MS-CFB), which old workbooks are kept in.

Tolerant: what cannot be followed is left out, and no chain is followed in circles.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_MINI_BYTES = 4096
_ENTRY_BYTES = 128
_LARGEST = 1 << 30


@dataclass(frozen=True, slots=True)
class Compound:
    """The content of a compound file and where its streams begin."""

    content: bytes
    sector_bytes: int
    fat: tuple[int, ...]
    mini_fat: tuple[int, ...]
    mini: bytes
    streams: dict[str, tuple[int, int]]
    """Name in lower case: first sector and size."""

    def has(self, name: str) -> bool:
        """Tell whether there is a stream or storage of this name."""
        return name.casefold() in self.streams

    def read(self, name: str) -> bytes:
        """Return a stream; nothing where there is none."""
        start, size = self.streams.get(name.casefold(), (_END, 0))
        if size < _MINI_BYTES:
            return _follow(self.mini, 64, 0, self.mini_fat, start)[:size]
        return _follow(self.content, self.sector_bytes, 1, self.fat, start)[:size]


def open_compound(path: Path) -> Compound | None:
    """Open a compound file; None where it is none, or too large or too broken to look into."""
    if path.stat().st_size > _LARGEST:
        return None
    content = path.read_bytes()
    if not content.startswith(MAGIC) or len(content) < 512:
        return None
    shift = int.from_bytes(content[30:32], "little")
    if shift not in (9, 12):
        return None
    size = 1 << shift
    (first_directory,) = struct.unpack_from("<I", content, 48)
    first_mini, n_mini, first_difat, n_difat = struct.unpack_from("<IIII", content, 60)
    sectors = [s for s in struct.unpack_from("<109I", content, 76) if s < _END]
    seen = 0
    while first_difat < _END and seen < min(n_difat, len(content) // size):
        block = _sector(content, size, first_difat)
        if len(block) < size:
            break
        *more, first_difat = struct.unpack(f"<{size // 4}I", block)
        sectors += [s for s in more if s < _END]
        seen += 1
    fat = _numbers(b"".join(_sector(content, size, s) for s in sectors[: len(content) // size + 1]))
    directory = _follow(content, size, 1, fat, first_directory)
    streams: dict[str, tuple[int, int]] = {}
    root = (_END, 0)
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        entry = directory[at : at + _ENTRY_BYTES]
        n = int.from_bytes(entry[64:66], "little")
        kind = entry[66]
        if kind not in (1, 2, 5) or not 2 <= n <= 64:
            continue
        name = entry[: n - 2].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<II", entry, 116)
        if kind == 5:
            root = (start, length)
        else:
            streams.setdefault(name.casefold(), (start, length))
    mini_fat = _numbers(_follow(content, size, 1, fat, first_mini)) if n_mini else ()
    mini = _follow(content, size, 1, fat, root[0])[: root[1]]
    return Compound(content, size, fat, mini_fat, mini, streams)


def _sector(content: bytes, size: int, number: int) -> bytes:
    start = (number + 1) * size
    return content[start : start + size]


def _numbers(block: bytes) -> tuple[int, ...]:
    n = len(block) // 4
    return struct.unpack(f"<{n}I", block[: 4 * n])


def _follow(content: bytes, size: int, first: int, fat: tuple[int, ...], start: int) -> bytes:
    """Put the sectors of a chain together; `first` sectors stand before number 0."""
    parts: list[bytes] = []
    seen: set[int] = set()
    while start < len(fat) and start not in seen:
        seen.add(start)
        at = (start + first) * size
        parts.append(content[at : at + size])
        start = fat[start]
    return b"".join(parts)
