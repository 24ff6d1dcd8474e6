"""`proveout labels`: true answers that come later, in and out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from proveout.cli.exceptions_desk import open_exceptions
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    CharterOption,
    JsonOption,
    TableOption,
)
from proveout.cli.switching import StoreOption

if TYPE_CHECKING:
    from proveout.runtime.exceptions.importing import Imported


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="True answers that come after the system's: brought in and handed out.",
        invoke_without_command=True,
        no_args_is_help=False,
        callback=show_by_default,
    )
    group.command("show", epilog="Example: proveout labels show")(show)
    group.command("import", epilog="Example: proveout labels import decided.csv --key proveout_id")(
        import_command
    )
    group.command("export", epilog="Example: proveout labels export labels.parquet")(export_command)
    app.add_typer(group, name="labels")


def show_by_default(context: typer.Context) -> None:
    # No docstring: the group has its help already.
    if context.invoked_subcommand is None:
        show()


def show(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many true answers there are, from where, and how late they came."""
    from proveout.runtime.exceptions.labels import read_labels
    from proveout.runtime.exceptions.labels_told import arrived

    with open_exceptions(charter, store, None) as desk:
        found = arrived(read_labels(desk.queue.store, desk.queue.pilot))
    n = sum(each.n for each in found)
    lines = [f"{_n(n, 'true answer')}.", *(each.sentence for each in found)]
    if not found:
        lines = ["No true answers yet. They come by: proveout labels import decided.csv"]
    output = Output(as_json=as_json)
    output.show(
        Text("\n".join(lines)), {"labels": n, "sources": [each.as_dict() for each in found]}
    )


def import_command(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet, Excel … with a row per answer.")],
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    key: Annotated[
        str | None,
        typer.Option(
            help="Column with the proveout-id, or columns that requests hold too, with commas "
            "between. Default: proveout_id where there is one, else data.key.",
            metavar="COL,…",
        ),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Column with the true answer. Default: data.label.")
    ] = None,
    table: TableOption = None,
    since: Annotated[
        str | None, typer.Option(help="Only answers since this day: 2026-06-01.")
    ] = None,
    who: Annotated[str | None, typer.Option(envvar="PROVEOUT_WHO", help="Who brings them.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be kept, and keep nothing.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Match true answers with what was asked, and keep them for quality and drift."""
    from proveout.charter.schema import Source
    from proveout.cli.adhoc import listed
    from proveout.cli.paths import day
    from proveout.intake import Session, open_source
    from proveout.runtime.exceptions.importing import import_labels

    begins = None if since is None else datetime.combine(day(since), datetime.min.time(), UTC)
    output = Output(as_json=as_json)
    with open_exceptions(charter, store, None) as desk, Session(keeps_text=True) as session:
        assert desk.loaded is not None  # noqa: S101  # no pilot was named in its place
        source = Source(name="labels", path=str(file.resolve()), table=table)
        opened = open_source(source, folder=Path.cwd(), session=session)
        done = import_labels(
            desk.loaded,
            desk.queue.store,
            opened.table,
            session=session,
            source=file.name,
            key=listed(key),
            label=label,
            who=who,
            since=begins,
            now=datetime.now(UTC),
            dry=dry_run,
        )
    output.show(Text("\n".join(_lines(done))), done.as_dict())
    if done.unmatched and not done.matched:
        output.say(Text("None of the rows belongs to an answer: is it the right key? --key COLUMN"))


def export_command(
    file: Annotated[Path, typer.Argument(help="File to write: .csv or .parquet.")],
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all true answers with what was asked and answered."""
    export(file, charter, store, Output(as_json=as_json))


def export(file: Path, charter: Path, store: str | None, output: Output) -> None:
    """Write them; `proveout exceptions export` does the same."""
    from proveout.intake import Session
    from proveout.runtime.exceptions.importing import export_labels

    with open_exceptions(charter, store, None) as desk, Session() as session:
        assert desk.loaded is not None  # noqa: S101  # no pilot was named in its place
        n = export_labels(
            desk.loaded, desk.queue.store, file, session=session, now=datetime.now(UTC)
        )
    output.show(Text(f"{_n(n, 'label')} written to {file}"), {"labels": n, "out": str(file)})


def _lines(done: Imported) -> list[str]:
    by = "their proveout-id" if done.by_call else ", ".join(done.key)
    kept = "kept" if done.kept else "would be kept"
    lines = [
        f"{_n(done.read, 'row')} read, {done.matched:,} {_s(done.matched, 'belong')} to an answer "
        f"by {by}.",
        f"{_n(done.labels, 'answer')} {'has' if done.labels == 1 else 'have'} a label by it: "
        f"{done.new:,} new, {done.changed:,} changed; {kept}.",
    ]
    if done.unmatched:
        shown = "; ".join(done.unmatched_examples)
        lines.append(
            f"{_n(done.unmatched, 'row')} {_s(done.unmatched, 'belong')} to no answer in the log, "
            f"such as {shown}"
        )
    if done.without_label:
        has = "has" if done.without_label == 1 else "have"
        lines.append(f"{_n(done.without_label, 'row')} {has} no label.")
    if done.ambiguous:
        lines.append(
            f"{_n(done.ambiguous, 'row')} cannot be told apart by {by}, such as "
            f"{done.ambiguous_example}; none of them is taken."
        )
    return lines


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _s(n: int, verb: str) -> str:
    return f"{verb}s" if n == 1 else verb
