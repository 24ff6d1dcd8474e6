"""`proveout load`: the whole company at its peak, with a charter or against an address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, JsonOption, LedgerOption
from proveout.errors import InputError

WORKER = "worker"
"""Instead of a charter: this process sends for another one."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    epilog = "Example: proveout load --url http://127.0.0.1:8600 --users 50 --to 2000 --think 10"
    app.command("load", epilog=epilog)(command)


def command(
    charter: Annotated[
        str,
        typer.Argument(
            help="The charter; or 'worker', to send for another host (--master).",
            metavar="PILOT.YAML",
        ),
    ] = CHARTER_FILE,
    *,
    users: Annotated[
        int | None,
        typer.Option(min=1, help="Users to begin with. Default: as in the charter, or 50."),
    ] = None,
    to: Annotated[
        int | None,
        typer.Option(
            min=1, help="Users to go up to. Default: as in the charter, or ten times --users."
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=1, help="Measured at each level. Default: as in the charter, or 30."),
    ] = None,
    is_open: Annotated[
        bool,
        typer.Option("--open", help="Requests come whatever happens, instead of users who wait."),
    ] = False,
    think: Annotated[
        float | None,
        typer.Option(
            min=0.001, help="Mean pause of a user in seconds. Default: from 30 requests a day."
        ),
    ] = None,
    patience: Annotated[
        float | None, typer.Option(min=0.01, help="Seconds after which users give up. Default: 10.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Without a charter: the address that is asked.")
    ] = None,
    chat: Annotated[
        str | None,
        typer.Option(help="Model: the address is the base URL of an OpenAI-compatible service."),
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="What the model is asked.")] = None,
    body: Annotated[
        Path | None, typer.Option(help="File with a body that is posted as it is.")
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(help="'Name: value'; ${NAME} stands for an environment variable."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that share the load. 0: this one alone.")
    ] = 0,
    listen: Annotated[
        str | None,
        typer.Option(help="HOST:PORT at which the workers of other hosts report.", metavar="ADDR"),
    ] = None,
    master: Annotated[
        str | None, typer.Option(help="For a worker: HOST:PORT of who leads.", metavar="ADDR")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before sending to another host.")
    ] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send what users will ask at the peak, level by level, and tell where it breaks.

    With a charter what is found is recorded, as by 'proveout check load'. Latency counts from when
    a request was due, whatever the sender did.

    Exit code 0: it ran. 3: the system or the load generator gave nothing to measure.
    """
    from proveout.cli import load_options, load_run

    output = Output(as_json=as_json)
    if charter == WORKER:
        return load_run.as_worker(master)
    if listen is not None and not workers:
        raise InputError(
            "--listen waits for workers, and none are asked for.",
            hint="Say how many there will be: --workers N",
        )
    given = load_options.Given(
        users=users, to=to, seconds=seconds, is_open=is_open, think=think, patience=patience
    )
    sharing = load_options.Sharing(
        workers=workers, listen=None if listen is None else load_options.address(listen, "--listen")
    )
    if url is not None:
        asked = load_options.Asked(
            url=url, chat=chat, prompt=prompt, body=body, headers=header or []
        )
        return load_run.without_charter(output, asked, given, sharing, yes=yes)
    return load_run.with_charter(output, Path(charter), given, sharing, yes=yes, ledger=ledger)
