"""`proveout drill`: hold a drill, and take part in one."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from proveout.cli.app import INTERRUPTED
from proveout.cli.assess_command import SEED, SeedOption
from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    CharterOption,
    JsonOption,
    LedgerOption,
    WhoOption,
    and_ledger,
    ledger_location,
    short,
    state_folder,
)
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.checks.drill.scenario import Scenario
    from proveout.checks.drill.state import DrillFolder

ScenarioArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCENARIO]",
        help="A shipped scenario or a file. Default: drill.scenario of the charter.",
    ),
]
ListenOption = Annotated[
    str | None,
    typer.Option(
        envvar="PROVEOUT_DRILL_LISTEN",
        help="Where the proxy listens, HOST:PORT. Default: drill.listen of the charter.",
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Listen where other machines can reach the proxy.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Hold a drill: faults are injected while the company's own people keep it going.",
        no_args_is_help=True,
    )
    add = group.command
    add("run", epilog="Example: proveout drill run weekend --minutes 30")(run)
    add("ack", epilog="Example: proveout drill ack --who 'Ana Ruiz'")(ack)
    add("act", epilog="Example: proveout drill act 'work by hand' --by-hand --who 'Ana Ruiz'")(act)
    add("step", epilog="Example: proveout drill step 2 --who 'Ana Ruiz'")(step)
    add("vendor", epilog="Example: proveout drill vendor 'only they have the key' --who 'Ana'")(
        vendor
    )
    add("status", epilog="Example: proveout drill status")(status)
    add("stop", epilog="Example: proveout drill stop")(stop)
    add("passthrough", epilog="Example: proveout drill passthrough --listen 127.0.0.1:8601")(
        passthrough
    )
    add("scenarios", epilog="Example: proveout drill scenarios")(scenarios)
    add("show", epilog="Example: proveout drill show weekend --minutes 30")(show)
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
    with open_workspace(charter, ledger_location(charter, ledger), state) as workspace:
        folder = drill_folder(state)
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
        )
        broken_off = folder.broken_off()
        try:
            held = hold(plan)
        except (BrokenOffError, KeyboardInterrupt):
            output.say("The drill was broken off. Nothing is recorded of it but that.")
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
    output.say(f"Next: proveout gate {charter}{and_ledger(ledger)}")
    return 0 if found.get("passed") else 1


def ack(
    who: WhoOption,
    *,
    note: Annotated[str, typer.Option(help="What was seen.")] = "",
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say that something is wrong, as soon as you notice it."""
    return _say(charter, {"do": "ack", "who": who, "text": note}, as_json=as_json)


def act(
    what: Annotated[str, typer.Argument(help="What is being done.")],
    who: WhoOption,
    *,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="From now on the work is done by hand.")
    ] = False,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say what is being done about it."""
    message = {"do": "act", "who": who, "text": what, "by_hand": by_hand}
    return _say(charter, message, as_json=as_json)


def step(
    number: Annotated[int, typer.Argument(help="Number of the step, as 'drill status' lists it.")],
    who: WhoOption,
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Mark a step of the runbook as done."""
    return _say(charter, {"do": "step", "who": who, "step": number}, as_json=as_json)


