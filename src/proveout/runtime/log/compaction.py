"""Sealed segments become Parquet files, and old days go.

One segment becomes one file of the same name, so that nothing can be there twice: a segment whose
file is there is not read any more, and removing it is all that is left to do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from proveout.errors import UnreachableError
from proveout.runtime.log import places
from proveout.runtime.log.archive import Archive, ArchivedFile, open_archive
from proveout.runtime.log.reading import HeldSegment, tables

LOCK = ".compacting"
DELETED = "deleted.jsonl"


class _Deleted(msgspec.Struct, kw_only=True):
    """A line of the file that tells what retention has deleted."""

    file: str
    day: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What was done."""

    segments: int = 0
    records: int = 0
    unreadable: tuple[str, ...] = ()
    """Segments that stay, because they hold records that this Proveout cannot read."""
    deleted_files: int = 0
    deleted_records: int = 0
    """Of days past the retention."""
    deleted_days: tuple[str, ...] = ()
    is_busy: bool = False
    """Another process was at it, and nothing was done here."""


def compact(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    retention_days: int | None = None,
    now: datetime | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Compacted:
    """Archive all sealed segments of a pilot, and delete the days past the retention.

    May be killed at any moment and done again. `step` is told what comes next. Raises
    UnreachableError where the archive is away: segments then stay where they are.
    """
    with _alone(folder, pilot) as is_alone:
        if not is_alone:
            return Compacted(is_busy=True)
        opened = open_archive(folder, archive)
        _sweep(opened, pilot)
        archived = [
            (path.name, _archive(path, opened, pilot, step))
            for path in sorted(places.segments(folder, pilot).glob(f"*{places.SEALED}"))
        ]
        deleted: list[tuple[str, int]] = []
        if retention_days is not None:
            today = datetime.now(UTC) if now is None else now
            before = f"{today - timedelta(days=retention_days):%Y-%m-%d}"
            deleted = _delete(opened, folder, pilot, before, step)
            _delete_torn(folder, pilot, before)
        return Compacted(
            segments=sum(1 for _, n in archived if n is not None),
            records=sum(n or 0 for _, n in archived),
            unreadable=tuple(name for name, n in archived if n is None),
            deleted_files=len(deleted),
            deleted_records=sum(n for _, n in deleted),
            deleted_days=tuple(sorted({day for day, _ in deleted})),
        )


def _archive(path: Path, archive: Archive, pilot: str, step: Callable[[str], None]) -> int | None:
    """Archive a segment, and remove it. None where it holds what cannot be read here."""
    target = archive.path_of(pilot, path.stem)
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        segment = HeldSegment(path.name, fd, os.fstat(fd).st_size)
        n_records = sum(1 for _ in segment.bodies())
        if not archive.holds(target, n_records):
            step("write")
            archive.write(target, tables(segment, drops=False), step)
            if not archive.holds(target, n_records):
                archive.delete(target)
                raise UnreachableError(
                    f"{target} did not keep what was written to it.",
                    hint="The segment stays where it is; try again: proveout log compact",
                )
    except msgspec.DecodeError:
        return None
    finally:
        os.close(fd)
    step("remove")
    path.unlink()
    step("removed")
    return n_records


def _delete(
    archive: Archive, folder: Path, pilot: str, before: str, step: Callable[[str], None]
) -> list[tuple[str, int]]:
    """Delete files of days before one; return their days and numbers of records."""
    deleted = []
    for file in archive.files(pilot):
        if file.day < before:
            n_records = archive.n_rows(file)
            _note(folder, pilot, file, n_records)  # first: its absence is told from a loss by it
            step("delete")
            archive.delete(file.path)
            deleted.append((file.day, n_records))
    return deleted


def deleted_records(folder: Path, pilot: str) -> int:
    """Count what retention has deleted so far."""
    try:
        lines = (folder / places.pilot_folder(pilot) / DELETED).read_bytes().splitlines()
    except FileNotFoundError:
        return 0
    # A file that was noted and not deleted, because of a kill, is noted again.
    by_file: dict[str, int] = {}
    for line in lines:
        with suppress(msgspec.DecodeError):  # half a line, where the disk was full
            note = msgspec.json.decode(line, type=_Deleted)
            by_file[note.file] = note.records
    return sum(by_file.values())


def _note(folder: Path, pilot: str, file: ArchivedFile, n_records: int) -> None:
    place = folder / places.pilot_folder(pilot)
    place.mkdir(parents=True, exist_ok=True)
    note = _Deleted(file=file.stem, day=file.day, records=n_records)
    with (place / DELETED).open("ab") as notes:
        notes.write(msgspec.json.encode(note) + b"\n")


def _delete_torn(folder: Path, pilot: str, before: str) -> None:
    for kept in places.torn(folder, pilot).glob("*.torn"):
        if places.day_of(kept.name) < before:
            kept.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path, pilot: str) -> Iterator[bool]:
    """Let one process compact at a time. False where another is at it."""
    place = folder / places.pilot_folder(pilot)
    if not place.is_dir():
        yield True  # nothing was ever written here; what is archived may still be too old
        return
    fd = os.open(place / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(fd)


def _sweep(archive: Archive, pilot: str) -> None:
    """Remove what a killed compaction has left half written."""
    if archive.is_local:
        for left in Path(archive.root, places.pilot_folder(pilot)).glob("day=*/.*.parquet.*"):
            with suppress(FileNotFoundError):
                left.unlink()
