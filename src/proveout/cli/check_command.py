"""`proveout check NAME`: one check, without a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from proveout.cli.assess_command import SEED, EventsOption, SeedOption
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    and_ledger,
    ledger_location,
    state_folder,
)

if TYPE_CHECKING:
    from proveout.assess.events import Event
    from proveout.evidence.model import Evidence
    from proveout.evidence.outcome import CheckOutcome

SHOWN = 40
"""Facts shown on a terminal; all of them are in the ledger and in --json."""

SHORT = 20
TOLD = ("value.kpi", "value.npv")
"""What is said in words as well."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", epilog="Example: proveout check readiness pilot.yaml")(command)


def command(
    name: Annotated[str, typer.Argument(help="The check, such as readiness, quality or stress.")],
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    seed: SeedOption = SEED,
    events: EventsOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run one check and record what it finds; it replaces what the same check found before.

    Exit code 0: it ran to its end. 3: it could not.
    """
    from proveout.assess import open_workspace
    from proveout.assess.events import CheckEnded, EvidenceFound
    from proveout.assess.shortfalls import unanswered
    from proveout.cli.watching import watching

    output = Output(as_json=as_json)
    found: list[Evidence] = []
    outcomes: list[CheckOutcome] = []
    location = ledger_location(charter, ledger)
    with (
        open_workspace(charter, location, state_folder(charter)) as workspace,
        watching(output, events) as watch,
    ):

        def keep(event: Event) -> None:
            watch(event)
            if isinstance(event, EvidenceFound):
                found.append(event.evidence)
            elif isinstance(event, CheckEnded):
                outcomes.append(event.outcome)

        run = workspace.run([name], seed=seed, watch=keep)
    outcome = outcomes[-1]
    plain = {
        "run": run,
        "outcome": outcome.as_dict(),
        "evidence": [{"id": fact.id, **fact.as_dict()} for fact in found],
    }
    output.show(Group(_table(found, outcome), *_in_words(found)), plain)
    if len(found) > SHOWN:
        output.say(f"{len(found) - SHOWN:,} more facts are in the ledger, and in --json.")
    for line in unanswered(found):
        output.say(escape(line))
    steps: dict[str, str] = {}
    for each in outcome.not_measured:
        steps.setdefault(each.next_step, each.metric)
    for step, metric in steps.items():
        if step:
            output.say(f"To measure {escape(metric)}: {escape(step)}")
    if outcome.status != "done":
        return 3
    stage = " --stage scale" if name == "value" else ""
    output.say(f"Next: proveout gate {charter}{stage}{and_ledger(ledger)}")
    return 0


def _table(found: list[Evidence], outcome: CheckOutcome) -> Table:
    from proveout.evidence.figures import full_figure

    # Names are folded rather than cut: one that ends in '…' cannot be looked up.
    table = Table(box=None, pad_edge=False)
    table.add_column("Metric", overflow="fold", no_wrap=True)
    table.add_column("In", overflow="fold")
    names = [str(each.subject) for each in found[:SHOWN]]
    names += [str(each.subject) for each in outcome.not_measured]
    # A short name is better not folded either: it is what one looks for.
    is_short = max(map(len, names), default=0) <= SHORT
    table.add_column("Subject", overflow="fold", no_wrap=is_short)
    table.add_column("Figure", overflow="fold")
    for fact in found[:SHOWN]:
        where: str = "" if fact.basis == "attested" else fact.scope
        if fact.basis == "simulated":
            where += ", simulated"
        table.add_row(fact.metric, where, str(fact.subject), full_figure(fact))
    said = ""
    for missing in outcome.not_measured:
        # Said once: the same reason in a dozen rows hides the one that differs.
        why = "as above" if missing.reason == said else missing.reason
        said = missing.reason
        table.add_row(missing.metric, "", str(missing.subject), f"not measured: {why}")
    return table


def _in_words(found: list[Evidence]) -> Iterator[Text]:
    """Say what the business has of it in a sentence each: such figures are not read off a table."""
    for fact in found:
        told = fact.details.get("told")
        if fact.metric in TOLD and told:
            yield Text(f"\nSimulated: {told}" if fact.basis == "simulated" else f"\n{told}")
