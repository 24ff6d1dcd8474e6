"""Usage comes in: event by event from a program, or as a file from the browser."""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import UploadFile
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from proveout.charter.schema.adoption import DASHBOARD, Adoption, UsageRecord
from proveout.desk.usage import REFUSED_SHOWN, Import, Use, add_usage
from proveout.errors import InputError
from proveout.web.asked import Asked, Deed, Done
from proveout.web.paths import path_to
from proveout.web.permissions import Permission
from proveout.web.security.storable import shown

MOST_EVENTS = 10_000
MOST_LETTERS = 200
"""Of one text; what is longer in a file is cut."""
MOST_ROWS = 200_000
MOST_UNPACKED = 64 * 1024**2
"""Bytes of a workbook, unpacked: 200,000 rows need no more."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,9}")
_FORMATS = ("csv", "excel", "parquet")
"""Of one file; what is larger is better named in the charter as a source."""

FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What lies outside is no moment of use but a mistake of a clock or of a format."""


def _without_nul(text: str) -> str:
    """PostgreSQL has no text with it; no name has it either."""
    return text.replace("\x00", "").strip()


Short = Annotated[
    str,
    AfterValidator(_without_nul),
    StringConstraints(min_length=1, max_length=MOST_LETTERS, strip_whitespace=True),
]


class UsageEvent(BaseModel):
    """One use."""

    id: Short = Field(description="Yours. The same one again is the same use.")
    person: Short = Field(description="A name or a pseudonym, the same as on the roster.")
    at: Annotated[AwareDatetime, Field(ge=FIRST, le=LAST)]
    outcome: Short | None = Field(default=None, description="kept, overruled or abandoned.")
    case: Short | None = Field(
        default=None, description="What it was used for; the id of a request in the log."
    )
    way: Short | None = Field(default=None, description="'old' for a case done the old way.")
    team: Short | None = None
    role: Short | None = None
    volunteer: bool | None = None


class UsageEvents(BaseModel):
    """Up to 10,000 uses."""

    events: list[UsageEvent] = Field(min_length=1, max_length=MOST_EVENTS)


class Imported(BaseModel):
    """What became of them."""

    new: int
    known: int
    """Were here already."""
    refused: int


class UsageFile(BaseModel):
    """A file with a row for each use."""

    file: UploadFile


def import_events(asked: Asked, given: UsageEvents) -> Done:
    """Keep uses; those that are known by their id are left as they are."""
    named = _namer(asked)
    uses = [
        Use(
            id=each.id, person=named(each.person), at=each.at, outcome=each.outcome,
            case=each.case, way=each.way, team=each.team, role=each.role,
            volunteer=each.volunteer,
        )
        for each in given.events
    ]  # fmt: skip
    return _done(asked, _kept(asked, uses, source="API"))


def import_file(asked: Asked, given: UsageFile) -> Done:
    """Read a file of uses as any other source is read, and keep what can be read."""
    told = shown(given.file.filename or "").replace("\\", "/")
    name = PurePath(told).name[:100] or "usage"
    with tempfile.TemporaryDirectory() as folder:
        suffix = PurePath(name).suffix
        path = Path(folder) / f"usage{suffix if _SUFFIX.fullmatch(suffix) else ''}"
        path.write_bytes(given.file.file.read())
        _refuse_more_than_it_seems(path, name)
        read = _read(path, name, _columns(asked))
    named = _namer(asked)
    uses = [Use(**{**row, "person": named(row["person"])}) for row in _told_apart(read.rows)]
    return _done(
        asked, _kept(asked, uses, source=name, n_refused=read.n_refused, refused=read.refused)
    )


