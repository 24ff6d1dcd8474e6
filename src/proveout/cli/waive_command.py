"""`proveout waive`: a named person lets one criterion pass, in the open, until a date (R802)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterOption,
    JsonOption,
    LedgerOption,
    WhoOption,
    and_ledger,
    day,
    ledger_location,
    state_folder,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "waive",
        epilog="Example: proveout waive production.trained --who 'Ada Byron' "
        "--why 'night shift follows in May' --until 2026-06-01",
    )(command)


def command(
    criterion: Annotated[
        str,
        typer.Argument(help="Id of the criterion, as 'proveout gate' and the report show it."),
    ],
    *,
    who: WhoOption,
    why: Annotated[str, typer.Option(help="The reason; it stands in every verdict.")],
    until: Annotated[
        date, typer.Option(parser=day, metavar="YYYY-MM-DD", help="Last day on which it counts.")
    ],
    charter: CharterOption = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let one criterion pass until a date. The verdict shows it as waived, never as passed."""
    from proveout.assess import open_workspace
    from proveout.assess.people import waive

    output = Output(as_json=as_json)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        waiver = waive(workspace, criterion, who=who, why=why, until=until)
    output.show(
        f"Waived until {until.isoformat()}: {escape(criterion)}, by {escape(waiver.who)}.",
        {"waiver": waiver.as_dict()},
    )
    output.say(
        f"Next: proveout gate {charter} --stage {criterion.partition('.')[0]}{and_ledger(ledger)}"
    )
