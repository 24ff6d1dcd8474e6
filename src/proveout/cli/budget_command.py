"""`proveout budget`: how limits stand, who spent what, and the bill of what was used."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterArgument, JsonOption, short
from proveout.cli.switching import PilotOption, StoreOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from proveout.charter.loaded import LoadedCharter
    from proveout.runtime.budget.policy import Policy
    from proveout.runtime.budget.standing import Period, Spent, Standing

By = Literal["team", "user", "key", "version", "model", "day"]
ByOption = Annotated[By, typer.Option("--by", help="Whose spending is told.")]
PeriodOption = Annotated[
    str,
    typer.Option(
        help="day, month or life; or one of its own: 2026-11, 2026-11-21.", metavar="PERIOD"
    ),
]
LogOption = Annotated[
    Path | None,
    typer.Option("--log", help="Folder of the prediction log. Default: gateway.log.folder."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="What production has spent and may still spend.",
        invoke_without_command=True,
        no_args_is_help=False,
    )
    group.callback()(_show_by_default)
    group.command("show", epilog="Example: proveout budget show pilot.yaml --by team")(show)
    group.command("export", epilog="Example: proveout budget export --focus november.csv")(export)
    app.add_typer(group, name="budget")


def _show_by_default(context: typer.Context) -> None:
    # No docstring: the group has its help already.
    if context.invoked_subcommand is None:
        show()


def show(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    by: ByOption = "team",
    period: PeriodOption = "month",
    store: StoreOption = None,
    pilot: PilotOption = None,
    log: LogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every limit with what is used, held and left, and who spent what in a period."""
    from proveout.runtime.budget.policy import KINDS, NO_CURRENCY
    from proveout.runtime.budget.standing import accounts, read_period, spent_in, standings
    from proveout.runtime.budget.words import amount_words
    from proveout.runtime.store import open_store

    output = Output(as_json=as_json)
    place = _place(charter, store, pilot, log)
    now = time.time()
    policy = place.policy
    wanted = read_period(period, policy.time_zone, now)
    with open_store(place.store, create=False) as opened:
        now_periods = _current(policy, now)
        found = accounts(opened, place.pilot, {*now_periods, wanted.name})
    limits = standings(found, policy, now)
    spent = _spent(place, found, by, wanted)
    total = spent_in(found, wanted)
    heading = f"{place.pilot}, {wanted} ({policy.time_zone}): " + ", ".join(
        amount_words(kind, getattr(total, kind), place.currency)
        for kind in KINDS
        if kind != "money" or place.currency != NO_CURRENCY
    )
    shown: list[Text | Table] = [Text(f"{heading}.")]
    shown += [Text(), _limits(limits)] if limits else []
    shown += [Text(), _spending(spent, by)] if spent else []
    output.show(
        Group(*shown),
        {
            "pilot": place.pilot,
            "period": wanted.name,
            "time_zone": policy.time_zone,
            "currency": place.currency,
            "limits": [each.as_dict() for each in limits],
            "by": by,
            "spent": [each.as_dict() for each in spent],
        },
    )
    if place.charter is not None and place.charter.charter.budget is None:
        output.say("The charter limits nothing: budget. All is counted all the same.")


