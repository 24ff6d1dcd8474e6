"""Where a project keeps its things, one rule for all commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CHARTER_FILE = "pilot.yaml"
STATE_FOLDER = ".proveout"
"""Beside the charter: the ledger, artifacts and reports."""

CharterArgument = Annotated[
    Path, typer.Argument(help="The charter.", show_default=True, metavar="PILOT.YAML")
]
LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        envvar="PROVEOUT_LEDGER",
        help="Ledger file or PostgreSQL URL. Default: .proveout/ledger.db beside the charter.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Give the result as one JSON document.")]


def ledger_location(charter: Path, given: str | None) -> str:
    """Return the ledger's file path or URL for a charter."""
    return given if given is not None else str(state_folder(charter) / "ledger.db")


def state_folder(charter: Path) -> Path:
    """Return the folder for a charter's ledger, artifacts and reports."""
    return charter.resolve().parent / STATE_FOLDER


def short(file: Path) -> str:
    """Return a path as a person would type it here."""
    here = Path.cwd()
    whole = file.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
