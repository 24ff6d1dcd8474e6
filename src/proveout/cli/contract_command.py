"""`proveout contract`: what is expected of the data, for the data team's own tools, and back."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proveout.cli.adhoc import SEED, KeyOption, NullOption, SeedOption, asking, charter_of, listed
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, JsonOption, TableOption
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.contract import ObservedTable
    from proveout.charter.loaded import LoadedCharter

OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write it to this file; replaces it.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Data contracts of the Open Data Contract Standard: write one, or read one.",
        no_args_is_help=True,
    )
    group.command("export", epilog="Example: proveout contract export pilot.yaml -o orders.yaml")(
        export_command
    )
    group.command("import", epilog="Example: proveout contract import orders.yaml -o data.yaml")(
        import_command
    )
    app.add_typer(group, name="contract")


def export_command(
    source: Annotated[
        str,
        typer.Argument(
            help="A charter, or a file, folder, glob or database URL.", metavar="SOURCE"
        ),
    ] = CHARTER_FILE,
    *,
    out: OutOption = None,
    key: KeyOption = None,
    null: NullOption = None,
    table: TableOption = None,
    declared_only: Annotated[
        bool,
        typer.Option("--declared-only", help="Leave out what an audit sees: read no data at all."),
    ] = False,
    version: Annotated[str, typer.Option(help="Version of the contract.")] = "1.0.0",
    seed: SeedOption = SEED,
    as_json: JsonOption = False,
) -> None:
    """Write what is declared of the data, and what an audit sees in it, as a data contract.

    Rules that were merely observed say so, and have the severity 'info'. Exit code 0: written.
    """
    from proveout.charter.contract import contract_of
    from proveout.cli.destinations import check_destinations

    output = Output(as_json=as_json)
    loaded = _loaded(source, {"null_values": listed(null), "table": table}, listed(key))
    if not loaded.charter.data.production:
        raise InputError(
            f"{source} names no production data.", hint="Name it under data.production."
        )
    check_destinations({"--out": out}, loaded=loaded)
    tables = _declared(loaded) if declared_only else _observed(loaded, seed)
    name = loaded.charter.pilot if _is_charter(source) else tables[0].name
    contract = contract_of(name, loaded.charter.data, tables, version=version)
    if out is None:
        _give(contract, "contract", output)
        return
    _write(out, contract)
    rules = _n_rules(contract)
    counted = f"{len(tables)} table{'s' if len(tables) > 1 else ''}"
    output.show(
        whole_lines(
            f"Wrote {out}: {counted}; rules declared: {rules['declared']}, "
            f"observed: {rules['observed']}."
        ),
        {"file": str(out), "tables": [each.name for each in tables], "rules": rules},
    )


def import_command(
    contract: Annotated[
        Path, typer.Argument(help="A data contract, version 3.", metavar="CONTRACT.YAML")
    ],
    *,
    out: OutOption = None,
    table: Annotated[
        str | None, typer.Option("--table", help="Which table, where the contract has several.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Turn a data contract into the data part of a charter; name all that has no place there.

    Exit code 0: read, even where parts have no place. 2: it is no data contract.
    """
    from proveout.charter.contract import import_contract, load_contract

    output = Output(as_json=as_json)
    if out is not None and os.path.realpath(out) == os.path.realpath(contract):
        raise InputError(
            f"{out} is the contract to read, and would be overwritten.",
            hint="Name another file with --out.",
        )
    found = import_contract(load_contract(contract), table=table)
    plain = {
        "data": found.data,
        "unmapped": list(found.unmapped),
        "observed": list(found.observed),
    }
    if out is not None:
        _write(out, {"data": found.data})
        output.show(whole_lines(f"Wrote {out}."), {"file": str(out), **plain})
    elif as_json:
        output.show("", plain)
    else:
        output.lines([_yaml({"data": found.data}).rstrip("\n")])
    for heading, lines in (
        ("Not taken over, for a charter has no place for it:", found.unmapped),
        ("Not taken over, for it was observed and declared by nobody:", found.observed),
    ):
        if lines:
            output.say(whole_lines("\n".join([heading, *(f"  {line}" for line in lines)])))


def _is_charter(source: str) -> bool:
    return "://" not in source and Path(source).suffix.lower() in (".yaml", ".yml")


def _loaded(source: str, of_source: dict[str, Any], key: list[str]) -> LoadedCharter:
    if _is_charter(source):
        from proveout.charter.loading import load_charter

        return load_charter(Path(source))
    return charter_of("contract", {"production": [{"path": source, **of_source}], "key": key})


def _observed(loaded: LoadedCharter, seed: int) -> list[ObservedTable]:
    from proveout.checks.readiness.audit import audit_source
    from proveout.checks.readiness.observing import observe

    with asking(loaded, "readiness", seed=seed) as context:
        references = {each.name: each.table for each in context.data.references()}
        return [
            observe(
                audit_source(
                    opened, charter=context.charter, now=context.now, seed=seed,
                    references=references,
                ),
                now=context.now,
            )
            for opened in context.data.production()
        ]  # fmt: skip


def _declared(loaded: LoadedCharter) -> list[ObservedTable]:
    from proveout.charter.contract import ObservedTable
    from proveout.intake import source_name
    from proveout.intake.databases import without_password

    return [
        ObservedTable(
            name=source_name(source),
            place=without_password(source.path),
            table=source.table,
            format=source.format or Path(source.path).suffix.lstrip(".") or "csv",
            n_rows=0,
            on=datetime.now(UTC).date().isoformat(),
            fields=(),
            owner=source.owner,
        )
        for source in loaded.charter.data.production
        if source.role == "records"
    ]


def _n_rules(contract: dict[str, Any]) -> dict[str, int]:
    found = {"declared": 0, "observed": 0}
    for part in contract["schema"]:
        for each in (part, *part["properties"]):
            for rule in each.get("quality", ()):
                found[rule["customProperties"][0]["value"]] += 1
    return found


def _give(plain: dict[str, Any], name: str, output: Output) -> None:
    if output.as_json:
        output.show("", {name: plain})
    else:
        output.lines([_yaml(plain).rstrip("\n")])


def _write(out: Path, plain: dict[str, Any]) -> None:
    from proveout.intake.standard.writing import replacing

    try:
        with replacing(out) as part:
            part.write_text(_yaml(plain), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Choose a folder that exists and that you may write to.",
        ) from error


def _yaml(plain: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.allow_unicode = True
    writer.width = 100
    stream = io.StringIO()
    writer.dump(plain, stream)
    return stream.getvalue()
