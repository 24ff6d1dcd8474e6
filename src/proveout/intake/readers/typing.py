"""Which type a column of text has: the one that every value of it fits, and text otherwise.

A type is given only where nothing is lost by it. Codes with leading zeros, digit strings that are
too long for a number, and columns where even one value does not fit stay text, so that an audit
can see what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from proveout.intake.session import Session, quoted


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    fits: str
    """SQL: whether the text {v} is of this type and says no more than the type can hold."""
    cast: str
    """SQL: the value."""


_KINDS = (
    # What comes back the same as it went in has lost nothing: no leading zero, no sign, no 1e3.
    _Kind(
        "integer",
        "TRY_CAST({v} AS BIGINT)::VARCHAR = trim({v})",
        "TRY_CAST({v} AS BIGINT)",
    ),
    _Kind(
        "number",
        "isfinite(TRY_CAST({v} AS DOUBLE)) AND regexp_full_match({v}, "
        r"'\s*[+-]?(0|[1-9][0-9]{0,14}|[0-9]?\.[0-9]*|[1-9][0-9]*\.[0-9]*)([eE][+-]?[0-9]+)?\s*')",
        "TRY_CAST({v} AS DOUBLE)",
    ),
    _Kind(
        "boolean",
        "lower(trim({v})) IN ('true', 'false')",
        "lower(trim({v})) = 'true'",
    ),
    _Kind(
        "date",
        r"regexp_full_match({v}, '\d{4}-\d\d-\d\d') AND TRY_CAST({v} AS DATE) IS NOT NULL",
        "TRY_CAST({v} AS DATE)",
    ),
    _Kind(
        "timestamp",
        r"regexp_full_match({v}, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?') "
        "AND TRY_CAST({v} AS TIMESTAMP) IS NOT NULL",
        "TRY_CAST({v} AS TIMESTAMP)",
    ),
    _Kind(
        "timestamp with zone",
        r"regexp_full_match({v}, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)? ?"
        r"(Z|[+-]\d\d(:?\d\d)?)') AND TRY_CAST({v} AS TIMESTAMPTZ) IS NOT NULL",
        "TRY_CAST({v} AS TIMESTAMPTZ)",
    ),
    _Kind(
        "time",
        r"regexp_full_match({v}, '\d\d:\d\d(:\d\d(\.\d{1,6})?)?') "
        "AND TRY_CAST({v} AS TIME) IS NOT NULL",
        "TRY_CAST({v} AS TIME)",
    ),
)
_SAMPLE_ROWS = 4096


def typed(session: Session, table: str, columns: tuple[str, ...], *, stem: str) -> str:
    """Make a table with typed columns out of one with text columns, and drop that one."""
    kinds = _kinds(session, table, columns)
    if not any(kinds.values()):
        return table
    values = ", ".join(
        quoted(name) if kind is None else f"{_said(kind.cast, name)} AS {quoted(name)}"
        for name, kind in kinds.items()
    )
    result = session.new_name(stem)
    session.execute(f"CREATE TABLE {quoted(result)} AS SELECT {values} FROM {quoted(table)}")
    session.execute(f"DROP TABLE {quoted(table)}")
    return result


def _kinds(session: Session, table: str, columns: tuple[str, ...]) -> dict[str, _Kind | None]:
    """Find each column's type: candidates from the first rows, then proven on all of them."""
    sample = f"(SELECT * FROM {quoted(table)} LIMIT {_SAMPLE_ROWS})"
    candidates = {name: list(_KINDS) for name in columns}
    candidates = _that_fit(session, sample, candidates)
    found: dict[str, _Kind | None] = dict.fromkeys(columns)
    while candidates:
        # One candidate of each column at a time: most columns are settled in the first round.
        first = {name: kinds[:1] for name, kinds in candidates.items()}
        proven = _that_fit(session, quoted(table), first)
        found |= {name: kinds[0] for name, kinds in proven.items()}
        candidates = {
            name: kinds[1:]
            for name, kinds in candidates.items()
            if name not in proven and len(kinds) > 1
        }
    return found


def _that_fit(
    session: Session, table: str, candidates: dict[str, list[_Kind]]
) -> dict[str, list[_Kind]]:
    """Keep the kinds which every value fits, of columns that have any value."""
    asked = [(name, kind) for name, kinds in candidates.items() for kind in kinds]
    if not asked:
        return {}
    questions = ", ".join(
        f"count({quoted(name)}) > 0 AND "
        f"coalesce(bool_and(coalesce({_said(kind.fits, name)}, false)) "
        f"FILTER ({quoted(name)} IS NOT NULL), false)"
        for name, kind in asked
    )
    (answers,) = session.rows(f"SELECT {questions} FROM {table}")  # noqa: S608 - quoted names
    kept: dict[str, list[_Kind]] = {}
    for (name, kind), fits in zip(asked, answers, strict=True):
        if fits:
            kept.setdefault(name, []).append(kind)
    return kept


def _said(sql: str, column: str) -> str:
    return sql.replace("{v}", quoted(column))
