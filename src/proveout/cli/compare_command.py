"""`proveout compare`: the sandbox gap between two sets of data, without a charter."""

from __future__ import annotations

from typing import Annotated

import typer

from proveout.cli.adhoc import (
    SEED,
    KeyOption,
    NullOption,
    SeedOption,
    asking,
    charter_of,
    collect,
    listed,
)
from proveout.cli.output import Output
from proveout.cli.paths import JsonOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "compare",
        epilog="Example: proveout compare curated-sample.csv orders-2024.csv orders-2025.csv",
    )(command)


def command(
    pilot: Annotated[
        str, typer.Argument(help="The curated sample: file, folder, glob or URL.", metavar="PILOT")
    ],
    production: Annotated[
        list[str], typer.Argument(help="Production data, one or several.", metavar="PRODUCTION…")
    ],
    *,
    key: KeyOption = None,
    label: Annotated[
        str | None,
        typer.Option(help="Column with the true answer; the classifier does not see it."),
    ] = None,
    null: NullOption = None,
    seed: SeedOption = SEED,
    as_json: JsonOption = False,
) -> int:
    """Show how a curated sample differs from production: field by field, and all together.

    Exit code 0: compared, whatever the difference. 3: the two could not be compared.
    """
    from proveout.checks.readiness.gap import findings
    from proveout.cli.compare_view import could_compare, short_of, shown
    from proveout.intake.databases.url import without_password

    output, nulls = Output(as_json=as_json), listed(null)
    loaded = charter_of(
        "compare",
        {
            "pilot": {"path": pilot, "null_values": nulls},
            "production": [{"path": each, "null_values": nulls} for each in production],
            "key": listed(key),
            "label": label,
        },
    )
    with asking(loaded, "readiness", seed=seed) as context:
        collected = collect(findings(context), output, begin="reading")
    # Shown, and copied from there: without passwords.
    pilot, production = without_password(pilot), [without_password(each) for each in production]
    output.show(
        shown(collected, pilot, production, width=output.stdout.width),
        short_of(collected, pilot, production),
    )
    if not could_compare(collected):
        return 3
    output.say(f"Next: proveout audit {' '.join(production)}")
    return 0
