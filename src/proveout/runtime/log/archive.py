"""Where sealed segments are kept as Parquet files: a folder or an object store, by its URL."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError, UnreachableError
from proveout.runtime.log import places
from proveout.runtime.log.segment import sync_folder

if TYPE_CHECKING:
    import pyarrow as pa

ARCHIVE = "archive"
"""Below the folder of the log, where the charter names no other place."""
ROW_GROUP = 65_536
PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One Parquet file: what was one segment."""

    path: str
    """As its file system knows it."""
    stem: str
    day: str
    """Of writing."""
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Archive:
    """The Parquet files of all pilots below one place."""

    location: str
    """As it was given, for messages."""
    root: str
    remote: Any = None
    """A pyarrow file system; None where it is a folder."""

    @property
    def is_local(self) -> bool:
        """Tell whether it is a folder."""
        return self.remote is None

    @property
    def system(self) -> Any:
        """A pyarrow file system."""
        from pyarrow import fs

        return fs.LocalFileSystem() if self.remote is None else self.remote

    def files(self, pilot: str, *, since_day: str | None = None) -> list[ArchivedFile]:
        """List the files of a pilot, oldest first. Raises UnreachableError."""
        base = f"{self.root}/{places.pilot_folder(pilot)}"
        try:
            listed = _listed(base) if self.is_local else self._listed_away(base)
        except OSError as error:
            raise self._away(error) from error
        found = [
            ArchivedFile(path, stem, places.day_of(stem), n_bytes)
            for path, n_bytes in listed
            for stem in (path.rsplit("/", 1)[1].removesuffix(places.PARQUET),)
            if not stem.startswith(".") and (since_day is None or places.day_of(stem) >= since_day)
        ]
        return sorted(found, key=lambda file: file.stem)

    def _listed_away(self, base: str) -> list[tuple[str, int]]:
        from pyarrow import fs

        listed = self.system.get_file_info(
            fs.FileSelector(base, recursive=True, allow_not_found=True)
        )
        return [
            (each.path, each.size)
            for each in listed
            if each.is_file and each.base_name.endswith(places.PARQUET)
        ]

    def path_of(self, pilot: str, stem: str) -> str:
        """Return where the Parquet file of a segment stands."""
        day = places.day_of(stem)
        return f"{self.root}/{places.pilot_folder(pilot)}/day={day}/{stem}{places.PARQUET}"

    def holds(self, path: str, n_records: int) -> bool:
        """Tell whether a file is there, whole. Raises UnreachableError."""
        try:
            if not self.system.get_file_info(path).is_file:
                return False
        except OSError as error:
            raise self._away(error) from error
        return self._rows_in(path) == n_records

    def write(
        self,
        path: str,
        tables: Iterator[pa.Table],
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Write a file so that it is there whole or not at all. Raises UnreachableError.

        In a folder under a temporary name first; to an object store in one go, from a file that
        is whole.
        """
        try:
            if self.is_local:
                folder, name = path.rsplit("/", 1)
                Path(folder).mkdir(parents=True, exist_ok=True)
                hidden = Path(folder, f".{name}.{os.getpid()}")
                _write(hidden, tables, step)
                hidden.rename(path)
                sync_folder(Path(folder))
                return
            with TemporaryDirectory(prefix="proveout-archive-") as folder:
                whole = Path(folder, "whole.parquet")
                _write(whole, tables, step)
                with whole.open("rb") as read, self._opened(path) as out:
                    while part := read.read(PART_BYTES):
                        out.write(part)
        except OSError as error:
            raise self._away(error) from error

    def _opened(self, path: str) -> Any:
        try:
            return self.system.open_output_stream(path)
        except FileNotFoundError:  # a store that has folders after all
            self.system.create_dir(path.rsplit("/", 1)[0], recursive=True)
            return self.system.open_output_stream(path)

    def delete(self, path: str) -> None:
        """Delete a file. Raises UnreachableError."""
        try:
            self.system.delete_file(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._away(error) from error

    def n_rows(self, file: ArchivedFile) -> int:
        """Return how many records a file holds, from its own footer.

        Raises UnreachableError, and InputError for a file that is damaged.
        """
        found = self._rows_in(file.path)
        if found is None:
            raise InputError(
                f"{file.path} is no whole Parquet file any more.",
                hint="Bring it back from a backup, or move it away: its records are in no other.",
            )
        return found

    def _rows_in(self, path: str) -> int | None:
        """Count the rows of a file; None where it is no whole Parquet file."""
        import pyarrow as pa
        from pyarrow import parquet

        try:
            with self.system.open_input_file(path) as read:
                return int(parquet.read_metadata(read).num_rows)
        except pa.ArrowInvalid:
            return None
        except OSError as error:
            raise self._away(error) from error

    def _away(self, error: OSError) -> UnreachableError:
        return UnreachableError(
            f"The archive of the prediction log, {self.location}, cannot be used: {error}.",
            hint="Segments stay where they are until it can: proveout log compact",
        )


def _listed(base: str) -> list[tuple[str, int]]:
    """List Parquet files below a folder; without Arrow, which takes a while to load."""
    return [
        (str(path), path.stat().st_size)
        for path in Path(base).glob(f"day=*/*{places.PARQUET}")
        if path.is_file()
    ]


def _write(path: Path, tables: Iterator[pa.Table], step: Callable[[str], None]) -> None:
    """Write a file, and return when it survives a power loss. Raises OSError."""
    from pyarrow import parquet

    from proveout.runtime.log.columns import schema

    with (
        path.open("wb") as out,
        parquet.ParquetWriter(out, schema(), compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table, row_group_size=ROW_GROUP)
            out.flush()
            step("written in part")
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    step("written")


def open_archive(folder: Path, location: str | None = None) -> Archive:
    """Open the archive of a log: the folder or URL that the charter names, or below the log.

    Raises InputError for a URL that no file system is known for, UnreachableError for a store
    that cannot be reached.
    """
    if location is None or "://" not in location:
        root = folder / ARCHIVE if location is None else Path(location)
        return Archive(str(root), str(root.absolute()))
    from pyarrow import fs

    shown = re.sub(r"//[^/@]*@", "//…@", location)

    def why(error: Exception) -> str:
        return str(error).replace(location, shown).rstrip(".")

    try:
        system, root_path = fs.FileSystem.from_uri(location)
    except OSError as error:
        raise UnreachableError(
            f"The archive of the prediction log, {shown}, cannot be reached: {why(error)}.",
            hint="Look at address, region and credentials; segments stay until it can be reached.",
        ) from error
    except Exception as error:
        raise InputError(
            f"The archive of the prediction log, {shown}, is no place that is known: {why(error)}.",
            hint="Give a folder, or a URL: s3://bucket/path, gs://…, abfss://…",
        ) from error
    is_folder = isinstance(system, fs.LocalFileSystem)
    return Archive(shown, root_path.rstrip("/"), None if is_folder else system)
