"""Finding single records by the ids of their calls."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from proveout.runtime.log.reading import Moment, decode, moment

if TYPE_CHECKING:
    from proveout.runtime.log.archive import Archive, ArchivedFile
    from proveout.runtime.record import Record

_LETTERS = {letter: value for value, letter in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}
_ID_LENGTH = 26


class _Named(msgspec.Struct, gc=False):
    """Of a record only whose it is."""

    id: str


_named = msgspec.json.Decoder(_Named).decode


def find(
    folder: Path,
    pilot: str,
    calls: Iterable[str],
    *,
    archive: str | None = None,
    without: Container[str] = (),
) -> dict[str, Record]:
    """Find the records of calls: in segments from the newest on, then in the archive.

    An id tells when its call came, so that older days are not looked into. `without` names
    segments that need not be, by their stems.
    """
    wanted = set(calls)
    if not wanted:
        return {}
    with moment(folder, pilot, archive=archive, since=_earliest(wanted)) as now:
        found = _in_segments(now, wanted, without)
        return found | _in_archive(now, wanted - found.keys())


def moment_of(call: str) -> datetime | None:
    """Return when a call came, by its id (ULID); None where it is none."""
    if len(call) != _ID_LENGTH or not set(call) <= _LETTERS.keys():
        return None
    number = 0
    for letter in call[:10]:
        number = number * 32 + _LETTERS[letter]
    try:
        return datetime.fromtimestamp(number / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _earliest(calls: set[str]) -> datetime | None:
    moments = [moment_of(call) for call in calls]
    known = [each for each in moments if each is not None]
    return min(known) if len(known) == len(moments) else None


def _in_segments(now: Moment, wanted: set[str], without: Container[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for segment in reversed(now.segments):
        if len(found) == len(wanted):
            break
        if segment.stem in without:
            continue
        for body in segment.bodies():
            with suppress(msgspec.DecodeError):
                if _named(body).id in wanted:
                    record = decode(body)
                    found[record.id] = record
    return found


def _in_archive(now: Moment, wanted: set[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for file in reversed(now.archived):
        missing = wanted - found.keys()
        if not missing:
            break
        found |= {record.id: record for record in _in_file(now.archive, file, missing)}
    return found


def _in_file(archive: Archive, file: ArchivedFile, wanted: set[str]) -> Iterator[Record]:
    """Read those parts of a file whose ids, by its own statistics, may be among the wanted."""
    from pyarrow import parquet

    from proveout.runtime.log.rows import records_of

    with archive.system.open_input_file(file.path) as read:
        opened = parquet.ParquetFile(read)
        for part in range(opened.num_row_groups):
            known = opened.metadata.row_group(part).column(0).statistics  # of the column 'id'
            has_bounds = known is not None and known.has_min_max
            if has_bounds and not any(known.min <= each <= known.max for each in wanted):
                continue
            ids = opened.read_row_group(part, columns=["id"]).column("id").to_pylist()
            places = [place for place, id_ in enumerate(ids) if id_ in wanted]
            if places:
                yield from records_of(opened.read_row_group(part).take(places))
