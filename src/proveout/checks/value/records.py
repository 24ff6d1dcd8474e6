"""The records of the process as columns of numbers: one scan of the source, and what it left out.

The engine, which may be a server, finds columns and reads values; what comes out of it is a number
per field. Nothing is dropped here: what cannot be counted is marked with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from proveout.charter.schema.value import CaseRecord
from proveout.checks.columns import (
    UNREADABLE_TRUTH,
    find_column,
    no_column,
    number_of,
    seconds_of,
    text_of,
    truth_of,
)
from proveout.errors import InputError
from proveout.statistics.effects.cases import Flags, Floats, Ints

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from proveout.intake.table import OpenTable

Kind = Literal["moment", "number", "truth"]
MOST_LEVELS = 12
"""So many values of a category get a column each; the others share one."""
DAY_S = 86_400.0
EXAMPLES = 3
_FLAG_NAMES = ("with_system", "assigned", "volunteer")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column that a KPI is taken from."""

    kind: Kind
    column: str
    where: str
    """Where the charter names it: 'kpis[cost].measured.value'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All rows of one source, in its order."""

    said: CaseRecord
    name: str
    fingerprint: str
    n: int
    at: Floats
    """Days since 1970; nan where it is not told or cannot be read."""
    is_at_empty: Flags
    repeated: Flags
    """Rows of a case of which another row says more, or the same and comes later."""
    flags: Mapping[str, Ints]
    """with_system, assigned, volunteer as far as they are there: 1, 0, -1 for empty, -2 for a word
    that is neither."""
    team: Ints | None
    teams: tuple[str, ...]
    person: Ints | None
    n_persons: int
    columns: Mapping[Wanted, Floats]
    """Moments in days since 1970, numbers, truths: nan where it cannot be read, -inf where the
    field is empty."""
    missing: Mapping[Wanted, InputError]
    """Columns that are not there."""
    traits: Floats | None
    trait_names: tuple[str, ...]
    unreadable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By column: what stands in fields that cannot be read, the first few."""


EMPTY = -np.inf
"""Stands for an empty field in `Records.columns`."""


def read_records(
    opened: OpenTable, said: CaseRecord, wanted: Iterable[Wanted], *, where: str
) -> Records:
    """Read all that KPIs ask of one source. Raises InputError where `at`, or what is named, is not
    there."""
    asked = list(dict.fromkeys(wanted))
    found, missing = _found(opened.table, said, asked)
    shape, names = _shape(opened.table, said, found, where=where)
    arrow = opened.table.select(**shape).to_pyarrow()
    get = _getter(arrow)
    flags = {name: _flags(get(name)) for name in _FLAG_NAMES if name in shape}
    at = get("at")
    columns = {each: _days(get(f"k{i}"), each.kind) for i, each in enumerate(found)}
    team, teams = _codes(arrow, "team")
    person, people = _codes(arrow, "person")
    traits, trait_names = _traits(arrow, said, names)
    return Records(
        said=said,
        name=opened.name,
        fingerprint=opened.fingerprint,
        n=arrow.num_rows,
        at=np.where(np.isinf(at), np.nan, at) / DAY_S,
        is_at_empty=np.isinf(at),
        repeated=_repeated(arrow, [at, *(get(f"k{i}") for i in range(len(found)))]),
        flags=flags,
        team=team,
        teams=teams,
        person=person,
        n_persons=len(people),
        columns=columns,
        missing=missing,
        traits=traits,
        trait_names=trait_names,
        unreadable=_examples(opened.table, shape, names, get),
    )


def _found(
    table: ir.Table, said: CaseRecord, asked: Sequence[Wanted]
) -> tuple[dict[Wanted, str], dict[Wanted, InputError]]:
    found: dict[Wanted, str] = {}
    missing: dict[Wanted, InputError] = {}
    for each in asked:
        name = find_column(table, each.column)
        if name is None:
            missing[each] = no_column(table, each.column, where=each.where, file=said.source.path)
        else:
            found[each] = name
    return found, missing


def _shape(
    table: ir.Table, said: CaseRecord, found: Mapping[Wanted, str], *, where: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what to select, and under which name each of it stands in the source."""

    def named(key: str, *, is_needed: bool = False) -> str | None:
        wanted: str = getattr(said, key)
        name = find_column(table, wanted)
        if name is None and (is_needed or key in said.model_fields_set):
            raise no_column(table, wanted, where=f"{where}.{key}", file=said.source.path)
        return name

    names = {"at": str(named("at", is_needed=True))}
    for key in ("case", "team", "person", *_FLAG_NAMES):
        if (name := named(key)) is not None:
            names[key] = name
    for index, trait in enumerate(said.traits):
        column = find_column(table, trait)
        if column is None:
            raise no_column(table, trait, where=f"{where}.traits", file=said.source.path)
        names[f"t{index}"] = column
    shape = {key: _form(key, table[name]) for key, name in names.items()}
    form = {"moment": seconds_of, "number": number_of, "truth": truth_of}
    for index, (each, name) in enumerate(found.items()):
        shape[f"k{index}"] = form[each.kind](table[name])
        names[f"k{index}"] = name
    return shape, names


