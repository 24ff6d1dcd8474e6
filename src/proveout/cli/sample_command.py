"""`proveout sample`: a representative sample of production, exceptions included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from proveout.cli.adhoc import (
    SEED,
    DocumentsOption,
    NullOption,
    SeedOption,
    asking,
    charter_of,
    listed,
)
from proveout.cli.output import Output
from proveout.cli.paths import JsonOption, TableOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.checks.readiness.production_sample import ProductionSample
    from proveout.intake import OpenTable

_ROWS = 2_000
_STRATA_SHOWN = 15
_HOW_TO_USE = (
    "A record stands for as many records of the source as __weight says. A total is the sum of "
    "value times weight; a share or mean is that sum divided by the sum of the weights, which is "
    "the number of records of the source. Unweighted shares are those of the sample only: small "
    "strata are drawn more densely on purpose."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sample", epilog="Example: proveout sample orders.csv -o sample.csv --by site")(
        command
    )


def command(
    source: Annotated[
        str, typer.Argument(help="File, folder, glob or database URL.", metavar="SOURCE")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .csv or .parquet.")],
    rows: Annotated[int, typer.Option(help="How many records to draw.", min=1)] = _ROWS,
    by: Annotated[
        str | None,
        typer.Option(
            help="Columns of which every value is to be there, such as site; of a date, every "
            "month. Default: the only date.",
            metavar="COL,…",
        ),
    ] = None,
    required: Annotated[
        str | None,
        typer.Option(help="Columns that every record must have filled.", metavar="COL,…"),
    ] = None,
    null: NullOption = None,
    table: TableOption = None,
    documents: DocumentsOption = False,
    seed: SeedOption = SEED,
    as_json: JsonOption = False,
) -> int:
    """Draw a sample of production that can be reproduced, with weights that make it speak for all.

    Exceptions, rare categories and small sites are drawn more densely, and the column __weight
    makes up for it. How it was drawn is written beside it, into OUT.design.json.
    """
    from proveout.checks.readiness.production_sample import sample_production
    from proveout.cli.destinations import check_destinations

    output = Output(as_json=as_json)
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise InputError(
            f"{out} is neither .csv nor .parquet.", hint="Name the file by what it is: sample.csv"
        )
    source_of = {
        "path": source, "null_values": listed(null), "table": table, "documents": documents,
    }  # fmt: skip
    loaded = charter_of("sample", {"production": [source_of], "required": listed(required)})
    check_destinations({"--out": out}, loaded=loaded)
    with asking(loaded, "readiness", seed=seed) as context:
        opened = context.data.production()[0]
        drawn = sample_production(
            opened, charter=loaded.charter, now=context.now, seed=seed, n_rows=rows,
            by=listed(by),
        )  # fmt: skip
        plain = _design(drawn, opened, seed=seed, wanted=rows, when=context.now.isoformat())
    design = _write(drawn, out, plain)
    output.show(_shown(drawn, opened.name), {**plain, "sample": str(out)})
    output.say(f"Written: {out}; how it was drawn: {design}")
    output.say(f"Next: proveout compare PILOT {out}")
    return 0


def _design(
    drawn: ProductionSample, opened: OpenTable, *, seed: int, wanted: int, when: str
) -> dict[str, Any]:
    """Return all that it takes to draw it again, and to use it."""
    from proveout import __version__

    return {
        "source": opened.name,
        "files": [file.name for file in opened.files],
        "fingerprint": opened.fingerprint,
        "drawn_at": when,
        "drawn_by": f"proveout {__version__}",
        "seed": seed,
        "rows_wanted": wanted,
        "rows": drawn.design.n_sampled,
        "records": drawn.design.n_population,
        "rows_that_could_not_be_read": opened.rejects.count,
        "method": "stratified simple random sampling without replacement; records are ranked by "
        "MD5 of seed and content, so that the same records are drawn whatever their order",
        "by": list(drawn.by),
        "exceptions": list(drawn.exceptions),
        "rare_values": dict(drawn.rare),
        "how_to_use": _HOW_TO_USE,
        "strata": [stratum.as_dict() for stratum in drawn.design.strata],
    }


def _write(drawn: ProductionSample, out: Path, plain: dict[str, Any]) -> Path:
    """Write the sample and its design. Raises InputError where that cannot be."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    from proveout.intake.standard.writing import replacing

    design = out.with_name(f"{out.stem}.design.json")
    try:
        with replacing(out) as part:
            if out.suffix.lower() == ".csv":
                pyarrow.csv.write_csv(drawn.rows, part)
            else:
                pyarrow.parquet.write_table(drawn.rows, part)
        with replacing(design) as part:
            text = json.dumps(plain, ensure_ascii=False, indent=2)
            part.write_text(text + "\n", encoding="utf-8")
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        raise InputError(
            f"{out} cannot be written: the source holds columns that CSV has no form for.",
            hint="Write Parquet: -o sample.parquet",
        ) from error
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that exists: -o sample.csv",
        ) from error
    return design


def _shown(drawn: ProductionSample, name: str) -> RenderableType:
    design = drawn.design
    heading = Text.assemble(
        (f"{design.n_sampled:,} of {design.n_population:,} records", "bold"),
        f" of {name}, from {len(design.strata):,} strata",
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("Stratum", overflow="ellipsis", no_wrap=True, max_width=44)
    for heading_ in ("Records", "Drawn", "Each stands for"):
        table.add_column(heading_, justify="right", no_wrap=True)
    for stratum in design.strata[:_STRATA_SHOWN]:
        table.add_row(
            Text(stratum.name),
            f"{stratum.n_population:,}",
            f"{stratum.n_sampled:,}",
            f"{stratum.weight:,.1f}",
        )
    left = len(design.strata) - _STRATA_SHOWN
    more = [Text(f" … and {left:,} more, in the design", "dim")] if left > 0 else []
    return Group(heading, "", table, *more)
