"""Look at every file of a source: a sample of each, and each record's hash, in one engine."""
# ruff: noqa: S608 - every name in a statement is quoted, or our own

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from proveout.charter.schema import Data
from proveout.checks.readiness.columns import Kind, columns_of
from proveout.checks.readiness.dates import FORMATS
from proveout.checks.readiness.patterns import mask_sql
from proveout.checks.readiness.series.profile import (
    COMMA,
    NUMBER,
    SHARES,
    THOUSANDS,
    WHOLE,
    WITH_UNIT,
    ColumnProfile,
    Profiles,
)
from proveout.intake.session import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from proveout.intake.table import FileRead, OpenTable

CELLS = 4_000_000
"""Cells in the sample of a source, all of its files together."""
ROWS_EACH = (200, 4_000)
"""Rows that are looked at of each file: at least, where it has them, and at most."""
HASHES = 4_000_000
"""Records that are compared across files; of a larger source, those with certain hashes."""
MOST_VALUES = 300
"""Different values in all files beyond which a column is no list of codes."""
_BUCKETS = 1 << 20
_PAIRED = 5
"""Files beyond which a record that all of them hold is no sign of a copy."""
_COMMA = "^[+-]?([0-9]{1,3}([. ][0-9]{3})+|[0-9]+),[0-9]+$"
_THOUSANDS = "^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?$"
_SYMBOL = "[^0-9a-zA-Z .,+/()-]"
_FIGURE = "[+-]?(0|[1-9][0-9]*)([.,][0-9]+)*"
_WITH_UNIT = f"^(({_SYMBOL} ?|[A-Z]{{2,3}} ){_FIGURE}|{_FIGURE} ?({_SYMBOL}|[a-zA-Z]{{1,4}}))$"
_PARSED = {"DD/MM/YYYY": "%d/%m/%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD.MM.YYYY": "%d.%m.%Y",
           "DD-MM-YYYY": "%d-%m-%Y", "YYYY/MM/DD": "%Y/%m/%d"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file, as the engine knows it."""

    at: int
    rows: str
    """The SQL of its rows."""
    kinds: Mapping[str, Kind]
    read: FileRead


class _Look:
    """A look under way, with its tables in the engine."""

    def __init__(self, opened: OpenTable, declared_moment: str | None) -> None:
        self.engine: duckdb.DuckDBPyConnection = opened.table.get_backend().con
        suffix = uuid4().hex[:12]
        self.sample, self.hashes = f"series_sample_{suffix}", f"series_hashes_{suffix}"
        self.files = [_file(opened, at) for at in range(len(opened.parts))]
        self.names = list(dict.fromkeys(name for file in self.files for name in file.kinds))
        self.types = {
            name: str(t) for name, t in zip(*_described(self.engine, opened), strict=True)
        }
        self.declared_moment = declared_moment
        self.n_rows: list[int] = []

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.engine.execute(sql).fetchall()
        return found


def look_at(opened: OpenTable, data: Data) -> Profiles:
    """Look at every file of a source, whose parts live in the embedded engine."""
    look = _Look(opened, data.timestamp)
    look.n_rows = [look.rows(f"SELECT count(*) FROM {file.rows}")[0][0] for file in look.files]
    with _tables(look):
        columns = {name: _profiles(look, at) for at, name in enumerate(look.names)}
        moment, days = _days(look, columns)
        return Profiles(
            columns=columns,
            n_rows=look.n_rows,
            fingerprints=_fingerprints(look),
            moment=moment,
            days=days,
            shared=_shared(look),
        )


def _file(opened: OpenTable, at: int) -> _File:
    table = opened.parts[at].table
    return _File(
        at=at,
        rows=f"({table.get_backend().compile(table)})",
        kinds={column.name: column.kind for column in columns_of(table, Data())},
        read=opened.parts[at].file,
    )


def _described(
    engine: duckdb.DuckDBPyConnection, opened: OpenTable
) -> tuple[Sequence[str], Sequence[Any]]:
    united = engine.sql(str(opened.table.get_backend().compile(opened.table)))
    return united.columns, united.types


@contextmanager
def _tables(look: _Look) -> Iterator[None]:
    """Fill the sample (file, c0, c1 … as text) and the hashes (file, h); drop both at the end."""
    columns = "".join(f", c{at} VARCHAR" for at in range(len(look.names)))
    look.engine.execute(f"CREATE TEMP TABLE {look.sample} (file INTEGER{columns})")
    look.engine.execute(f"CREATE TEMP TABLE {look.hashes} (file INTEGER, h UBIGINT)")
    try:
        most = CELLS // max(1, len(look.files) * len(look.names))
        rows_each = min(max(most, ROWS_EACH[0]), ROWS_EACH[1])
        every = max(1, sum(look.n_rows) // HASHES)
        for file in look.files:
            _take(look, file, rows_each, every)
        yield
    finally:
        look.engine.execute(f"DROP TABLE {look.sample}")
        look.engine.execute(f"DROP TABLE {look.hashes}")


def _take(look: _Look, file: _File, rows_each: int, every: int) -> None:
    """Draw a file's sample by the hash of its records, and keep their hashes."""
    typed = ", ".join(f"{quoted(n)}::{look.types.get(n, 'VARCHAR')}" for n in file.kinds)
    own = look.hashes  # no column of theirs has this name
    hashed = f"(SELECT *, hash({typed}) AS {own} FROM {file.rows})"
    bound = _BUCKETS * rows_each // max(rows_each, look.n_rows[file.at])
    names = [name for name in look.names if name in file.kinds]
    into = ", ".join(f"c{look.names.index(name)}" for name in names)
    texts = ", ".join(f"{quoted(name)}::VARCHAR" for name in names)
    look.engine.execute(
        f"INSERT INTO {look.sample} (file, {into}) SELECT {file.at}, {texts} FROM {hashed} "
        f"WHERE {own} % {_BUCKETS} < {bound} LIMIT {2 * rows_each}"
    )
    look.engine.execute(
        f"INSERT INTO {look.hashes} SELECT {file.at}, {own} FROM {hashed} WHERE {own} % {every} = 0"
    )


def _profiles(look: _Look, at: int) -> list[ColumnProfile | None]:
    """Describe one column in every file that has it."""
    name = look.names[at]
    kinds = {file.at: file.kinds[name] for file in look.files if name in file.kinds}
    figures = _figures(look, at, kinds)
    texts = [file for file, kind in kinds.items() if kind == "text"]
    forms, masks, values, examples = _texts(look, at, texts) if texts else ({}, {}, {}, {})
    found: list[ColumnProfile | None] = [None] * len(look.files)
    for file, kind in kinds.items():
        n, n_filled, quantiles, sizes, negative, typical = figures.get(
            file, (0, 0, None, None, 0.0, ())
        )
        found[file] = ColumnProfile(
            kind=kind,
            n=n,
            n_filled=n_filled,
            forms=forms.get(file) or _stored_forms(look.files[file].read, name, kind, n_filled),
            quantiles=quantiles,
            sizes=sizes,
            negative=negative,
            masks=masks.get(file, Counter()),
            values=values.get(file),
            examples=examples.get(file, typical),
        )
    return found


def _stored_forms(file: FileRead, name: str, kind: Kind, n_filled: int) -> dict[str, int]:
    """Name the form of values that the reader has converted, as it noted them."""
    numbers, dates = (
        dict(file.read_as.get(notes) or {}) for notes in ("number_formats", "date_formats")
    )
    stored = {"integer": WHOLE, "float": NUMBER, "date": "YYYY-MM-DD", "time": "hh:mm",
              "timestamp": "YYYY-MM-DD hh:mm", "boolean": "yes or no"}  # fmt: skip
    form = stored.get(kind)
    if kind in ("integer", "float") and name in numbers:
        form = _number_form(str(numbers[name]), kind)
    elif kind in ("date", "timestamp"):
        form = str(dates.get(name, form))
    return {} if form is None else {form: n_filled}


def _number_form(written: str, kind: Kind) -> str:
    """Say how '€ 1.234,56' differs from a plain number: marks and what stands beside it."""
    beside = written.strip("0123456789.,' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
    if beside:
        return f"{WITH_UNIT} ({beside})"
    if ",56" in written:
        return COMMA
    return WHOLE if kind == "integer" else NUMBER


def _figures(look: _Look, at: int, kinds: Mapping[int, Kind]) -> dict[int, tuple[Any, ...]]:
    """Count rows and values, and find the quantiles of the figures, by file."""
    given = f"CASE WHEN trim(c{at}) <> '' THEN c{at} END"
    plain = "TRY_CAST(v AS DOUBLE)"
    comma = (
        f"CASE WHEN regexp_matches(v, '{_COMMA}') THEN "
        "TRY_CAST(replace(replace(replace(v, '.', ''), ' ', ''), ',', '.') AS DOUBLE) END"
    )
    moments = {"date", "timestamp", "time", "boolean"}
    no_figures = [file for file, kind in kinds.items() if kind in moments] or [-1]
    levels = list(SHARES)
    found = look.rows(
        f"SELECT file, count(*), count(v), quantile_cont(x, {levels}), "
        f"quantile_cont(CASE WHEN x <> 0 THEN ln(abs(x)) END, {levels}), "
        "avg((x < 0)::INTEGER), count(x), list_distinct([min(v), any_value(v), max(v)]) FROM ("
        f"SELECT file, v, CASE WHEN isfinite(x) AND file NOT IN ({_listed(no_figures)}) THEN x END "
        f"AS x FROM (SELECT file, v, coalesce({plain}, {comma}) AS x "
        f"FROM (SELECT file, {given} AS v FROM {look.sample} WHERE file IN ({_listed(kinds)})))) "
        "GROUP BY file"
    )
    return {
        file: (
            n,
            n_filled,
            tuple(quantiles) if quantiles and 2 * n_x >= n_filled else None,
            tuple(sizes) if sizes and 2 * n_x >= n_filled else None,
            float(negative or 0.0),
            tuple(str(each) for each in typical or () if each is not None),
        )
        for file, n, n_filled, quantiles, sizes, negative, n_x, typical in found
    }


def _texts(look: _Look, at: int, files: Sequence[int]) -> tuple[dict[int, Any], ...]:
    """Count forms, masks and values of a column's texts, by file."""
    counted = (
        f"SELECT file, c{at} AS v, count(*) AS n FROM {look.sample} "
        f"WHERE file IN ({_listed(files)}) AND trim(c{at}) <> '' GROUP BY ALL"
    )
    look.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE series_texts AS SELECT *, {mask_sql('v')} AS mask "
        f"FROM ({counted})"
    )
    try:
        forms: dict[int, Any] = {}
        tests = _tests(look)
        sums = ", ".join(f"sum(n * ({sql})::INTEGER)::BIGINT" for sql in tests.values())
        for file, *counts in look.rows(f"SELECT file, {sums} FROM series_texts GROUP BY file"):
            forms[file] = _told(dict(zip(tests, counts, strict=True)))
        masks: dict[int, Any] = defaultdict(Counter)
        examples: dict[int, Any] = defaultdict(tuple)
        for file, mask, n, typical in look.rows(
            "SELECT file, mask, sum(n)::BIGINT, arg_max(v, n) FROM series_texts "
            "GROUP BY ALL ORDER BY 1, 3 DESC, 2"
        ):
            masks[file][mask] += n
            if len(examples[file]) < 3:
                examples[file] += (str(typical)[:200],)
        values: dict[int, Any] = defaultdict(Counter)
        distinct = look.rows("SELECT count(DISTINCT v) FROM series_texts")[0][0]
        if distinct <= MOST_VALUES:
            for file, value, n in look.rows("SELECT file, v, n FROM series_texts"):
                values[file][value] += n
        for file, counts in values.items():
            examples[file] = tuple(value[:200] for value, _ in counts.most_common(3))
    finally:
        look.engine.execute("DROP TABLE series_texts")
    return forms, dict(masks), dict(values), dict(examples)


def _tests(look: _Look) -> dict[str, str]:
    """Return the SQL that tells of a text whether it has a form; dates only where there are any."""
    tests = {
        NUMBER: "TRY_CAST(v AS DOUBLE) IS NOT NULL",
        COMMA: f"regexp_matches(v, '{_COMMA}')",
        THOUSANDS: f"regexp_matches(v, '{_THOUSANDS}')",
        WITH_UNIT: f"regexp_matches(v, '{_WITH_UNIT}')",
    }
    dates = "count_if(regexp_matches(v, '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}'))"
    if look.rows(f"SELECT {dates} > 0.1 * count(*) FROM series_texts")[0][0]:
        tests |= {form.name: f"regexp_matches(v, {literal(form.regex)})" for form in FORMATS}
    return tests


def _told(counts: dict[str, int]) -> dict[str, int]:
    """A whole number may be one with a decimal comma, where others have one."""
    if counts[COMMA] > counts[THOUSANDS]:
        counts[COMMA] += counts[NUMBER]
    elif counts[THOUSANDS]:
        counts[THOUSANDS] += counts[NUMBER]
        counts[COMMA] = 0
    if counts[WITH_UNIT]:
        counts[WITH_UNIT] += counts[NUMBER] // 2
    return {form: n for form, n in counts.items() if n}


def _days(
    look: _Look, columns: Mapping[str, list[ColumnProfile | None]]
) -> tuple[str | None, list[Counter[Any]]]:
    """Find the column that moves on from file to file, and count its days in each."""
    best: tuple[float, str | None, list[Counter[Any]]] = (
        0.5, None, [Counter() for _ in look.files]
    )  # fmt: skip
    declared = look.declared_moment
    for name in [declared] if declared in columns else columns:
        if not any(each is not None and _is_dated(each) for each in columns[str(name)]):
            continue
        counted = _counted_days(look, str(name), columns[str(name)])
        spread = _spread(counted)
        if spread is not None and (name == declared or spread < best[0]):
            best = (spread, str(name), counted)
    return best[1], best[2]


def _is_dated(profile: ColumnProfile) -> bool:
    if profile.kind in ("date", "timestamp"):
        return True
    n = max((n for form, n in profile.forms.items() if form[:2] in ("YY", "MM", "DD")), default=0)
    return profile.kind == "text" and 2 * n > profile.n_filled > 0


def _counted_days(
    look: _Look, name: str, profiles: Sequence[ColumnProfile | None]
) -> list[Counter[Any]]:
    column = f"c{look.names.index(name)}"
    whens = []
    for at, profile in enumerate(profiles):
        if profile is None or profile.kind != "text" or not profile.forms:
            continue
        form = max(profile.forms, key=lambda each: (profile.forms[each], each))
        if written := _PARSED.get(form.removesuffix(" with zone").removesuffix(" hh:mm")):
            whens.append(f"WHEN {at} THEN try_strptime(left({column}, 10), '{written}')")
    other = f"CASE file {' '.join(whens)} END" if whens else "NULL::TIMESTAMP"
    counted = [Counter[Any]() for _ in look.files]
    for file, day, n in look.rows(
        f"SELECT file, coalesce({other}, TRY_CAST({column} AS TIMESTAMP))::DATE AS day, count(*) "
        f"FROM {look.sample} GROUP BY ALL HAVING day IS NOT NULL"
    ):
        counted[file][day] += n
    return counted


def _spread(counted: Sequence[Counter[Any]]) -> float | None:
    """Return how much of the whole time the records of one file take up, typically."""
    days = [day for counts in counted for day in counts]
    if not days or max(days) == min(days):
        return None
    spans: list[int] = []
    for counts in counted:
        if counts:
            ordered = sorted(counts.elements())
            low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
            spans.append((high - low).days)
    whole: int = (max(days) - min(days)).days
    return sorted(spans)[len(spans) // 2] / whole


def _fingerprints(look: _Look) -> list[str]:
    sums = {
        file: f"{total}:{least}"
        for file, total, least in look.rows(
            f"SELECT file, sum(h::HUGEINT), min(h) FROM {look.hashes} GROUP BY file"
        )
    }
    return [f"{n}:{sums.get(at, '')}" if n else "" for at, n in enumerate(look.n_rows)]


def _shared(look: _Look) -> dict[tuple[int, int], float]:
    """Find the pairs of files that hold the same records, and how many."""
    counted = look.rows(
        "WITH several AS (SELECT h, list(DISTINCT file ORDER BY file) AS files "
        f"FROM {look.hashes} GROUP BY h HAVING count(DISTINCT file) BETWEEN 2 AND {_PAIRED}), "
        "pairs AS (SELECT a, unnest(files) AS b FROM "
        "(SELECT files, unnest(files) AS a FROM several)) "
        "SELECT a, b, count(*) FROM pairs WHERE a < b GROUP BY ALL"
    )
    totals = dict(look.rows(f"SELECT file, count(DISTINCT h) FROM {look.hashes} GROUP BY file"))
    return {(a, b): n / min(totals[a], totals[b]) for a, b, n in counted}


def _listed(files: Sequence[int] | Mapping[int, Any]) -> str:
    return ", ".join(str(int(file)) for file in files)
