"""Which tables of a file make up a source: the main one, or all that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.readers.port import ReadTable
from proveout.intake.renames import suggested_renames
from proveout.intake.session import Session

_ALIKE = 0.8
"""Share of their columns that two tables have in common, to be parts of one."""


def parts_of(tables: Sequence[ReadTable], source: Source, session: Session) -> list[ReadTable]:
    """Return the tables of one file that count, under the names of columns that are wanted.

    Without `unite` that is the main one, which notes what else the file holds.
    """
    named = [_renamed(table, source.rename) for table in tables]
    main, *others = named
    if not others:
        return named
    alike = [each for each in others if likeness(main, each) >= _ALIKE]
    if source.unite is not None:
        left = [each for each in others if each not in alike]
        return [_noting(main, left), *alike]
    note: dict[str, Any] = {}
    if alike:
        note["alike_tables"] = [each.part for each in alike]
    asked = {
        str(each.part): found
        for each in others
        if each not in alike and (found := _to_be_alike(main, each, session))
    }
    if asked:
        note["alike_but_for_names"] = asked
    return [_noting(main, others, **note)]


def labelled(read: Sequence[ReadTable], source: Source) -> list[ReadTable]:
    """Give each record the name of its sheet or file in a column, where the source asks for it."""
    if source.unite is None:
        return list(read)
    import ibis

    column = source.unite
    labels = _labels(read)
    for each in read:
        if column in each.table.columns:
            raise InputError(
                f"{_place(each)} has a column '{column}' already, which 'unite: {column}' is to "
                "add.",
                hint="Choose another name after 'unite:'.",
            )
    return [
        replace(
            each, table=each.table.mutate(**{column: ibis.literal(label, type="string")})
        )
        for each, label in zip(read, labels, strict=True)
    ]  # fmt: skip


def likeness(one: ReadTable, other: ReadTable) -> float:
    """Return the share of their columns that two tables have in common, by name: 0 to 1."""
    ours, theirs = set(one.table.columns), set(other.table.columns)
    return len(ours & theirs) / len(ours | theirs)


def part_name(each: ReadTable, several: bool) -> str:
    """Call a table by its file, and by its part where the file gives several."""
    return f"{each.file.name}: {each.part}" if several and each.part else each.file.name


def _labels(read: Sequence[ReadTable]) -> list[str]:
    files = [each.file.name for each in read]
    stems = [PurePath(name).stem for name in files]
    if len(set(files)) == len(files) > 1:
        return stems
    parts = [_part_label(read, each) for each in read]
    if len(set(files)) == 1:
        return [part or stem for part, stem in zip(parts, stems, strict=True)]
    return [f"{stem} {part}".strip() for part, stem in zip(parts, stems, strict=True)]


def _part_label(read: Sequence[ReadTable], each: ReadTable) -> str:
    """Call tables of one sheet by their titles, where all have one of their own."""
    titles = [one.file.read_as.get("title") for one in read if "!" in (one.part or "")]
    title = each.file.read_as.get("title")
    if title and "!" in (each.part or "") and all(titles) and len(set(titles)) == len(titles):
        return str(title)
    return each.part or ""


def _renamed(read: ReadTable, wanted: Mapping[str, str]) -> ReadTable:
    there = read.table.columns
    found = {old: new for old, new in wanted.items() if old in there and old != new}
    if not found:
        return read
    after = [found.get(name, name) for name in there]
    twice = [name for name in dict.fromkeys(after) if after.count(name) > 1]
    if twice:
        olds = [old for old, new in found.items() if new == twice[0]]
        raise InputError(
            f"{_place(read)} has more than one column for '{twice[0]}': 'rename' gives that name "
            f"to {' and '.join(olds)}, and it is there or given twice.",
            hint=f"Take '{olds[0]}: {twice[0]}' out of rename, or give it another name.",
        )
    table = read.table.rename({new: old for old, new in found.items()})
    return replace(read, table=table, file=_noted(read, {"renamed": found}).file)


def _to_be_alike(main: ReadTable, other: ReadTable, session: Session) -> dict[str, str]:
    """Return the renames after which another table would be alike; none where there are none."""
    found = suggested_renames(main.table, other.table, session)
    ours = set(main.table.columns)
    theirs = {found.get(name, name) for name in other.table.columns}
    return found if len(ours & theirs) / len(ours | theirs) >= _ALIKE else {}


def _noting(main: ReadTable, others: Sequence[ReadTable], **more: Any) -> ReadTable:
    if not others:
        return main
    return _noted(main, {"part": main.part, "other_tables": [o.part for o in others], **more})


def _noted(read: ReadTable, note: Mapping[str, Any]) -> ReadTable:
    return replace(read, file=replace(read.file, read_as={**read.file.read_as, **note}))


def _place(each: ReadTable) -> str:
    return f"{each.file.name} ({each.part})" if each.part else each.file.name
