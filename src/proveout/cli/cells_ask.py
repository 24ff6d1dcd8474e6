"""`proveout audit --ask`: a person is shown the most telling rows, and corrects what is wrong."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from proveout.checks.readiness.cells import Grid, Labels
    from proveout.cli.cells_search import CellOptions
    from proveout.cli.output import Output

_EMPTY = "''"
"""What is typed for 'this cell should be empty'; Enter alone leaves it as it is."""


def given_labels(options: CellOptions, grid: Grid, source: str) -> Labels | None:
    """Read the labels given before: the file named, or the one that earlier answers went to."""
    from proveout.checks.readiness.cells import read_labels

    path = _place(options, source)
    if options.labels is None and options.ask is None:
        return None
    if options.ask is not None and not path.is_file():
        return None
    return read_labels(path, grid)


def asked_labels(
    options: CellOptions, grid: Grid, source: str, output: Output, *, seed: int,
    given: Labels | None,
) -> tuple[Labels | None, str]:  # fmt: skip
    """Ask about the most telling rows, or write them down to be filled in elsewhere.

    Answers are saved row by row, so that an interruption loses none; asked again, only the rows
    that are missing are asked for. Returns the labels that are known now, and what is to be said.
    """
    from proveout.checks.readiness.cells import pick_rows, read_labels, write_labels

    path, wanted = _place(options, source), options.ask or 0
    known = [] if given is None else given.rows
    rows = pick_rows(grid, max(wanted - len(known), 0), seed=seed, without=known)
    done = [(row, _corrected(grid, given, row)) for row in known]
    if not rows:
        return given, f"{path} holds {_rows(len(known))} already: nothing was asked."
    if not _is_person(output):
        write_labels(path, grid, [*done, *((row, _values(grid, row)) for row in rows)])
        return given, (
            f"There is nobody to ask here: {_rows(len(rows))} are written to {path}. Correct the "
            "wrong values in it (what you leave counts as right), then run this again with "
            f"--cells cells.csv --labels {shlex.quote(str(path))}"
        )
    _explain(len(rows), path, output)
    for nth, row in enumerate(rows, start=1):
        answer = _ask(grid, row, f"{nth} of {len(rows)}", output)
        if answer is None:
            break
        done.append((row, answer))
        write_labels(path, grid, done)
    if not done:
        return None, "No row was answered."
    return read_labels(path, grid), f"Corrected by hand: {_rows(len(done))}, kept in {path}."


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"


def _place(options: CellOptions, source: str) -> Path:
    return options.labels or Path(f"{source}-labels.csv")


def _is_person(output: Output) -> bool:
    return sys.stdin.isatty() and not output.as_json


def _explain(n: int, path: Path, output: Output) -> None:
    output.say(
        Text(
            f"{_rows(n)} to look at. For each value: Enter if it is right, else type the right one "
            f"({_EMPTY} for none). Ctrl-D ends; what is answered is kept in {path}."
        )
    )


def _ask(grid: Grid, row: int, nth: str, output: Output) -> tuple[str, ...] | None:
    """Show one record and ask for each of its cells; None where the person has had enough."""
    values = _values(grid, row)
    output.say("")
    output.say(Text(f"Row {row:,} ({nth})", "bold"))
    width = max(map(len, grid.names))
    for name, value in zip(grid.names, values, strict=True):
        output.say(Text.assemble((f"  {name:<{width}}  ", "dim"), value or ("(empty)", "dim")))
    answers = []
    for name, value in zip(grid.names, values, strict=True):
        shown = Text.assemble("  ", (name, "bold"), f" [{value or 'empty'}]: ")
        try:
            typed = output.stderr.input(shown)
        except EOFError:
            output.say("")
            return None
        answers.append("" if typed.strip() == _EMPTY else typed or value)
    return tuple(answers)


def _values(grid: Grid, row: int) -> tuple[str, ...]:
    return tuple(column.at(row) for column in grid.columns)


def _corrected(grid: Grid, labels: Labels | None, row: int) -> Sequence[str]:
    values = _values(grid, row)
    if labels is None:
        return values
    return tuple(labels.of(at).get(row, value) for at, value in enumerate(values))
