"""`proveout alarms`: what stands unresolved, and who resolved what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterOption,
    JsonOption,
    LedgerOption,
    WhoOption,
    ledger_location,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    alarms = typer.Typer(
        help="Alarms of the monitors: what changed, and who acts.",
        invoke_without_command=True,
        no_args_is_help=False,
        callback=show_by_default,
    )
    alarms.command("list", epilog="Example: proveout alarms list")(show)
    alarms.command(
        "resolve",
        epilog="Example: proveout alarms resolve al-3f9 --who 'Ada Byron' --why 'supplier told'",
    )(resolve)
    app.add_typer(alarms, name="alarms")


def show_by_default(context: typer.Context) -> None:
    # No docstring: the group has its help already.
    if context.invoked_subcommand is None:
        show()


def show(
    charter: CharterOption = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the alarms that nobody has resolved, the oldest first."""
    from proveout.cli.monitor_view import alarm_line
    from proveout.evidence.alarm import standing_alarms
    from proveout.evidence.ledger import open_ledger

    output, pilot = Output(as_json=as_json), _pilot(charter)
    with open_ledger(ledger_location(charter, ledger), create=False) as opened:
        standing = standing_alarms(opened.entries(pilot=pilot, kinds=("alarm",)))
    lines = [alarm_line(each) for each in standing] or [Text("No alarm is unresolved.")]
    output.show(Group(*lines), {"alarms": [each.as_dict() for each in standing]})
    return 0


def resolve(
    alarm: Annotated[str, typer.Argument(help="Id of the alarm, or how it begins.")],
    *,
    who: WhoOption,
    why: Annotated[str, typer.Option(help="What it was, and what was done about it.")],
    charter: CharterOption = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Resolve an alarm by name. What is watched may raise another when it changes again."""
    from proveout.assess.agreeing import resolve_alarm
    from proveout.assess.workspace import utc_now
    from proveout.evidence.ledger import open_ledger

    output, pilot = Output(as_json=as_json), _pilot(charter)
    with open_ledger(ledger_location(charter, ledger), create=False) as opened:
        resolved = resolve_alarm(opened, pilot, alarm, who=who, why=why, now=utc_now())
    output.show(
        Text(f"Resolved by {who}: {resolved.what}"),
        {"alarm": resolved.id, "who": who, "why": why},
    )
    return 0


def _pilot(charter: Path) -> str:
    from proveout.charter.loading import load_charter

    return load_charter(charter).charter.pilot
