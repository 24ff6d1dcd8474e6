"""`proveout serve`: the dashboard, in the browser."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from proveout.cli.app import INTERRUPTED
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, STATE_FOLDER, LedgerOption, ledger_location
from proveout.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from proveout.web.running import Ledger
    from proveout.web.settings import Oidc

LOOPBACK = ("127.0.0.1", "::1", "localhost")
OIDC_SECRET = "PROVEOUT_OIDC_SECRET"  # noqa: S105 - the name of a variable


def register(app: typer.Typer) -> None:
    """Add the command."""
    epilog = "Example: proveout serve pilots/ --database postgresql://…/proveout --workers 4"
    app.command("serve", epilog=epilog)(serve)


def serve(
    charters: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PILOT.YAML|FOLDER]...",
            help=f"Charters, or folders that hold a {CHARTER_FILE} or folders with one. "
            "Default: the current folder.",
            show_default=False,
        ),
    ] = None,
    *,
    ledger: LedgerOption = None,
    database: Annotated[
        str | None,
        typer.Option(
            envvar="PROVEOUT_DATABASE",
            help="The dashboard's own database: SQLite file or PostgreSQL URL. Default: "
            f"{STATE_FOLDER}/dashboard.db in the current folder.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8700,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share the port.")] = 1,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="PROVEOUT_BASE_URL",
            help="As people reach it, behind a proxy: https://pilots.example.com",
        ),
    ] = None,
    oidc_issuer: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="PROVEOUT_OIDC_ISSUER",
            help=f"Sign in by this OpenID Connect provider; its secret is in {OIDC_SECRET}.",
        ),
    ] = None,
    oidc_client: Annotated[
        str | None,
        typer.Option(
            metavar="ID", envvar="PROVEOUT_OIDC_CLIENT", help="As the provider knows the dashboard."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: when ready, and at the end.")
    ] = False,
) -> int:
    """Serve the dashboard: pilots, sign-offs, reviews, training and feedback, in the browser.

    At the first start it shows a link by which you make yourself the first administrator.

    Stop it with Ctrl-C: what runs is finished. Exit code 130: stopped so.
    """
    try:
        from proveout.web import running
    except ImportError as error:
        if (error.name or "").startswith("proveout"):
            raise
        raise MissingExtraError(extra="web", wanted_for="The dashboard") from error
    output = Output(as_json=as_json)
    _check_address(host, base_url)
    options = running.Options(
        ledgers=_ledgers(_charters(charters, ledger), ledger),
        database=database or str(Path.cwd() / STATE_FOLDER / "dashboard.db"),
        host=host,
        port=port,
        workers=workers,
        base_url=base_url,
        oidc=_oidc(oidc_issuer, oidc_client),
    )
    done = running.run(options, ready=lambda url, link: _say_ready(output, url, link, host, port))
    if as_json:
        output.lines([json.dumps({"ok": True, "event": "stopped", "restarted": done.restarted})])
    elif done.restarted:
        output.say(f"Processes that had died and were started again: {done.restarted}.")
    return INTERRUPTED if done.stopped_by == signal.SIGINT else 0


def _charters(given: list[Path] | None, ledger: str | None) -> list[Path]:
    """Return the charters that are meant. Raises InputError where there is none."""
    found: list[Path] = []
    for each in given or [Path()]:
        if not each.is_dir():
            found.append(each)  # what is not there is told when it is read
            continue
        inside = [each / CHARTER_FILE, *sorted(each.glob(f"*/{CHARTER_FILE}"))]
        held = [path for path in inside if path.is_file()]
        if not held and (given or ledger is None):
            raise InputError(
                f"There is no {CHARTER_FILE} in {each.absolute()}, nor in a folder of it.",
                hint="Name a charter or a folder, or write a first charter: proveout init",
            )
        found.extend(held)
    return list({os.path.realpath(each): each for each in found}.values())


def _ledgers(charters: list[Path], given: str | None) -> tuple[Ledger, ...]:
    """Join the charters whose pilots one ledger holds."""
    from proveout.web.running import Ledger

    by_place: dict[str, list[Path]] = {} if given is None else {given: []}
    for each in charters:
        by_place.setdefault(ledger_location(each, given), []).append(each)
    return tuple(
        Ledger(location=location, charters=tuple(held)) for location, held in by_place.items()
    )


def _check_address(host: str, base_url: str | None) -> None:
    if base_url is None:
        if host not in LOOPBACK:
            raise InputError(
                f"The dashboard is to listen at {host}, and does not know how people reach it.",
                hint="Say so: --base-url https://pilots.example.com",
            )
        return
    try:
        parts = urlsplit(base_url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    except ValueError:
        is_url = is_bare = False
    if not is_url or not is_bare:
        raise InputError(
            f"--base-url is not the address of a server: {base_url}",
            hint="Write it without a path: --base-url https://pilots.example.com",
        )


def _oidc(issuer: str | None, client: str | None) -> Oidc | None:
    from proveout.web.settings import Oidc

    if issuer is None and client is None:
        return None
    secret = os.environ.get(OIDC_SECRET, "")
    missing = [
        name
        for name, value in (
            ("--oidc-issuer", issuer), ("--oidc-client", client), (f"${OIDC_SECRET}", secret),
        )
        if not value
    ]  # fmt: skip
    if missing:
        raise InputError(
            f"To sign in by a provider, {' and '.join(missing)} must be given, too.",
            hint="Give all three, or none.",
        )
    parts = urlsplit(issuer or "")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise InputError(
            f"--oidc-issuer is not an https:// address: {issuer}",
            hint="Who signs in must not be told in the clear.",
        )
    return Oidc(issuer=issuer or "", client_id=client or "", client_secret=secret)


def _say_ready(output: Output, url: str, link: str | None, host: str, port: int) -> None:
    set_up = None if link is None else url + link
    if output.as_json:
        told = {"ok": True, "event": "ready", "url": url, "set_up": set_up}
        output.lines([json.dumps(told)])
        return
    output.lines([f"Dashboard ready: {url}"])
    if port and urlsplit(url).netloc != f"{host}:{port}":
        output.say(f"It listens at {host}:{port}, which your proxy passes requests to.")
    if set_up is not None:
        output.say("Nobody has an account yet. Make the first administrator, once, here:")
        output.say(Text(f"  {set_up}", no_wrap=True))
    if host not in LOOPBACK and not url.startswith("https://"):
        output.say("Passwords travel unencrypted: put an HTTPS proxy before it, and name that.")
    output.say("Stop with Ctrl-C.")
