"""`proveout breaks`: what breaks first on the way to full use, from the ledger alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

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
from proveout.cli.whole_lines import whole_lines


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("breaks", epilog="Example: proveout breaks pilot.yaml --html breaks.html")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    html: Annotated[
        Path | None, typer.Option(help="Write the page to this file as well; replaces it.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what breaks first of data, load, cost and people, by what the ledger holds.

    Nothing is measured: run proveout assess, proveout load and a drill before.
    """
    from proveout.assess import open_workspace
    from proveout.cli.destinations import check_destinations
    from proveout.cli.verdict_output import report_of, write_text
    from proveout.report import render_breaks
    from proveout.report.breaks import what_breaks

    output = Output(as_json=as_json)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter), create=False) as workspace:
        check_destinations({"--html": html}, loaded=workspace.loaded)
        report = report_of(workspace, workspace.judge("production"))
    found = what_breaks(report)
    lines: list[Text] = [Text(found.first, style="bold")]
    for part in found.parts:
        lines += [Text(), Text(f"{part.sign} {part.name}: {part.standing}")]
        lines += [Text(f"  {each}") for each in (part.headline, *part.further)]
        if part.state != "holds" and part.owner:
            lines.append(Text(f"  Acts: {part.owner}"))
    output.show(Group(*lines), {"first": found.first, "parts": [asdict(p) for p in found.parts]})
    if html is not None:
        write_text(html, render_breaks(report))
        output.say(whole_lines(f"Page: {short(html)}"))
