"""The levels of likeness of each field, in the words of Splink."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proveout.checks.readiness.duplicates.grouping import FieldGroup
from proveout.checks.readiness.duplicates.model import Field, Likeness

_SIDE = re.compile(r"\b([cd]\d+)_([lr])\b")

NEARLY, PARTLY = 0.92, 0.84
"""Jaro-Winkler similarity of names that nearly, and that partly agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of likeness."""

    sql: str
    likeness: Likeness
    usual: float
    """How often records of one thing are expected on it, before the data say more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a group of fields is compared."""

    name: str
    """Column of its outcome: 'f3'."""
    group: FieldGroup
    levels: tuple[Level, ...]
    """From alike to different; the last is all the rest."""


def comparison_of(group: FieldGroup) -> Comparison:
    """Give a group its levels."""
    lead, other = group.lead, group.exchanged
    levels = _levels(lead) if other is None else _levels_of_two(lead, other)
    levels += [
        Level(sql=level.sql, likeness=level.likeness, usual=0.03)
        for follower in group.followers
        for level in _levels(follower)
    ]
    kept = [*levels, Level(sql="ELSE", likeness="differs", usual=0.06)]
    return Comparison(name=f"f{lead.position}", group=group, levels=tuple(kept))


def settings_of(comparison: Comparison) -> dict[str, Any]:
    """Return what Splink is told of it."""
    empty = " AND ".join(
        f"(c{field.position}_l IS NULL OR c{field.position}_r IS NULL)"
        for field in comparison.group.fields
    )
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [
            {"sql_condition": empty, "label_for_charts": "empty", "is_null_level": True},
            *(
                {"sql_condition": level.sql, "label_for_charts": f"{at} {level.likeness}"}
                for at, level in enumerate(comparison.levels)
            ),
        ],
    }


def likeness_sql(field: Field) -> str:
    """Return the SQL that tells how one field of two records, l and r, compares."""
    c = f"c{field.position}"
    cases = " ".join(
        f"WHEN {_SIDE.sub(_aliased, level.sql)} THEN '{level.likeness}'" for level in _levels(field)
    )
    return f"CASE WHEN l.{c} IS NULL OR r.{c} IS NULL THEN 'empty' {cases} ELSE 'differs' END"


def columns_of(comparison: Comparison) -> list[str]:
    """Return the columns that its levels look at."""
    return [
        column
        for field in comparison.group.fields
        for column in (f"c{field.position}", *([f"d{field.position}"] if field.has_digits else []))
    ]


def _aliased(side: re.Match[str]) -> str:
    return f"{side[2]}.{side[1]}"


def _levels(field: Field) -> list[Level]:
    left, right = f"c{field.position}_l", f"c{field.position}_r"
    exact = Level(sql=f"{left} = {right}", likeness="agrees", usual=0.8)
    match field.role:
        case "category":
            return [exact]
        case "code":
            return [exact, _level(_one_slip(left, right), "nearly", 0.05)]
        case "date":
            days = (f"strftime({side}, '%Y-%m-%d')" for side in (left, right))
            slip = _one_slip(*days)
            return [
                exact,
                _level(slip, "nearly", 0.05),
                _level(f"abs(date_diff('day', {left}, {right})) <= 31", "partly", 0.03),
            ]
        case "number":
            apart = f"abs({left} - {right})"
            size = f"greatest(abs({left}), abs({right}))"
            return [
                exact,
                _level(f"{apart} <= 0.01 * {size}", "nearly", 0.05),
                _level(f"{apart} <= 0.1 * {size}", "partly", 0.04),
            ]
        case "name" | "text":
            return [
                exact,
                _level(_like(field, NEARLY), "nearly", 0.1),
                _level(_like(field, PARTLY), "partly", 0.05),
            ]


def _levels_of_two(one: Field, other: Field) -> list[Level]:
    a, b = (f"c{field.position}" for field in (one, other))
    nearly = _like(one, PARTLY), _like(other, PARTLY)
    return [
        Level(sql=f"{a}_l = {a}_r AND {b}_l = {b}_r", likeness="agrees", usual=0.65),
        Level(sql=f"{a}_l = {b}_r AND {b}_l = {a}_r", likeness="exchanged", usual=0.03),
        Level(sql=f"{nearly[0]} AND {nearly[1]}", likeness="nearly", usual=0.2),
        Level(sql=_like(one, PARTLY), likeness="partly", usual=0.05),
        Level(sql=_like(other, PARTLY), likeness="partly", usual=0.05),
    ]


def _like(field: Field, least: float) -> str:
    left, right = f"c{field.position}_l", f"c{field.position}_r"
    like = f"jaro_winkler_similarity({left}, {right}) >= {least}"
    if not field.has_digits:
        return like
    # 'Batch 12' and 'Batch 13' are spelled alike and are not the same.
    figures = f"d{field.position}"
    return f"({like} AND {figures}_l = {figures}_r)"


def _one_slip(left: str, right: str) -> str:
    """Compare by a single character left out, added, mistyped or exchanged with its neighbour.

    In texts of five characters or more a slip leaves a Jaro-Winkler similarity of 0.86 at least,
    which is a hundred times quicker to see.
    """
    return (
        f"(jaro_winkler_similarity({left}, {right}) >= 0.86 "
        f"AND damerau_levenshtein({left}, {right}) <= 1)"
    )


def _level(sql: str, likeness: Likeness, usual: float) -> Level:
    return Level(sql=sql, likeness=likeness, usual=usual)


def prior_of(comparison: Comparison) -> Sequence[float]:
    """Return the usual shares of its levels, adding up to 1."""
    total = sum(level.usual for level in comparison.levels)
    return [level.usual / total for level in comparison.levels]