def vendor(
    why: Annotated[str, typer.Argument(help="What for.")],
    who: WhoOption,
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say that the vendor was needed."""
    return _say(charter, {"do": "vendor", "who": who, "text": why}, as_json=as_json)


def status(charter: CharterOption = Path(CHARTER_FILE), *, as_json: JsonOption = False) -> int:
    """Show what a monitor would show, and what has been done; not what is injected."""
    from proveout.checks.drill.judging import words_of
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import say

    found = say(drill_folder(state_folder(charter)), {"do": "status"})["status"]
    lines = [
        f"{found['scenario']}, {found['clock']}: {words_of(found['elapsed_s'])} gone, "
        f"{words_of(found['left_s'])} left",
        f"Of the last {found['recent_requests']} requests {found['recently_served']} were served.",
        *(f"  trouble: {each}" for each in found["recent_troubles"]),
        *(f"Acknowledged by {e['who']} after {words_of(e['at_s'])}" for e in found["acknowledged"]),
        *(
            f"{'done' if number in found['steps_done'] else 'open'}  {number}. {text}"
            for number, text in enumerate(found["steps"], 1)
        ),
    ]
    Output(as_json=as_json).show(Text("\n".join(lines)), {"status": found})
    return 0


def stop(charter: CharterOption = Path(CHARTER_FILE), *, as_json: JsonOption = False) -> int:
    """Break off the drill that is being held, or stop a proxy that was left behind."""
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import tell
    from proveout.faults.supervised import stop_left_behind

    output = Output(as_json=as_json)
    folder = drill_folder(state_folder(charter))
    there = folder.read()
    if there is not None:
        answer = tell(there, {"do": "stop"})
        if answer is not None:
            output.show(Text(str(answer["message"])), {"stopped": "drill"})
            return 0
        was_passing = stop_left_behind(there.proxy_door)
        folder.forget()
        _remove(there.sockets)
        if was_passing:
            output.show(
                Text(f"The proxy on {there.listen} is gone; no drill was being held any more."),
                {"stopped": "proxy"},
            )
            return 0
    raise InputError("No drill is being held here.", hint="Hold one: proveout drill run weekend")


def passthrough(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    listen: ListenOption = None,
    yes: YesOption = False,
) -> int:
    """Pass bytes to the system unchanged until Ctrl-C: the proxy of a drill, without a fault."""
    from proveout.charter.loading import load_charter
    from proveout.checks.drill.planning import listening_address
    from proveout.faults.proxy import Proxy
    from proveout.faults.upstream import Upstream

    loaded = load_charter(charter)
    system, drill = loaded.charter.system, loaded.charter.drill
    if system is None or system.web is None:
        raise InputError(
            "The system is not reached by HTTP, so that nothing can come between.",
            hint="Name its address: system.http, system.chat, …",
        )
    wanted = listen or ("127.0.0.1:8601" if drill is None else drill.listen)
    address = listening_address(wanted, may_be_reached=yes)
    proxy = Proxy(Upstream.of(system.web.url), [address])
    output = Output()

    async def serve() -> None:
        async with proxy:
            output.say(
                Text(f"{address[0]}:{proxy.ports[0]} → {proxy.upstream.url}, unchanged. Ctrl-C")
            )
            await asyncio.Event().wait()

    try:
        asyncio.run(serve())
    except OSError as error:
        raise InputError(
            f"The proxy cannot listen on {wanted}: {error.strerror}.",
            hint="Choose another address with --listen, or stop what listens there.",
        ) from None
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def scenarios(*, as_json: JsonOption = False) -> int:
    """List the scenarios that are shipped."""
    from proveout.checks.drill.reading import shipped

    table = Table(box=None, pad_edge=False)
    for heading in ("Scenario", "What it is", "Hours", "Faults"):
        table.add_column(heading)
    for each in shipped():
        table.add_row(each.name, each.title, f"{each.hours:g}", str(len(each.faults)))
    plain = [each.model_dump(mode="json") for each in shipped()]
    Output(as_json=as_json).show(table, {"scenarios": plain})
    return 0


def show(
    scenario: Annotated[str, typer.Argument(help="A shipped scenario or a file.")],
    *,
    minutes: Annotated[float, typer.Option(min=0.05, help="Length of the drill.")] = 30.0,
    as_json: JsonOption = False,
) -> int:
    """Show what goes wrong in a scenario and when. Participants had better not look."""
    from proveout.checks.drill.reading import read_scenario

    read = read_scenario(scenario, folder=Path.cwd())
    factor = read.factor(minutes * 60)
    output = Output(as_json=as_json)
    plain = {"scenario": read.model_dump(mode="json"), "minutes": minutes, "compressed": factor}
    output.show(_scenario_table(read, minutes), plain)
    output.say(
        f"{read.hours:g} hours in {minutes:g} minutes: {factor:,.0f} times as fast. "
        "What people do is timed in real seconds."
    )
    return 0


def _scenario_table(read: Scenario, minutes: float) -> Table:
    from proveout.checks.drill.judging import words_of

    factor = read.factor(minutes * 60)
    table = Table(box=None, pad_edge=False, title=read.title, title_justify="left")
    table.add_column("Fault", no_wrap=True)
    for heading in ("When", "In the drill", "Share"):
        table.add_column(heading, overflow="fold")
    for each in read.faults:
        begins, lasts = each.from_hour * 3600 / factor, (each.to_hour - each.from_hour) * 3600
        table.add_row(
            f"{escape(each.name)}\n  [dim]{escape(each.sign)}[/dim]",
            read.span(each.from_hour, each.to_hour),
            f"after {words_of(begins)}, for {words_of(lasts / factor)}",
            f"{each.share:.0%}",
        )
    return table


def _story(found: dict[str, Any]) -> Text:
    lines = ["Passed." if found["passed"] else "Not passed."]
    lines += [f"  {each}" for each in found["shortcomings"]]
    lines += [each["sentence"] for each in found["faults"]]
    lines += [
        f"{'done' if each['done'] else 'not done'}: {each['step']}" for each in found["steps"]
    ]
    return Text("\n".join(lines))


def _say(charter: Path, message: dict[str, Any], *, as_json: bool) -> int:
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import say

    answer = say(drill_folder(state_folder(charter)), message)
    Output(as_json=as_json).show(Text(str(answer["message"])), {"message": answer["message"]})
    return 0


def _clear_up(folder: DrillFolder, output: Output) -> None:
    """See that no other drill is held, and clear away what one that was killed has left."""
    from proveout.checks.drill.state import tell
    from proveout.faults.supervised import stop_left_behind

    left = folder.read()
    if left is None:
        return
    if tell(left, {"do": "status"}) is not None:
        raise InputError(
            f"A drill is being held here already: {left.scenario}, begun {left.began_at[:16]} UTC.",
            hint="Stop it: proveout drill stop",
        )
    was_passing = stop_left_behind(left.proxy_door)
    folder.forget()
    _remove(left.sockets)
    proxy = (
        f"its proxy on {left.listen} was still passing bytes, and has been stopped"
        if was_passing
        else f"its proxy on {left.listen} is gone"
    )
    told = short(Path(left.timeline))
    output.say(
        Text(
            f"An earlier drill ({left.scenario}, begun {left.began_at[:16]} UTC) is over. Its "
            f"faults ended with it; {proxy}. What it saw: {told}"
        )
    )


def _remove(sockets: str) -> None:
    folder = Path(sockets)
    for name in ("proxy.log", "drill.sock", "proxy.sock"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _is_charter(path: str) -> bool:
    """Tell a charter from a scenario, where only one of the two was given."""
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("pilot:") for line in lines)
