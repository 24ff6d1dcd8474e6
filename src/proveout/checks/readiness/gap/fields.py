"""What each field is, agreed over the pilot sample and every production source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from proveout.checks.readiness.conversions import is_endless, moment_in, number_in
from proveout.checks.readiness.engine import is_duckdb, rows
from proveout.intake.databases.abilities import abilities_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

Kind = Literal["number", "category", "moment", "identifier"]
"""How a field is compared: by its figures, by its values, by the calendar, or only by whether it
is filled (where every record has a value of its own)."""

UNREADABLE = "__unreadable__"
"""Suffix of the column that marks values which are present and not of the field's kind."""

_CONVERTS = 0.95
"""Share of a text column's values in the pilot sample that must convert for it to be one of
numbers or moments."""
_CONVERTS_IN_PRODUCTION = 0.5
"""The same in production, which is allowed to be dirtier: what does not convert is shown."""
_OWN_VALUE = 0.5
"""Distinct values per record above which a text names records."""
_OWN_NUMBER = 0.95
"""The same for whole numbers, which may be many without naming anything."""
_FEW = 30
"""So few distinct values are never identifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One column of one table."""

    n: int
    n_filled: int
    n_distinct: int
    """About."""
    stored: Literal["number", "whole", "moment", "text"]
    n_numbers: int
    """Values that are numbers, or texts that convert to one."""
    n_moments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column that the pilot sample and production share."""

    name: str
    kind: Kind
    n_distinct: int
    """About, in the larger of both."""


def profiles(table: ir.Table) -> dict[str, Profile]:
    """Profile every column of a table in one query."""
    figures: dict[str, Any] = {"n": table.count()}
    for at, name in enumerate(table.columns):
        value = _written(table, name)
        figures[f"f{at}"] = value.count()
        figures[f"d{at}"] = value.approx_nunique()
        if value.type().is_string():
            figures[f"x{at}"] = number_in(value).count()
            figures[f"m{at}"] = moment_in(_maybe_moment(table, value)).count()
    row = rows(table.aggregate(**figures))[0]
    found = {}
    for at, name in enumerate(table.columns):
        stored = _stored(table[name].type())
        filled = int(row[f"f{at}"] or 0)
        found[name] = Profile(
            n=int(row["n"]),
            n_filled=filled,
            n_distinct=int(row[f"d{at}"] or 0),
            stored=stored,
            n_numbers=filled if stored in ("number", "whole") else int(row.get(f"x{at}") or 0),
            n_moments=filled if stored == "moment" else int(row.get(f"m{at}") or 0),
        )
    return found


def agree(
    pilot: Mapping[str, Profile],
    production: Sequence[Mapping[str, Profile]],
    keys: Sequence[str] = (),
) -> list[Field]:
    """Settle what each shared column is, in the pilot's order."""
    shared = [name for name in pilot if any(name in each for each in production)]
    return [
        Field(
            name=name,
            kind=_kind(
                pilot[name], [each[name] for each in production if name in each], name in keys
            ),
            n_distinct=max(
                pilot[name].n_distinct,
                *(each[name].n_distinct for each in production if name in each),
            ),
        )
        for name in shared
    ]


def present(table: ir.Table, name: str) -> Any:
    """Return the column with null where nothing is written: null, NaN, or blank text."""
    column = table[name]
    if column.type().is_string():
        return column.strip().nullif("")
    if column.type().is_floating() and abilities_of(table).has_nan:
        return column.isnan().ifelse(None, column)
    return column


def _written(table: ir.Table, name: str) -> Any:
    """Return the column with null where nothing is written; blanks at the end may stay.

    To strip every text takes longer than to count all of a column; no blank text sorts behind '!'.
    """
    import ibis

    column = table[name]
    if column.type().is_string() and is_duckdb(table):
        return ibis.ifelse(column < "!", column.strip().nullif(""), column)
    return present(table, name)


def _maybe_moment(table: ir.Table, value: Any) -> Any:
    """Return the texts that begin as a date may: to find out of others takes longest of all.

    Digits, signs and blanks all sort before ':'.
    """
    import ibis

    return ibis.ifelse(value < ":", value.strip(), None) if is_duckdb(table) else value


def plain(table: ir.Table, fields: Sequence[Field]) -> ir.Table:
    """Return the fields as float, text or timestamp; missing and unreadable values are null.

    Beside each number and moment stands a flag for values that are present and unreadable. A field
    which one of several production sources lacks is missing in all of its records.
    """
    import ibis

    columns: dict[str, Any] = {}
    for field in fields:
        stored = {"number": "float64", "moment": "timestamp"}.get(field.kind, "string")
        if field.name not in table.columns:
            columns[field.name] = ibis.null(stored)
            if field.kind in ("number", "moment"):
                columns[field.name + UNREADABLE] = ibis.literal(False)
            continue
        value = present(table, field.name)
        columns[field.name] = converted = _converted(value, stored)
        if field.kind in ("number", "moment"):
            columns[field.name + UNREADABLE] = value.notnull() & converted.isnull()
    return table.select(**columns)


def _converted(value: Any, stored: str) -> Any:
    if stored == "string" and value.type().is_boolean():
        return value.cases((True, "true"), (False, "false"))  # some engines write 1 and 0
    if stored == "string":
        return value.cast("string")
    if value.type().is_string():
        if stored == "timestamp":
            return moment_in(value)
        read = number_in(value)
        # The texts 'nan' and 'inf' convert to floats that are no figures.
        return (read.isnan() | read.isinf()).ifelse(None, read) if is_duckdb(value) else read
    if value.type().is_floating() and abilities_of(value).has_nan:
        return is_endless(value).ifelse(None, value).cast(stored)
    return value.cast(stored)


def _stored(type_: Any) -> Literal["number", "whole", "moment", "text"]:
    if type_.is_integer():
        return "whole"
    if type_.is_numeric():
        return "number"
    if type_.is_timestamp() or type_.is_date():
        return "moment"
    return "text"


def _kind(pilot: Profile, production: Sequence[Profile], is_key: bool) -> Kind:
    everywhere = (pilot, *production)
    if is_key:
        return "identifier"
    if _all_convert(pilot, production, "n_numbers"):
        whole = all(each.stored != "number" for each in everywhere)
        return "identifier" if whole and _names_records(everywhere, _OWN_NUMBER) else "number"
    if _all_convert(pilot, production, "n_moments"):
        return "moment"
    return "identifier" if _names_records(everywhere, _OWN_VALUE) else "category"


def _all_convert(
    pilot: Profile, production: Sequence[Profile], count: Literal["n_numbers", "n_moments"]
) -> bool:
    mine, theirs = _convert([pilot], count), _convert(production, count)
    if mine is None and theirs is None:
        return False
    return (mine is None or mine >= _CONVERTS) and (
        theirs is None or theirs >= (_CONVERTS_IN_PRODUCTION if mine is not None else _CONVERTS)
    )


def _convert(profiles: Sequence[Profile], count: Literal["n_numbers", "n_moments"]) -> float | None:
    """Return the share of the values that convert; None where there is no value to tell by."""
    filled = sum(each.n_filled for each in profiles)
    return sum(getattr(each, count) for each in profiles) / filled if filled else None


def _names_records(everywhere: Sequence[Profile], share: float) -> bool:
    filled = [each for each in everywhere if each.n_filled]
    return any(each.n_distinct > _FEW for each in filled) and all(
        each.n_distinct > share * each.n_filled for each in filled
    )
