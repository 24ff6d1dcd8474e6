"""`proveout drill`: hold a drill, and take part in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from proveout.cli import drill_saying, drill_showing
from proveout.cli.app import INTERRUPTED
from proveout.cli.assess_command import SEED, SeedOption
from proveout.cli.drill_showing import ListenOption, YesOption
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    and_ledger,
    ledger_location,
    short,
    state_folder,
)

if TYPE_CHECKING:
    from proveout.checks.drill.state import DrillFolder

ScenarioArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCENARIO]",
        help="A shipped scenario or a file. Default: drill.scenario of the charter.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Hold a drill: faults are injected while the company's own people keep it going.",
        no_args_is_help=True,
    )
    add = group.command
    add("run", epilog="Example: proveout drill run weekend --minutes 30")(run)
    add("ack", epilog="Example: proveout drill ack --who 'Ana Ruiz'")(drill_saying.ack)
    add("act", epilog="Example: proveout drill act 'work by hand' --by-hand --who 'Ana Ruiz'")(
        drill_saying.act
    )
    add("step", epilog="Example: proveout drill step 2 --who 'Ana Ruiz'")(drill_saying.step)
    add("vendor", epilog="Example: proveout drill vendor 'only they have the key' --who 'Ana'")(
        drill_saying.vendor
    )
    add("status", epilog="Example: proveout drill status")(drill_saying.status)
    add("stop", epilog="Example: proveout drill stop")(drill_saying.stop)
    add("passthrough", epilog="Example: proveout drill passthrough --listen 127.0.0.1:8601")(
        drill_showing.passthrough
    )
    add("scenarios", epilog="Example: proveout drill scenarios")(drill_showing.scenarios)
    add("show", epilog="Example: proveout drill show weekend --minutes 30")(drill_showing.show)
    app.add_typer(group, name="drill")


def run(
    scenario: ScenarioArgument = None,
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    minutes: Annotated[
        float | None,
        typer.Option(min=0.05, help="How long it lasts. Default: drill.minutes of the charter."),
    ] = None,
    listen: ListenOption = None,
    yes: YesOption = False,
    silent: Annotated[
        bool, typer.Option("--silent", help="Send no notification by drill.notify.")
    ] = False,
    linger: Annotated[
        float,
        typer.Option(
            min=0,
            help="Minutes for which the proxy passes bytes after the end, or after we were killed.",
        ),
    ] = 60.0,
    seed: SeedOption = SEED,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Hold a drill and record what it shows. People take part from other terminals.

    Exit code 0: passed. 1: held, and not passed. 3: the system does not answer. 130: broken off;
    nothing is recorded, and the next drill tells of it.
    """
    from proveout.assess import open_workspace
    from proveout.checks.drill.check import DrillCheck
    from proveout.checks.drill.holding import BrokenOffError, hold
    from proveout.checks.drill.planning import drill_folder, plan_drill

    output = Output(as_json=as_json)
    if scenario is not None and scenario.endswith((".yaml", ".yml")) and _is_charter(scenario):
        charter, scenario = Path(scenario), None
    state = state_folder(charter)
    with (
        open_workspace(charter, ledger_location(charter, ledger), state) as workspace,
        drill_folder(state).alone() as folder,
        output.passing() as tick,
    ):
        _clear_up(folder, output)
        plan = plan_drill(
            workspace.loaded,
            folder,
            scenario=scenario,
            minutes=minutes,
            listen=listen,
            may_be_reached=yes,
            is_silent=silent,
            seed=seed,
            linger_s=linger * 60,
            say=lambda text: output.say(Text(text)),
            tick=tick,
            how_to_take_part=_how_to_take_part(charter),
        )
        broken_off = folder.broken_off()
        try:
            held = hold(plan)
        except (BrokenOffError, KeyboardInterrupt) as ending:
            by = f" by {ending}" if str(ending) else ""
            output.say(Text(f"The drill was broken off{by}. Nothing is recorded of it but that."))
            return INTERRUPTED
        found: dict[str, Any] = {}
        missing: list[Any] = []

        def keep(event: Any) -> None:
            evidence = getattr(event, "evidence", None)
            if evidence is not None and evidence.metric == "drill.passed":
                found.update(evidence.details, passed=bool(evidence.value))
            if getattr(event, "missing", None) is not None:
                missing.append(event.missing.as_dict())

        check = DrillCheck(held=replace(held, broken_off=broken_off))
        workspace.run_these([check], seed=seed, watch=keep)
    output.show(_story(found), {"drill": found, "not_measured": missing})
    output.say(f"Next: proveout gate {charter}{and_ledger(ledger)} --html drill.html")
    return 0 if found.get("passed") else 1


def _how_to_take_part(charter: Path) -> str:
    where = "" if charter == Path(CHARTER_FILE) else f" --charter {charter}"
    return (
        f"Who takes part says so from another terminal: 'proveout drill status{where}' shows how "
        "things stand; then 'proveout drill ack', 'act', 'step' or 'vendor' (each has --help). "
        "Ctrl-C breaks it off."
    )


def _story(found: dict[str, Any]) -> Text:
    lines = ["Passed." if found["passed"] else "Not passed."]
    lines += [f"  {each}" for each in found["shortcomings"]]
    lines += [each["sentence"] for each in found["faults"]]
    lines += [
        f"{'done' if each['done'] else 'not done'}: {each['step']}" for each in found["steps"]
    ]
    return Text("\n".join(lines))


def _clear_up(folder: DrillFolder, output: Output) -> None:
    """Clear away what a drill that was killed has left."""
    from proveout.checks.drill.state import remove_sockets
    from proveout.faults.supervised import stop_left_behind

    left = folder.read()
    if left is None:
        return
    was_passing = stop_left_behind(left.proxy_door)
    folder.forget()
    remove_sockets(left.sockets)
    proxy = (
        f"its proxy on {left.listen} was still passing bytes, and has been stopped"
        if was_passing
        else f"its proxy on {left.listen} is gone"
    )
    told = short(Path(left.timeline))
    output.say(
        Text(
            f"An earlier drill ({left.scenario}, begun {left.began} UTC) is over. Its "
            f"faults ended with it; {proxy}. What it saw: {told}"
        )
    )


def _is_charter(path: str) -> bool:
    """Tell a charter from a scenario, where only one of the two was given."""
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("pilot:") for line in lines)
