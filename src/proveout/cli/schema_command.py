"""`proveout schema`: the JSON Schema of `pilot.yaml`, for editors, and that of the report."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import JsonOption
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError


class Of(StrEnum):
    """What has a schema."""

    charter = "charter"
    report = "report"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema_command)


def schema_command(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it to this file; replaces it.")
    ] = None,
    of: Annotated[
        Of, typer.Option(help="The charter, or the report as `gate --json` gives it.")
    ] = Of.charter,
    as_json: JsonOption = False,
) -> None:
    """Give the JSON Schema of the charter, from which editors complete and check it, or of reports.

    Example: proveout schema --out pilot.schema.json
    """
    output, text = Output(as_json=as_json), _text(of)
    if out is None and as_json:
        output.show("", {"schema": json.loads(text)})
        return
    if out is None:
        output.lines([text.rstrip("\n")])
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Choose a folder that exists and that you may write to.",
        ) from error
    output.show(whole_lines(f"Wrote {out}"), {"file": str(out)})
    if of is Of.report:
        return
    line = f"# yaml-language-server: $schema={out}"
    output.say(whole_lines(f"Begin the charter with: {line}"))


def _text(of: Of) -> str:
    if of is Of.report:
        from proveout.report import report_schema

        return json.dumps(report_schema(), ensure_ascii=False, indent=2) + "\n"
    from proveout.charter.json_schema import published_schema

    return published_schema()
