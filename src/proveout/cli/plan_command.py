"""`proveout plan`: how many cases and weeks until each threshold can be decided."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from proveout.cli.assess_command import SEED, SeedOption
from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterArgument, JsonOption
from proveout.errors import InputError
from proveout.evidence.figures import figure, unit_in_words, with_unit

if TYPE_CHECKING:
    from proveout.checks.value.foreseeing import Foreseen, Unforeseen
    from proveout.statistics.effects.planning import Needed

HEADINGS = ("KPI", "Manual", "Expected", "Threshold", "Unit", "On one day", "Looking every day")
LONG = 24
"""A longer name is folded."""
ASSUMED = (
    "Where nothing is said of what to expect (--expect KPI=FIGURE), the system is taken to do half "
    "as much again as the threshold asks for."
)
OFTEN = "Where it is so, {} of comparisons as long as that find it; the others need more time."
DRAWN = (
    "Planned as if it were drawn who has the system. A comparison that is not drawn takes longer, "
    "and may never get there."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "plan", epilog="Example: proveout plan pilot.yaml --expect handling-time=18"
    )(command)  # fmt: skip


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            help="What a KPI is expected to come to with the system: KPI=FIGURE. Repeatable."
        ),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Part of the cases that has the system.")
    ] = 0.5,
    power: Annotated[
        float,
        typer.Option(min=0.5, max=0.99, help="How often a true success is to be found."),
    ] = 0.8,
    per_month: Annotated[
        float | None,
        typer.Option(
            min=1, help="Cases a month. Default: value.cases_per_month, or as in the records."
        ),
    ] = None,
    seed: SeedOption = SEED,
    as_json: JsonOption = False,
) -> int:
    """Tell how many cases and weeks it takes until each sealed threshold can be decided.

    The records of the process are enough as they are before the rollout.
    """
    from proveout.charter.loading import load_charter
    from proveout.checks.value.foreseeing import Asked, Foreseen, Unforeseen, foresee
    from proveout.checks.value.measuring import Reader
    from proveout.intake import CharterData, Session

    output = Output(as_json=as_json)
    loaded = load_charter(charter)
    value, kpis = loaded.charter.value, loaded.charter.kpis
    if value is None or not kpis:
        raise InputError(
            f"{charter} names no {'KPIs' if not kpis else 'records of the process'}.",
            hint="Write kpis with threshold and measured, and value: {records: cases.csv}",
        )
    asked = Asked(
        expected=_expected(expect or []), power=power, share_with=share, per_month=per_month
    )
    with Session() as session:
        reader = Reader(CharterData(loaded, session), loaded.charter, value)
        found = foresee(reader, kpis, value, asked, now=datetime.now(UTC), seed=seed)
    planned = [each for each in found if isinstance(each, Foreseen)]
    missed = [each for each in found if isinstance(each, Unforeseen)]
    parts: list[Table | Text] = [_table(planned)] if planned else []
    parts += [Text(), *(Text(f"{each.kpi.name}: {_sentence(each)}") for each in planned)]
    parts += [
        Text(f"{each.kpi.name} cannot be planned: {each.why}. {_ended(each.next_step)}")
        for each in missed
    ]
    notes = [OFTEN.format(figure(power, "fraction"))] if planned else []
    notes += [ASSUMED] if any(each.expected_from == "assumed" for each in planned) else []
    notes += [DRAWN] if planned and value.design not in {"auto", "randomised"} else []
    output.show(Group(*parts, *map(Text, notes)), _plain(planned, missed, notes))
    return 0 if planned else 3


def _expected(given: list[str]) -> dict[str, float]:
    found = {}
    for each in given:
        name, _, said = each.partition("=")
        try:
            found[name.strip()] = float(said)
        except ValueError:
            raise InputError(
                f"'{each}' does not say what is expected.",
                hint="Write the KPI and a figure in its unit: --expect handling-time=18",
            ) from None
    return found


def _ended(step: str) -> str:
    """Write a step as a sentence: 'Did you mean it?' is one already."""
    return step if step.endswith((".", "?")) else f"{step}."


def _table(planned: list[Foreseen]) -> Table:
    table = Table(box=None, pad_edge=False)
    rows = [
        (
            each.kpi.name,
            _bare(each.baseline, each.kpi.unit),
            _bare(each.expected, each.kpi.unit),
            "—" if each.kpi.threshold is None else _bare(each.kpi.threshold, each.kpi.unit),
            unit_in_words(each.kpi.unit),
            _needed(each.plan.on_one_day),
            _needed(each.plan.looking_daily),
        )
        for each in planned
    ]
    for number, heading in enumerate(HEADINGS):
        is_figure = number in {1, 2, 3}
        table.add_column(
            heading,
            overflow="fold",
            justify="right" if is_figure else "left",
            no_wrap=is_figure or (number == 0 and max(len(row[0]) for row in rows) <= LONG),
        )
    for row in rows:
        table.add_row(*row)
    return table


def _bare(value: float, unit: str) -> str:
    """Write a figure whose unit stands beside it."""
    return _rough(value, unit).removesuffix(with_unit("", unit))


def _rough(value: float, unit: str) -> str:
    return figure(float(f"{value:.3g}"), unit)


def _needed(needed: Needed) -> str:
    if needed.days is None or needed.cases is None:
        return "not within 5 years"
    weeks = "1 week" if needed.weeks == 1 else f"{needed.weeks} weeks"
    return f"{weeks}, {needed.cases:,} cases"


def _within(needed: Needed) -> str:
    weeks, _, cases = _needed(needed).partition(", ")
    return f"{weeks} ({cases})"


def _sentence(each: Foreseen) -> str:
    unit, one, many = each.kpi.unit, each.plan.on_one_day, each.plan.looking_daily
    threshold = each.kpi.threshold or 0.0
    goal = "at most" if each.kpi.direction == "lower" else "at least"
    if one.days is None:
        return each.plan.sentence
    said = (
        f"if it comes to {_rough(each.expected, unit)}, it takes {_within(one)} to find that it is "
        f"{goal} {figure(threshold, unit)}, decided on one planned day"
    )
    if many.days is None:
        return f"{said}, and more than five years with a look every day."
    return f"{said}, and {_within(many)} with a look every day."


def _plain(
    planned: list[Foreseen], missed: list[Unforeseen], notes: list[str]
) -> dict[str, Any]:  # fmt: skip
    from dataclasses import asdict

    return {
        "plans": [
            {
                "kpi": each.kpi.name, "unit": each.kpi.unit, "threshold": each.kpi.threshold,
                "confidence": each.kpi.confidence, "baseline": each.baseline,
                "planned_from_cases": each.n_cases, **asdict(each.plan),
                "expected": each.expected, "expected_from": each.expected_from,
                "gap": abs((each.kpi.threshold or 0.0) - each.expected),
                "sentence": _sentence(each),
            }
            for each in planned
        ],
        "not_planned": [
            {"kpi": each.kpi.name, "why": each.why, "next_step": each.next_step}
            for each in missed
        ],
        "notes": notes,
    }  # fmt: skip
