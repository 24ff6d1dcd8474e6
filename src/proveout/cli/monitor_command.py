"""`proveout monitor`: hold a system in use to its standard, once or on a schedule."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from proveout.cli.app import INTERRUPTED
from proveout.cli.assess_command import SEED, EventsOption, SeedOption
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    short,
    state_folder,
)
from proveout.cli.whole_lines import whole_lines
from proveout.errors import ProveoutError

if TYPE_CHECKING:
    from proveout.assess import Workspace
    from proveout.runtime.monitors.watching import Watched


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("monitor", epilog="Example: proveout monitor pilot.yaml --schedule")(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Run this check only; may be given several times."),
    ] = None,
    schedule: Annotated[
        bool,
        typer.Option(
            "--schedule", help="Go on, as often as monitoring.every_hours says, until Ctrl-C."
        ),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Where to write the report. Default: .proveout/reports/ here."),
    ] = None,
    seed: SeedOption = SEED,
    events: EventsOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run the checks on the latest traffic, decide whether it may stay, and do what was agreed.

    Reads the prediction log of the gateway. Raises alarms, applies the rollout's rules and the
    consequences of the gate `continue`, and notifies. Exit code 0: it may stay. 1: hold or stop.
    """
    from proveout.assess import open_workspace

    output = Output(as_json=as_json)
    folder = state_folder(charter)
    wanted = _Wanted(only=tuple(only or ()), seed=seed, events=events, html=html)
    try:
        with open_workspace(charter, ledger_location(charter, ledger), folder) as workspace:
            code = _look(workspace, output, wanted)
            while schedule:
                _wait(workspace, output)
                code = _look_again(workspace, output, wanted)
            return code
    except KeyboardInterrupt:
        output.say("What was found until now is in the ledger.")
        return INTERRUPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The options of a look."""

    only: tuple[str, ...]
    seed: int
    events: Path | None
    html: Path | None


def _look_again(workspace: Workspace, output: Output, wanted: _Wanted) -> int:
    """Go on after what may pass by itself: a store or an archive that is away for a while."""
    try:
        return _look(workspace, output, wanted)
    except ProveoutError as error:
        output.fail(error)
        return error.exit_code


def _look(workspace: Workspace, output: Output, wanted: _Wanted) -> int:
    from proveout.assess import exit_code
    from proveout.cli.monitor_view import plain, say_what_came
    from proveout.cli.verdict_output import report_of, write_text
    from proveout.cli.watching import watching
    from proveout.report import render_html, render_json, render_terminal
    from proveout.runtime.monitors.opening import open_monitor

    with (
        open_monitor(workspace, seed=wanted.seed) as monitor,
        watching(output, wanted.events) as watch,
    ):
        watched = monitor.look(watch, only=wanted.only)
    report = report_of(workspace, watched.assessment)
    pilot = watched.assessment.verdict.pilot
    file = wanted.html or workspace.folder / "reports" / f"{pilot}-continue.html"
    write_text(file, render_html(report))
    output.show(
        render_terminal(report),
        {"report": render_json(report), "html": str(file), **plain(watched)},
    )
    say_what_came(output, watched)
    output.say(whole_lines(f"Report: {short(file)}"))
    _notify(workspace, watched, output)
    return exit_code(watched.assessment)


def _notify(workspace: Workspace, watched: Watched, output: Output) -> None:
    from proveout.notices import open_notices
    from proveout.runtime.monitors.notifying import notices

    with open_notices(workspace.loaded.charter) as channels:
        if not channels:
            return
        for notice in notices(workspace.loaded.charter, watched):
            channels.tell(notice)
    output.say(escape(f"Notices: {channels.standing}"))


def _wait(workspace: Workspace, output: Output) -> None:
    from proveout.charter.schema.monitoring import Monitoring
    from proveout.runtime.monitors.schedule import last_look, next_look, wait_until

    charter = workspace.loaded.charter
    hours = (charter.monitoring or Monitoring()).every_hours
    last = last_look(workspace.ledger.entries(pilot=charter.pilot, kinds=("run",)))
    moment = next_look(last, every=timedelta(hours=hours), now=workspace.clock())
    output.say(f"The next look is at {moment:%Y-%m-%d %H:%M} UTC. Stop with Ctrl-C.")
    wait_until(moment, clock=workspace.clock, pause=time.sleep)
