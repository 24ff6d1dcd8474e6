"""What a drill is made of: its scenarios, and its proxy without a fault."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from proveout.cli.app import INTERRUPTED
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterArgument, JsonOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.checks.drill.scenario import Scenario

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
