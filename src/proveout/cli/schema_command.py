"""`proveout schema`: the JSON Schema of `pilot.yaml`, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import JsonOption
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema_command)


def schema_command(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it to this file; replaces it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give the JSON Schema of the charter, from which editors complete and check it.

    Example: proveout schema --out pilot.schema.json
    """
    from proveout.charter.json_schema import published_schema

    output, text = Output(as_json=as_json), published_schema()
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
    line = f"# yaml-language-server: $schema={out}"
    output.say(whole_lines(f"Begin the charter with: {line}"))
