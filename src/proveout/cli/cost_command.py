"""`proveout cost`: what a month at full size costs, as it was measured; exports, and prices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    and_ledger,
    ledger_location,
    short,
)
from proveout.cli.whole_lines import whole_lines
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.checks.cost.story import CostStory
    from proveout.evidence.model import Evidence

SHOWN = 40
"""Models shown on a terminal; all of them are in --json."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="What a month at full size costs: show it, export it, look up prices.",
        no_args_is_help=True,
    )
    group.command("show", epilog="Example: proveout cost show pilot.yaml")(show_command)
    group.command("export", epilog="Example: proveout cost export pilot.yaml --out focus.csv")(
        export_command
    )
    group.command("models", epilog="Example: proveout cost models gpt-4o")(models_command)
    app.add_typer(group, name="cost")


def show_command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a month costs from the pilot to everybody, as the cost check found it last."""
    from proveout.evidence.figures import figure, spanned_figure

    output = Output(as_json=as_json)
    found, story = _measured(_loaded(charter), charter, ledger)
    table = Table(box=None, pad_edge=False)
    for heading in ("Users", "A month", "Of the budget"):
        table.add_column(heading, justify="right")
    for users, each in story.at_users:
        share = figure(each.value / story.budget, "fraction")
        table.add_row(f"{users:,}", spanned_figure(each, unit=story.currency), share)
    told: list[Any] = [Text(sentence) for sentence in story.sentences]
    if story.to_fit:
        told += [Text(f"{story.ways_out}:")]
        told += [Text(f"  {each}") for each in story.to_fit]
    told += [Text(each) for each in story.in_the_way]
    output.show(
        Group(table, Text(), *told),
        {
            "sentences": list(story.sentences),
            "to_fit": list(story.to_fit),
            "evidence": [{"id": each.id, **each.as_dict()} for each in found],
        },
    )


def export_command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Write the rows to this CSV file; replaces it.")
    ],
    month: Annotated[
        str | None, typer.Option(help="Which month it is, as YYYY-MM. Default: the one to come.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the expected month as rows of the FinOps Open Cost and Usage Specification (1.2).

    The rows are expectations, not an invoice: x_Basis, x_CostLow and x_CostHigh say so.
    """
    from proveout.checks.cost.billing import expected_bill
    from proveout.cli.destinations import check_destinations
    from proveout.cli.verdict_output import write_text
    from proveout.pricing.focus import csv_text

    output = Output(as_json=as_json)
    start = _first_of(month)
    loaded = _loaded(charter)
    check_destinations({"--out": out}, loaded=loaded)
    _, story = _measured(loaded, charter, ledger)
    bill, lines = expected_bill(loaded.charter, story, start=start)
    write_text(out, csv_text(bill, lines))
    output.show(
        whole_lines(
            f"Wrote {short(out)}: {len(lines)} charges of {start:%B %Y}, "
            f"{story.full.value:,.2f} {story.currency} in all."
        ),
        {"file": str(out), "month": f"{start:%Y-%m}", "charges": len(lines)},
    )


def models_command(
    text: Annotated[
        str, typer.Argument(help="Part of a provider's or model's name.", metavar="TEXT")
    ] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """List models of the offline price table, with their prices per million tokens in dollars."""
    from proveout.pricing.table import PriceTable

    output = Output(as_json=as_json)
    now = datetime.now(UTC)
    table_of_prices = PriceTable(on=now)
    wanted = text.casefold()
    found = []
    for provider, model in table_of_prices.models():
        if wanted in f"{provider}/{model}".casefold():
            try:
                rate = table_of_prices.rate(
                    model, provider, input_tokens=1e3, cached_input_tokens=0, output_tokens=1e3
                )
            except InputError:
                continue  # priced by something else than tokens
            found.append((provider, model, rate.input_usd * 1e3, rate.output_usd * 1e3))
    if not found:
        raise InputError(
            f"The price table has no model with '{text}' in its name.",
            hint="Give prices of your own in the charter: budget.price",
        )
    table = Table(box=None, pad_edge=False)
    for heading in ("Provider", "Model"):
        table.add_column(heading, overflow="fold")
    for heading in ("Input", "Output"):
        table.add_column(heading, justify="right")
    for provider, model, entered, given in found[:SHOWN]:
        table.add_row(escape(provider), escape(model), f"{entered:,.4g}", f"{given:,.4g}")
    output.show(
        table,
        {
            "on": f"{now:%Y-%m-%d}",
            "unit": "USD per million tokens",
            "models": [
                {"provider": provider, "model": model, "input": entered, "output": given}
                for provider, model, entered, given in found
            ],
        },
    )
    output.say(f"US dollars per million tokens, as of {now:%Y-%m-%d}.")
    if len(found) > SHOWN:
        output.say(f"{len(found) - SHOWN:,} more are in --json; or give more of the name.")


def _loaded(charter: Path) -> LoadedCharter:
    from proveout.charter.loading import load_charter

    return load_charter(charter)


def _measured(
    loaded: LoadedCharter, charter: Path, ledger: str | None
) -> tuple[list[Evidence], CostStory]:
    from proveout.assess.earlier import earlier_evidence
    from proveout.checks.cost.story import cost_story
    from proveout.evidence.ledger import open_ledger

    with open_ledger(ledger_location(charter, ledger), create=False) as opened:
        entries = opened.entries(pilot=loaded.charter.pilot, kinds=("evidence", "outcome"))
        found = earlier_evidence(entries, "cost")
    story = cost_story(found)
    if story is None:
        raise InputError(
            f"The ledger does not know yet what {loaded.charter.pilot} costs.",
            hint=f"Measure it: proveout check cost {short(charter)}{and_ledger(ledger)}",
        )
    _refuse_other_charter(loaded, found, charter, ledger)
    return found, story


def _refuse_other_charter(
    loaded: LoadedCharter, found: list[Evidence], charter: Path, ledger: str | None
) -> None:
    from proveout.charter.loading import measured_hash
    from proveout.evidence.model import CHARTER_INPUT, MEASURED_INPUT

    now = {loaded.content_hash, measured_hash(loaded.charter, "cost")}
    if any(
        now.isdisjoint((e.inputs.get(CHARTER_INPUT), e.inputs.get(MEASURED_INPUT))) for e in found
    ):
        raise InputError(
            f"What {loaded.charter.pilot} costs was measured under another charter: data, system, "
            "load, budget or process say something else now.",
            hint=f"Measure it again: proveout check cost {short(charter)}{and_ledger(ledger)}",
        )


def _first_of(month: str | None) -> datetime:
    from proveout.pricing.month import next_month

    if month is None:
        now = datetime.now(UTC)
        return next_month(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise InputError(f"'{month}' is no month.", hint="Write it as YYYY-MM.") from None
