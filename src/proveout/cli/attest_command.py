"""`proveout attest`: what a named person says, kept as evidence that says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

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
        "attest",
        epilog="Example: proveout attest governance.signoff yes --subject role=production-owner "
        "--who 'Ada Byron' --note 'agreed in the review of 3 May'",
    )(command)


def command(
    metric: Annotated[str, typer.Argument(help="The metric; only organisational ones.")],
    value: Annotated[str, typer.Argument(help="A number, a share such as 95%, yes or no.")],
    *,
    who: WhoOption,
    note: Annotated[str, typer.Option(help="On what occasion, or by what document.")],
    subject: Annotated[
        list[str] | None,
        typer.Option(help="What it is about, such as role=production-owner; may be repeated."),
    ] = None,
    valid_until: Annotated[
        date | None,
        typer.Option(parser=day, metavar="YYYY-MM-DD", help="Last day on which it counts."),
    ] = None,
    charter: CharterOption = Path(CHARTER_FILE),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what a person vouches for. What must be measured cannot be attested."""
    from rich.text import Text

    from proveout.assess import open_workspace
    from proveout.assess.people import attest
    from proveout.evidence.figures import evidence_figure

    output = Output(as_json=as_json)
    location = ledger_location(charter, ledger)
    with open_workspace(charter, location, state_folder(charter)) as workspace:
        fact = attest(
            workspace,
            metric,
            value,
            who=who,
            note=note,
            subject=subject or [],
            valid_until=valid_until,
        )
    about = f" ({fact.subject})" if fact.subject.parts else ""
    output.show(
        Text(f"Attested by {fact.person}: {fact.metric}{about} is {evidence_figure(fact)}."),
        {"evidence": {"id": fact.id, **fact.as_dict()}},
    )
    output.say(f"Next: proveout gate {charter}{and_ledger(ledger)}")
