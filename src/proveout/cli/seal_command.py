"""`proveout seal`: fix the standard before results can bend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

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

if TYPE_CHECKING:
    from proveout.charter.schema import Charter
    from proveout.evidence.catalogue import Catalogue


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
    from proveout.assess.workspace import open_workspace
    from proveout.charter.sealing import seal, standing_in

    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        loaded = workspace.loaded
        pilot = loaded.charter.pilot
        refuse_unusable_standard(loaded.charter, workspace.registry.catalogue)
        was_sealed = standing_in(workspace.ledger, pilot).seal is not None
        late = any(True for _ in workspace.ledger.entries(pilot=pilot, kinds=("evidence",)))
        made = seal(
            loaded,
            workspace.ledger,
            who=who,
            now=workspace.clock(),
            catalogue=workspace.registry.catalogue,
        )
    output = Output(as_json=as_json)
    by = f"{made.who} on {made.at:%Y-%m-%d %H:%M %Z}"
    first = "Sealed already, and unchanged: pilot" if was_sealed else "Sealed: pilot"
    output.show(
        whole_lines(f"{first} '{pilot}', by {by}\n{loaded.content_hash}"),
        {
            "pilot": pilot,
            "who": made.who,
            "at": made.at.isoformat(),
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


def refuse_unusable_standard(charter: Charter, catalogue: Catalogue) -> None:
    """Raise CharterError where a gate could not read the standard: sealed, it would stay so."""
    from proveout.charter.schema import Stage
    from proveout.gate import standard_for

    for stage in get_args(Stage):
        standard_for(stage, charter, catalogue)
