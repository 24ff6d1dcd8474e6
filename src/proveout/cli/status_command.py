"""`proveout status`: where the pilots of a ledger stand."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status", epilog="Example: proveout status --ledger shared/ledger.db")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every pilot of the ledger: its last verdict, how old that is, and what holds it."""
    from proveout.assess.standing import standings
    from proveout.assess.workspace import utc_now
    from proveout.evidence.ledger import open_ledger

    output = Output(as_json=as_json)
    with open_ledger(ledger_location(charter, ledger), create=False) as opened:
        found = standings(opened.entries())
    now = utc_now()
    table = Table("Pilot", "Age", "Sealed by", "Gate", "Decision", "Decided", "Not met", box=None)
    for pilot in found:
        table.add_row(
            pilot.pilot,
            _days((now - pilot.since).days),
            pilot.sealed_by or "not sealed",
            pilot.stage or "–",
            pilot.decision or "none yet",
            "–" if pilot.decided_at is None else f"{_days((now - pilot.decided_at).days)} ago",
            "–" if pilot.decided_at is None else str(pilot.holding),
        )
    held = [Text(f"{pilot.pilot}: {pilot.summary}") for pilot in found if pilot.summary]
    output.show(
        Group(table, *([Text()] if held else []), *held)
        if found
        else "The ledger holds no pilot yet.",
        {"pilots": [pilot.as_dict(now) for pilot in found]},
    )


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"
