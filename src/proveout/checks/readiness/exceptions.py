"""Records that the system, or a person, must handle as an exception: how many, where, which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Literal

from proveout.checks.readiness.conditions import any_of, count_true
from proveout.checks.readiness.engine import rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

Kind = Literal[
    "missing-required", "wrong-type", "out-of-range", "duplicate", "timestamp-conflict",
    "unresolved-reference", "reject",
]  # fmt: skip
"""What makes a record an exception."""

_EXAMPLES = 3
_SHOWN = 6
"""Columns of a record that an example shows."""
_LONGEST = 120
"""Characters of a value that an example shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that can be wrong with a record."""

    kind: Kind
    columns: tuple[str, ...]
    """The columns it concerns."""
    condition: ir.BooleanValue
    what: str
    """In words: 'dep_time is missing'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """How many records have which problem."""

    n_rows: int
    n_any: int
    by_kind: Mapping[str, int]
    by_site: Mapping[str, Mapping[str, int]]
    """Kind to site to records; empty where the source has no column of sites."""
    rows_by_site: Mapping[str, int]
    by_problem: Mapping[int, int]
    """Records by position in the list of problems."""
    problem_by_site: Mapping[int, Mapping[str, int]]
    n_incomplete: int
    """Records that lack a field they should have."""


def counted(
    table: ir.Table, problems: Sequence[Problem], incomplete: ir.BooleanValue | None
) -> dict[str, ir.Scalar]:
    """Return the counts to ask for, under names that `read` understands."""
    import ibis

    wanted: dict[str, Any] = {"x_rows": table.count()}
    nothing = ibis.literal(False)
    wanted["x_incomplete"] = count_true(table, nothing if incomplete is None else incomplete)
    for position, problem in enumerate(problems):
        wanted[f"x_p{position}"] = count_true(table, problem.condition)
    for position, kind in enumerate(kinds(problems)):
        wanted[f"x_k{position}"] = count_true(table, with_kind(problems, kind))
    if problems:
        conditions = [problem.condition for problem in problems]
        wanted["x_any"] = count_true(table, any_of(conditions))
    return wanted


def by_site(
    table: ir.Table, site: ir.Value, wanted: Mapping[str, ir.Scalar]
) -> list[dict[str, Any]]:
    """Ask for the counts, site by site."""
    return rows(table.group_by(x_site=site.cast("string")).aggregate(**wanted))


def read(problems: Sequence[Problem], answers: Sequence[Mapping[str, Any]]) -> Exceptions:
    """Put together what the engine answered: one row, or one for each site."""

    def total(name: str) -> int:
        return sum(int(row.get(name) or 0) for row in answers)

    def sites(name: str) -> dict[str, int]:
        return {_site(row): int(row.get(name) or 0) for row in answers if "x_site" in row}

    names = {kind: f"x_k{position}" for position, kind in enumerate(kinds(problems))}
    return Exceptions(
        n_rows=total("x_rows"),
        n_any=total("x_any"),
        by_kind={kind: total(name) for kind, name in names.items()},
        by_site={kind: sites(name) for kind, name in names.items()},
        rows_by_site=sites("x_rows"),
        by_problem={i: total(f"x_p{i}") for i in range(len(problems))},
        problem_by_site={i: sites(f"x_p{i}") for i in range(len(problems))},
        n_incomplete=total("x_incomplete"),
    )


def _site(row: Mapping[str, Any]) -> str:
    return "(none)" if row["x_site"] is None else str(row["x_site"])


def kinds(problems: Iterable[Problem]) -> list[Kind]:
    """Return the kinds that occur, each once, in order."""
    return list(dict.fromkeys(problem.kind for problem in problems))


def with_kind(problems: Iterable[Problem], kind: Kind) -> ir.BooleanValue:
    """Tell of each record whether it has a problem of this kind."""
    return any_of([problem.condition for problem in problems if problem.kind == kind])


def examples(
    table: ir.Table, problems: Sequence[Problem], kind: Kind, naming: Sequence[str]
) -> list[dict[str, str | None]]:
    """Return up to three records with a problem of this kind: their names and what is wrong."""
    mine = [problem for problem in problems if problem.kind == kind]
    concerned = [name for problem in mine for name in problem.columns if name in table.columns]
    shown = list(dict.fromkeys([*naming, *concerned]))[:_SHOWN] or list(table.columns[:_SHOWN])
    found = rows(
        table.filter(with_kind(problems, kind))
        .limit(_EXAMPLES)
        .select(**{f"e{i}": table[name].cast("string") for i, name in enumerate(shown)})
    )
    return [{name: _cut(row[f"e{i}"]) for i, name in enumerate(shown)} for row in found]


def of_each(found: Sequence[Sequence[dict[str, str | None]]]) -> list[dict[str, str | None]]:
    """Take up to three examples in turn from lists of them."""
    in_turn = (record for nth in zip_longest(*found) for record in nth if record is not None)
    return list(islice(in_turn, _EXAMPLES))


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