def export(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    focus: Annotated[
        Path, typer.Option("--focus", help="Write the rows to this CSV file; replaces it.")
    ],
    period: PeriodOption = "month",
    pilot: PilotOption = None,
    log: LogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what was used as rows of the FinOps Open Cost and Usage Specification (1.2).

    One row a day, team, version and model, from the prediction log.
    """
    from proveout.cli.verdict_output import write_text
    from proveout.pricing.focus import used_csv_text
    from proveout.runtime.budget.logged import used_lines
    from proveout.runtime.budget.standing import read_period

    output = Output(as_json=as_json)
    place = _place(charter, None, pilot, log)
    wanted = read_period(period, place.policy.time_zone, time.time())
    if place.charter is not None:
        from proveout.cli.destinations import check_destinations

        check_destinations({"--focus": focus}, loaded=place.charter)
    lines = list(
        used_lines(place.log, place.archive, place.pilot, wanted, time_zone=place.policy.time_zone)
    )
    if not lines:
        raise InputError(
            f"The prediction log in {place.log} tells of no request of '{place.pilot}' in "
            f"{wanted} that reached the system.",
            hint="Name another period (--period) or another log (--log).",
        )
    write_text(focus, used_csv_text(place.pilot, place.provider, lines))
    n = sum(line.requests for line in lines)
    output.show(
        Text(f"Wrote {short(focus)}: {n:,} requests of {wanted} in {len(lines):,} rows."),
        {"file": str(focus), "period": wanted.name, "rows": len(lines), "requests": n},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where everything is."""

    pilot: str
    policy: Policy
    store: str
    log: Path
    archive: str | None
    charter: LoadedCharter | None

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.policy.currency

    @property
    def provider(self) -> str:
        """Who is paid."""
        budget = None if self.charter is None else self.charter.charter.budget
        price = None if budget is None else budget.price
        return (None if price is None else price.provider) or "not stated"


def _place(charter: Path, store: str | None, pilot: str | None, log: Path | None) -> _Place:
    """Read the charter, unless the pilot is named: then store and log are found without it."""
    from proveout.charter.loading import load_charter
    from proveout.charter.schema import Charter
    from proveout.runtime.budget.policy import Policy, policy_of
    from proveout.runtime.places import log_of, store_of

    if pilot is not None:
        bare, here = Charter.model_validate({"pilot": pilot}), Path()
        return _Place(
            pilot=pilot,
            policy=Policy(),
            store=store or store_of(bare, here, os.environ),
            log=log or log_of(bare, here)[0],
            archive=None,
            charter=None,
        )
    if charter == Path(CHARTER_FILE) and not charter.exists():
        raise InputError(
            f"There is no {CHARTER_FILE} here, and no --pilot was given.",
            hint="Name the charter. Where the gateway runs without one: proveout budget show "
            "--pilot gateway",
        )
    loaded = load_charter(charter)
    folder, archive = log_of(loaded.charter, loaded.folder)
    return _Place(
        pilot=loaded.charter.pilot,
        policy=policy_of(loaded.charter.budget),
        store=store or store_of(loaded.charter, loaded.folder, os.environ),
        log=log or folder,
        archive=archive if log is None else None,
        charter=loaded,
    )


def _current(policy: Policy, now: float) -> tuple[str, ...]:
    from proveout.runtime.budget.calendar import Calendar

    return Calendar(policy.time_zone).at(now).names


def _spent(place: _Place, found: list[Any], by: By, period: Period) -> list[Spent]:
    from proveout.runtime.budget.standing import spent_by

    if by == "version" or by == "model":  # noqa: PLR1714  # for the type checker
        from proveout.runtime.budget.logged import spent_by_log

        return spent_by_log(place.log, place.archive, place.pilot, by, period)
    return spent_by(found, by, period)


def _limits(limits: list[Standing]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Limit", overflow="fold")
    for heading in ("Used", "Held", "Left", "Begins anew"):
        table.add_column(heading, justify="right")
    for each in limits:
        anew = "never" if each.begins_anew is None else f"{each.begins_anew:%Y-%m-%d %H:%M}"
        amounts = (each.amount(amount) for amount in (each.used, each.held, each.left))
        table.add_row(escape(each.words), *amounts, anew)
    return table


def _spending(spent: list[Spent], by: By) -> Table:
    from proveout.runtime.budget.words import money_words

    table = Table(box=None, pad_edge=False)
    table.add_column(by.capitalize(), overflow="fold")
    for heading in ("Money", "Tokens", "Requests"):
        table.add_column(heading, justify="right")
    money = [money_words(each.used.money) for each in spent]
    decimals = max((len(text.partition(".")[2]) for text in money), default=0)
    for each, text in zip(spent, money, strict=True):
        # As many decimals in every row, so that the points stand below each other.
        missing = "0" * (decimals - len(text.partition(".")[2]))
        table.add_row(
            escape(each.name), text + missing, f"{each.used.tokens:,}", f"{each.used.requests:,}"
        )
    return table
