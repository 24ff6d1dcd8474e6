"""Everything that is counted column by column, in as few scans as there are batches of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.columns import Column, TypeName
from proveout.checks.readiness.conditions import (
    as_number,
    count_true,
    missing,
    not_of_type,
    otherwise_written,
    out_of_range,
    outside,
)
from proveout.checks.readiness.conversions import is_endless
from proveout.checks.readiness.engine import rows
from proveout.checks.readiness.look import Look
from proveout.intake.databases.abilities import abilities_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BATCH = 60
"""Columns per query: beyond it the planning of one query grows faster than its reading saves."""


_FIGURES: tuple[TypeName, ...] = ("number", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfits:
    """Values of one column with one thing wrong."""

    n: int
    examples: tuple[str, ...] = ()
    """Up to three of them, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTally:
    """The counts of one column."""

    column: Column
    n_rows: int
    n_missing: int
    n_distinct: int | None = None
    """Approximate (HyperLogLog, standard error about 2 %); None for text, where it costs most."""
    low: Any = None
    """Smallest value of figures and moments; None for text that is no figure."""
    high: Any = None
    mean: float | None = None
    is_constant: bool = False
    wanted: TypeName | None = None
    """The type that values were held to; None where nothing but the storage speaks."""
    wrong_type: Misfits = field(default_factory=lambda: Misfits(n=0))
    other_form: Misfits | None = None
    """Figures that are written in another way than most; None where they are no figures."""
    out_of_range: Misfits | None = None
    """None where no range is declared."""
    outliers: Misfits | None = None
    """None where there are no figures, or no spread to judge them by."""

    @property
    def n_present(self) -> int:
        """How many records have a value."""
        return self.n_rows - self.n_missing


def tally(
    table: ir.Table,
    columns: Sequence[Column],
    looks: Mapping[str, Look],
    *,
    suspects: frozenset[str],
    extra: Mapping[str, ir.Scalar],
) -> tuple[list[ColumnTally], Mapping[str, Any]]:
    """Count, column by column; `extra` figures ride along with the first scan.

    `suspects` are columns that showed a single value in the sample.
    """
    tallies: list[ColumnTally] = []
    extras: Mapping[str, Any] = {}
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        wanted: dict[str, Any] = {"n": table.count(), **({} if start else extra)}
        for column in batch:
            wanted.update(_figures(table, column, looks[column.name], column.name in suspects))
        found = rows(table.aggregate(**wanted))[0]
        tallies += [_tally(column, looks[column.name], found) for column in batch]
        extras = extras or found
    return tallies, extras


def wanted_type(column: Column, look: Look) -> TypeName | None:
    """Return the type a column is held to: as declared, else as nearly all of its texts are."""
    return column.declared.type or look.seems


def _figures(
    table: ir.Table, column: Column, look: Look, is_suspect: bool
) -> Iterator[tuple[str, ir.Scalar]]:
    value = table[column.name]
    yield column.alias("missing"), count_true(table, missing(table, column))
    if column.kind == "other":
        return
    if column.kind != "text":
        yield column.alias("distinct"), value.approx_nunique()
    elif is_suspect:
        yield column.alias("low"), value.min()
        yield column.alias("high"), value.max()
    elif look.fences is not None:
        number = as_number(table, column)
        yield column.alias("low"), number.min()
        yield column.alias("high"), number.max()
    if column.kind == "boolean":  # not every engine has the minimum of a boolean
        number = value.cases((True, 1), (False, 0))  # nor a cast of it to a number
        yield column.alias("low"), number.min()
        yield column.alias("high"), number.max()
    elif column.kind != "text":
        yield column.alias("low"), value.min()
        yield column.alias("high"), _largest(table, column)
    if column.kind in ("integer", "float"):
        yield column.alias("mean"), _finite(table, column).mean()
    yield from _conditions_met(table, column, look)


