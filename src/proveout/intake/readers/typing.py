"""Which type a column of text has: the one that every value of it fits, and text otherwise.

A type is given only where nothing is lost by it. Codes with leading zeros, digit strings that are
too long for a number, and columns where even one value does not fit stay text, so that an audit
can see what is in them. What the types are and how they are written stands in `intake.typing`;
here they are proven by the engine, on all values.
"""

# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from proveout.intake.session import Session, quoted
from proveout.intake.typing.deciding import Hints, Verdict, decide, kinds_of
from proveout.intake.typing.kinds import PLAIN, Kind
from proveout.intake.typing.numbers import shown

ALL = tuple(kind.name for kind in PLAIN)
MOMENTS = ("date", "timestamp", "timestamp with zone", "time")
_LOOKED_AT = 256
"""Rows whose values are looked at one by one: enough to leave few kinds of nearly every column."""
_MORE_ROWS = 20_480
"""Rows on which a kind is proven before it is taken at its word while all rows are loaded."""
_COUNTEREXAMPLES = 64
_ROUNDS = 6
"""How often a column may turn out to be something else before it is text."""
_MASK_BITS = 60
_MASK = "proveout misfits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """The columns of a table as what they are."""

    sql: str
    """The list of what to select."""
    notes: Mapping[str, Any]
    """For `FileRead.read_as`: 'number_formats' and 'date_formats' by column, 'decided_by' where
    figures could be read in two ways, and 'ambiguous' where nothing decided, so that it is text."""


def values_of(
    session: Session,
    rows: str,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
    only: Collection[str] = ALL,
    hints: Hints | None = None,
) -> str:
    """Return the SQL that selects columns of text as what they are, as `typed` does."""
    return typed(session, rows, columns, among=among, only=only, hints=hints).sql


def typed(
    session: Session,
    rows: str,
    columns: Collection[str],
    *,
    among: Collection[str] | None = None,
    only: Collection[str] = ALL,
    hints: Hints | None = None,
) -> Typing:
    """Find out what columns of text are.

    `rows` is what stands after FROM; it is read once, and again where later rows differ from the
    first. Only the columns `among` are looked at (all when None), and only for the types `only`.
    """
    names = list(columns if among is None else among)
    known = _Known(hints=hints or Hints(), only=() if session.keeps_text else only)
    with _sample(session, rows) as sample:
        known.see(_first_values(session, sample, names))
        _settle(session, sample, known, names)
    known.see(_later_values(session, rows, known.silent()))
    _settle(session, rows, known, names)
    return Typing(sql=_values(columns, known.kinds()), notes=known.notes())


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
    known = _Known(hints=hints or Hints(), only=() if session.keeps_text else ALL)
    with _sample(session, sample) as few:
        known.see(_first_values(session, few, columns))
        _settle(session, few, known, columns)
        row_bytes = _bytes_of_row(session, few, columns)
    _settle(session, sample, known, known.undecided())
    kinds = known.kinds()
    creating = session.creating(_size(n_bytes, row_bytes, columns, kinds))
    misfits = _load(session, f"{creating} {quoted(table)}", table, rows, columns, kinds)
    if misfits:
        known.add(_counterexamples(session, sample, {name: [kinds[name]] for name in misfits}))
        known.exclude({name: [kinds[name]] for name in misfits})
        _settle(session, sample, known, misfits)
        session.execute(f"DROP TABLE {quoted(table)}")
        again()
        values = _values(columns, known.kinds())
        session.execute(f"{creating} {quoted(table)} AS SELECT {values} FROM {rows}")
    _convert_silent(session, table, known)
    return known.notes()


@dataclass(slots=True, kw_only=True)
class _Known:
    """What has been seen of the columns so far, and what follows from it."""

    hints: Hints
    only: Collection[str] = ALL
    texts: dict[str, list[str]] = field(default_factory=dict)
    possible: dict[str, Sequence[Kind]] = field(default_factory=dict)
    """Kinds that all values seen may be of."""
    excluded: dict[str, set[Kind]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)

    def see(self, texts: Mapping[str, list[str]]) -> None:
        """Take note of values, by column."""
        self.texts |= texts
        self._look_at(texts)
        if texts:
            self.decide()

    def add(self, texts: Mapping[str, Sequence[str]]) -> None:
        """Take note of more values of columns that are known."""
        for name, more in texts.items():
            self.texts[name] = [*self.texts[name], *more]
        self._look_at(texts)

    def exclude(self, kinds: Mapping[str, Collection[Kind]]) -> None:
        """Take note that not all values of a column are of these kinds."""
        for name, out in kinds.items():
            self.excluded.setdefault(name, set()).update(out)
        self.decide()

    def decide(self) -> None:
        """Draw the conclusions."""
        found = {
            name: () if name in self.given_up else kinds for name, kinds in self.possible.items()
        }
        self.verdicts = decide(found, self.texts, self.hints, self.excluded)

    def _look_at(self, names: Iterable[str]) -> None:
        for name in names:
            kinds = kinds_of(self.texts[name])
            self.possible[name] = [kind for kind in kinds if kind.name in self.only]

    def give_up(self, names: Collection[str]) -> None:
        """Take columns for text."""
        self.given_up.update(names)
        self.decide()

    def kinds(self) -> dict[str, Kind]:
        """Return the kind of each column that is no text."""
        found = {name: verdict.kind for name, verdict in self.verdicts.items()}
        return {name: kind for name, kind in found.items() if kind is not None}

    def undecided(self) -> list[str]:
        """List the columns that may be of several kinds."""
        return [name for name, each in self.verdicts.items() if each.rivals and each.kind is None]

    def silent(self) -> list[str]:
        """List the columns of which no value has been seen."""
        return [name for name, texts in self.texts.items() if not texts]

    def notes(self) -> dict[str, Any]:
        """Return what is to be told of the columns."""
        notes: dict[str, dict[str, Any]] = {}
        for name, verdict in self.verdicts.items():
            kind = verdict.kind
            if kind is not None and kind.format:
                what = "number_formats" if kind.decimal else "date_formats"
                notes.setdefault(what, {})[name] = shown(kind, self.texts[name])
            if verdict.rivals and kind is None:
                formats = [rival.format or rival.name for rival in verdict.rivals]
                notes.setdefault("ambiguous", {})[name] = formats
            if verdict.rivals and kind is not None:
                notes.setdefault("decided_by", {})[name] = verdict.why
        return notes


def _settle(session: Session, rows: str, known: _Known, names: Collection[str]) -> None:
    """Prove what is known of columns on all rows, and learn from what does not fit."""
    proven: dict[str, set[Kind]] = {name: set() for name in names}
    for _ in range(_ROUNDS):
        asked = {
            name: [kind for kind in _in_question(known.verdicts[name]) if kind not in proven[name]]
            for name in names
        }
        if not any(asked.values()):
            return
        misfits = _misfits(session, rows, asked)
        for name, kinds in asked.items():
            proven[name].update(kind for kind in kinds if kind not in misfits.get(name, ()))
        if misfits:
            known.add(_counterexamples(session, rows, misfits))
            known.exclude(misfits)
    known.give_up(
        [name for name in names if set(_in_question(known.verdicts[name])) - proven[name]]
    )


def _in_question(verdict: Verdict) -> tuple[Kind, ...]:
    """Return what is to be proven: where nothing decides between kinds, whether all of them fit."""
    return verdict.rivals if verdict.kind is None else (verdict.kind,)


def _misfits(
    session: Session, rows: str, asked: Mapping[str, Sequence[Kind]]
) -> dict[str, list[Kind]]:
    """Return the kinds that a value of their column does not fit."""
    pairs = [(name, kind) for name, kinds in asked.items() for kind in kinds]
    questions = ", ".join(f"bool_and({_fits(name, kind)})" for name, kind in pairs)
    (answers,) = session.rows(f"SELECT {questions} FROM {rows}")
    found: dict[str, list[Kind]] = {}
    for (name, kind), fits in zip(pairs, answers, strict=True):
        if fits is False:
            found.setdefault(name, []).append(kind)
    return found


def _counterexamples(
    session: Session, rows: str, kinds: Mapping[str, Sequence[Kind]]
) -> dict[str, list[str]]:
    """Return values that do not fit kinds of their column, some for each."""
    found: dict[str, list[str]] = {}
    for name, each in kinds.items():
        for kind in each:
            value = quoted(name)
            listed = session.rows(
                f"SELECT {value} FROM {rows} WHERE NOT {_fits(name, kind)} LIMIT {_COUNTEREXAMPLES}"
            )
            found.setdefault(name, []).extend(text for (text,) in listed)
    return found


def _fits(name: str, kind: Kind) -> str:
    return f"({quoted(name)} IS NULL OR coalesce({_said(kind.fits, name)}, false))"


@contextmanager
def _sample(session: Session, rows: str) -> Iterator[str]:
    """Keep the first rows aside."""
    name = quoted(session.new_name("few"))
    session.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {rows} LIMIT {_MORE_ROWS}")
    try:
        yield name
    finally:
        session.execute(f"DROP TABLE {name}")


def _first_values(session: Session, rows: str, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of the first rows by column, and of later ones where these are null."""
    if not names:
        return {}
    listed = ", ".join(map(quoted, names))
    found = session.rows(f"SELECT {listed} FROM {rows} LIMIT {_LOOKED_AT}")
    columns = list(zip(*found, strict=True)) if found else [()] * len(names)
    texts = {
        name: list(dict.fromkeys(v for v in values if v is not None))
        for name, values in zip(names, columns, strict=True)
    }
    return texts | _later_values(session, rows, [name for name in names if not texts[name]])


