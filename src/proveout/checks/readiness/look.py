"""A first look at the sample: what the columns seem to hold, and where their fences stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from proveout.checks.readiness.columns import Column, TypeName
from proveout.checks.readiness.conditions import BOOLEAN_TEXTS
from proveout.checks.readiness.dates import FORMATS, TIME, DateFormat
from proveout.checks.readiness.fences import QUANTILES, Fences, fences
from proveout.checks.readiness.figures import ANY_FIGURE, PLAIN, TwoWays, Writing, figures_of
from proveout.checks.readiness.sampling import Sample

if TYPE_CHECKING:
    import duckdb

MOST_CATEGORIES = 5_000
"""Distinct values above which a text column is not counted value by value."""
_LOOK_ROWS = 5_000
"""Rows on which the type of a text column is found out."""
_MOSTLY = 0.9
"""From this share on, the rest are misfits; below it the column is plain text."""
_UNSEEN = 0.005
"""Highest share of single values in a sample (Good-Turing: of values never seen) that lets a
column be counted value by value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the sample says of one column."""

    seems: TypeName | None = None
    """The type that nearly all texts have; None for stored types and plain text."""
    date_format: DateFormat | None = None
    """How most of the dates in a text column are written."""
    is_category: bool = False
    """Few enough values to count each of them."""
    n_sample: int = 0
    """Rows of the sample."""
    n_distinct: int | None = None
    """Different texts in the sample; None where it is no text column."""
    fences: Fences | None = None
    n_figures: int = 0
    """Finite figures in the sample."""
    quartiles: tuple[float, ...] | None = None
    writing: Writing | None = None
    """How the figures of a text column are written."""
    two_ways: TwoWays | None = None
    """Where nothing in the column tells which of two readings is meant."""


def look(
    local: duckdb.DuckDBPyConnection, sample: Sample, columns: Sequence[Column]
) -> Mapping[str, Look]:
    """Look at a sample, by column name. `local` holds it as the table 'sample'."""
    texts = [column for column in columns if column.kind == "text"]
    types = {column.name: each for column, each in _text_types(local, texts)}
    categories = _categories(local, texts, complete=sample.complete)
    numbers = {
        column.name: f"c{column.position}"
        for column in columns
        if column.kind in ("integer", "float")
    } | {
        column.name: (types[column.name].writing or PLAIN).sql(f"c{column.position}")
        for column in texts
        if (column.declared.type or types[column.name].seems) in ("number", "integer")
    }
    spreads = _spreads(local, numbers)
    found = {}
    for column in columns:
        text = types.get(column.name, _NO_TEXT)
        n_figures, quantiles = spreads.get(column.name, (0, None))
        found[column.name] = Look(
            seems=text.seems,
            n_sample=sample.rows.num_rows,
            date_format=text.date_format,
            writing=text.writing,
            two_ways=text.two_ways,
            is_category=column.name in categories and categories[column.name].is_category,
            n_distinct=categories[column.name].n_distinct if column.name in categories else None,
            fences=None if quantiles is None else fences(quantiles),
            n_figures=n_figures,
            quartiles=None if quantiles is None else quantiles[1:4],
        )
    return found


class _Text(NamedTuple):
    """What the texts of a column seem to be."""

    seems: TypeName | None = None
    date_format: DateFormat | None = None
    writing: Writing | None = None
    two_ways: TwoWays | None = None


_NO_TEXT = _Text()


class _TypeCounts(NamedTuple):
    """Texts of a column that can be read as what."""

    n: int
    numbers: int
    integers: int
    truths: int
    times: int
    dates: int
    figures: int
    """Written in whatever way."""


def _text_types(
    local: duckdb.DuckDBPyConnection, texts: Sequence[Column]
) -> Iterator[tuple[Column, _Text]]:
    local.execute(
        "CREATE OR REPLACE TEMP TABLE glance AS "  # noqa: S608 - a number
        f"SELECT * FROM sample ORDER BY hash(rowid) LIMIT {_LOOK_ROWS}"
    )
    booleans = ", ".join(f"'{text}'" for text in BOOLEAN_TEXTS)
    any_figure = ANY_FIGURE.replace("'", "''")
    for column in texts:
        name = f"c{column.position}"
        counts = _TypeCounts(
            *_row(
                local,
                "count(*), count(TRY_CAST(v AS DOUBLE)), "
                "count_if(TRY_CAST(v AS DOUBLE) % 1 = 0 AND NOT contains(lower(v), 'e')), "
                f"count_if(lower(trim(v)) IN ({booleans})), "
                f"count_if(regexp_matches(v, '{TIME}')), "
                "count_if(regexp_matches(v, '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}')), "
                f"count_if(regexp_matches(v, '{any_figure}'))",
                name,
            )
        )
        yield column, _text(local, name, counts) if counts.n else _NO_TEXT


def _text(local: duckdb.DuckDBPyConnection, name: str, counts: _TypeCounts) -> _Text:
    enough = _MOSTLY * counts.n
    form, two_ways = None, None
    if counts.dates >= enough:
        form, two_ways = _date_format(local, name)
    seems = _seems(counts, form)
    if form is not None or counts.figures < enough or seems in ("boolean", "time"):
        return _Text(seems, form, two_ways=two_ways)
    listed = local.execute(f"SELECT {name}, count(*) FROM glance WHERE {name} <> '' GROUP BY 1")  # noqa: S608 - own names
    figures = figures_of(listed.fetchall())
    if figures.writing is not None and (seems is None or not figures.writing.is_plain):
        seems = "number"
    return _Text(seems, writing=figures.writing, two_ways=figures.two_ways)


def _seems(counts: _TypeCounts, form: DateFormat | None) -> TypeName | None:
    enough = _MOSTLY * counts.n
    if form is not None:
        return form.type
    if counts.truths >= enough and counts.numbers < counts.n / 2:
        return "boolean"
    if counts.numbers >= enough:
        return "integer" if counts.integers == counts.numbers else "number"
    return "time" if counts.times >= enough else None


def _date_format(
    local: duckdb.DuckDBPyConnection, name: str
) -> tuple[DateFormat | None, TwoWays | None]:
    counts = _row(
        local, ", ".join(f"count_if(regexp_matches(v, '{form.regex}'))" for form in FORMATS), name
    )
    most = max(counts)
    if not most:
        return None, None
    first, *others = (form for form, n in zip(FORMATS, counts, strict=True) if n == most)
    if not others:
        return first, None
    both = " AND ".join(f"regexp_matches(v, '{form.regex}')" for form in (first, others[0]))
    n_both, *texts = _row(
        local,
        f"count_if({both}), min(v) FILTER ({both}), "
        f"any_value(v) FILTER ({both}), max(v) FILTER ({both})",
        name,
    )
    if n_both < most:
        return first, None
    # All of them fit with day and month exchanged too; those that mean two days are shown first.
    texts.sort(key=lambda text: len(set(re.findall("[0-9]+", text)[:2])), reverse=True)
    return first, TwoWays(texts=tuple(dict.fromkeys(texts)), readings=(first.name, others[0].name))


class _Distinct(NamedTuple):
    n_distinct: int
    is_category: bool


def _categories(
    local: duckdb.DuckDBPyConnection, texts: Sequence[Column], *, complete: bool
) -> dict[str, _Distinct]:
    """Tell which text columns have few values, hardly any of which the sample has missed."""
    found = {}
    for column in texts:
        distinct, singles, n = local.execute(
            "SELECT count(*), coalesce(count_if(k = 1), 0), coalesce(sum(k), 0) FROM "  # noqa: S608 - own names
            f"(SELECT count(*) AS k FROM sample WHERE c{column.position} IS NOT NULL "
            f"GROUP BY c{column.position})"
        ).fetchone() or (0, 0, 0)
        is_known = complete or singles <= _UNSEEN * n
        found[column.name] = _Distinct(distinct, distinct <= MOST_CATEGORIES and is_known)
    return found


def _spreads(
    local: duckdb.DuckDBPyConnection, numbers: Mapping[str, str]
) -> dict[str, tuple[int, tuple[float, ...] | None]]:
    if not numbers:
        return {}
    wanted = ", ".join(
        f"count(v{i}), quantile_cont(v{i}, {list(QUANTILES)})" for i in range(len(numbers))
    )
    values = ", ".join(
        f"CASE WHEN isfinite(({sql})::DOUBLE) THEN ({sql})::DOUBLE END AS v{i}"
        for i, sql in enumerate(numbers.values())
    )
    row: Any = local.execute(f"SELECT {wanted} FROM (SELECT {values} FROM sample)").fetchone()  # noqa: S608 - own names
    return {
        name: (row[2 * i], None if row[2 * i + 1] is None else tuple(row[2 * i + 1]))
        for i, name in enumerate(numbers)
    }


def _row(local: duckdb.DuckDBPyConnection, wanted: str, name: str) -> tuple[Any, ...]:
    found = local.execute(
        f"SELECT {wanted} FROM (SELECT {name} AS v FROM glance WHERE trim({name}) <> '')"  # noqa: S608 - own names
    ).fetchone()
    return found or ()
