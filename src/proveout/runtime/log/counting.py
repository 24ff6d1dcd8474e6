"""Counting what is in the log, by what became of it, by version, team or day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

By = Literal["outcome", "version", "team", "user", "client", "day"]
GROUPS: tuple[str, ...] = get_args(By)


@dataclass(frozen=True, slots=True)
class Group:
    """What a part of the log holds."""

    value: str | None
    """None where the records do not say."""
    records: int
    cost: dict[str | None, str]
    """By currency, exactly."""


def counted(
    folder: Path,
    pilot: str,
    *,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Count the records of a span."""
    from proveout.intake import Session
    from proveout.runtime.log.table import open_log

    with Session() as session:
        opened = open_log(folder, pilot, session=session, archive=archive, since=since, until=until)
        return int(opened.table.count().execute())


def grouped(
    folder: Path,
    pilot: str,
    by: By,
    *,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Group]:
    """Count the records of a span by one of their columns, the largest group first."""
    from proveout.intake import Session
    from proveout.runtime.log.table import open_log

    with Session() as session:
        table = open_log(
            folder, pilot, session=session, archive=archive, since=since, until=until
        ).table
        value = table.at.strftime("%Y-%m-%d") if by == "day" else table[by]
        asked = (
            table.group_by(value=value, currency=table.currency)
            .agg(records=table.count(), cost=table.cost.sum())
            .to_pyarrow()
            .to_pylist()
        )
    groups: dict[str | None, Group] = {}
    for row in asked:
        group = groups.get(row["value"], Group(row["value"], 0, {}))
        cost = group.cost | ({row["currency"]: f"{row['cost']:f}"} if row["cost"] else {})
        groups[group.value] = Group(group.value, group.records + row["records"], cost)
    order = sorted(groups.values(), key=lambda g: (-g.records, g.value or ""))
    return sorted(order, key=lambda g: g.value or "") if by == "day" else order
