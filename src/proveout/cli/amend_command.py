"""`proveout amend`: change a sealed charter in the open."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

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
    app.command("amend")(amend_command)


def amend_command(
    *,
    who: WhoOption,
    why: Annotated[str, typer.Option("--why", help="The reason; it stands in every verdict.")],
    charter: CharterArgument = Path(CHARTER_FILE),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before recording.")] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what the edited charter says otherwise than the one in force, by whom and why.

    A threshold that is loosened is shown in every verdict from then on, with whether results were
    known.

    Example: proveout amend --who 'Ada Byron' --why 'the volume has doubled'
    """
    from proveout.assess.agreeing import amend_charter, changes_of
    from proveout.assess.workspace import open_workspace
    from proveout.charter.sealing import diff_text

    output = Output(as_json=as_json)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        registry = workspace.registry
        changes = changes_of(workspace.loaded, workspace.ledger, registry=registry)
        if not (yes or as_json) and sys.stdin.isatty():
            output.say(whole_lines(diff_text(changes)))
            typer.confirm("Record this amendment?", abort=True, err=True)
        made = amend_charter(
            workspace.loaded,
            workspace.ledger,
            registry=registry,
            who=who,
            why=why,
            now=workspace.clock(),
        )
    output.show(
        whole_lines(
            f"{diff_text(made.changes)}\nAmended: pilot '{made.pilot}', by {made.who}: {made.why}"
        ),
        {
            "pilot": made.pilot,
            "who": made.who,
            "why": made.why,
            "at": made.at.isoformat(),
            "content_hash": made.content_hash,
            "changes": [{**asdict(item), "concerns": list(item.concerns)} for item in made.changes],
        },
    )
    loosened = sum(change.effect == "looser" for change in made.changes)
    if loosened:
        what = "1 change makes" if loosened == 1 else f"{loosened} changes make"
        output.say(f"{what} the standard easier to meet; every verdict will say so.")
    again = _to_run_again({re.split(r"[.\[]", change.path)[0] for change in made.changes})
    output.say(whole_lines(f"Next: proveout {again} {charter}{and_ledger(ledger)}"))


def _to_run_again(parts: set[str]) -> str:
    """Return the command after which the verdict is of the charter as it is now."""
    if parts & {"data", "system", "stress"}:
        return "assess"
    return "gate" if parts <= {"acceptance", "standard"} else "check governance"
