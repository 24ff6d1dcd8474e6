"""Which type each column of a table has, as far as a sample tells.

A column of figures that fit two conventions ('1,234' alone) is decided by what else the file shows:
what the charter says of it, then the convention of its other columns, then its delimiter. A file
cut at semicolons has them because the comma is its decimal mark; one cut at commas has not. Where
nothing decides, the column stays text, as do days and months that could be exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from proveout.intake.typing.kinds import PLAIN, Kind, Mark
from proveout.intake.typing.moments import moment_kinds
from proveout.intake.typing.numbers import has_mark, number_kinds

_TWO_WAYS = re.compile(r"\s*[+-]?[1-9][0-9]{0,2}[.][0-9]{3}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of the file around the columns."""

    decimal: Mark | None = None
    """As the charter says."""
    delimiter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a column is."""

    kind: Kind | None = None
    """None for text."""
    rivals: tuple[Kind, ...] = ()
    """All kinds that the values fit, of which the meaning differs; empty where it is clear."""
    why: str | None = None
    """What decided between rivals."""


def decide(
    found: Mapping[str, Sequence[Kind]],
    texts: Mapping[str, Sequence[str]],
    hints: Hints,
    excluded: Mapping[str, Collection[Kind]],
) -> dict[str, Verdict]:
    """Decide on each column from the kinds of some of its values. Those without a kind are text.

    `excluded` kinds are known not to fit all values of a column.
    """
    possible = {
        name: [
            kind
            for kind in kinds
            if kind not in excluded.get(name, ())
            and not (hints.decimal == "," and kind.decimal == "." and has_mark(texts[name]))
            and not (hints.decimal == "." and kind.decimal == "," and has_mark(texts[name]))
        ]
        for name, kinds in found.items()
    }
    marks = {
        mark
        for name, kinds in possible.items()
        if kinds and has_mark(texts[name]) and (mark := _sure_mark(kinds))
    }
    return {name: _verdict(kinds, texts[name], hints, marks) for name, kinds in possible.items()}


def kinds_of(values: Sequence[str]) -> list[Kind]:
    """Return all kinds that every value may be of, the likeliest first; none without a value."""
    if not values:
        return []
    plain = [kind for kind in PLAIN if all(map(kind.may_be, values))]
    is_clear = bool(plain) and not (has_mark(values) and plain[0].decimal and _is_open(values))
    others = [] if is_clear else number_kinds(values)
    return [*moment_kinds(values), *plain, *others]


def _is_open(values: Sequence[str]) -> bool:
    """Tell whether every point of figures may as well stand between thousands."""
    return all(_TWO_WAYS.fullmatch(value) for value in values if "." in value)


def _sure_mark(kinds: Sequence[Kind]) -> Mark | None:
    """Return the decimal mark of figures that can have no other."""
    marks = {kind.decimal for kind in kinds}
    return next(iter(marks)) if len(marks) == 1 else None


def _verdict(
    kinds: Sequence[Kind], values: Sequence[str], hints: Hints, marks: Collection[Mark]
) -> Verdict:
    if not kinds:
        return Verdict()
    first = kinds[0]
    if first.name in ("date", "timestamp", "time"):
        return _moment(kinds)
    decimals = {kind.decimal for kind in kinds if kind.decimal}
    if len(decimals) < 2 or not has_mark(values):
        return Verdict(kind=first)
    points, commas = (
        next((kind for kind in kinds if kind.decimal == mark), None) for mark in (".", ",")
    )
    rivals = tuple(kind for kind in (points, commas) if kind is not None)
    mark, why = _deciding_mark(values, hints, marks)
    kind = {".": points, ",": commas, None: None}[mark]
    return Verdict(kind=kind, rivals=rivals, why=why)


def _moment(kinds: Sequence[Kind]) -> Verdict:
    """Where only the order of day and month is open, nothing decides."""
    moments = tuple(kind for kind in kinds if kind.name == kinds[0].name and kind.format)
    if len(moments) < 2:
        return Verdict(kind=kinds[0])
    return Verdict(rivals=moments)


def _deciding_mark(
    values: Sequence[str], hints: Hints, marks: Collection[Mark]
) -> tuple[Mark | None, str | None]:
    if len(marks) == 1:
        return next(iter(marks)), "the other columns"
    if marks:
        return None, None
    has_comma = any("," in value for value in values)
    if has_comma and hints.delimiter in (",", ";"):
        return ("," if hints.delimiter == ";" else "."), "the delimiter"
    if not has_comma and hints.delimiter != ";":
        return ".", "the usual reading"
    return None, None
