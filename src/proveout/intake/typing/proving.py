"""Proving on all rows what a sample says of the columns, and learning from what does not fit."""

# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from proveout.intake.session import Session, quoted
from proveout.intake.typing.kinds import Kind
from proveout.intake.typing.known import Known, in_question

LOOKED_AT = 256
"""Rows whose values are looked at one by one: enough to leave few kinds of nearly every column."""
MORE_ROWS = 20_480
"""Rows on which a kind is proven before it is taken at its word while all rows are loaded."""
_COUNTEREXAMPLES = 64
_ROUNDS = 6
"""How often a column may turn out to be something else before it is text."""


def settle(session: Session, rows: str, known: Known, names: Collection[str]) -> None:
    """Prove what is known of columns on all rows, and learn from what does not fit."""
    proven: dict[str, set[Kind]] = {name: set() for name in names}
    for _ in range(_ROUNDS):
        asked = {
            name: [kind for kind in in_question(known.verdicts[name]) if kind not in proven[name]]
            for name in names
        }
        if not any(asked.values()):
            return
        misfits = _misfits(session, rows, asked)
        for name, kinds in asked.items():
            proven[name].update(kind for kind in kinds if kind not in misfits.get(name, ()))
        if misfits:
            known.add(counterexamples(session, rows, misfits))
            known.exclude(misfits)
    # What is given up may have been what decided on another column.
    while unproven := [n for n in names if set(in_question(known.verdicts[n])) - proven[n]]:
        known.give_up(unproven)


def _misfits(
    session: Session, rows: str, asked: Mapping[str, Sequence[Kind]]
) -> dict[str, list[Kind]]:
    """Return the kinds that a value of their column does not fit."""
    pairs = [(name, kind) for name, kinds in asked.items() for kind in kinds]
    questions = ", ".join(f"bool_and({fits_sql(name, kind)})" for name, kind in pairs)
    (answers,) = session.rows(f"SELECT {questions} FROM {rows}")
    found: dict[str, list[Kind]] = {}
    for (name, kind), fits in zip(pairs, answers, strict=True):
        if fits is False:
            found.setdefault(name, []).append(kind)
    return found


def counterexamples(
    session: Session, rows: str, kinds: Mapping[str, Sequence[Kind]]
) -> dict[str, list[str]]:
    """Return values that do not fit kinds of their column, some for each."""
    found: dict[str, list[str]] = {}
    for name, each in kinds.items():
        for kind in each:
            value = quoted(name)
            listed = session.rows(
                f"SELECT {value} FROM {rows} WHERE NOT {fits_sql(name, kind)} "
                f"LIMIT {_COUNTEREXAMPLES}"
            )
            found.setdefault(name, []).extend(text for (text,) in listed)
    return found


def fits_sql(name: str, kind: Kind) -> str:
    return f"({quoted(name)} IS NULL OR coalesce({said(kind.fits, name)}, false))"


@contextmanager
def first_rows(session: Session, rows: str) -> Iterator[str]:
    """Keep the first rows aside."""
    name = quoted(session.new_name("few"))
    session.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {rows} LIMIT {MORE_ROWS}")
    try:
        yield name
    finally:
        session.execute(f"DROP TABLE {name}")


def first_values(session: Session, rows: str, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of the first rows by column, and of later ones where these are null."""
    if not names:
        return {}
    listed = ", ".join(map(quoted, names))
    found = session.rows(f"SELECT {listed} FROM {rows} LIMIT {LOOKED_AT}")
    columns = list(zip(*found, strict=True)) if found else [()] * len(names)
    texts = {
        name: list(dict.fromkeys(v for v in values if v is not None))
        for name, values in zip(names, columns, strict=True)
    }
    return texts | later_values(session, rows, [name for name in names if not texts[name]])


def later_values(session: Session, rows: str, names: Sequence[str]) -> dict[str, list[str]]:
    """Return some values of those of the columns that have any."""
    if not names:
        return {}
    asked = ", ".join(f"count({quoted(name)})" for name in names)
    (counted,) = session.rows(f"SELECT {asked} FROM {rows}")
    found = {}
    for name, n in zip(names, counted, strict=True):
        if n:
            value = quoted(name)
            listed = session.rows(
                f"SELECT {value} FROM {rows} WHERE {value} IS NOT NULL LIMIT {LOOKED_AT}"
            )
            found[name] = [text for (text,) in listed]
    return found


def values_sql(columns: Collection[str], kinds: Mapping[str, Kind]) -> str:
    return ", ".join(
        f"{said(kinds[name].cast, name)} AS {quoted(name)}" if name in kinds else quoted(name)
        for name in columns
    )


def said(sql: str, column: str) -> str:
    return sql.replace("{v}", quoted(column))
