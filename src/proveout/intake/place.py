"""Where a source is: one file, several files, or a table of a database server."""

from __future__ import annotations

import difflib
import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.databases import FILE_SCHEMES, is_database, scheme_of, stem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a source, in the order of their names."""

    paths: tuple[Path, ...]
    base: Path
    """What their names are relative to."""
    several: bool
    """A folder or a glob: there may be more files tomorrow."""
    labels: Mapping[Path, str] = field(default_factory=dict)
    """What files out of an archive are called."""
    refused: Mapping[Path, InputError] = field(default_factory=dict)
    """Files that are not read, and why; not among the paths."""

    def name_of(self, path: Path) -> str:
        """Return what a file is called in messages: its path below the base."""
        if path in self.labels:
            return self.labels[path]
        try:
            return path.relative_to(self.base).as_posix()
        except ValueError:
            return path.as_posix()


def as_file(source: Source) -> Source:
    """Return a source whose URL names a file, as 'duckdb:///data/erp.duckdb' does, by its path."""
    scheme = scheme_of(source.path)
    if scheme not in FILE_SCHEMES:
        return source
    path = source.path.partition("://")[2].partition("?")[0]
    return source.model_copy(update={"path": path, "format": source.format or scheme})


def source_name(source: Source) -> str:
    """Return the name given, else the stem of the path, or the table's name in a database."""
    if source.name:
        return source.name
    if is_database(source):
        stem = (source.table or _stem(stem_of(source.path))).rpartition(".")[2]
    else:
        stem = _stem(as_file(source).path)
        stem = f"{stem}.{source.table}" if source.table else stem
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-._")[:80] or "source"


def find_files(source: Source, folder: Path) -> Files:
    """List the files of a source. Raises InputError where there are none."""
    path = Path(source.path).expanduser()
    full = path if path.is_absolute() else folder / path
    if full.is_dir():
        found = _visible(sorted(p for p in full.rglob("*") if p.is_file() or p.is_symlink()), full)
        if not found:
            raise InputError(
                f"The folder {source.path} holds no files.",
                hint="Put the data there, or correct the source's path.",
            )
        refused = _leading_out(found, full)
        paths = tuple(path for path in found if path not in refused)
        return Files(paths=paths, base=folder, several=True, refused=refused)
    if full.exists():
        return Files(paths=(full,), base=folder, several=False)
    if glob.has_magic(source.path):
        pattern = sorted(Path(p) for p in glob.glob(str(full), recursive=True))  # noqa: PTH207 - absolute patterns
        found = [p for p in pattern if p.is_file()]
        if found:
            return Files(paths=tuple(found), base=folder, several=True)
        raise InputError(
            f"No file matches {source.path} (looked in {folder}).",
            hint="Correct the pattern; '**' goes through folders below.",
        )
    raise _missing(source.path, full)


def _leading_out(paths: Sequence[Path], folder: Path) -> dict[Path, InputError]:
    """Refuse links: who may put a file into a folder may not thereby have any other file read.

    A link that stays within the folder is followed.
    """
    home = folder.resolve()
    refused: dict[Path, InputError] = {}
    for path in paths:
        if not path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            what = "is a link that leads nowhere"
        else:
            if target.is_dir():
                what = "is a link to a folder, which is not followed"
            elif target.is_relative_to(home):
                continue
            else:
                what = f"is a link out of the folder, to {target}, which is not followed"
        refused[path] = InputError(
            f"{name} {what}.", hint="Copy the file, or name what it leads to as a source."
        )
    return refused


def _missing(written: str, full: Path) -> InputError:
    """Say what is there instead: the nearest name, else what the folder holds."""
    folder = next(parent for parent in full.parents if parent.is_dir())
    wanted = full.relative_to(folder).parts[0]
    there = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    near = difflib.get_close_matches(wanted, there, n=1, cutoff=0.6)
    where = f" (looked in {folder})" if folder == full.parent else f": {folder} holds no {wanted!r}"
    what = f"There is no file or folder {written!r}{where}."
    if near:
        return InputError(what, hint=f"Did you mean {near[0]!r}?")
    return InputError(what, hint=f"It holds: {_some(there)}." if there else "That folder is empty.")


def _some(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _visible(paths: Sequence[Path], base: Path) -> list[Path]:
    """Leave out what the system or an editor hides, such as '.DS_Store' and '~$book.xlsx'."""
    return [
        path
        for path in paths
        if not any(
            part.startswith((".", "~$", "_SUCCESS")) for part in path.relative_to(base).parts
        )
    ]


def _stem(path: str) -> str:
    parts = [part for part in re.split(r"[/\\]+", path) if part and not glob.has_magic(part)]
    last = parts[-1] if parts else "source"
    return re.sub(r"(\.[A-Za-z][A-Za-z0-9]{0,6})+$", "", last) or last
