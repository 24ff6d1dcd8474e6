"""`proveout metrics`: what can be measured, and what a criterion may name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from proveout.cli.output import Output
from proveout.cli.paths import JsonOption
from proveout.errors import InputError
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric
from proveout.evidence.catalogue.page import reference_page


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("metrics")(metrics_command)


def metrics_command(
    name: Annotated[
        str | None, typer.Argument(help="One metric, or the beginning of names: 'quality'.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Give the whole reference page as Markdown.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the metrics which the shipped checks yield, and what each means.

    Example: proveout metrics quality
    """
    output = Output(as_json=as_json)
    if markdown:
        output.lines([reference_page(SHIPPED).rstrip("\n")])
        return
    metrics = _chosen(name)
    output.show(_table(metrics), {"metrics": [asdict(metric) for metric in metrics]})


def _chosen(name: str | None) -> list[Metric]:
    catalogue = Catalogue(SHIPPED)
    chosen = [metric for metric in catalogue if name is None or metric.name.startswith(name)]
    if chosen or name is None:
        return chosen
    nearest = catalogue.nearest(name)
    raise InputError(
        f"There is no metric '{name}'.",
        hint="See all: proveout metrics" if nearest is None else f"Did you mean '{nearest}'?",
    )


def _table(metrics: Iterable[Metric]) -> Table:
    table = Table("Metric", "Unit", "Better", "Meaning", box=None, pad_edge=False)
    for metric in metrics:
        subject = f"\n  per {', '.join(metric.dimensions)}" if metric.dimensions else ""
        table.add_row(
            escape(metric.name + subject),
            # Such as the error of a regression, in minutes or EUR as its label.
            "its own" if metric.unit == "*" else metric.unit,
            metric.direction,
            escape(metric.meaning),
        )
    return table
