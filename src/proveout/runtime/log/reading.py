"""Reading the log while it is written, compacted and recovered by others: a state of one moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from errno import EMFILE
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from proveout.errors import UnreachableError
from proveout.runtime.log import framing, places
from proveout.runtime.log.archive import Archive, ArchivedFile, open_archive
from proveout.runtime.log.notes import Footer
from proveout.runtime.record import Record

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_BYTES = 16 * 1024 * 1024
"""Of JSON that is turned into columns at once."""
FOOTER_BYTES = 512
"""A footer is shorter."""

decode = msgspec.json.Decoder(Record).decode
decode_footer = msgspec.json.Decoder(Footer).decode


@dataclass(slots=True)
class HeldSegment:
    """A segment that was opened, so that it can be read even when it is gone by now."""

    name: str
    fd: int
    size: int
    """When it was opened; what came later is not of this moment."""

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return self.name.rsplit(".", 1)[0]

    @property
    def is_sealed(self) -> bool:
        """Tell whether nothing will come any more."""
        return self.name.endswith(places.SEALED)

    def content(self) -> bytes:
        """Read it."""
        parts, offset = [], 0
        while offset < self.size:
            part = os.pread(self.fd, self.size - offset, offset)
            if not part:  # cut by a recovery in between
                break
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def bodies(self) -> Iterator[bytes]:
        """Yield the JSON of its records; what is not sound is for `verify` to tell."""
        for found in framing.scan(self.content()):
            if isinstance(found, framing.Line) and found.kind == framing.RECORD:
                yield found.body

    def records(self) -> Iterator[Record]:
        """Yield its records."""
        for body in self.bodies():
            with suppress(msgspec.DecodeError):
                yield decode(body)

    def footer(self) -> Footer | None:
        """Read its last line, where it is sealed."""
        start = max(0, self.size - FOOTER_BYTES)
        last = os.pread(self.fd, self.size - start, start).rstrip(b"\n").rsplit(b"\n", 1)[-1]
        found = framing.sound(last, 0, len(last))
        if found is None or found.kind != framing.FOOTER:
            return None
        return decode_footer(found.body)

    def n_records(self) -> int:
        """Count its records: by the footer, or one by one."""
        footer = self.footer() if self.is_sealed else None
        return sum(1 for _ in self.bodies()) if footer is None else footer.records


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All files that make up the log of a pilot at one moment; no record stands in two of them."""

    archive: Archive
    archived: list[ArchivedFile]
    segments: list[HeldSegment] = field(default_factory=list)


@contextmanager
def moment(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    since: datetime | None = None,
) -> Iterator[Moment]:
    """Hold the log as it is now. Raises UnreachableError where the archive is away."""
    first = first_day(since)
    opened = open_archive(folder, archive)
    # Segments before the archive: one that is archived in between is in both, and known by name.
    held = _held(places.segments(folder, pilot), first)
    try:
        archived = opened.files(pilot, since_day=first)
        names = {file.stem for file in archived}
        yield Moment(
            archive=opened,
            archived=archived,
            segments=[each for each in held if each.stem not in names],
        )
    finally:
        for each in held:
            os.close(each.fd)


def first_day(since: datetime | None) -> str | None:
    """Return the first day of writing on which a request since then may have ended.

    A request is never written before it comes; a day of grace is for clocks that are set back.
    """
    if since is None:
        return None
    return f"{since.astimezone(UTC) - timedelta(days=1):%Y-%m-%d}"


def read_records(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Record]:
    """Yield the records of a pilot, in the order in which their files were begun.

    `since` and `until` are about when a request came; the end is not included.
    """
    low = None if since is None else since.timestamp()
    high = None if until is None else until.timestamp()

    def is_wanted(record: Record) -> bool:
        return (low is None or record.at >= low) and (high is None or record.at < high)

    with moment(folder, pilot, archive=archive, since=since) as now:
        for file in now.archived:
            yield from filter(is_wanted, archived_records(now.archive, file))
        for segment in now.segments:
            yield from filter(is_wanted, segment.records())


def archived_records(archive: Archive, file: ArchivedFile) -> Iterator[Record]:
    """Yield the records of one Parquet file."""
    from pyarrow import parquet

    from proveout.runtime.log.rows import records_of

    with archive.system.open_input_file(file.path) as read:
        for batch in parquet.ParquetFile(read).iter_batches():
            yield from records_of(batch)


def tables(segment: HeldSegment, *, drops: bool = True) -> Iterator[pa.Table]:
    """Turn a segment into columns, some megabytes at a time; at least one table, maybe empty.

    A record that this Proveout cannot read is left out, or raises msgspec.DecodeError.
    """
    from proveout.runtime.log.rows import table_of

    gathered: list[Record] = []
    n_bytes = n_tables = 0
    for body in segment.bodies():
        try:
            gathered.append(decode(body))
        except msgspec.DecodeError:
            if not drops:
                raise
        n_bytes += len(body)
        if n_bytes >= CHUNK_BYTES:
            yield table_of(gathered)
            gathered, n_bytes, n_tables = [], 0, n_tables + 1
    if gathered or not n_tables:
        yield table_of(gathered)


def count(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Count records: without bounds by footers alone, which takes a moment for millions."""
    if since is not None or until is not None:
        from proveout.runtime.log.counting import counted

        return counted(folder, pilot, archive=archive, since=since, until=until)
    with moment(folder, pilot, archive=archive) as now:
        return sum(now.archive.n_rows(file) for file in now.archived) + sum(
            segment.n_records() for segment in now.segments
        )


def _held(folder: Path, first: str | None) -> list[HeldSegment]:
    """Open every segment; one that changes its name meanwhile is looked for again."""
    while True:
        held: list[HeldSegment] = []
        try:
            names = sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return held
        except OSError as error:
            raise _unreadable(folder, 0, error) from error
        try:
            for name in names:
                is_segment = name.endswith((places.OPEN, places.SEALED)) and name[0] != "."
                if is_segment and (first is None or places.day_of(name) >= first):
                    fd = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)
                    held.append(HeldSegment(name, fd, os.fstat(fd).st_size))
        except OSError as error:
            for each in held:
                os.close(each.fd)
            if not isinstance(error, FileNotFoundError):
                raise _unreadable(folder, len(names), error) from error
        else:
            return held


def _unreadable(folder: Path, n_files: int, error: OSError) -> UnreachableError:
    if error.errno == EMFILE:
        return UnreachableError(
            f"{folder} holds {n_files:,} segments, more than can be read at once.",
            hint="Archive them: proveout log compact",
        )
    return UnreachableError(
        f"The prediction log in {folder} cannot be read: {error.strerror}.",
        hint="Run it as the user of the gateway, or let that user's group read the folder.",
    )
