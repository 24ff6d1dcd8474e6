"""`proveout init`: write a first charter, asking or from a data file."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, JsonOption, TableOption
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.init import Answers, DataProfile, Guess

LOOK_AT_ROWS = 10_000
"""Enough to tell types and candidates; the audit looks at all rows."""

MOST_SITES = 20
"""A folder of more files is rather one of days than of sites."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init_command)


def init_command(
    *,
    data: Annotated[
        str | None,
        typer.Argument(help="Production data to look at: file, folder, glob or database."),
    ] = None,
    table: TableOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the charter.")] = Path(
        CHARTER_FILE
    ),
    pilot: Annotated[
        str | None, typer.Option("--pilot", help="Id of the pilot; the folder's name if not given.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what is found.")] = (
        False
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace a charter that is there.")] = (
        False
    ),
    as_json: JsonOption = False,
) -> None:
    """Write a charter in which every part is explained, asking or from a data file.

    What is not known stays a comment: an example that nobody has agreed to is not written as if
    it were.

    Example: proveout init data/claims.csv
    """
    from proveout.charter.init import Answers, infer, render

    _refuse_to_overwrite(out, force=force)
    output = Output(as_json=as_json)
    profile = None if data is None else _profile(data, table, out)
    guess = None if profile is None else infer(profile)
    answers = Answers(pilot=pilot or _name_of(out.resolve().parent), table=table)
    if profile is not None and guess is not None:
        answers = _from_data(answers, profile, guess, files=_files(data or "", out))
    if not (yes or as_json) and sys.stdin.isatty():
        answers = _asked(answers, guess, has_data=data is not None)
    _write(out, render(answers))
    found = _found(answers)
    human = "\n".join([f"Wrote {out}", *(f"  {key}: {value}" for key, value in found.items())])
    output.show(whole_lines(human), {"file": str(out), "found": found})
    if guess is not None and answers.label is None:
        output.say("No column looks like the true answer: name it under data.label.")
    output.say(
        whole_lines(
            "Take away the '# ' before what you can say; when it is agreed: "
            f"proveout seal {out} --who NAME"
        )
    )


def _refuse_to_overwrite(out: Path, *, force: bool) -> None:
    if out.exists() and not force:
        raise InputError(
            f"{out} is there already.",
            hint="Write elsewhere: proveout init --out other.yaml. Or replace it: --force",
        )


def _files(data: str, out: Path) -> tuple[str, ...]:
    """List the files of a folder, where they are so few that each may be of one site."""
    folder = Path(data)
    if not folder.is_dir():
        return ()
    found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    if not 2 <= len(found) <= MOST_SITES or not all(each.is_file() for each in found):
        return ()
    return tuple(_from_charter(str(each), out) for each in found)


def _profile(data: str, table: str | None, out: Path) -> DataProfile:
    """Open the data and look at the first rows."""
    from proveout.charter.init import DataProfile, profile_column
    from proveout.charter.schema import Source
    from proveout.intake import Session, open_source

    with Session() as session:
        opened = open_source(Source(path=data, table=table), folder=Path.cwd(), session=session)
        rows = opened.table.limit(LOOK_AT_ROWS).to_pyarrow()
    columns = tuple(profile_column(name, rows[name].to_pylist()) for name in rows.column_names)
    return DataProfile(path=_from_charter(data, out), columns=columns)


def _from_charter(data: str, out: Path) -> str:
    """Write a path as the charter has it: relative to the charter's folder."""
    if "://" in data or Path(data).is_absolute():
        return data
    return Path(os.path.relpath(data, out.parent)).as_posix()


def _from_data(
    answers: Answers, profile: DataProfile, guess: Guess, *, files: tuple[str, ...]
) -> Answers:
    return replace(
        answers,
        production=profile.path,
        null_values=profile.stand_ins,
        files=files,
        label=guess.label,
        key=guess.key,
        timestamp=guess.timestamp,
        site_column=guess.site_column,
        slices=guess.slices,
        task=guess.task,
        required=tuple(
            c.name for c in profile.columns if c.n_missing == 0 and c.name != guess.label
        ),
        fields=tuple((column.name, column.type) for column in profile.columns),
    )


def _asked(answers: Answers, guess: Guess | None, *, has_data: bool) -> Answers:
    """Ask for the essential lines. Enter takes what is proposed, or leaves a line open."""
    pilot = _ask("Id of the pilot", answers.pilot)
    answers = replace(
        answers,
        pilot=_as_name(pilot or answers.pilot),
        outcome=_ask("Outcome, in one sentence: what will be different"),
        production_owner=_ask("Production owner (owns the result in the business)"),
        executive_sponsor=_ask("Executive sponsor"),
    )
    if not has_data:
        answers = replace(answers, production=_ask("Production data (path or glob)"))
    others = ", ".join(guess.labels[:4]) if guess is not None else ""
    among = f" (candidates: {others})" if others else ""
    key = _ask("Columns that name one record, with commas", ", ".join(answers.key) or None)
    return replace(
        answers,
        sample=_ask("Curated sample that the pilot was built on (path)"),
        label=_ask(f"Column with the true answer{among}", answers.label),
        key=tuple(part.strip() for part in (key or "").split(",") if part.strip()),
        timestamp=_ask("Column that says when a record came about", answers.timestamp),
        system=_asked_system(),
        acceptance=_asked_criterion(),
    )


def _ask(question: str, proposed: str | None = None) -> str | None:
    answer = typer.prompt(
        question, default=proposed or "", show_default=bool(proposed), err=True
    ).strip()
    return answer or None


def _asked_system() -> str | None:
    while True:
        answer = _ask("System: 'file.py:function' or an address")
        if answer is None or re.match(r"https?://|[^:]+:[A-Za-z_]", answer):
            return answer
        typer.echo("Name the function as well: model.py:predict", err=True)


def _asked_criterion() -> str | None:
    from proveout.charter.schema.standard import read_short
    from proveout.evidence.catalogue import SHIPPED, Catalogue

    known = Catalogue(SHIPPED)
    while True:
        answer = _ask("One criterion that it must meet, such as quality.accuracy >= 0.85")
        if answer is None:
            return None
        short = read_short(answer)
        if short is not None and short["metric"] in known:
            return answer
        near = None if short is None else known.nearest(short["metric"])
        wrong = "Write: metric >= number" if short is None else "There is no such metric."
        typer.echo(f"{wrong} {f'Did you mean {near}?' if near else ''}".strip(), err=True)


def _found(answers: Answers) -> dict[str, str]:
    told = {
        "pilot": answers.pilot,
        "data.production": answers.production,
        "data.production.table": answers.table,
        "data.production.null_values": ", ".join(answers.null_values),
        "data.label": answers.label,
        "data.key": ", ".join(answers.key),
        "data.timestamp": answers.timestamp,
        "data.site_column": answers.site_column,
    }
    return {key: value for key, value in told.items() if value}


def _name_of(folder: Path) -> str:
    return _as_name(folder.name)


def _as_name(text: str) -> str:
    """Make a short name of a text: letters, digits, '_', '.', '-'."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-._")[:80] or "pilot"


def _write(out: Path, text: str) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Choose a folder that you may write to: --out PATH",
        ) from error
