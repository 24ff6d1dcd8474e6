"""Does what is said of value and of how KPIs are measured fit together?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.nearest import nearest
from proveout.charter.time_units import KNOWN, days_per_unit

Found = Iterator[tuple[PathInCharter, str, str]]
"""Path, what is wrong, what to write."""

_TIME_BETWEEN = "the time between two moments"


def value_problems(root: dict[str, Any]) -> Found:
    """Look at `value` and `kpis[].measured` as they were read."""
    value = root.get("value")
    said = value if isinstance(value, dict) else {}
    yield from _rollout(said)
    kpis = _listed(root.get("kpis"))
    for index, kpi in enumerate(kpis):
        if isinstance(kpi, dict) and isinstance(kpi.get("measured"), dict):
            yield from _measured(("kpis", index), kpi, kpi["measured"], said)
    yield from _worth(
        said, [str(each["name"]) for each in kpis if isinstance(each, dict) and "name" in each]
    )


def _measured(
    place: PathInCharter, kpi: dict[str, Any], measured: dict[str, Any], value: dict[str, Any]
) -> Found:
    here = (*place, "measured")
    if measured.get("source") is None and value.get("records") is None:
        yield (
            here,
            "Nothing says where the records of the process are.",
            "Name them, for example: value: {records: cases.csv}",
        )
    statistic = measured.get("statistic", "mean")
    if statistic != "mean":
        for key, what in (("happened", "A share of cases"), ("per", "A rate")):
            if measured.get(key) is not None:
                yield (
                    (*here, "statistic"),
                    f"{what} has no {statistic}.",
                    "Leave 'statistic' out.",
                )
    if measured.get("begins") is None or measured.get("ends") is None:
        return
    unit = kpi.get("unit")
    if isinstance(unit, str) and days_per_unit(unit) is None:
        near = nearest(unit, KNOWN)
        yield (
            (*place, "unit"),
            f"It is {_TIME_BETWEEN}, and '{unit}' is no unit of time.",
            f"{_meant(near)}Allowed: {', '.join(KNOWN)}.",
        )
    if statistic == "mean" and measured.get("horizon") is None:
        yield (
            here,
            f"The mean of {_TIME_BETWEEN} is not known while cases are open that may take for "
            "ever.",
            "Give the longest time that is counted, in the KPI's unit (horizon: 60), or write "
            "statistic: median",
        )


def _rollout(value: dict[str, Any]) -> Found:
    rollout = value.get("rollout")
    listed = [each for each in _listed(rollout) if isinstance(each, dict)]
    teams = [str(each.get("team")) for each in listed]
    for index, team in enumerate(teams):
        if team in teams[:index]:
            yield (
                ("value", "rollout", index, "team"),
                f"Team '{team}' stands there twice.",
                "Give the day from which on it had the system, once.",
            )
    if listed and value.get("rolled_out") is not None:
        yield (
            ("value", "rolled_out"),
            "It is said twice from when on they had the system, for all and by team.",
            "Take out 'rolled_out' or 'rollout'.",
        )
    control = value.get("control_teams")
    for index, team in enumerate(_listed(control)):
        if team in teams:
            yield (
                ("value", "control_teams", index),
                f"Team '{team}' is to be without the system for ever, and gets it by "
                "value.rollout.",
                "Take it out of one of the two.",
            )
    said = (value.get("rolled_out"), *(each.get("on") for each in listed))
    begins = [day for day in map(_day, said) if day is not None]
    for key, what in (("decides_on", "The day of decision"), ("until", "The last day")):
        end = _day(value.get(key))
        if end is not None and begins and end <= min(begins):
            yield (
                ("value", key),
                f"{what} is not after the first day with the system, {min(begins)}.",
                "Write a day weeks later: proveout plan says how many it takes.",
            )


def _worth(value: dict[str, Any], kpis: list[str]) -> Found:
    if not kpis:
        return  # no KPI is declared yet; that is the gate's to report
    returns = value.get("returns")
    worth = returns.get("worth") if isinstance(returns, dict) else None
    for index, each in enumerate(_listed(worth)):
        name = each.get("kpi") if isinstance(each, dict) else None
        if isinstance(name, str) and name not in kpis:
            near = nearest(name, kpis)
            known = ", ".join(kpis)
            yield (
                ("value", "returns", "worth", index, "kpi"),
                f"There is no KPI '{name}'.",
                f"{_meant(near)}KPIs: {known}.",
            )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _meant(near: str | None) -> str:
    return f"Did you mean '{near}'? " if near else ""


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
