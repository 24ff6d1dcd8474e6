"""Find columns of two tables that hold the same under two names.

By the likeness of their names and by what stands in them. What is found is a question to the
owner, never acted upon.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.intake.session import Session, quoted

if TYPE_CHECKING:
    import ibis.expr.types as ir

_VALUES = 200
_SURE_NAME = 0.8
_NAME, _SAME_VALUES = 0.35, 0.5
_ALL_VALUES = 0.9
_FEW = 3
"""With fewer values than this in common, two columns of categories may be alike by chance."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    """'number', 'text', 'moment' or another."""
    values: frozenset[str]
    spread: tuple[float, float] | None
    """Of figures: between which most of them lie."""


def suggested_renames(main: ir.Table, other: ir.Table, session: Session) -> dict[str, str]:
    """Return for columns of `other` what they are probably called in `main`, likeliest first."""
    missing = [name for name in main.columns if name not in other.columns]
    extra = [name for name in other.columns if name not in main.columns]
    if not missing or not extra or len(missing) > 30 or len(extra) > 30:
        return {}
    ours = [_looked_at(main, name, session) for name in missing]
    theirs = [_looked_at(other, name, session) for name in extra]
    pairs = sorted(
        (
            (score, column.name, wanted.name)
            for column in theirs
            for wanted in ours
            if (score := _score(column, wanted)) is not None
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for _, column, wanted in pairs:
        if column not in found and wanted not in found.values():
            found[column] = wanted
    return found


def name_likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1; words that only one has weigh little."""
    plain = [_words(one), _words(other)]
    whole = difflib.SequenceMatcher(None, "".join(plain[0]), "".join(plain[1])).ratio()
    shared = set(plain[0]) & set(plain[1])
    fewest = min(len(set(plain[0])), len(set(plain[1])))
    return max(whole, 0.9 * len(shared) / fewest if fewest else 0.0)


def _words(name: str) -> list[str]:
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return [word for word in re.split(r"[\W_]+", apart.casefold()) if word]


def _score(one: _Column, other: _Column) -> float | None:
    """Return how likely two columns hold the same; None where they do not."""
    if one.kind != other.kind:
        return None
    name, values = name_likeness(one.name, other.name), _same_values(one, other)
    if name >= _SURE_NAME or (name >= _NAME and values >= _SAME_VALUES):
        return name + values
    few = one.kind != "text" or len(one.values & other.values) < _FEW
    return None if few or values < _ALL_VALUES else values


def _same_values(one: _Column, other: _Column) -> float:
    if one.spread is not None and other.spread is not None:
        (low, high), (other_low, other_high) = one.spread, other.spread
        width = max(high, other_high) - min(low, other_low)
        both = min(high, other_high) - max(low, other_low)
        return max(0.0, both / width) if width else 1.0
    fewest = min(len(one.values), len(other.values))
    return len(one.values & other.values) / fewest if fewest else 0.0


def _looked_at(table: ir.Table, name: str, session: Session) -> _Column:
    column = table[name]
    kind = column.type()
    cell = quoted(name)
    rows = f"({session.connection.compile(table)})"
    if kind.is_numeric() and not kind.is_boolean():
        ((low, high),) = session.rows(
            f"SELECT quantile_cont({cell}, 0.05), quantile_cont({cell}, 0.95) FROM {rows}"  # noqa: S608 - quoted
        )
        return _Column(name, "number", frozenset(), None if low is None else (low, high))
    what = "moment" if kind.is_temporal() else "text" if kind.is_string() else str(kind)
    values = session.rows(
        f"SELECT CAST({cell} AS VARCHAR) AS v FROM {rows} WHERE {cell} IS NOT NULL "  # noqa: S608 - quoted
        f"GROUP BY v ORDER BY count(*) DESC, v LIMIT {_VALUES}"
    )
    return _Column(name, what, frozenset(value for (value,) in values), None)
