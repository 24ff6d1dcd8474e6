"""The latest records, and those that come while one looks on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from proveout.runtime.log import framing, places
from proveout.runtime.log.reading import HeldSegment, archived_records, decode, moment

if TYPE_CHECKING:
    from proveout.runtime.record import Record

BLOCK_BYTES = 1024 * 1024


def latest(folder: Path, pilot: str, n: int, *, archive: str | None = None) -> list[Record]:
    """Return the last records by the time at which they ended, the latest last."""
    with moment(folder, pilot, archive=archive) as now:
        found = [record for segment in now.segments for record in _last_of(segment, n)]
        for file in reversed(now.archived):
            oldest = sorted(_ended(record) for record in found)[-n:][:1] if len(found) >= n else []
            # A file holds nothing later than the end of its day.
            if oldest and places.day(oldest[0]) > file.day:
                break
            found += sorted(archived_records(now.archive, file), key=_ended)[-n:]
    return sorted(found, key=_ended)[-n:] if n else []


def follow(folder: Path, pilot: str, pause: Callable[[], None]) -> Iterator[Record]:
    """Yield what is written from this call on, until whoever calls has seen enough.

    `pause` waits a little between two looks.
    """
    read: dict[str, int] = {}
    for path in _segments(folder, pilot):
        with suppress(FileNotFoundError):
            read[path.stem] = path.stat().st_size
    return _coming(folder, pilot, read, pause)


def _coming(
    folder: Path, pilot: str, read: dict[str, int], pause: Callable[[], None]
) -> Iterator[Record]:
    while True:
        pause()
        for path in _segments(folder, pilot):
            with suppress(FileNotFoundError):
                content = _from(path, read.get(path.stem, 0))
                whole = content[: content.rfind(b"\n") + 1]
                read[path.stem] = read.get(path.stem, 0) + len(whole)
                yield from _records(whole)


def _segments(folder: Path, pilot: str) -> list[Path]:
    place = places.segments(folder, pilot)
    return sorted([*place.glob(f"*{places.OPEN}"), *place.glob(f"*{places.SEALED}")])


def _from(path: Path, offset: int) -> bytes:
    with path.open("rb") as read:
        read.seek(offset)
        return read.read()


def _last_of(segment: HeldSegment, n: int) -> list[Record]:
    """Read a segment from its end, until enough records were seen."""
    start, content = segment.size, b""
    found: list[Record] = []
    while start > 0 and len(found) < n:
        size = min(start, max(BLOCK_BYTES, len(content)))
        start -= size
        content = os.pread(segment.fd, size, start) + content
        first = 0 if start == 0 else content.find(b"\n") + 1
        found = list(_records(content[first:]))
    return found


def _records(content: bytes) -> Iterator[Record]:
    for found in framing.scan(content):
        if isinstance(found, framing.Line) and found.kind == framing.RECORD:
            with suppress(msgspec.DecodeError):
                yield decode(found.body)


def _ended(record: Record) -> float:
    return record.at + record.seconds
