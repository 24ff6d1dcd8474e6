"""One segment file that this process writes: locked, appended to, sealed."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENOENT
from pathlib import Path

import msgspec

from proveout.runtime.log import framing, places
from proveout.runtime.log.notes import Footer, Header

DAY_S = 86_400.0

encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Tally:
    """What a segment holds."""

    records: int = 0
    first: float | None = None
    last: float | None = None
    lost: int = 0
    damaged: int = 0

    def add(self, at: float) -> None:
        """Count one record."""
        self.records += 1
        if self.first is None or at < self.first:
            self.first = at
        if self.last is None or at > self.last:
            self.last = at

    def footer(self) -> Footer:
        """Return it as the last line tells it."""
        return Footer(
            records=self.records,
            first=self.first,
            last=self.last,
            lost=self.lost,
            damaged=self.damaged,
        )


@dataclass(slots=True)
class Segment:
    """An open segment. While its lock is held, its owner lives."""

    path: Path
    fd: int
    size: int
    """Bytes that are whole lines; what stands beyond is cut."""
    ends: float
    """The end of its day; what comes then goes into another."""
    written_at: float = 0.0
    tally: Tally = field(default_factory=Tally)
    has_rest: bool = False
    """Part of a write that failed may stand beyond `size`."""

    @property
    def is_gone(self) -> bool:
        """Tell whether somebody deleted the file."""
        return os.fstat(self.fd).st_nlink == 0

    def write(self, lines: bytes) -> None:
        """Append whole lines, all or none. Raises OSError; then the file is as it was."""
        if self.is_gone:
            self.ends = 0.0  # lines that nobody will read are none; the next go into another
            raise FileNotFoundError(ENOENT, "its segment was deleted", str(self.path))
        if self.has_rest:  # nothing may follow half a line
            os.ftruncate(self.fd, self.size)
            self.has_rest = False
        self.has_rest = True
        try:
            done = os.write(self.fd, lines)
            while done < len(lines):  # the kernel took part of it: full, or interrupted
                done += os.write(self.fd, memoryview(lines)[done:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self.fd, self.size)
                self.has_rest = False
            raise
        self.has_rest = False
        self.size += len(lines)

    def sync(self) -> None:
        """Return when what was written survives a power loss."""
        getattr(os, "fdatasync", os.fsync)(self.fd)  # macOS has only the other

    def seal(self) -> Path | None:
        """Write the footer, and name it sealed; an empty one is deleted. Raises OSError."""
        if self.fd < 0:  # given up: another process may own it by now
            return None
        if not self.tally.records and not self.tally.damaged:
            self.path.unlink(missing_ok=True)
            self.release()
            return None
        self.write(framing.line(framing.FOOTER, encode(self.tally.footer())))
        self.sync()
        sealed = self.path.with_suffix(places.SEALED)
        self.path.rename(sealed)
        sync_folder(self.path.parent)
        self.release()
        return sealed

    def release(self) -> None:
        """Give up the file and its lock."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def create(
    folder: Path, pilot: str, *, owner: str, number: int, now: float, is_synced: bool = True
) -> Segment:
    """Make a segment and lock it; `is_synced`: its name survives a power loss. Raises OSError."""
    into = places.segments(folder, pilot)
    into.parent.mkdir(exist_ok=True)  # the folder of the log itself is never made anew here
    into.mkdir(exist_ok=True)
    stem = places.stem(at=now, owner=owner, number=number)
    # It gets its name once it is locked, so that nobody takes it for that of a dead process.
    hidden = into / f".{stem}.new"
    fd = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)
    ends = (now // DAY_S + 1) * DAY_S
    segment = Segment(path=hidden, fd=fd, size=0, ends=ends, written_at=now)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        header = Header(pilot=pilot, owner=owner, day=places.day(now))
        segment.write(framing.line(framing.HEADER, encode(header)))
        segment.path = into / f"{stem}{places.OPEN}"
        hidden.rename(segment.path)
        if is_synced:
            sync_folder(into)
    except OSError:
        hidden.unlink(missing_ok=True)
        segment.release()
        raise
    return segment


def sync_folder(folder: Path) -> None:
    """Let names in a folder survive a power loss."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
