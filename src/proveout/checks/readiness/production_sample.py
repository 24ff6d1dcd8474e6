"""A representative sample of a production source, its exceptions included (R207)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.readiness.audit import SourceAudit, audit_source
from proveout.checks.readiness.conditions import missing
from proveout.checks.readiness.engine import rows
from proveout.checks.readiness.exceptions import kinds, with_kind
from proveout.checks.readiness.problems import problems_of
from proveout.errors import InputError
from proveout.intake.drawing import STRATUM, WEIGHT, Design, Marks, draw_sample, label_of, plan
from proveout.intake.drawing.strata import usual_values
from proveout.intake.table import OpenTable

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

RARE = 0.005
"""Share of records below which a value of a category is rare."""
_MOST_CATEGORIES = 200
"""Different values up to which a column is looked through for rare ones."""
_MOST_GROUPS = 1_000
"""Different values up to which strata can be made by a column."""
_SELDOM_EMPTY = 0.05
"""Share of gaps up to which a gap sets a record apart; above it, gaps are usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionSample:
    """The records drawn, and how."""

    rows: pa.Table
    """All columns of the source, then STRATUM and WEIGHT."""
    design: Design
    by: tuple[str, ...]
    """Columns that strata were made by."""
    exceptions: tuple[str, ...]
    """Kinds of exceptions, and gaps, that have strata of their own."""
    rare: Mapping[str, int]
    """Columns whose rare values have strata of their own, and how many values those are."""


def sample_production(
    opened: OpenTable,
    *,
    charter: Charter,
    now: datetime,
    seed: int,
    n_rows: int,
    by: Sequence[str] = (),
) -> ProductionSample:
    """Draw a sample of about `n_rows`: all strata, the small ones more densely.

    Strata are kinds of exceptions, rare categories, and the columns of `by`; where none is given,
    the charter's site and the month of its timestamp. Raises InputError.
    """
    table = opened.table
    taken = [name for name in (WEIGHT, STRATUM) if name in table.columns]
    if taken:
        raise InputError(
            f"{opened.name} has a column '{taken[0]}', as samples have: a sample of a sample "
            "would stand for the sample only.",
            hint="Draw from the source itself.",
        )
    audit = audit_source(opened, charter=charter, now=now, seed=seed)
    if not audit.n_rows:
        raise InputError(f"{opened.name} holds no records.", hint="Give a source with records.")
    wanted = list(by) or _usual(audit, charter)
    groups = {name: _groups(audit, name) for name in dict.fromkeys(wanted)}
    if not by:
        groups = {name: values for name, values in groups.items() if values is None or values}
    marks = Marks(
        exceptions=_exceptions(table, audit),
        rare=_rare(table, audit, apart=groups),
    )
    label = label_of(table, marks, groups)
    design = plan(_count(table, label), rows=n_rows)
    return ProductionSample(
        rows=draw_sample(table, label, design, seed=seed),
        design=design,
        by=tuple(groups),
        exceptions=tuple(kind for kind, _ in marks.exceptions),
        rare={name: len(values) for name, values in marks.rare.items()},
    )


def _exceptions(table: ir.Table, audit: SourceAudit) -> list[tuple[str, ir.BooleanValue]]:
    """List what is wrong with some records, the rarest first: it says most of a record."""
    found, problems = audit.exceptions, problems_of(table, audit.rules)
    counted = {} if found is None else found.by_kind
    listed = [
        (counted[kind], kind, with_kind(problems, kind))
        for kind in kinds(problems)
        if 0 < counted.get(kind, 0) < audit.n_rows
    ]
    gaps = [t for t in audit.columns if 0 < t.n_missing < _SELDOM_EMPTY * t.n_rows]
    marks = [(t.n_missing, f"no {t.column.name}", missing(table, t.column)) for t in gaps]
    ranked = [*sorted(listed, key=_often), *sorted(marks, key=_often)]
    return [(str(what), condition) for _, what, condition in ranked]


def _often(mark: tuple[int, str, ir.BooleanValue]) -> tuple[int, str]:
    return mark[0], mark[1]


def _usual(audit: SourceAudit, charter: Charter) -> list[str]:
    columns = audit.opened.table.columns
    named = (charter.data.site_column, charter.data.timestamp)
    found = [name for name in named if name is not None and name in columns]
    moments = [name for name in columns if _is_moment(audit, name)]
    return found or (moments if len(moments) == 1 else [])


def _is_moment(audit: SourceAudit, name: str) -> bool:
    """Tell whether the column begins with year and month wherever it is filled."""
    type_ = audit.opened.table.schema()[name]
    look = audit.rules.looks.get(name)
    form = None if look is None else look.date_format
    is_text = form is not None and form.iso
    return bool(type_.is_timestamp() or type_.is_date() or is_text)


def _groups(audit: SourceAudit, name: str) -> list[str] | None:
    """Return the values that strata are made of; None where they are months."""
    opened, table = audit.opened, audit.opened.table
    if name not in table.columns:
        raise InputError(
            f"{opened.name} has no column '{name}'.",
            hint=f"Its columns: {', '.join(table.columns)}.",
        )
    if _is_moment(audit, name):
        return None
    value = table[name].cast("string")
    counted = rows(table.group_by(value=value).aggregate(n=table.count()).limit(_MOST_GROUPS + 1))
    if len(counted) > _MOST_GROUPS:
        raise InputError(
            f"'{name}' has more than {_MOST_GROUPS:,} different values, too many to draw from "
            "each.",
            hint="Choose columns of categories or dates: --by site,month.",
        )
    return usual_values({row["value"]: row["n"] for row in counted if row["value"] is not None})


def _rare(table: ir.Table, audit: SourceAudit, *, apart: Mapping[str, Any]) -> dict[str, list[str]]:
    """Find the rare values of categories, but for columns that have strata anyway."""
    found: dict[str, list[str]] = {}
    most = RARE * audit.n_rows
    for tally in audit.columns:
        column = tally.column
        if column.name in apart or column.kind not in ("text", "boolean"):
            continue
        if not audit.rules.looks[column.name].is_category and column.kind == "text":
            continue
        value = table[column.name].cast("string")
        counted = rows(
            table.group_by(value=value).aggregate(n=table.count()).limit(_MOST_CATEGORIES + 1)
        )
        if len(counted) > _MOST_CATEGORIES:
            continue
        rare = [row["value"] for row in counted if row["value"] is not None and row["n"] < most]
        if rare:
            found[column.name] = sorted(rare)
    return found


def _count(table: ir.Table, label: ir.StringValue) -> dict[str, int]:
    labelled = table.select(label=label)
    counted = labelled.group_by("label").aggregate(n=labelled.count())
    return {row["label"]: int(row["n"]) for row in rows(counted)}
