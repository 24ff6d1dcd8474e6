"""`proveout gate`: decide from the ledger alone, for CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    state_folder,
)
from proveout.cli.stage import StageName, StageOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gate", epilog="Example: proveout gate --stage production --junit gate.xml")(
        command
    )


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    stage: StageOption = StageName.production,
    junit: Annotated[
        Path | None, typer.Option(help="Write the verdict as JUnit XML to this file.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Decide from what the ledger holds already; nothing is measured and nothing is written to it.

    Exit code 0: go. 1: hold or stop.
    """
    from proveout.assess import exit_code, open_workspace
    from proveout.cli.verdict_output import report_of, say_next, show_report, write_text
    from proveout.report import render_html, render_junit

    output = Output(as_json=as_json)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter), create=False) as workspace:
        assessment = workspace.judge(stage.value)
        report = report_of(workspace, assessment)
    if junit is not None:
        write_text(junit, render_junit(report))
    if html is not None:
        write_text(html, render_html(report))
    show_report(output, report, html=html)
    say_next(output, report, charter, ledger)
    return exit_code(assessment)
