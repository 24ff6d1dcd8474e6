"""One thing that is wrong in a charter, and how many of them are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from proveout.charter.loaded import PathInCharter
from proveout.errors import CharterError

MOST_TOLD = 50
"""More mistakes than this have one cause, and it is among the first."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """A place in the file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake, with what to write instead."""

    at: Position
    path: PathInCharter
    """Where in the charter; empty for the file as a whole."""
    what: str
    """What is wrong, in one sentence that shows what was seen."""
    write: str
    """What to write instead, as an instruction."""


def path_text(path: PathInCharter) -> str:
    """Write a path as it is read aloud.

    >>> path_text(("data", "production", 0, "path"))
    'data.production[0].path'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def charter_error(file: Path, problems: Iterable[Problem]) -> CharterError:
    """Tell all problems of a file at once, in the order of its lines."""
    ordered = sorted(problems, key=lambda problem: (problem.at, path_text(problem.path)))
    told = list(dict.fromkeys(_told(file, problem) for problem in ordered))
    count = "1 mistake" if len(told) == 1 else f"{len(told)} mistakes"
    if len(told) > MOST_TOLD:
        told[MOST_TOLD:] = [f"… and {len(told) - MOST_TOLD} more."]
    return CharterError(
        f"{file} has {count}.\n" + "\n".join(told),
        hint="Correct the lines above. 'proveout init --out example.yaml' writes a charter that "
        "explains every part.",
    )


def _told(file: Path, problem: Problem) -> str:
    where = f"{file}:{problem.at.line}:{problem.at.column}"
    name = path_text(problem.path)
    return f"{where}{': ' + name if name else ''}\n  {problem.what}\n  {problem.write}"
