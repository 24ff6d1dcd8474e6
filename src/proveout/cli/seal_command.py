"""`proveout seal`: fix the standard before results can bend it."""

from __future__ import annotations

from pathlib import Path

import typer

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    WhoOption,
    and_ledger,
    ledger_location,
    state_folder,
)
from proveout.cli.whole_lines import whole_lines


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("seal")(seal_command)


def seal_command(
    who: WhoOption,
    charter: CharterArgument = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fix what was agreed in the ledger, with who and when, before the pilot begins.

    From then on the charter changes only in the open, with: proveout amend

    Example: proveout seal --who 'Ada Byron'
    """
    from proveout.assess.agreeing import seal_charter
    from proveout.assess.workspace import open_workspace

    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        loaded = workspace.loaded
        pilot = loaded.charter.pilot
        made = seal_charter(
            loaded,
            workspace.ledger,
            registry=workspace.registry,
            who=who,
            now=workspace.clock(),
        )
    was_sealed, late = made.was_sealed, made.results_known
    output = Output(as_json=as_json)
    by = f"{made.seal.who} on {made.seal.at:%Y-%m-%d %H:%M %Z}"
    first = "Sealed already, and unchanged: pilot" if was_sealed else "Sealed: pilot"
    output.show(
        whole_lines(f"{first} '{pilot}', by {by}\n{loaded.content_hash}"),
        {
            "pilot": pilot,
            "who": made.seal.who,
            "at": made.seal.at.isoformat(),
            "content_hash": loaded.content_hash,
            "sealed_before": was_sealed,
            "results_known": late,
        },
    )
    if late and not was_sealed:
        output.say(
            "Results were in the ledger before this seal: it does not show that the standard was "
            "fixed first."
        )
    output.say(whole_lines(f"Next: proveout assess {charter}{and_ledger(ledger)}"))