def _later_values(session: Session, rows: str, names: Sequence[str]) -> dict[str, list[str]]:
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
                f"SELECT {value} FROM {rows} WHERE {value} IS NOT NULL LIMIT {_LOOKED_AT}"
            )
            found[name] = [text for (text,) in listed]
    return found


def _convert_silent(session: Session, table: str, known: _Known) -> None:
    """Convert columns that were loaded as text, for their first values come late or never."""
    spoken = _later_values(session, quoted(table), known.silent())
    known.see(spoken)
    _settle(session, quoted(table), known, spoken)
    kinds = known.kinds()
    for name in spoken:
        if name in kinds:
            cast, column = _said(kinds[name].cast, name), quoted(name)
            session.execute(
                f"ALTER TABLE {quoted(table)} ALTER {column} "
                f"TYPE {_TYPES[kinds[name].name]} USING {cast}"
            )


_TYPES = {
    "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMP", "timestamp with zone": "TIMESTAMPTZ", "time": "TIME",
}  # fmt: skip


def _load(  # noqa: PLR0917 - all that a statement is made of
    session: Session,
    creating: str,
    table: str,
    rows: str,
    columns: Sequence[str],
    kinds: Mapping[str, Kind],
) -> list[str]:
    """Create a table, and return the columns of which a value did not fit its kind.

    While rows are loaded, a column of bits notes what does not fit: none, nearly always, which
    takes no room and no time to look through.
    """
    named = list(kinds)
    batches = [named[i : i + _MASK_BITS] for i in range(0, len(named), _MASK_BITS)]
    masks = {f"{_MASK} {i}": batch for i, batch in enumerate(batches)}
    noted = "".join(f", {_mask(batch, kinds)} AS {quoted(m)}" for m, batch in masks.items())
    session.execute(f"{creating} AS SELECT {_values(columns, kinds)}{noted} FROM {rows}")
    if not masks:
        return []
    seen = ", ".join(f"coalesce(bit_or({quoted(mask)}), 0)" for mask in masks)
    (bits,) = session.rows(f"SELECT {seen} FROM {quoted(table)}")
    for mask in masks:
        session.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(mask)}")
    return [
        name
        for batch, found in zip(masks.values(), bits, strict=True)
        for i, name in enumerate(batch)
        if found >> i & 1
    ]


def _mask(names: Sequence[str], kinds: Mapping[str, Kind]) -> str:
    fits = (
        f"(CASE WHEN {_fits(name, kinds[name])} THEN 0 ELSE {1 << i} END)"
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


def _values(columns: Collection[str], kinds: Mapping[str, Kind]) -> str:
    return ", ".join(
        f"{_said(kinds[name].cast, name)} AS {quoted(name)}" if name in kinds else quoted(name)
        for name in columns
    )


def _said(sql: str, column: str) -> str:
    return sql.replace("{v}", quoted(column))
