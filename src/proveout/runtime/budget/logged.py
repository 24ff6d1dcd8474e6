"""What the prediction log tells of spending: by version and model, and line by line for a bill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from proveout.pricing.focus import UsedLine
from proveout.runtime.budget.calendar import Calendar
from proveout.runtime.budget.policy import NO_CURRENCY
from proveout.runtime.budget.standing import NOBODY, Period, Spent, most_first
from proveout.runtime.call import MONEY_UNIT, Amounts

if TYPE_CHECKING:
    import ibis.expr.types as ir

LoggedBy = Literal["version", "model"]


def spent_by_log(
    folder: Path, archive: str | None, pilot: str, by: LoggedBy, period: Period
) -> list[Spent]:
    """Return which version or model took what, the most first."""
    rows = _grouped(folder, archive, pilot, period, (by,), time_zone="UTC")
    return most_first(
        [
            Spent(
                name=row[by] or NOBODY,
                used=Amounts(
                    money=int(row["cost"] * MONEY_UNIT),
                    tokens=int(row["input_tokens"] + row["output_tokens"]),
                    requests=int(row["requests"]),
                ),
            )
            for row in rows
        ]
    )


def used_lines(
    folder: Path, archive: str | None, pilot: str, period: Period, *, time_zone: str
) -> Iterator[UsedLine]:
    """Yield what was used, by day of the budget's time zone, team, version and model."""
    calendar = Calendar(time_zone)
    by = ("day", "team", "version", "model", "currency", "simulated")
    for row in _grouped(folder, archive, pilot, period, by, time_zone=time_zone):
        # A day has its name at noon, whatever the clock does at night.
        noon = datetime.combine(row["day"], datetime.min.time(), calendar.zone).replace(hour=12)
        of = calendar.at(noon.timestamp())
        month = calendar.at(noon.replace(day=1).timestamp())
        yield UsedLine(
            begins=_utc(of.begins),
            ends=_utc(of.next_day),
            month_begins=_utc(month.begins),
            month_ends=_utc(month.next_month),
            team=row["team"],
            version=row["version"],
            model=row["model"],
            currency=row["currency"] or NO_CURRENCY,
            cost=row["cost"],
            requests=int(row["requests"]),
            input_tokens=int(row["input_tokens"]),
            output_tokens=int(row["output_tokens"]),
            is_simulated=bool(row["simulated"]),
        )


def _grouped(
    folder: Path,
    archive: str | None,
    pilot: str,
    period: Period,
    by: tuple[str, ...],
    *,
    time_zone: str,
) -> list[dict[str, Any]]:
    from proveout.intake.session import Session
    from proveout.runtime.log.table import open_log

    with Session() as session:
        table: ir.Table = open_log(
            folder, pilot, session=session, archive=archive, since=period.since, until=period.until
        ).table
        if "day" in by:
            table = table.mutate(day=_local(time_zone, table.at).date())
        # What never reached the system took nothing.
        table = table.filter(table.attempts > 0)
        found = table.group_by(list(by)).aggregate(
            requests=table.count(),
            input_tokens=table.input_tokens.fill_null(0).sum(),
            output_tokens=table.output_tokens.fill_null(0).sum(),
            cost=table.cost.sum(),
        )
        rows: list[dict[str, Any]] = found.order_by(list(by)).to_pyarrow().to_pylist()
    return rows


def _local(time_zone: str, at: ir.TimestampColumn) -> ir.TimestampColumn:
    """Return a moment as clocks in the time zone show it; Ibis has no word for it."""
    import ibis

    @ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
        name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp")
    )
    def timezone(zone: str, moment: datetime) -> datetime: ...  # type: ignore[empty-body]

    shown: ir.TimestampColumn = timezone(time_zone, at)
    return shown


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
