"""Files that a command writes: never over what it reads, and told before any work is done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter


def check_destinations(
    written: Mapping[str, Path | None], *, loaded: LoadedCharter, also_read: Iterable[Path] = ()
) -> None:
    """Refuse a file to write that is read, that is written twice, or that has no folder.

    `written` are the files by option; `also_read` those read beside the charter and its sources.
    """
    outs = {option: out for option, out in written.items() if out is not None}
    if not outs:
        return
    read = {os.path.realpath(each) for each in (*also_read, *_read_by(loaded))}
    taken: dict[str, str] = {}
    for option, out in outs.items():
        place = os.path.realpath(out)
        another = f"Name another file with {option}."
        if place in read:
            raise InputError(
                f"{out} is one of the files to read, and would be overwritten.", hint=another
            )
        if place in taken:
            raise InputError(f"{taken[place]} and {option} both name {out}.", hint=another)
        taken[place] = option
        _check_place(option, out)


def _read_by(loaded: LoadedCharter) -> Iterator[Path]:
    """Yield the charter and the files of its sources; what is not there is told when it is read."""
    from proveout.intake.databases import is_database
    from proveout.intake.place import as_file, find_files

    data = loaded.charter.data
    labels = None if data.labels is None else data.labels.source
    yield loaded.path
    for source in (*data.production, data.pilot, labels):
        if source is None or is_database(source):
            continue
        try:
            yield from find_files(as_file(source), loaded.folder).paths
        except InputError:
            continue


def _check_place(option: str, out: Path) -> None:
    if out.is_dir():
        what = "it is a folder"
    elif not out.absolute().parent.is_dir():
        what = f"there is no folder {out.parent}"
    else:
        return
    raise InputError(
        f"{out} cannot be written: {what}.",
        hint=f"Name a file in a folder that exists: {option} {option.removeprefix('--')}.csv",
    )
