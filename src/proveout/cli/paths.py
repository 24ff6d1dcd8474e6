"""Where a project keeps its things, one rule for all commands."""

from __future__ import annotations

import os
import shlex
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

CHARTER_FILE = "pilot.yaml"
STATE_FOLDER = ".proveout"
"""Beside the charter: the ledger, artifacts and reports."""

CharterArgument = Annotated[
    Path, typer.Argument(help="The charter.", show_default=True, metavar="PILOT.YAML")
]
CharterOption = Annotated[Path, typer.Option("--charter", help="The charter.")]
"""Where the arguments are something else."""
LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        envvar="PROVEOUT_LEDGER",
        help="Ledger file or PostgreSQL URL. Default: .proveout/ledger.db beside the charter.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Give the result as one JSON document.")]

TableOption = Annotated[
    str | None,
    typer.Option("--table", help="Table or sheet to read, where a file or database holds several."),
]
WhoOption = Annotated[
    str,
    typer.Option("--who", envvar="PROVEOUT_WHO", help="Full name of the person who does it."),
]


def day(text: str) -> date:
    """Read a day as it is typed. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is no date. Write it as YYYY-MM-DD, such as 2026-06-01."
        raise typer.BadParameter(message) from None


def and_ledger(given: str | None) -> str:
    """Return what the next command must be given to find the same ledger: ' --ledger x.db'.

    An address may hold a password, and what the environment names is found anyway.
    """
    if given is None or "://" in given or given == os.environ.get("PROVEOUT_LEDGER"):
        return ""
    return f" --ledger {shlex.quote(given)}"


def ledger_location(charter: Path, given: str | None) -> str:
    """Return the ledger's file path or URL for a charter."""
    return given if given is not None else str(state_folder(charter) / "ledger.db")


def state_folder(charter: Path) -> Path:
    """Return the folder for a charter's ledger, artifacts and reports."""
    # A link that leads to itself is told when the charter is read.
    return Path(os.path.realpath(charter)).parent / STATE_FOLDER


def short(file: Path) -> str:
    """Return a path as a person would type it here."""
    here = Path.cwd()
    whole = file.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
