"""`proveout audit`: is this data fit to stand on? Without a charter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from proveout.cli.adhoc import (
    SEED,
    Collected,
    DocumentsOption,
    KeyOption,
    NullOption,
    SeedOption,
    asking,
    charter_of,
    collect,
    listed,
)
from proveout.cli.output import Output
from proveout.cli.paths import JsonOption, TableOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.checks.readiness.remediation import RemediationItem
    from proveout.cli.cells_search import CellOptions


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog="Example: proveout audit orders.csv --key order_id")(command)


def command(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, globs or database URLs.", metavar="SOURCE…"),
    ] = None,
    *,
    key: KeyOption = None,
    required: Annotated[
        str | None,
        typer.Option(help="Columns that every record must have filled.", metavar="COL,…"),
    ] = None,
    timestamp: Annotated[
        str | None, typer.Option(help="Column that says when a record came about.")
    ] = None,
    site_column: Annotated[str | None, typer.Option(help="Column that names the site.")] = None,
    null: NullOption = None,
    table: TableOption = None,
    documents: DocumentsOption = False,
    charter: Annotated[
        Path | None,
        typer.Option(help="Take what is declared of the data from this charter."),
    ] = None,
    fail_on: Annotated[
        float | None,
        typer.Option(
            help="For CI: exit with 1 when more than this share of a source's records are "
            "exceptions.",
            min=0,
            max=1,
            metavar="SHARE",
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            help="The JSON of an earlier audit: tell what is new, worse, better, gone or back.",
            metavar="EARLIER.JSON",
        ),
    ] = None,
    todo: Annotated[
        Path | None,
        typer.Option(
            help="Write the list of things to fix to this file, for a ticket system.",
            metavar="OUT.CSV",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every field and every thing to fix.")
    ] = False,
    duplicates: Annotated[
        Path | None,
        typer.Option(
            help="Look for near duplicates too, and list them in this CSV file. Takes the part "
            "'duplicates'.",
            metavar="OUT.CSV",
        ),
    ] = None,
    cells: Annotated[
        Path | None,
        typer.Option(
            help="Look at every single value too, and list those that are probably wrong in this "
            "CSV file.",
            metavar="OUT.CSV",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="For --cells: some rows as they should be (the column 'row', from 0, and the "
            "columns of the data). About 20 make the search much sharper.",
            metavar="ROWS.CSV",
        ),
    ] = None,
    ask: Annotated[
        int | None,
        typer.Option(
            help="For --cells: pick so many rows that tell most, and ask for what is wrong in "
            "them. Answers are kept in the file of --labels.",
            min=1,
            metavar="N",
        ),
    ] = None,
    seed: SeedOption = SEED,
    as_json: JsonOption = False,
) -> int:
    """Show what production data looks like, and what to fix first at its source.

    Exit code 0: audited, whatever was found. 1: with --fail-on, more exceptions than that. 3: a
    source holds no records to judge.
    """
    from proveout.checks.readiness import CHECK
    from proveout.checks.readiness.remediation import remediation
    from proveout.checks.readiness.remediation.register import registered
    from proveout.cli.audit_facts import audits_of, plain_of, since_of
    from proveout.cli.audit_history import earlier_audit, followed_again, write_todo
    from proveout.cli.audit_view import shown
    from proveout.cli.cells_search import CellOptions, with_cells
    from proveout.cli.cells_view import plain_cells, shown_cells
    from proveout.cli.duplicates_view import (
        plain_duplicates,
        shown_duplicates,
        with_duplicates,
    )
    from proveout.intake.databases.url import without_password

    output = Output(as_json=as_json)
    wanted = CellOptions(out=cells, labels=labels, ask=ask)
    given = {
        "key": listed(key),
        "required": listed(required),
        "timestamp": timestamp,
        "site_column": site_column,
    }
    declared = {name: value for name, value in given.items() if value}
    loaded = _charter(
        sources or [],
        declared,
        {"null_values": listed(null), "table": table, "documents": documents},
        charter,
    )
    earlier, renamed = ([], []) if since is None else earlier_audit(since, loaded.charter)
    _check_ends({"--todo": todo, "--duplicates": duplicates}, wanted, loaded, since)
    with asking(loaded, CHECK.name, seed=seed, earlier=earlier) as context:
        collected = collect(CHECK.run(context), output, begin="reading")
        twins = None
        if duplicates is not None:
            collected, twins = with_duplicates(context, collected, duplicates, output)
        suspects = None
        notes: list[str] = []
        if wanted.wanted:
            collected, suspects, notes = with_cells(context, collected, wanted, output)
        collected = followed_again(context, collected)
    items = remediation(collected.evidence, loaded.charter)
    entries = registered(collected.evidence)
    audits = audits_of(collected, items)
    human = shown(
        audits,
        items,
        width=output.stdout.width,
        every=every,
        entries=entries,
        since=since_of(collected),
        at=context.now.isoformat(),
    )
    parts = [human]
    plain = plain_of(audits, items, collected)
    if twins is not None:
        parts += ["", shown_duplicates(twins)]
        plain |= {"duplicates": plain_duplicates(twins)}
    if suspects is not None:
        parts += ["", shown_cells(suspects, every=every)]
        plain |= {"cells": plain_cells(suspects, cells)}
    output.show(Group(*parts), plain)
    for note in notes:
        output.say(Text(note))
    for sentence in renamed:
        output.say(Text(sentence))
    if todo is not None:
        n = write_todo(todo, items, entries, day=context.now.date().isoformat())
        output.say(Text(f"Wrote {n:,} {'finding' if n == 1 else 'findings'} to {todo}."))
    _say_unread(collected, output)
    if null is None and (texts := _stand_ins(items)):
        given_again = " ".join(without_password(each) for each in sources or ())
        output.say(f"Next: proveout audit {given_again} --null '{','.join(texts)}'")
    return _exit_code(collected, fail_on, output)


def _charter(
    sources: list[str], given: dict[str, Any], of_source: dict[str, Any], file: Path | None
) -> LoadedCharter:
    """Make the charter: from the command line alone, or on top of what another one declares."""
    if file is None:
        if not sources:
            raise InputError(
                "There is nothing to audit.", hint="Name a file: proveout audit orders.csv"
            )
        return charter_of(
            "audit", {"production": [{"path": each, **of_source} for each in sources], **given}
        )
    from dataclasses import replace

    from proveout.charter.loading import load_charter

    loaded = load_charter(file)
    changed = {**loaded.charter.data.model_dump(exclude={"pilot"}), **given}
    if sources:
        # Paths on the command line start here, those of the charter in its own folder.
        changed["production"] = [{"path": _from_here(each), **of_source} for each in sources]
    data = charter_of("audit", changed).charter.data
    return replace(loaded, charter=loaded.charter.model_copy(update={"data": data}))


def _check_ends(
    written: dict[str, Path | None], wanted: CellOptions, loaded: LoadedCharter, since: Path | None
) -> None:
    """Find out before the audit begins whether it could end well.

    Raises MissingExtraError or InputError.
    """
    from proveout.checks.readiness.duplicates import require_splink
    from proveout.cli.destinations import check_destinations

    if written["--duplicates"] is not None:
        require_splink()
    # With --ask, the file of --labels is written: it holds the answers.
    written |= {"--cells": wanted.out, "--labels": wanted.labels if wanted.ask else None}
    read = since, None if wanted.ask else wanted.labels
    check_destinations(written, loaded=loaded, also_read=[each for each in read if each])


def _from_here(path: str) -> str:
    return path if "://" in path else str(Path(path).absolute())


def _stand_ins(items: Sequence[RemediationItem]) -> list[str]:
    texts = [text for item in items if item.kind == "stand-in" for text in item.examples]
    return [text for text in dict.fromkeys(texts) if "," not in text and "'" not in text]


def _say_unread(collected: Collected, output: Output) -> None:
    for each in collected.not_measured:
        if each.metric == "readiness.rows":
            text = f"{each.subject.get('source')}: {each.reason}. {each.next_step}"
            output.say(Text(text))
    for rows in collected.of("readiness.rows"):
        for sentence in rows.details.get("read") or ():
            output.say(Text(f"{rows.subject.get('source')}: {sentence}"))


def _exit_code(collected: Collected, most: float | None, output: Output) -> int:
    whole = collected.of("readiness.exceptions", kind=None)
    over = [] if most is None else [each for each in whole if each.value > most]
    for each in over:
        output.say(
            f"{each.subject.get('source')}: {each.value:.2%} of its records are exceptions, "
            f"more than the {most:.2%} of --fail-on."
        )
    unknown = [each for each in collected.not_measured if each.metric == "readiness.exceptions"]
    for missing in unknown:
        output.say(f"{missing.subject.get('source')} was not judged: {missing.reason}.")
    if over:
        return 1
    return 3 if unknown else 0