def _form(key: str, column: Any) -> Any:
    if key == "at":
        return seconds_of(column)
    if key in _FLAG_NAMES:
        return truth_of(column)
    if key.startswith("t") and key[1:].isdigit():
        is_number = column.type().is_numeric() and not column.type().is_boolean()
        return number_of(column) if is_number else text_of(column)
    return text_of(column)


def _getter(arrow: Any) -> Any:
    """Return floats by name: -inf where the field is empty, nan where it cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known: dict[str, Floats] = {}

    def get(name: str) -> Floats:
        if name not in known:
            column = arrow[name]
            empty = pc.is_null(column).to_numpy()
            values = pc.cast(pc.fill_null(column, 0), pa.float64()).to_numpy().copy()
            values[np.isinf(values)] = np.nan
            values[empty] = EMPTY
            known[name] = values
        return known[name]

    return get


def _flags(values: Floats) -> Ints:
    return np.where(np.isinf(values), -1, values).astype(np.int64)


def _days(values: Floats, kind: Kind) -> Floats:
    if kind == "moment":
        return values / DAY_S
    if kind == "truth":
        return np.where(values == UNREADABLE_TRUTH, np.nan, values)
    return values


def _codes(arrow: Any, name: str) -> tuple[Ints | None, tuple[str, ...]]:
    """Number the values of a column, -1 for none; what differs in its case alone is one."""
    if name not in arrow.column_names:
        return None, ()
    import pyarrow.compute as pc

    encoded = arrow[name].combine_chunks().dictionary_encode()
    levels = [str(each) for each in encoded.dictionary.to_pylist()]
    first: dict[str, int] = {}
    names: list[str] = []
    to = np.empty(len(levels) + 1, dtype=np.int64)
    to[-1] = -1
    for index, level in enumerate(levels):
        plain = level.casefold()
        if plain not in first:
            first[plain] = len(names)
            names.append(level)
        to[index] = first[plain]
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return to[codes], tuple(names)


def _repeated(arrow: Any, columns: Sequence[Floats]) -> Flags:
    """Mark all rows of a case but the one that says most; of those, the last."""
    n = arrow.num_rows
    repeated = np.zeros(n, dtype=bool)
    codes, _ = _codes_exact(arrow)
    if codes is None:
        return repeated
    counts = np.bincount(codes[codes >= 0], minlength=1)
    some = np.flatnonzero((codes >= 0) & (counts[np.maximum(codes, 0)] > 1))
    if not len(some):
        return repeated
    says = np.sum([np.isfinite(each[some]) for each in columns], axis=0)
    order = some[np.lexsort((some, says, codes[some]))]
    is_last = np.append(codes[order][1:] != codes[order][:-1], True)
    repeated[order[~is_last]] = True
    return repeated


def _codes_exact(arrow: Any) -> tuple[Ints | None, int]:
    if "case" not in arrow.column_names:
        return None, 0
    import pyarrow.compute as pc

    encoded = arrow["case"].combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, len(encoded.dictionary)


def _traits(
    arrow: Any, said: CaseRecord, names: Mapping[str, str]
) -> tuple[Floats | None, tuple[str, ...]]:
    """Numbers as they are, categories as columns of 0 and 1; the most frequent value has none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns: list[Floats] = []
    called: list[str] = []
    for index in range(len(said.traits)):
        column, name = arrow[f"t{index}"], names[f"t{index}"]
        if pa.types.is_floating(column.type):
            columns.append(pc.fill_null(column, np.nan).to_numpy().copy())
            called.append(name)
            continue
        codes, levels = _codes(arrow, f"t{index}")
        assert codes is not None  # noqa: S101  # the column is there
        counts = np.bincount(codes + 1, minlength=len(levels) + 1)
        order = [int(each) - 1 for each in np.argsort(-counts, kind="stable") if counts[each]]
        for level in order[1:MOST_LEVELS]:
            columns.append((codes == level).astype(np.float64))
            called.append(f"{name}={levels[level] if level >= 0 else '(empty)'}")
        if others := order[MOST_LEVELS:]:
            columns.append(np.isin(codes, others).astype(np.float64))
            called.append(f"{name}=(others)")
    return (np.column_stack(columns), tuple(called)) if columns else (None, ())


def _examples(
    table: ir.Table, shape: Mapping[str, Any], names: Mapping[str, str], get: Any
) -> dict[str, tuple[str, ...]]:
    """Ask once more for what cannot be read, where there is such a thing."""
    found: dict[str, tuple[str, ...]] = {}
    for key, name in names.items():
        form = shape[key]
        if form.type().is_string():
            continue
        values = get(key)
        if not np.any(np.isnan(values) | (values == UNREADABLE_TRUTH)):
            continue
        is_unread = form.isnan() if form.type().is_floating() else form == UNREADABLE_TRUTH
        said = table.filter(is_unread).select(said=table[name].cast("string")).distinct()
        texts = said.order_by("said").limit(EXAMPLES).to_pyarrow()["said"].to_pylist()
        found[name] = tuple(str(each)[:60] for each in texts)
    return found
