"""`proveout power`: what size of change the watch finds, and how soon, told before launch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from proveout.cli.assess_command import SEED, SeedOption
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    state_folder,
)
from proveout.evidence.figures import figure

BEFORE = (
    "Changes are put into the pilot's data again and again, to see which the watch finds; this "
    "takes a minute or two."
)
WITHOUT_ERRORS = (
    "How soon more wrong answers are found is not known: nothing says how often the pilot is "
    "wrong. First: proveout check quality"
)

if TYPE_CHECKING:
    from proveout.assess.events import Event
    from proveout.evidence.model import Evidence
    from proveout.evidence.outcome import NotMeasured
    from proveout.runtime.monitors.foresight import Found
    from proveout.statistics.sequential.power import Power


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("power", epilog="Example: proveout power pilot.yaml --per-day 200")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    per_day: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Answers a day whose truth will be known. Default: what the charter expects of "
            "the pilot's users.",
        ),
    ] = None,
    seed: SeedOption = SEED,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put changes into the pilot's data again and again, and see from which size on they are found.

    The false-alarm budget is that of the charter (monitoring.false_alarms).
    """
    from proveout.assess import open_workspace
    from proveout.assess.events import CouldNotMeasure, EvidenceFound
    from proveout.cli.watching import watching
    from proveout.runtime.monitors.foresight import of_changes, of_errors, pilot_rate

    output = Output(as_json=as_json)
    found: list[Evidence] = []
    missed: list[NotMeasured] = []
    location = ledger_location(charter, ledger)
    with (
        open_workspace(charter, location, state_folder(charter)) as workspace,
        watching(output, None) as watch,
    ):

        def keep(event: Event) -> None:
            watch(event)
            if isinstance(event, EvidenceFound):
                found.append(event.evidence)
            elif isinstance(event, CouldNotMeasure):
                missed.append(event.missing)

        knows_errors = pilot_rate(workspace.known()) is not None
        output.say(Text(BEFORE if knows_errors else f"{BEFORE} {WITHOUT_ERRORS}"))
        workspace.run(["drift"], seed=seed, watch=keep)
        agreed = workspace.loaded.charter
        errors = of_errors(agreed, workspace.known(), cases_a_day=per_day, seed=seed)
    changes = of_changes(found, missed)
    output.show(Group(_changes(changes), _errors(errors)), _plain(changes, errors))
    return 0 if changes else 3


def _changes(changes: list[Found]) -> Table:
    rows = max((each.window_rows for each in changes), default=0)
    table = Table(
        title=f"Changes in the data, in windows of {rows:,} requests",
        box=None,
        pad_edge=False,
        title_justify="left",
    )
    for heading in ("Kind of change", "Found from", "Not found in"):
        table.add_column(heading, overflow="fold")
    for each in changes:
        by_share: dict[float, list[str]] = {}
        for column, share in each.smallest.items():
            by_share.setdefault(share, []).append(column)
        told = "; ".join(
            f"{figure(share, 'fraction')}: {', '.join(columns)}"
            for share, columns in sorted(by_share.items())
        )
        table.add_row(each.meaning, told or "—", ", ".join(each.not_found))
    return table


def _errors(errors: tuple[Power, ...] | None) -> Table | Text:
    if errors is None:
        return Text(WITHOUT_ERRORS)
    table = Table(title="More wrong answers", box=None, pad_edge=False, title_justify="left")
    for heading in ("Rise", "Found", "Half of them within", "Four of five within"):
        table.add_column(heading)
    for each in errors:
        table.add_row(
            f"× {each.rise:g}",
            figure(each.found, "fraction"),
            _days(each.median_days),
            _days(each.slow_days),
        )
    return table


def _days(days: float | None) -> str:
    return "not within 60 days" if days is None else f"{days:.0f} days"


def _plain(changes: list[Found], errors: tuple[Power, ...] | None) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "changes": [asdict(each) for each in changes],
        "errors": None if errors is None else [asdict(each) for each in errors],
    }