def _refuse_more_than_it_seems(path: Path, name: str) -> None:
    """Raise InputError for what is no plain file of rows, or grows too large when it is unpacked.

    The dashboard reads it in its own process: a compressed file can hold a thousand times its
    size, and a database can hold a view that never ends.
    """
    from proveout.intake.formats import format_of
    from proveout.intake.readers.streams import compression_of

    is_packed = compression_of(path) is not None
    if is_packed or (path.stat().st_size and format_of(path, name) not in _FORMATS):
        raise InputError(
            f"{name} is neither CSV nor Excel nor Parquet.",
            hint="Name it in the charter as a source: adoption.usage",
        )
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as packed:
                size = sum(each.file_size for each in packed.infolist())
        except zipfile.BadZipFile as error:
            raise InputError(f"{name} is damaged.", hint="Save it anew.") from error
        if size > MOST_UNPACKED:
            raise InputError(
                f"{name} holds {size // 1024**2:,} MB when it is unpacked, more than the "
                f"{MOST_UNPACKED // 1024**2} MB that a file may hold here.",
                hint="Name it in the charter as a source: adoption.usage",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    rows: list[dict[str, Any]]
    n_refused: int
    refused: list[dict[str, Any]]


def _read(path: Path, name: str, said: UsageRecord) -> _Read:
    import ibis

    from proveout.charter.schema import Source
    from proveout.checks.adoption.columns import column_of, seconds_of, text_of, truth_of
    from proveout.intake.opening import open_source
    from proveout.intake.session import Session

    source = Source(path=path.name, name="usage")
    said = said.model_copy(update={"source": source.model_copy(update={"path": name})})
    with Session() as session:
        try:
            opened = open_source(source, folder=path.parent, session=session)
        except InputError as error:
            message = error.message.replace(path.name, name)
            raise InputError(message, hint=error.hint) from error
        table = opened.table
        n = int(table.count().execute())
        if n > MOST_ROWS:
            raise InputError(
                f"{name} has {n:,} rows, more than the {MOST_ROWS:,} that a file may have here.",
                hint="Name it in the charter as a source: adoption.usage",
            )

        def text(key: str) -> Any:
            column = column_of(table, said, key)
            return ibis.null("string") if column is None else text_of(column)

        own = [each for each in table.columns if each.strip().casefold() in ("id", "event_id")]
        raw_at = column_of(table, said, "at", is_needed=True)
        rows = (
            table.select(
                id=text_of(table[own[0]]) if own else ibis.null("string"),
                person=text_of(column_of(table, said, "person", is_needed=True)),
                at=seconds_of(raw_at), raw_at=raw_at.cast("string"), outcome=text("outcome"),
                case=text("case"), way=text("way"), team=text("team"), role=text("role"),
                volunteer=truth_of(column_of(table, said, "volunteer")),
            )
            .to_pyarrow()
            .to_pylist()
        )  # fmt: skip
        refused: list[dict[str, Any]] = [
            {"line": each.line, "why": each.message, "row": _without_nul(each.raw)}
            for each in opened.rejects.examples(REFUSED_SHOWN)
        ]
        n_refused = opened.rejects.count
    good: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        raw, at = row.pop("raw_at"), row["at"]
        clean = {
            key: (_without_nul(each)[:MOST_LETTERS] or None) if isinstance(each, str) else each
            for key, each in row.items()
        }
        is_moment = at is not None and FIRST.timestamp() <= at <= LAST.timestamp()
        if clean["person"] is not None and is_moment:
            good.append({**clean, "at": datetime.fromtimestamp(at, UTC)})
            continue
        n_refused += 1
        if len(refused) < REFUSED_SHOWN:
            raw = _without_nul(raw or "")[:MOST_LETTERS]
            why = "nobody is named" if clean["person"] is None else f"'{raw}' is no moment"
            refused.append({"line": None, "why": f"use {number}: {why}", "row": ""})
    return _Read(rows=good, n_refused=n_refused, refused=refused)


def _told_apart(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give an id to each row without one: the same row of the same file gets the same again."""
    seen: Counter[str] = Counter()
    for row in rows:
        if row["id"] is None:
            keys = ("person", "at", "case", "way", "outcome")
            text = "\x1f".join(str(row[key]) for key in keys)
            seen[text] += 1
            digest = hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest()
            row["id"] = f"row-{digest[:32]}"
        yield row


def _columns(asked: Asked) -> UsageRecord:
    """Return what columns are called: as the charter says, where it reads from the dashboard."""
    adoption = asked.book.charter.adoption
    usage = None if adoption is None else adoption.usage
    is_ours = usage is not None and usage.source.path == DASHBOARD
    return usage if usage is not None and is_ours else UsageRecord.model_validate(DASHBOARD)


def _namer(asked: Asked) -> Any:
    """Return what makes a pseudonym of a name, where the charter wants that no name is kept."""
    from proveout.checks.adoption.columns import pseudonym, salt_of

    if not (asked.book.charter.adoption or Adoption()).hash:
        return lambda name: name
    salt = salt_of()
    return lambda name: pseudonym(name, salt)


def _kept(
    asked: Asked,
    uses: list[Use],
    *,
    source: str,
    n_refused: int = 0,
    refused: list[dict[str, Any]] | None = None,
) -> Import:
    shown: list[Mapping[str, Any]] = list(refused or [])
    return add_usage(
        asked.parts.desk, asked.book.pilot, uses, act_id=asked.act_id, by=asked.who, source=source,
        now=asked.now, n_refused=n_refused, refused=shown,
    )  # fmt: skip


def _done(asked: Asked, done: Import) -> Done:
    said = f"{done.n_new:,} uses were added"
    if done.n_known:
        said += f", {done.n_known:,} were here already"
    if done.n_refused:
        said += f", {done.n_refused:,} rows could not be read: see below"
    return Done(
        says=f"{said}.",
        goes_to=path_to(asked.book.pilot, "/adoption#import"),
        result=Imported(new=done.n_new, known=done.n_known, refused=done.n_refused),
    )


PAGES = ()

DEEDS = (
    Deed(
        path="/pilots/{pilot}/usage",
        needs=Permission.assess,
        takes=UsageEvents,
        do=import_events,
        gives=Imported,
    ),
    Deed(
        path="/pilots/{pilot}/usage/file",
        needs=Permission.assess,
        takes=UsageFile,
        do=import_file,
        gives=Imported,
        is_in_api=False,
    ),
)
