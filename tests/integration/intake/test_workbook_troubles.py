"""Spreadsheet troubles, one by one: what is read of each, or why it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures.workbook_troubles import TROUBLES, Expected, Trouble
from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake import Session
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.workbook.reading import read_workbook


def read(trouble: Trouble, folder: Path, session: Session) -> Sequence[ReadTable]:
    """Make the file and read it."""
    path = folder / f"t{trouble.suffix}"
    trouble.make(path)
    source = Source(path=path.name, table=trouble.table)
    return read_workbook(SourceFile(path=path, name=path.name, source=source), session)


def rows(table: ReadTable) -> list[tuple[Any, ...]]:
    """Return the records with None for null."""
    return [tuple(row.values()) for row in table.table.to_pyarrow().to_pylist()]


def as_expected(table: ReadTable, expected: Expected) -> Expected:
    """Return of a table what is expected to be told of it."""
    margin: dict[str, list[str]] = {}
    for each in table.margin:
        margin.setdefault(each.kind, []).append(each.text)
    return Expected(
        columns=tuple(table.table.columns),
        rows=rows(table),
        part=table.part if expected.part is not None else None,
        margin={kind: margin.get(kind, []) for kind in expected.margin},
        rejects=[(r.line, r.column, r.reason) for r in table.rejects.examples(99)],
        repairs=[(r.line, r.column, r.reason) for r in table.repairs.examples(99)],
        read_as={key: table.file.read_as.get(key) for key in expected.read_as},
    )


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_spreadsheets_as_people_have_them(
    trouble: Trouble, tmp_path: Path, session: Session
) -> None:
    """Each is read right, with nothing lost, or refused with the true reason."""
    if trouble.refused is not None:
        with pytest.raises(InputError) as refused:
            read(trouble, tmp_path, session)
        assert refused.value.message.startswith(trouble.refused)
        assert refused.value.hint
        return

    found = read(trouble, tmp_path, session)

    assert len(found) == len(trouble.tables)
    for table, expected in zip(found, trouble.tables, strict=True):
        assert as_expected(table, expected) == expected
