"""What the charter and the data themselves say can be wrong with a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from proveout.charter.schema import Data, Reference
from proveout.checks.readiness.columns import Column, named
from proveout.checks.readiness.conditions import (
    any_of,
    can_be_missing,
    certain,
    impossible_moment,
    in_another_format,
    in_wrong_order,
    missing,
    not_of_type,
    out_of_range,
)
from proveout.checks.readiness.exceptions import Problem
from proveout.checks.readiness.look import Look
from proveout.checks.readiness.references import Lists
from proveout.checks.readiness.tally import wanted_type

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that a record of one source is held to."""

    columns: tuple[Column, ...]
    data: Data
    looks: Mapping[str, Look]
    now: datetime
    references: Lists = field(default_factory=Lists)
    """What values of records are looked up in."""

    @property
    def key(self) -> tuple[Column, ...]:
        """The key's columns; empty unless all of them are there."""
        found = tuple(c for name in self.data.key if (c := named(self.columns, name)) is not None)
        return found if len(found) == len(self.data.key) else ()

    @property
    def absent(self) -> tuple[str, ...]:
        """Required columns that the source does not have."""
        have = {column.name for column in self.columns}
        return tuple(name for name in self.data.required_columns if name not in have)


def problems_of(table: ir.Table, rules: Rules) -> list[Problem]:
    """List all that can be wrong with a record of this table."""
    return [
        *_missing_required(table, rules),
        *_values(table, rules),
        *_timestamps(table, rules),
        *_references(table, rules),
    ]


def is_bad(table: ir.Table, rules: Rules) -> ir.BooleanValue:
    """Tell of each record whether it has any problem."""
    import ibis

    found = [problem.condition for problem in problems_of(table, rules)]
    return any_of(found) if found else ibis.literal(False)


def incomplete(table: ir.Table, rules: Rules) -> ir.BooleanValue | None:
    """Tell of each record whether a required field (any field, where none is) is missing."""
    import ibis

    if rules.absent:
        return ibis.literal(True)
    required = [c for c in rules.columns if c.required] or list(rules.columns)
    wanted = [column for column in required if can_be_missing(column)]
    return any_of([missing(table, column) for column in wanted]) if wanted else None


def _missing_required(table: ir.Table, rules: Rules) -> Iterator[Problem]:
    import ibis

    for name in rules.data.required_columns:
        column = named(rules.columns, name)
        yield Problem(
            kind="missing-required",
            columns=(name,),
            condition=ibis.literal(True) if column is None else missing(table, column),
            what=f"{name} is missing",
        )


def _values(table: ir.Table, rules: Rules) -> Iterator[Problem]:
    for column in rules.columns:
        wanted = wanted_type(column, rules.looks[column.name])
        misfit = None if wanted is None else not_of_type(table, column, wanted)
        if misfit is not None:
            yield Problem(
                kind="wrong-type",
                columns=(column.name,),
                condition=misfit,
                what=f"{column.name} is not of type {wanted}",
            )
        broken = out_of_range(table, column)
        if broken is not None:
            yield Problem(
                kind="out-of-range",
                columns=(column.name,),
                condition=broken,
                what=f"{column.name} is outside what is declared",
            )


def _timestamps(table: ir.Table, rules: Rules) -> Iterator[Problem]:
    def problem(condition: ir.BooleanValue, what: str, *names: str) -> Problem:
        return Problem(kind="timestamp-conflict", columns=names, condition=condition, what=what)

    for order in rules.data.order:
        earlier, later = (named(rules.columns, name) for name in (order.earlier, order.later))
        if earlier is not None and later is not None:
            wrong = in_wrong_order(table, earlier, later)
            if wrong is not None:
                what = f"{later.name} is before {earlier.name}"
                yield problem(wrong, what, earlier.name, later.name)
    moment = named(rules.columns, rules.data.timestamp)
    if moment is not None:
        impossible = impossible_moment(table, moment, rules.now)
        if impossible is not None:
            what = f"{moment.name} is in the future or before 1900"
            yield problem(impossible, what, moment.name)
    for column in rules.columns:
        form = rules.looks[column.name].date_format
        if form is not None and column.kind == "text":
            odd = in_another_format(table, column, form)
            if odd is not None:
                what = f"{column.name} is no date in the form {form.name}"
                yield problem(odd, what, column.name)


def _references(table: ir.Table, rules: Rules) -> Iterator[Problem]:
    for position, reference in enumerate(rules.data.references):
        column = named(rules.columns, reference.column)
        if column is None:
            continue
        found = _is_listed(table[column.name], reference, rules.references, position)
        if found is None:
            continue
        yield Problem(
            kind="unresolved-reference",
            columns=(column.name,),
            condition=~certain(found) & ~missing(table, column),
            what=f"{column.name} is not in {reference.source}.{reference.key}",
        )


def _is_listed(
    value: ir.Column, reference: Reference, lists: Lists, position: int
) -> ir.BooleanValue | None:
    """Tell whether values are in the list that they refer to; None where there is none."""
    values = lists.values.get((reference.source, reference.key))
    if values is not None:
        if value.type().is_string() or any(isinstance(each, str) for each in values):
            return value.cast("string").isin([str(each) for each in values])
        return value.isin(values)
    other = lists.tables.get((reference.source, reference.key))
    if other is None:
        return None
    known = other[reference.key]
    if value.type().copy(nullable=True) != known.type().copy(nullable=True):
        value, known = value.cast("string"), known.cast("string")
    # Named apart: of two equal lists Ibis makes a common one and calls it 't2' or so, which hides
    # a table of that name.
    known = known.name(f"known_{position}")
    listed = other.filter(known.notnull()).select(known).distinct()
    return value.isin(listed[known.get_name()])
