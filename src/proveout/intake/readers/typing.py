"""Which type a column of text has: the one that every value of it fits, and text otherwise.

A type is given only where nothing is lost by it. Codes with leading zeros, digit strings that are
too long for a number, and columns where even one value does not fit stay text, so that an audit
can see what is in them.
"""

# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from proveout.intake.session import Session, quoted


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    fits: str
    """SQL: whether the text {v} is of this type and says no more than the type can hold."""
    cast: str
    """SQL: the value."""


_MOMENT = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
# Proving a type reads every value, so these avoid regular expressions where something cheaper
# says the same: on a file of 2 GB they took most of the time.
_KINDS = (
    # What comes back the same as it went in has lost nothing: no leading zero, no sign, no 1e3.
    _Kind(
        "integer",
        "TRY_CAST({v} AS BIGINT)::VARCHAR = trim({v})",
        "TRY_CAST({v} AS BIGINT)",
    ),
    # No leading zero, no '12_34', no 'inf'; digits without a point only as far as a float is exact.
    _Kind(
        "number",
        "isfinite(TRY_CAST({v} AS DOUBLE)) AND NOT regexp_matches({v}, '^[ +-]*0[0-9]|_') "
        "AND (length({v}) <= 15 OR contains({v}, '.'))",
        "TRY_CAST({v} AS DOUBLE)",
    ),
    _Kind(
        "boolean",
        "{v} IN ('true', 'false', 'True', 'False', 'TRUE', 'FALSE')",
        "{v} IN ('true', 'True', 'TRUE')",
    ),
    _Kind("date", "TRY_CAST({v} AS DATE)::VARCHAR = {v}", "TRY_CAST({v} AS DATE)"),
    _Kind(
        "timestamp",
        f"TRY_CAST({{v}} AS TIMESTAMP) IS NOT NULL AND regexp_full_match({{v}}, '{_MOMENT}')",
        "TRY_CAST({v} AS TIMESTAMP)",
    ),
    _Kind(
        "timestamp with zone",
        "TRY_CAST({v} AS TIMESTAMPTZ) IS NOT NULL "
        rf"AND regexp_full_match({{v}}, '{_MOMENT} ?(Z|[+-]\d\d(:?\d\d)?)')",
        "TRY_CAST({v} AS TIMESTAMPTZ)",
    ),
    _Kind(
        "time",
        "TRY_CAST({v} AS TIME) IS NOT NULL "
        r"AND regexp_full_match({v}, '\d\d:\d\d(:\d\d(\.\d{1,6})?)?')",
        "TRY_CAST({v} AS TIME)",
    ),
)
ALL = tuple(kind.name for kind in _KINDS)
MOMENTS = ("date", "timestamp", "timestamp with zone", "time")
_SAMPLE_ROWS = 256
"""Enough to leave one candidate of nearly every column; the proof is on all rows."""


def values_of(
    session: Session,
    rows: str,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
    only: Collection[str] = ALL,
) -> str:
    """Return the SQL that selects columns of text as what they are.

    `rows` is what stands after FROM; it is read once or twice. Only the columns `among` are looked
    at (all when None), and only for the types `only`.
    """
    kinds = _kinds(session, rows, columns if among is None else among, only)
    return ", ".join(
        f"{_said(kinds[name].cast, name)} AS {quoted(name)}" if name in kinds else quoted(name)
        for name in columns
    )


def _kinds(
    session: Session, rows: str, columns: Collection[str], only: Collection[str]
) -> dict[str, _Kind]:
    """Find each column's type: candidates from the first rows, then proven on all of them."""
    sample = f"(SELECT * FROM {rows} LIMIT {_SAMPLE_ROWS})"
    possible = [kind for kind in _KINDS if kind.name in only]
    candidates = _that_fit(session, sample, dict.fromkeys(columns, possible), nulls_fit=True)
    found: dict[str, _Kind] = {}
    while candidates:
        # One candidate of each column at a time: most columns are settled in the first round.
        first = {name: kinds[:1] for name, kinds in candidates.items()}
        proven = _that_fit(session, rows, first)
        found |= {name: kinds[0] for name, kinds in proven.items()}
        candidates = {
            name: kinds[1:]
            for name, kinds in candidates.items()
            if name not in proven and len(kinds) > 1
        }
    return found


def _that_fit(
    session: Session,
    rows: str,
    candidates: Mapping[str, list[_Kind]],
    *,
    nulls_fit: bool = False,
) -> dict[str, list[_Kind]]:
    """Keep the kinds which every value fits. A column without values fits all kinds, or none."""
    asked = [(name, kind) for name, kinds in candidates.items() for kind in kinds]
    if not asked:
        return {}
    empty = "true" if nulls_fit else "false"
    questions = ", ".join(
        f"coalesce(bool_and(coalesce({_said(kind.fits, name)}, false)) "
        f"FILTER ({quoted(name)} IS NOT NULL), {empty})"
        for name, kind in asked
    )
    (answers,) = session.rows(f"SELECT {questions} FROM {rows}")
    kept: dict[str, list[_Kind]] = {}
    for (name, kind), fits in zip(asked, answers, strict=True):
        if fits:
            kept.setdefault(name, []).append(kind)
    return kept


def _said(sql: str, column: str) -> str:
    return sql.replace("{v}", quoted(column))
