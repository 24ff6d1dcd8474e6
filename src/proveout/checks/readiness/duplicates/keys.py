"""Which records are compared with which: those that are equal in one of a few short keys.

The pairs that a key gives are counted before any is made, by the sizes of its groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from proveout.checks.readiness.duplicates.model import NAMING, BlockingKey, Field
from proveout.checks.readiness.duplicates.stacking import Stacked

ALL_PAIRS = 300_000
"""Up to so many pairs every record is compared with every other."""
_PER_RECORD = 40
"""Pairs per record that all keys together may give."""
_FEWEST_PAIRS, _MOST_PAIRS = 2_000_000, 30_000_000
_MOST_KEYS = 12
_MOST_ALIKE = 150
"""A value that more records than this share is too frequent to compare by."""
_HEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, and what it gives."""

    told: BlockingKey
    sql: str
    """Its value; null where one of its fields is empty."""
    positions: tuple[int, ...]
    n_reached: int
    """Records that it compares with some other one."""


def choose_keys(stack: Stacked, fields: Sequence[Field], n: int) -> list[Key]:
    """Choose keys that lean on different fields, so that a slip in one leaves others."""
    budget = min(max(_FEWEST_PAIRS, _PER_RECORD * n), _MOST_PAIRS)
    candidates = [
        key
        for key in (_counted(stack, candidate) for candidate in _candidates(fields))
        if 0 < key.told.n_pairs <= budget / 5
    ]
    chosen: list[Key] = []
    leaned: dict[int, int] = {}
    left = budget
    while candidates and len(chosen) < _MOST_KEYS:
        best = min(
            candidates,
            key=lambda key: (
                sum(leaned.get(p, 0) for p in key.positions) / len(key.positions),
                len(key.positions),
                -key.n_reached,
                key.sql,
            ),
        )
        candidates.remove(best)
        if best.told.n_pairs > left:
            continue
        chosen.append(best)
        left -= best.told.n_pairs
        for position in best.positions:
            leaned[position] = leaned.get(position, 0) + 1
    return chosen


def write_keys(stack: Stacked, keys: Sequence[Key]) -> int:
    """Add the keys as columns k0, k1 … to the records, null where a value is too frequent.

    Return the number of records that no key reaches.
    """
    values = ", ".join(f"{key.sql} AS k{i}" for i, key in enumerate(keys))
    rare = ", ".join(
        f"CASE WHEN count(*) OVER (PARTITION BY k{i}) <= {_MOST_ALIKE} THEN k{i} END AS k{i}"
        for i in range(len(keys))
    )
    stack.engine.execute(
        f"CREATE OR REPLACE TABLE compared AS SELECT * REPLACE ({rare}) FROM "  # noqa: S608
        f"(SELECT *, {values} FROM compared)"
    )
    none = " AND ".join(f"k{i} IS NULL" for i in range(len(keys)))
    return int(stack.row(f"SELECT count_if({none}) FROM compared")[0])  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    fields: tuple[Field, ...]
    what: str
    sql: str


def _candidates(fields: Sequence[Field]) -> list[_Candidate]:
    found = []
    for field in fields:
        c = f"c{field.position}"
        if field.role in NAMING:
            found.append(_Candidate(fields=(field,), what=field.name, sql=f"{c}::VARCHAR"))
        if field.role in ("name", "text"):
            words = f"array_to_string(list_sort(string_split({c}, ' ')), ' ')"
            tail, head = f"right({c}, 6)", f"left({words}, 6)"
            found.append(_Candidate(fields=(field,), what=f"end of {field.name}", sql=tail))
            found.append(_Candidate(fields=(field,), what=f"words of {field.name}", sql=head))
        if field.role == "code":
            found.append(
                _Candidate(fields=(field,), what=f"end of {field.name}", sql=f"right({c}, 5)")
            )
        if field.role == "date":
            found.append(_Candidate(fields=(field,), what=field.name, sql=f"{c}::VARCHAR"))
    for one, other in combinations(fields, 2):
        (a, in_words), (b, and_words) = _short(one), _short(other)
        found.append(
            _Candidate(
                fields=(one, other), what=f"{in_words} and {and_words}", sql=f"{a} || '/' || {b}"
            )
        )
        if one.role == other.role == "name":
            # Names that were exchanged meet as well.
            both = f"least({a}, {b}) || '/' || greatest({a}, {b})"
            found.append(
                _Candidate(
                    fields=(one, other), what=f"{in_words} and {and_words}, either way", sql=both
                )
            )
    return found


def _short(field: Field) -> tuple[str, str]:
    c = f"c{field.position}"
    if field.role in NAMING:
        return f"left({c}, {_HEAD})", f"first letters of {field.name}"
    return f"{c}::VARCHAR", field.name


def _counted(stack: Stacked, candidate: _Candidate) -> Key:
    pairs, reached, frequent = stack.row(
        f"SELECT coalesce(sum(n * (n - 1) / 2) FILTER (n <= {_MOST_ALIKE}), 0)::BIGINT, "  # noqa: S608
        f"coalesce(sum(n) FILTER (n BETWEEN 2 AND {_MOST_ALIKE}), 0)::BIGINT, "
        f"coalesce(sum(n) FILTER (n > {_MOST_ALIKE}), 0)::BIGINT FROM "
        f"(SELECT count(*) AS n FROM compared WHERE {candidate.sql} IS NOT NULL "
        f"GROUP BY {candidate.sql})"
    )
    return Key(
        told=BlockingKey(
            fields=tuple(field.name for field in candidate.fields),
            what=candidate.what,
            n_pairs=pairs,
            n_too_frequent=frequent,
        ),
        sql=candidate.sql,
        positions=tuple(field.position for field in candidate.fields),
        n_reached=reached,
    )
