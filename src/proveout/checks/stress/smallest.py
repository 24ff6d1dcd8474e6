"""Tells how little damage is enough to break the charter's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding
from proveout.checks.stress.asking import Asker
from proveout.checks.stress.breaking import Breaking, Effects, Measure, breaking, curve
from proveout.checks.stress.plan import Planned
from proveout.evidence.model import Interval, Subject

USUAL_LIMIT = 0.10
"""Of both, where the charter names none: what the default standard demands."""

TOLD = 5
"""Kinds of damage that are told one by one for each limit; the others are listed."""

CURVES = 3
"""Kinds of damage for each limit that are followed from little to much."""


class _Limit(NamedTuple):
    measure: Measure
    value: float
    key: str | None
    """Where the charter says it; None where it does not."""


class _Found(NamedTuple):
    planned: Planned
    column: str | None
    """The single column that was damaged; None where all were."""
    effects: Effects
    at: Breaking


def of_breaking(context: CheckContext, asker: Asker, worst: Sequence[Planned]) -> Iterator[Finding]:
    """Tell the breaking severities, the smallest first. The system is not asked again."""
    for limit in _limits(context.charter):
        whole = list(_found(asker, [(each, None) for each in worst], limit))
        single = list(_found(asker, list(_single_columns(worst)), limit))
        common: dict[str, Any] = {
            "limit": limit.value,
            "limit_from": limit.key or "the default standard",
            "tried": len(worst),
            "that_break_it": sorted({each.planned.operator.name for each in whole + single}),
        }
        for found in (whole, single):
            found.sort(key=lambda each: each.at.severity)
            for place, each in enumerate(_first_of_each(found)[:TOLD]):
                yield _told(context, each, limit, {**common, "curve": _curve(each, limit, place)})


def _limits(charter: Charter) -> Iterator[_Limit]:
    drop, silent = charter.stress.max_quality_drop, charter.stress.max_silent_failure
    yield _Limit(
        "quality-drop",
        USUAL_LIMIT if drop is None else drop,
        None if drop is None else "stress.max_quality_drop",
    )
    yield _Limit(
        "silent-failure",
        USUAL_LIMIT if silent is None else silent,
        None if silent is None else "stress.max_silent_failure",
    )


def _single_columns(worst: Sequence[Planned]) -> Iterator[tuple[Planned, str | None]]:
    for planned in worst:
        for column in planned.columns if len(planned.columns) > 1 else ():
            yield replace(planned, columns=(column,)), column


def _found(
    asker: Asker, candidates: Sequence[tuple[Planned, str | None]], limit: _Limit
) -> Iterator[_Found]:
    for planned, column in candidates:
        effects = asker.effects(planned)
        if effects is None:
            continue
        if limit.measure == "silent-failure":
            clean = effects.figure(limit.measure, 0.0)
            if clean is not None and clean.value > limit.value:
                return  # broken without any damage: no severity is the one that breaks it
        at = breaking(effects, limit.measure, limit.value)
        if at is not None:
            yield _Found(planned, column, effects, at)


def _first_of_each(found: Sequence[_Found]) -> list[_Found]:
    """Keep of each kind of damage the one that breaks first."""
    first: dict[str, _Found] = {}
    for each in found:
        first.setdefault(each.planned.operator.name, each)
    return list(first.values())


def _curve(found: _Found, limit: _Limit, place: int) -> list[dict[str, float]]:
    return list(curve(found.effects, limit.measure)) if place < CURVES else []


def _told(context: CheckContext, found: _Found, limit: _Limit, details: dict[str, Any]) -> Finding:
    at, operator = found.at, found.planned.operator
    about = {"operator": operator.name, "kind": limit.measure}
    if found.column is not None:
        about["column"] = found.column
    how = "inverted along a line" if found.effects.is_random else "inverted row by row"
    return context.found(
        "stress.breaking_severity",
        at.severity,
        subject=Subject.of(**about),
        interval=Interval(low=at.low, high=at.high, level=0.95, method=how),
        n=at.n,
        scope="synthetic",
        details={
            **details,
            "stands_for": operator.stands_for,
            "does": operator.does,
            "upper_bound_is_open": at.is_open,
        },
    )
