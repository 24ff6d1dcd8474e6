"""Whether the log is whole: checksums, seals, gaps, and nothing there twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from proveout.errors import InputError
from proveout.runtime.log import framing, places
from proveout.runtime.log.archive import Archive, ArchivedFile
from proveout.runtime.log.compaction import deleted_records
from proveout.runtime.log.notes import Begun
from proveout.runtime.log.reading import HeldSegment, Moment, decode, decode_footer, moment

EXAMPLES = 3

_begun = msgspec.json.Decoder(Begun).decode


@dataclass(slots=True)
class Checked:
    """What was looked at, and what is wrong."""

    records: int = 0
    segments: int = 0
    archived: int = 0
    under_way: int = 0
    """Calls that were begun and have not ended, in segments that are not sealed."""
    torn: int = 0
    """Last lines that were cut by a crash, and kept aside: their answers were never released."""
    deleted: int = 0
    """Records that retention has deleted."""
    problems: list[str] = field(default_factory=list)
    """Each a sentence; none where the log is whole."""


def check(folder: Path, pilot: str, *, archive: str | None = None) -> Checked:
    """Read the whole log of a pilot, and say what is wrong. Raises UnreachableError."""
    checked = Checked(
        deleted=deleted_records(folder, pilot),
        torn=sum(1 for _ in places.torn(folder, pilot).glob("*.torn")),
    )
    ids = Counter[str]()
    with moment(folder, pilot, archive=archive) as now:
        for segment in now.segments:
            ids.update(_segment(segment, checked))
        for file in now.archived:
            ids.update(_file(now.archive, file, checked))
        checked.problems += _gaps(now)
    checked.records = ids.total()
    twice = [id_ for id_, n in ids.items() if n > 1]
    if twice:
        examples = ", ".join(twice[:EXAMPLES])
        calls = "1 call is" if len(twice) == 1 else f"{len(twice):,} calls are"
        checked.problems.append(f"{calls} there more than once, such as {examples}.")
    return checked


def _segment(segment: HeldSegment, checked: Checked) -> list[str]:
    """Check one segment, and return the ids of its records."""
    checked.segments += 1
    name, problems = segment.name, checked.problems
    lines: dict[bytes, list[bytes]] = defaultdict(list)
    for found in framing.scan(segment.content()):
        if isinstance(found, framing.Line):
            lines[found.kind].append(found.body)
        elif found.why == "changed" or segment.is_sealed:  # else it is being written
            problems.append(
                f"{name}: {found.n_bytes:,} bytes at {found.offset:,} are not what was written."
            )
    ids = []
    for body in lines[framing.RECORD]:
        try:
            ids.append(decode(body).id)
        except msgspec.DecodeError as error:
            problems.append(f"{name}: a record cannot be read: {error}.")
    if not segment.is_sealed:
        begun = {_begun(body).id for body in lines[framing.BEGUN]}
        checked.under_way += len(begun.difference(ids))
    elif not lines[framing.FOOTER]:
        problems.append(f"{name} is named sealed and has no seal.")
    else:
        sealed, n_records = decode_footer(lines[framing.FOOTER][-1]), len(lines[framing.RECORD])
        if sealed.records != n_records:
            problems.append(
                f"{name} was sealed with {sealed.records:,} records and holds {n_records:,}."
            )
    return ids


def _file(archive: Archive, file: ArchivedFile, checked: Checked) -> Iterator[str]:
    from pyarrow import ArrowInvalid, parquet

    checked.archived += 1
    try:
        archive.n_rows(file)
        with archive.system.open_input_file(file.path) as read:
            for batch in parquet.ParquetFile(read).iter_batches(columns=["id"]):
                yield from batch.column("id").to_pylist()
    except (InputError, ArrowInvalid, OSError) as error:
        what = error.message if isinstance(error, InputError) else f"{file.path}: {error}."
        checked.problems.append(what)


def _gaps(now: Moment) -> list[str]:
    """Say which segments of an owner are missing between others that are there."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for stem in [*(file.stem for file in now.archived), *(each.stem for each in now.segments)]:
        numbers[places.owner_of(stem)].add(places.number_of(stem))
    return [
        f"Of the segments of {owner}, number {number} is missing."
        for owner, found in sorted(numbers.items())
        for number in range(min(found), max(found))
        if number not in found
    ]
