"""Which type a column of text has: the one that every value of it fits, and text otherwise.

A type is given only where nothing is lost by it. Codes with leading zeros, digit strings that are
too long for a number, and columns where even one value does not fit stay text, so that an audit
can see what is in them.
"""

# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
_MORE_ROWS = 20_480
"""So many are asked before a candidate is taken at its word while all rows are loaded."""
_MASK_BITS = 60
_MASK = "proveout misfits"


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
    return _values(columns, kinds)


def _values(columns: Collection[str], kinds: Mapping[str, _Kind]) -> str:
    return ", ".join(
        f"{_said(kinds[name].cast, name)} AS {quoted(name)}" if name in kinds else quoted(name)
        for name in columns
    )


def store(
    session: Session,
    table: str,
    *,
    sample: str,
    rows: str,
    columns: Sequence[str],
    n_bytes: int,
    again: Callable[[], None],
) -> None:
    """Create a table of columns of text as what they are, reading all rows once where that does.

    `sample` and `rows` stand after FROM and give the same rows; of `sample` only the first are
    read, more where a later row belies them. `n_bytes` is how much text there is. Before the rows
    are read a second time, `again` is called.
    """
    few = f"(SELECT * FROM {sample} LIMIT {_SAMPLE_ROWS})"
    more = f"(SELECT * FROM {sample} LIMIT {_MORE_ROWS})"
    candidates = _that_fit(session, few, {name: list(_KINDS) for name in columns}, nulls_fit=True)
    candidates = _that_fit(session, more, candidates, nulls_fit=True)
    silent = {name for name, kinds in candidates.items() if len(kinds) == len(_KINDS)}
    chosen = {name: kinds[0] for name, kinds in candidates.items() if name not in silent}
    row_bytes = _bytes_of_row(session, more, columns)
    creating = session.creating(_size(n_bytes, row_bytes, columns, chosen))
    misfits = _load(session, creating, table, rows, columns, chosen)
    left = {name: candidates[name][1:] for name in misfits if len(candidates[name]) > 1}
    left |= {name: candidates[name] for name in _with_values(session, table, silent)}
    if not misfits and not left:
        return
    session.execute(f"DROP TABLE {quoted(table)}")
    again()
    kinds = {name: kind for name, kind in chosen.items() if name not in misfits}
    kinds |= _proven(session, sample, left)
    session.execute(f"{creating} {quoted(table)} AS SELECT {_values(columns, kinds)} FROM {rows}")


def _load(  # noqa: PLR0917 - all that a statement is made of
    session: Session,
    creating: str,
    table: str,
    rows: str,
    columns: Sequence[str],
    kinds: Mapping[str, _Kind],
) -> set[str]:
    """Create a table, and return the columns of which a value did not fit its kind.

    While rows are loaded, a column of bits notes what does not fit: none, nearly always, which
    takes no room and no time to look through.
    """
    named = list(kinds)
    batches = [named[i : i + _MASK_BITS] for i in range(0, len(named), _MASK_BITS)]
    masks = {f"{_MASK} {i}": batch for i, batch in enumerate(batches)}
    noted = "".join(f", {_mask(batch, kinds)} AS {quoted(m)}" for m, batch in masks.items())
    session.execute(
        f"{creating} {quoted(table)} AS SELECT {_values(columns, kinds)}{noted} FROM {rows}"
    )
    if not masks:
        return set()
    seen = ", ".join(f"coalesce(bit_or({quoted(mask)}), 0)" for mask in masks)
    (bits,) = session.rows(f"SELECT {seen} FROM {quoted(table)}")
    for mask in masks:
        session.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(mask)}")
    return {
        name
        for batch, mask in zip(masks.values(), bits, strict=True)
        for i, name in enumerate(batch)
        if mask >> i & 1
    }


def _with_values(session: Session, table: str, columns: Collection[str]) -> list[str]:
    """Return those of the columns that hold any value."""
    if not columns:
        return []
    asked = ", ".join(f"count({quoted(name)})" for name in columns)
    (counted,) = session.rows(f"SELECT {asked} FROM {quoted(table)}")
    return [name for name, n in zip(columns, counted, strict=True) if n]


def _mask(names: Sequence[str], kinds: Mapping[str, _Kind]) -> str:
    fits = (
        f"(CASE WHEN {quoted(name)} IS NULL OR coalesce({_said(kinds[name].fits, name)}, false) "
        f"THEN 0 ELSE {1 << i} END)"
        for i, name in enumerate(names)
    )
    return f"({' | '.join(fits)})::BIGINT"


def _bytes_of_row(session: Session, rows: str, columns: Sequence[str]) -> float:
    texts = " + ".join(f"coalesce(strlen({quoted(name)}), 0) + 1" for name in columns)
    ((mean,),) = session.rows(f"SELECT avg({texts}) FROM {rows}")
    return float(mean or 1)


def _size(
    n_bytes: int, row_bytes: float, columns: Sequence[str], kinds: Mapping[str, _Kind]
) -> int:
    """Return about how many bytes the engine needs for a file as a table in memory."""
    fixed = sum(8 if name in kinds else 16 for name in columns)
    texts = n_bytes if len(kinds) < len(columns) else 0  # those longer than fit in 16 bytes
    return int(n_bytes / row_bytes * fixed) + texts


def _kinds(
    session: Session, rows: str, columns: Collection[str], only: Collection[str]
) -> dict[str, _Kind]:
    """Find each column's type: candidates from the first rows, then proven on all of them."""
    sample = f"(SELECT * FROM {rows} LIMIT {_SAMPLE_ROWS})"
    possible = [kind for kind in _KINDS if kind.name in only]
    candidates = _that_fit(session, sample, dict.fromkeys(columns, possible), nulls_fit=True)
    return _proven(session, rows, candidates)


def _proven(session: Session, rows: str, candidates: Mapping[str, list[_Kind]]) -> dict[str, _Kind]:
    """Find the first kind of each column that all of its values fit."""
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
