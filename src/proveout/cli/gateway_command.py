"""`proveout gateway`: stand in front of a system in production."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from proveout.cli.app import INTERRUPTED
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, LedgerOption, ledger_location
from proveout.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from proveout.runtime.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "gateway",
        epilog="Example: proveout gateway --upstream http://127.0.0.1:8000 --port 8800 "
        "--budget-requests 1000",
    )(gateway)


def gateway(
    charters: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PILOT.YAML]...",
            help=f"Charters. Default: {CHARTER_FILE}, unless --upstream is given.",
            show_default=False,
        ),
    ] = None,
    *,
    upstream: Annotated[
        str | None, typer.Option(help="Without a charter: URL of the system.", metavar="URL")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Where to listen. Default: gateway.listen, or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="0: any. Default: gateway.listen, or 8800."),
    ] = None,
    budget: Annotated[
        list[str] | None,
        typer.Option(help="Without a charter: '10USD/day', '5000tokens/day per user'. Many."),
    ] = None,
    budget_requests: Annotated[
        int | None, typer.Option(min=1, help="Without a charter: so many requests, and no more.")
    ] = None,
    price: Annotated[
        str | None,
        typer.Option(
            help="Without a charter: what a request costs, or a model of the price table. Default: "
            "the model that each request names."
        ),
    ] = None,
    deadline: Annotated[
        str | None, typer.Option(help="Without a charter: '10s', '500ms'. Default: 30s.")
    ] = None,
    fallback: Annotated[
        str | None,
        typer.Option(help="Without a charter: who answers else: a URL, or a text for people."),
    ] = None,
    log: Annotated[
        str | None, typer.Option(help="Without a charter: folder of the prediction log.")
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="Without a charter: SQLite file, or postgresql://… for many hosts."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Processes that share the port.")
    ] = 1,
    ledger: LedgerOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: when ready, and at the end.")
    ] = False,
) -> int:
    """Stand in front of a system: log, budget, deadlines, exceptions, rollout and rollback.

    Clients change their base URL and nothing else. Several charters are served at /PILOT/… each.

    Stop it with Ctrl-C: what runs is finished. Exit code 130: stopped so.
    """
    try:
        from proveout.runtime.gateway import workers as running
    except ImportError as error:
        raise MissingExtraError(extra="gateway", wanted_for="The gateway") from error
    output = Output(as_json=as_json)
    only_without = {
        "--budget": budget, "--budget-requests": budget_requests, "--price": price,
        "--deadline": deadline, "--fallback": fallback, "--log": log, "--store": store,
    }  # fmt: skip
    if upstream is None:
        given = next((name for name, value in only_without.items() if value), None)
        if given is not None:
            raise InputError(
                f"{given} goes with --upstream; with a charter, all is in the charter.",
                hint="Name the system: --upstream http://127.0.0.1:8000",
            )
        settings = _from_charters(charters or [Path(CHARTER_FILE)], ledger, host, port, workers)
    elif charters:
        raise InputError(
            "A charter and --upstream are given, and either says all.", hint="Leave one out."
        )
    else:
        from proveout.runtime.gateway.options import read_seconds
        from proveout.runtime.settings import of_options

        settings = of_options(
            upstream=upstream,
            folder=Path(),
            host=host or "127.0.0.1",
            port=8800 if port is None else port,
            workers=workers,
            budget=tuple(budget or ()),
            budget_requests=budget_requests,
            deadline_s=None if deadline is None else read_seconds(deadline),
            log=log,
            store=store,
            fallback=fallback,
            price=price,
        )
    done = running.run(settings, ready=lambda found: _say_ready(output, settings, found))
    _say_done(output, done.served, done.restarted, settings)
    return INTERRUPTED if done.stopped_by == signal.SIGINT else 0


def _from_charters(
    charters: list[Path], ledger: str | None, host: str | None, port: int | None, workers: int
) -> Settings:
    from proveout.charter.loading import load_charter
    from proveout.runtime.settings import from_charters

    return from_charters(
        [load_charter(path) for path in charters],
        ledgers=[ledger_location(path, ledger) for path in charters],
        workers=workers,
        listen=None
        if host is None and port is None
        else (host or "127.0.0.1", 8800 if port is None else port),
    )


def _url(settings: Settings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port}"


def _say_ready(output: Output, settings: Settings, port: int) -> None:
    from proveout.runtime.settings import shown_store

    url = _url(settings, port)
    is_single = len(settings.pilots) == 1
    pilots = [
        {
            "pilot": each.pilot,
            "url": url if is_single else f"{url}/{each.pilot}",
            "versions": {name: one.address.label for name, one in each.upstreams.items()},
            "log": str(each.log_folder),
            "store": shown_store(each.store),
        }
        for each in settings.pilots
    ]
    if output.as_json:
        output.lines([json.dumps({"ok": True, "event": "ready", "url": url, "pilots": pilots})])
        return
    output.lines([f"Gateway ready: {url}"])
    for told, each in zip(pilots, settings.pilots, strict=True):
        behind = ", ".join(f"{name} = {one.address.label}" for name, one in each.upstreams.items())
        output.say(Text(f"  {told['url']} stands in front of {behind}", no_wrap=True))
        output.say(Text(f"  log: {told['log']}   store: {told['store']}", no_wrap=True))
        first = first_request(str(told["url"]), each.upstreams[each.main].protocol)
        output.say(Text(f"  Try: {first}", no_wrap=True))
        if not each.clients and settings.host not in ("127.0.0.1", "::1", "localhost"):
            output.say("  Anybody who reaches this address may ask: name clients in the charter.")
    output.say("Stop with Ctrl-C.")


def first_request(url: str, protocol: str) -> str:
    """Say what to ask first, at the gateway's URL, of a system that speaks a protocol."""
    known = {
        "chat": ("/v1/chat/completions", '{"model": "…", "messages": […]}'),
        "open_inference": ("/v2/models/NAME/infer", '{"inputs": […]}'),
        "mlflow": ("/invocations", '{"dataframe_records": […]}'),
    }
    if protocol not in known:
        # Path and body of such a service are its own; an invented one would not be answered.
        return f"ask it as ever, at {url} in place of its own address"
    path, body = known[protocol]
    return f"curl {url}{path} -H 'content-type: application/json' -d '{body}'"


def _say_done(output: Output, served: int, restarted: int, settings: Settings) -> None:
    if output.as_json:
        output.lines([json.dumps({"ok": True, "event": "stopped", "served": served})])
        return
    again = f" Workers that had died and were started again: {restarted}." if restarted else ""
    output.lines([f"Served {served:,} requests.{again}"])
    for each in settings.pilots:
        output.say(f"See them: proveout log tail --log {each.log_folder} --pilot {each.pilot}")
