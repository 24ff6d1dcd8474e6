"""Loading text into a table whose types are proven in the same pass."""

# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from proveout.intake.session import Session, quoted
from proveout.intake.typing.deciding import Hints
from proveout.intake.typing.kinds import Kind
from proveout.intake.typing.known import ALL, Known
from proveout.intake.typing.proving import (
    counterexamples,
    first_rows,
    first_values,
    fits_sql,
    later_values,
    said,
    settle,
    values_sql,
)

_MASK_BITS = 60
_MASK = "proveout misfits"
_TYPES = {
    "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMP", "timestamp with zone": "TIMESTAMPTZ", "time": "TIME",
}  # fmt: skip


def store(
    session: Session,
    table: str,
    *,
    sample: str,
    rows: str,
    columns: Sequence[str],
    n_bytes: int,
    again: Callable[[], None],
    hints: Hints | None = None,
) -> Mapping[str, Any]:
    """Create a table of columns of text as what they are, reading all rows once where that does.

    `sample` and `rows` stand after FROM and give the same rows; of `sample` only the first are
    read, and all where a later row belies these. `n_bytes` is how much text there is. Before
    `rows` is read a second time, `again` is called. Returns the notes of a `Typing`.
    """
    known = Known(hints=hints or Hints(), only=() if session.keeps_text else ALL)
    with first_rows(session, sample) as few:
        known.see(first_values(session, few, columns))
        settle(session, few, known, columns)
        row_bytes = _bytes_of_row(session, few, columns)
    settle(session, sample, known, known.undecided())
    creating = session.creating(_size(n_bytes, row_bytes, columns, known.kinds()))
    while misfits := _load(session, f"{creating} {quoted(table)}", table, rows, columns, known):
        _learn(session, sample, known, misfits)
        session.execute(f"DROP TABLE {quoted(table)}")
        again()
    _convert_silent(session, table, known)
    return known.notes()


def _learn(session: Session, rows: str, known: Known, misfits: Mapping[str, Kind]) -> None:
    """Learn from values that do not fit what their columns seemed to be."""
    kinds = {name: [kind] for name, kind in misfits.items()}
    known.add(counterexamples(session, rows, kinds))
    known.exclude(kinds)
    settle(session, rows, known, list(misfits))


def _convert_silent(session: Session, table: str, known: Known) -> None:
    """Convert columns that were loaded as text, for their first values come late or never."""
    spoken = later_values(session, quoted(table), known.silent())
    known.see(spoken)
    settle(session, quoted(table), known, spoken)
    kinds = known.kinds()
    for name in spoken:
        if name in kinds:
            cast, column = said(kinds[name].cast, name), quoted(name)
            session.execute(
                f"ALTER TABLE {quoted(table)} ALTER {column} "
                f"TYPE {_TYPES[kinds[name].name]} USING {cast}"
            )


def _load(  # noqa: PLR0917 - all that a statement is made of
    session: Session,
    creating: str,
    table: str,
    rows: str,
    columns: Sequence[str],
    known: Known,
) -> dict[str, Kind]:
    """Create a table, and return the columns of which a value did not fit its kind.

    While rows are loaded, a column of bits notes what does not fit: none, nearly always, which
    takes no room and no time to look through.
    """
    kinds = known.kinds()
    named = list(kinds)
    batches = [named[i : i + _MASK_BITS] for i in range(0, len(named), _MASK_BITS)]
    masks = {f"{_MASK} {i}": batch for i, batch in enumerate(batches)}
    noted = "".join(f", {_mask(batch, kinds)} AS {quoted(m)}" for m, batch in masks.items())
    session.execute(f"{creating} AS SELECT {values_sql(columns, kinds)}{noted} FROM {rows}")
    if not masks:
        return {}
    seen = ", ".join(f"coalesce(bit_or({quoted(mask)}), 0)" for mask in masks)
    (bits,) = session.rows(f"SELECT {seen} FROM {quoted(table)}")
    for mask in masks:
        session.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(mask)}")
    return {
        name: kinds[name]
        for batch, found in zip(masks.values(), bits, strict=True)
        for i, name in enumerate(batch)
        if found >> i & 1
    }


def _mask(names: Sequence[str], kinds: Mapping[str, Kind]) -> str:
    fits = (
        f"(CASE WHEN {fits_sql(name, kinds[name])} THEN 0 ELSE {1 << i} END)"
        for i, name in enumerate(names)
    )
    return f"({' | '.join(fits)})::BIGINT"


def _bytes_of_row(session: Session, rows: str, columns: Sequence[str]) -> float:
    asked = columns[:: max(1, len(columns) // 100)]  # of a wide table some tell enough
    means = ", ".join(f"avg(coalesce(strlen({quoted(name)}), 0) + 1)" for name in asked)
    (found,) = session.rows(f"SELECT {means} FROM {rows}")
    return float(sum(mean or 0 for mean in found)) * len(columns) / len(asked) or 1.0


def _size(n_bytes: int, row_bytes: float, columns: Sequence[str], kinds: Mapping[str, Kind]) -> int:
    """Return about how many bytes the engine needs for a file as a table in memory."""
    fixed = sum(8 if name in kinds else 16 for name in columns)
    texts = n_bytes if len(kinds) < len(columns) else 0  # those longer than fit in 16 bytes
    return int(n_bytes / row_bytes * fixed) + texts
