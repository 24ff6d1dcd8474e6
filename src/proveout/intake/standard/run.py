"""Write files again as standard ones: several at once, and one that fails stops no other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.standard.model import FileResult, Wanted
from proveout.intake.standard.one import write_one

_MANY = 400
"""From so many files on, a second process saves more time than it takes to begin."""
_MOST_PROCESSES = 4
_SUFFIXES = re.compile(
    r"\.(csv|tsv|tab|psv|txt|dat|parquet|pq|parq|jsonl|ndjson|json|xlsx|xlsm|xls|xlsb|ods|duckdb|"
    r"ddb|sqlite3?|db|pdf|xml|html?)$|\.(gz|zst)$",
    re.IGNORECASE,
)


def write_standard(files: Sequence[Path], out: Path | None, wanted: Wanted) -> Iterator[FileResult]:
    """Read each file and write its tables; yield what became of each, in order.

    `out` is a file where there is one input and it has the suffix of the format; a folder
    otherwise; None for standard output. Raises InputError where an output would be an input, or
    two inputs would be one output.
    """
    targets = [None] * len(files) if out is None else targets_of(files, out, wanted)
    if out is not None:
        for folder in {each.parent for each in targets if each is not None}:
            _make(folder)
    taken = frozenset(each for each in targets if each is not None)
    work = list(zip(files, targets, strict=True))
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    write = partial(_write, wanted=wanted, taken=taken)
    if len(work) < _MANY or processes == 1:
        yield from map(write, work)
        return
    # New processes rather than copies of this one: a copy of a process with threads may hang.
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_to_parent) as pool:
        try:
            yield from pool.map(write, work, chunksize=64)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _leave_to_parent() -> None:
    """Let Ctrl-C stop this process by way of the one that gives it work: no file is left half."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(work: tuple[Path, Path | None], *, wanted: Wanted, taken: frozenset[Path]) -> FileResult:
    return write_one(work[0], work[1], wanted, taken=taken)


def targets_of(files: Sequence[Path], out: Path, wanted: Wanted) -> list[Path | None]:
    """Say where the first table of each file goes."""
    suffix = f".{wanted.format}"
    is_file = len(files) == 1 and not out.is_dir() and out.suffix.lower() == suffix
    if is_file:
        targets = [out]
    else:
        if out.exists() and not out.is_dir():
            raise InputError(
                f"{out} is a file, and {len(files)} files go into a folder.",
                hint="Name a folder: proveout read FILE… -o OUT",
            )
        names = [_stem(each.name) + suffix for each in files]
        twice = {name for name in names if names.count(name) > 1} if _any_twice(names) else set()
        targets = [
            out / (each.name + suffix if name in twice else name)
            for each, name in zip(files, names, strict=True)
        ]
    _check_apart(files, targets)
    return list(targets)


def _any_twice(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)


def _stem(name: str) -> str:
    """Return a file's name without the suffixes of formats: only the last part of a path."""
    while (shorter := _SUFFIXES.sub("", name)) not in (name, ""):
        name = shorter
    return name


def _check_apart(files: Sequence[Path], targets: Sequence[Path]) -> None:
    if _any_twice([str(each) for each in targets]):
        seen: dict[Path, Path] = {}
        for file, target in zip(files, targets, strict=True):
            if target in seen:
                raise InputError(
                    f"{seen[target]} and {file} would both become {target}.",
                    hint="Read them in two calls, into two folders.",
                )
            seen[target] = file
    inputs = {os.path.realpath(each) for each in files}
    for target in targets:
        if os.path.realpath(target) in inputs:
            raise InputError(
                f"{target} is one of the files to read, and would be overwritten.",
                hint="Name another folder or file with -o.",
            )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be made: {error.strerror}.", hint="Name another with -o."
        ) from error
