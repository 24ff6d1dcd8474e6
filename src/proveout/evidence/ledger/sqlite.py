"""One SQLite file: the default."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from proveout.errors import InputError, ProveoutError
from proveout.evidence.ledger.database import Database
from proveout.evidence.ledger.kept import LEDGER, Kept

BUSY_TIMEOUT_S = 60.0
"""How long an append waits for others; one append holds the file for milliseconds."""

_DAMAGED = ("malformed", "no such table", "no such column")
"""What SQLite says of a file whose pages, or whose description of its tables, were changed."""

_HINTS = (
    (
        "database is locked",
        "is busy: another process has held it for more than a minute",
        "Find the process that has the file open, or try again when it has finished.",
    ),
    (
        "database or disk is full",
        "could not be written: the disk is full. Nothing of this append was kept",
        "Free some space and run the command again; {recorded} is whole.",
    ),
    (
        "readonly database",
        "may not be written",
        "Give this user write permission on the file and its folder, or name another with "
        "{option}.",
    ),
    (
        "unable to open database file",
        "could not be opened",
        "Give this user permission to read and write the file and its folder, or name another "
        "with {option}.",
    ),
    (
        "file is not a database",
        "is not a {name}: the file is not an SQLite database",
        "Name another file with {option}.",
    ),
)
"""What SQLite says, what it means here, and the next step."""


class SqliteDatabase(Database):
    """SQLite in WAL mode: readers never wait, writers queue, a commit is on the disk."""

    dialect = "sqlite"
    writing_options = {"begin_with": "BEGIN IMMEDIATE"}  # noqa: RUF012  # read only
    # The driver cannot decode its own message when that quotes damaged bytes.
    driver_errors = (sqlite3.Error, UnicodeDecodeError)

    def __init__(self, path: Path, *, read_only: bool = False, kept: Kept = LEDGER) -> None:
        engine = create_engine(
            _read_only_url(path) if read_only else URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_TIMEOUT_S},
        )
        event.listen(engine, "connect", _set_up)
        if kept.is_forced_to_disk:
            event.listen(engine, "connect", _force_to_disk)
        else:
            event.listen(engine, "connect", _leave_to_system)
        event.listen(engine, "begin", _begin)
        super().__init__(engine, str(path), kept)

    def before_create(self) -> None:
        """Refuse somebody else's database; turn on the write-ahead log, which the file keeps."""
        with self.reading() as connection:
            found = text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            tables = connection.execute(found).scalars().all()
        if tables and self.kept.version_table not in tables:
            raise self.kept.refused(
                f"{self.place} is an SQLite database but not a {self.kept.name}: it holds the "
                f"table {tables[0]!r}.",
                hint=f"Name another file with {self.kept.option}.",
            )
        self._turn_on_write_ahead_log()

    def lock_schema(self, connection: Connection) -> None:
        """Nothing to add: BEGIN IMMEDIATE has locked the whole file."""

    def damage(self, connection: Connection) -> Sequence[str]:
        """Let SQLite compare its pages, tables and indexes."""
        findings = connection.execute(text("PRAGMA integrity_check(20)")).scalars().all()
        return [str(finding) for finding in findings if finding != "ok"]

    def explain(self, error: Exception) -> ProveoutError:
        """Put an error of SQLite into words."""
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        if isinstance(error, UnicodeDecodeError):
            said = "malformed database schema"
        name = self.kept.name
        if any(sign in said for sign in _DAMAGED):
            return self.kept.broken(
                f"The {name} {self.place} is damaged: SQLite says '{said}'.",
                hint="Keep the file as it is, and restore the last backup beside it.",
            )
        for sign, meaning, hint in _HINTS:
            if sign in said:
                words = {"name": name, "option": self.kept.option, "recorded": self.kept.recorded}
                return self.kept.refused(
                    f"The {name} {self.place} {meaning.format(**words)}.",
                    hint=hint.format(**words),
                )
        return self.kept.refused(
            f"The {name} {self.place} refused: {said}.", hint=self.kept.look_at
        )

    def _turn_on_write_ahead_log(self) -> None:
        # SQLite does not wait its turn for this switch, so the waiting is done here.
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                raw = self.engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA journal_mode = WAL")
                finally:
                    raw.close()
            except (DBAPIError, sqlite3.Error) as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise self.explain(error) from error
                time.sleep(0.01)
            else:
                return


def sqlite_file(location: str, *, create: bool, kept: Kept = LEDGER) -> Path:
    """Return the absolute path of such a file; make its folder when it may be created.

    Raises InputError when the place cannot hold it or, with create=False, holds none.
    """
    path = Path(location).expanduser().absolute()
    if path.is_dir():
        raise InputError(
            f"The {kept.name} cannot be {path}: that is a folder.",
            hint=f"Name a file in it: {kept.option} {path / (kept.name + '.db')}",
        )
    if not create:
        if not path.exists():
            raise InputError(f"There is no {kept.name} in {path} yet.", hint=kept.hint_when_missing)
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder of the {kept.name}, {path.parent}, cannot be made: {error.strerror}.",
            hint=f"Name a place where this user may write with {kept.option}.",
        ) from error
    return path


def may_write(path: Path) -> bool:
    """Tell whether this user may write such a file, and the files which SQLite puts beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _read_only_url(path: Path) -> URL:
    # An auditor reads an archived ledger from where nothing can be written. SQLite then needs to
    # be told that the file stands still; while others write, their log is there to be read along.
    log = path.with_name(path.name + "-wal")
    is_alive = log.exists() and log.stat().st_size > 0
    query = {"uri": "true", **({"mode": "ro"} if is_alive else {"immutable": "1"})}
    return URL.create("sqlite", database=f"file:{quote(str(path))}", query=query)


def _set_up(raw: sqlite3.Connection, _record: Any) -> None:
    raw.isolation_level = None  # the driver must not begin transactions on its own
    # Damaged text must reach the verification as a finding, not end it.
    raw.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    raw.create_function("holds", -1, _holds, deterministic=True)


def _holds(stored: bytes, *words: bytes) -> bool:
    """Tell whether a text holds one of some words: a tenth of the time that SQLite's instr takes.

    Bytes, because damaged text must not end a query.
    """
    return any(word in stored for word in words)


def _force_to_disk(raw: sqlite3.Connection, _record: Any) -> None:
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA fullfsync = ON")


def _leave_to_system(raw: sqlite3.Connection, _record: Any) -> None:
    # With the write-ahead log, what is committed outlives this process, and the file stays whole
    # after a power loss.
    raw.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin_with", "BEGIN"))
