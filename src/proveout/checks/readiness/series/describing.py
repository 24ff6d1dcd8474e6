"""What a column holds in each file: its figures, forms, ways of writing and values."""
# ruff: noqa: S608 - every name in a statement is quoted, or our own

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.columns import Kind
from proveout.checks.readiness.dates import FORMATS
from proveout.checks.readiness.patterns import mask_sql
from proveout.checks.readiness.series.drawing import SampledFiles, listed
from proveout.checks.readiness.series.profile import (
    COMMA,
    NUMBER,
    SHARES,
    THOUSANDS,
    WHOLE,
    WITH_UNIT,
    ColumnProfile,
)
from proveout.intake.session import literal

if TYPE_CHECKING:
    from proveout.intake.table import FileRead

MOST_VALUES = 300
"""Different values in all files beyond which a column is no list of codes."""
_COMMA = "^[+-]?([0-9]{1,3}([. ][0-9]{3})+|[0-9]+),[0-9]+$"
_THOUSANDS = "^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?$"
_SYMBOL = "[^0-9a-zA-Z .,+/()-]"
_FIGURE = "[+-]?(0|[1-9][0-9]*)([.,][0-9]+)*"
_WITH_UNIT = f"^(({_SYMBOL} ?|[A-Z]{{2,3}} ){_FIGURE}|{_FIGURE} ?({_SYMBOL}|[a-zA-Z]{{1,4}}))$"


def profiles_of(look: SampledFiles, at: int) -> list[ColumnProfile | None]:
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


def _figures(look: SampledFiles, at: int, kinds: Mapping[int, Kind]) -> dict[int, tuple[Any, ...]]:
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
        f"SELECT file, v, CASE WHEN isfinite(x) AND file NOT IN ({listed(no_figures)}) THEN x END "
        f"AS x FROM (SELECT file, v, coalesce({plain}, {comma}) AS x "
        f"FROM (SELECT file, {given} AS v FROM {look.sample} WHERE file IN ({listed(kinds)})))) "
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


def _texts(look: SampledFiles, at: int, files: Sequence[int]) -> tuple[dict[int, Any], ...]:
    """Count forms, masks and values of a column's texts, by file."""
    counted = (
        f"SELECT file, c{at} AS v, count(*) AS n FROM {look.sample} "
        f"WHERE file IN ({listed(files)}) AND trim(c{at}) <> '' GROUP BY ALL"
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


def _tests(look: SampledFiles) -> dict[str, str]:
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
