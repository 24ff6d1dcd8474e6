"""`proveout demo`: the main job on a bundled real case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proveout.cli import assess_command
from proveout.cli.output import Output
from proveout.cli.paths import JsonOption, ledger_location, state_folder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog="Example: proveout demo --into my-demo")(command)


def command(
    *,
    into: Annotated[
        Path, typer.Option(help="Folder for the example; an earlier demo is used again.")
    ] = Path("proveout-demo"),
    as_json: JsonOption = False,
) -> int:
    """Run the main job on a real case: 336,776 flights, a real model, a sealed charter.

    Exit code 0: the demo ran to its verdict, whatever the verdict is.
    """
    from proveout.assess import open_workspace
    from proveout.charter.sealing import seal
    from proveout.demo import SEALED_BY, lay_out

    output = Output(as_json=as_json)
    charter = lay_out(into, say=output.say)
    location = ledger_location(charter, None)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        made = seal(
            workspace.loaded,
            workspace.ledger,
            who=SEALED_BY,
            now=workspace.clock(),
            catalogue=workspace.registry.catalogue,
        )
    output.say(f"Sealed by {made.who}, the production owner of the example.")
    assess_command.command(charter, as_json=as_json)
    return 0
