"""The unsealed segment of a process that is dead: taken over, cut, ended, sealed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from proveout.runtime.log import framing, places
from proveout.runtime.log.notes import Begun
from proveout.runtime.log.segment import DAY_S, Segment, sync_folder
from proveout.runtime.record import Record

TRIES, PAUSE_S = 5, 0.01
"""Somebody may hold the lock for a moment, only to see whether its owner lives."""

decode = msgspec.json.Decoder(Record).decode
decode_begun = msgspec.json.Decoder(Begun).decode


class Glance(msgspec.Struct, omit_defaults=True, gc=False):
    """Of a record only what a recovery needs; four times as quick to read."""

    id: str
    at: float
    outcome: str
    reasons: tuple[str, ...] = ()


class Seen(NamedTuple):
    """A record of a tail, and where it stands."""

    is_lost: bool
    is_excepted: bool
    offset: int
    n_bytes: int


glance = msgspec.json.Decoder(Glance).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stretch of a segment that was no whole line."""

    segment: str
    offset: int
    n_bytes: int
    why: str
    """'cut': its end is missing, and it was kept aside; 'changed': it fails its checksum, and
    stays where it is."""
    kept: Path | None = None
    """The file in which it was kept aside."""


@dataclass(slots=True)
class Tail:
    """A segment that was taken over, and what stands in it."""

    segment: Segment
    is_sealed: bool = False
    ids: dict[str, Seen] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)
    damages: list[framing.Damage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.segment.path.name

    def note(self, line: framing.Line) -> None:
        """Remember a record by what matters of it."""
        try:
            seen = glance(line.body)
        except msgspec.DecodeError:
            return  # written by a newer Proveout: it stays in the file, and `verify` tells of it
        is_lost = seen.outcome == "lost"
        self.ids[seen.id] = Seen(is_lost, bool(seen.reasons), line.offset, len(line.body))
        self.segment.tally.add(seen.at)
        self.segment.tally.lost += is_lost

    def records(self, is_wanted: Callable[[str, Seen], bool] = lambda *_: True) -> Iterator[Record]:
        """Read records anew, each from its place."""
        for id_, seen in self.ids.items():
            if is_wanted(id_, seen):
                body = os.pread(self.segment.fd, seen.n_bytes, seen.offset)
                with suppress(msgspec.DecodeError):
                    yield decode(body)


def take_over(path: Path) -> Tail | None:
    """Lock and read a segment; None where its owner lives or another recovery was quicker."""
    fd = _locked(path)
    if fd is None:
        return None
    content = path.read_bytes()
    segment = Segment(path=path, fd=fd, size=len(content), ends=0.0, written_at=0.0)
    tail = Tail(segment)
    for found in framing.scan(content):
        if isinstance(found, framing.Damage):
            tail.damages.append(found)
        elif found.kind == framing.RECORD:
            tail.note(found)
        elif found.kind == framing.BEGUN:
            note = decode_begun(found.body)
            tail.begun[note.id] = note
        elif found.kind == framing.FOOTER:
            tail.is_sealed = True
    segment.tally.damaged = sum(1 for each in tail.damages if each.why == "changed")
    return tail


def cut(tail: Tail, aside: Path, *, now: float) -> list[Cut]:
    """Keep a cut last line aside, then remove it; tell all that is damaged. Raises OSError."""
    told = []
    for damage in tail.damages:
        kept = None
        if damage.why == "cut":
            kept = _keep_aside(tail.segment.path, damage, aside, now=now)
            os.ftruncate(tail.segment.fd, damage.offset)
            tail.segment.size = damage.offset
        told.append(
            Cut(
                segment=tail.name,
                offset=damage.offset,
                n_bytes=damage.n_bytes,
                why=damage.why,
                kept=kept,
            )
        )
    return told


def seal(tail: Tail) -> None:
    """Seal a segment that was taken over. Raises OSError."""
    if tail.is_sealed:  # its owner died between the footer and the name
        tail.segment.path.rename(tail.segment.path.with_suffix(places.SEALED))
        sync_folder(tail.segment.path.parent)
        tail.segment.release()
    else:
        tail.segment.seal()


def owner_lives(folder: Path, pilot: str, owner: str) -> bool:
    """Tell whether a process still holds the lock on a segment of its own."""
    for path in places.segments(folder, pilot).glob(f"*_{owner}_*{places.OPEN}"):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
    return False


def sweep(folder: Path, pilot: str, *, now: float) -> None:
    """Remove segments that never got their name, because their owner died before."""
    for path in places.segments(folder, pilot).glob(".*.new"):
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime > DAY_S:
                path.unlink()


def _locked(path: Path) -> int | None:
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    for attempt in range(TRIES):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if attempt + 1 == TRIES:
                os.close(fd)
                return None
            time.sleep(PAUSE_S)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(fd), path.stat()):
            return fd
    os.close(fd)  # sealed by another in between
    return None


def _keep_aside(path: Path, damage: framing.Damage, aside: Path, *, now: float) -> Path:
    aside.mkdir(parents=True, exist_ok=True)
    kept = aside / f"{path.stem}_{damage.offset}.torn"
    why = {
        "segment": path.name,
        "offset": damage.offset,
        "bytes": damage.n_bytes,
        "why": "the process died while it wrote this line; its answer was never released",
        "found_at": now,
    }
    with path.open("rb") as read:
        read.seek(damage.offset)
        raw = read.read(damage.n_bytes)
    with kept.open("wb") as written:
        written.write(msgspec.json.encode(why) + b"\n" + raw)
        written.flush()
        os.fsync(written.fileno())
    return kept