def _conditions_met(table: ir.Table, column: Column, look: Look) -> Iterator[tuple[str, ir.Scalar]]:
    conditions = _conditions(table, column, look)
    for what, condition in conditions.items():
        yield column.alias(what), count_true(table, condition)
        if what == "outlier":  # the extremes are examples enough, and known
            continue
        shown = condition
        if what == "type" and "form" in conditions:
            shown = condition & ~conditions["form"]  # those are shown for themselves
        yield from _examples(table[column.name], column.alias(what), shown)


def _examples(
    value: ir.Column, alias: str, condition: ir.BooleanValue
) -> Iterator[tuple[str, ir.Scalar]]:
    # Turned into text afterwards: the engine would do that for every row.
    yield f"{alias}_1", value.min(where=condition)
    yield f"{alias}_2", value.max(where=condition)
    if abilities_of(value).picks_any:
        yield f"{alias}_3", value.arbitrary(where=condition)


def _finite(table: ir.Table, column: Column) -> Any:
    value = table[column.name]
    if not value.type().is_floating() or not abilities_of(table).has_nan:
        return value
    import ibis

    return ibis.ifelse(value.isnan() | is_endless(value), ibis.null(value.type()), value)


def _largest(table: ir.Table, column: Column) -> Any:
    """The maximum, NaN left out: some engines take NaN for the largest figure."""
    value = table[column.name]
    may_be_nan = value.type().is_floating() and abilities_of(table).has_nan
    return value.max(where=~value.isnan()) if may_be_nan else value.max()


def _conditions(table: ir.Table, column: Column, look: Look) -> dict[str, ir.BooleanValue]:
    wanted = wanted_type(column, look)
    found = {
        "type": None if wanted is None else not_of_type(table, column, wanted),
        "form": otherwise_written(table, column) if wanted in _FIGURES else None,
        "range": out_of_range(table, column),
        "outlier": None if look.fences is None else outside(table, column, look.fences),
    }
    return {what: condition for what, condition in found.items() if condition is not None}


def _tally(column: Column, look: Look, found: Mapping[str, Any]) -> ColumnTally:
    def get(what: str) -> Any:
        return found.get(column.alias(what))

    def misfits(what: str) -> Misfits | None:
        if column.alias(what) not in found:
            return None
        examples = (get(f"{what}_{i}") for i in (1, 2, 3))
        return Misfits(
            n=int(get(what) or 0),
            examples=tuple(dict.fromkeys(str(e)[:200] for e in examples if e is not None)),
        )

    n_missing = int(get("missing") or 0)
    has_values = column.kind != "text" or look.fences is not None
    return ColumnTally(
        column=column,
        n_rows=int(found["n"]),
        n_missing=n_missing,
        n_distinct=get("distinct"),
        low=get("low") if has_values else None,
        high=get("high") if has_values else None,
        mean=get("mean"),
        is_constant=_is_constant(column, found["n"], n_missing, get("low"), get("high")),
        wanted=wanted_type(column, look),
        wrong_type=misfits("type") or Misfits(n=0),
        other_form=misfits("form"),
        out_of_range=misfits("range"),
        outliers=_outliers(look, get("outlier"), get("low"), get("high")),
    )


def _outliers(look: Look, n: Any, low: Any, high: Any) -> Misfits | None:
    if look.fences is None:
        return None
    below = look.fences.low is not None and low is not None and low < look.fences.low
    above = look.fences.high is not None and high is not None and high > look.fences.high
    ends = (end for end, is_out in ((low, below), (high, above)) if is_out)
    return Misfits(n=int(n or 0), examples=tuple(str(end) for end in ends))


def _is_constant(column: Column, n_rows: int, n_missing: int, low: Any, high: Any) -> bool:
    """Tell whether every record has the same value, or none has one."""
    if n_rows < 2 or column.kind == "other":
        return False
    return n_missing == n_rows or (n_missing == 0 and low is not None and bool(low == high))
