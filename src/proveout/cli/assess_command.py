"""`proveout assess`: run every check that can run, decide, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from proveout.cli.app import INTERRUPTED
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    short,
    state_folder,
)
from proveout.cli.stage import StageName, StageOption
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

SEED = 20260101
"""Draws of samples and corruptions repeat from run to run unless another seed is given."""

SeedOption = Annotated[
    int, typer.Option(envvar="PROVEOUT_SEED", help="Seed of every random draw of the run.")
]
EventsOption = Annotated[
    Path | None,
    typer.Option("--events", help="Write every event of the run to this file, as JSON Lines."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("assess", epilog="Example: proveout assess pilot.yaml --stage production")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    stage: StageOption = StageName.production,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Run this check only; may be given several times."),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Run this check as well: load takes minutes, and waits to be asked.",
        ),
    ] = None,
    seed: SeedOption = SEED,
    html: Annotated[
        Path | None,
        typer.Option(help="Where to write the report. Default: .proveout/reports/ here."),
    ] = None,
    events: EventsOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run the checks, hold what they find against the standard, and report.

    Exit code 0: go. 1: hold or stop. 3: hold, and a check that the gate needs broke or found
    nothing to measure. 130: stopped by Ctrl-C, what was found until then is kept.
    """
    from proveout.assess import exit_code, open_workspace, shortfalls
    from proveout.cli.verdict_output import report_of, say_next, show_report, write_text
    from proveout.cli.watching import watching
    from proveout.report import render_html

    if only and more:
        raise InputError(
            "--only and --with exclude each other.",
            hint="--only runs these checks alone, --with runs them besides the others.",
        )
    output = Output(as_json=as_json)
    folder = state_folder(charter)
    with open_workspace(charter, ledger_location(charter, ledger), folder) as workspace:
        try:
            with watching(output, events) as watch:
                assessment = workspace.assess(
                    stage.value, only=only or [], more=more or [], seed=seed, watch=watch
                )
        except KeyboardInterrupt:
            n_entries, _ = workspace.ledger.head()
            output.say(
                f"There is no verdict. What was found until now is in the ledger: "
                f"{n_entries:,} entries."
            )
            return INTERRUPTED
        report = report_of(workspace, assessment)
    pilot = assessment.verdict.pilot
    file = html if html is not None else folder / "reports" / f"{pilot}-{stage.value}.html"
    write_text(file, render_html(report))
    show_report(output, report, html=file)
    output.say(whole_lines(f"Report: {short(file)}"))
    for sentence in shortfalls(assessment):
        output.say(escape(sentence))
    if exit_code(assessment) == 3:
        broken = [each.check for each in assessment.unmeasured if each.status == "failed"]
        empty = [each.check for each in assessment.unmeasured if each.status != "failed"]
        for checks, why in ((broken, "it broke"), (empty, "there was nothing to measure")):
            if checks:
                named = escape(", ".join(checks))
                output.say(f"[yellow]Not measured[/yellow], because {why}: {named}")
    say_next(output, report, charter, ledger)
    return exit_code(assessment)
