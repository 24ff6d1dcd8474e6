"""Rows that come in by the thousand: what they may hold, and files of them from the browser."""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import UploadFile
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from proveout.charter.schema.adoption import Adoption
from proveout.desk.imports import REFUSED_SHOWN, Import, Kept
from proveout.errors import InputError
from proveout.web.asked import Asked
from proveout.web.security.storable import shown

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_AT_ONCE = 10_000
"""Rows of one request."""
MOST_LETTERS = 200
"""Of one text; what is longer in a file is cut."""
MOST_ROWS = 200_000
"""Of one file; what is larger is better named in the charter as a source."""
MOST_UNPACKED = 64 * 1024**2
"""Bytes of a workbook, unpacked: 200,000 rows need no more."""
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What lies outside is no moment of a case but a mistake of a clock or of a format."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,9}")
_FORMATS = ("csv", "excel", "parquet")


def without_nul(text: str) -> str:
    """PostgreSQL has no text with it; no name has it either."""
    return text.replace("\x00", "").strip()


Short = Annotated[
    str,
    AfterValidator(without_nul),
    StringConstraints(min_length=1, max_length=MOST_LETTERS, strip_whitespace=True),
]
Moment = Annotated[AwareDatetime, Field(ge=FIRST, le=LAST)]


class Imported(BaseModel):
    """What became of them."""

    new: int
    known: int
    """Were here already."""
    refused: int


class Came(BaseModel):
    """One import."""

    at: datetime
    by: str
    source: str
    new: int
    known: int
    refused: int
    examples: list[str]
    """The first rows that could not be read, and why."""


def came(kept: Kept) -> list[Came]:
    """Tell what came in, the latest first."""
    return [
        Came(
            at=each.at, by=each.by, source=each.source, new=each.n_new, known=each.n_known,
            refused=each.n_refused, examples=[_example(row) for row in each.refused],
        )
        for each in kept.imports
    ]  # fmt: skip


def said(done: Import, what: str) -> str:
    """Say what became of an import: '3 uses were added, 2 were here already.'"""
    told = f"{done.n_new:,} {what} were added"
    if done.n_known:
        told += f", {done.n_known:,} were here already"
    if done.n_refused:
        told += f", {done.n_refused:,} rows could not be read: see below"
    return f"{told}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file, opened as any other source is."""

    name: str
    """As the sender knows it; without what a page could not show."""
    table: ir.Table
    n_refused: int
    refused: list[dict[str, Any]]
    """The first rows of which no cells could be made."""


@contextmanager
def opened(file: UploadFile, *, called: str, instead: str) -> Iterator[Given]:
    """Open a file of rows for a while.

    `called` is its name where it has none; `instead` is the key of the charter under which a
    larger one is named. Raises InputError for what is no plain file of rows, or too large.
    """
    from proveout.charter.schema import Source
    from proveout.intake.opening import open_source
    from proveout.intake.session import Session

    told = shown(file.filename or "").replace("\\", "/")
    name = PurePath(told).name[:100] or called
    with tempfile.TemporaryDirectory() as folder:
        suffix = PurePath(name).suffix
        path = Path(folder) / f"{called}{suffix if _SUFFIX.fullmatch(suffix) else ''}"
        path.write_bytes(file.file.read())
        _refuse_more_than_it_seems(path, name, instead)
        with Session() as session:
            try:
                source = open_source(
                    Source(path=path.name, name=called), folder=path.parent, session=session
                )
            except InputError as error:
                message = error.message.replace(path.name, name)
                raise InputError(message, hint=error.hint) from error
            n = int(source.table.count().execute())
            if n > MOST_ROWS:
                raise InputError(
                    f"{name} has {n:,} rows, more than the {MOST_ROWS:,} that a file may have "
                    "here.",
                    hint=f"Name it in the charter as a source: {instead}",
                )
            yield Given(
                name=name,
                table=source.table,
                n_refused=source.rejects.count,
                refused=[
                    {"line": each.line, "why": each.message, "row": without_nul(each.raw)}
                    for each in source.rejects.examples(REFUSED_SHOWN)
                ],
            )


def clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it can be kept: texts without NUL and not too long."""
    return {
        key: (without_nul(each)[:MOST_LETTERS] or None) if isinstance(each, str) else each
        for key, each in row.items()
    }


def is_moment(seconds: float | None) -> bool:
    """Tell whether it is a moment at which something can have happened."""
    return seconds is not None and FIRST.timestamp() <= seconds <= LAST.timestamp()


def told_apart(rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Give an id to each row without one: the same row of the same file gets the same again."""
    seen: Counter[str] = Counter()
    for row in rows:
        if row["id"] is None:
            text = "\x1f".join(str(row[key]) for key in keys)
            seen[text] += 1
            digest = hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest()
            row["id"] = f"row-{digest[:32]}"
        yield row


def wants_no_names(asked: Asked) -> bool:
    """Tell whether the charter wants that no name of a person is kept."""
    return (asked.book.charter.adoption or Adoption()).hash


def nameless(asked: Asked, refused: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return rows that could not be read, without their text where it could hold a name."""
    return [{**each, "row": ""} if wants_no_names(asked) else each for each in refused]


def namer(asked: Asked) -> Callable[[str], str]:
    """Return what makes a pseudonym of a name, where the charter wants that no name is kept."""
    from proveout.checks.adoption.columns import pseudonym, salt_of

    if not wants_no_names(asked):
        return lambda name: name
    salt = salt_of()
    return lambda name: pseudonym(name, salt)


def _refuse_more_than_it_seems(path: Path, name: str, instead: str) -> None:
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
            hint=f"Name it in the charter as a source: {instead}",
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
                hint=f"Name it in the charter as a source: {instead}",
            )


def _example(row: Mapping[str, Any]) -> str:
    line = "" if row.get("line") is None else f"line {row['line']}: "
    raw = str(row.get("row") or "")
    return f"{line}{row['why']}" + (f" ({raw[:80]})" if raw else "")
