"""Whatever a table holds and however it is written, every row is read or is a reject."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proveout.charter.schema import Source
from proveout.intake import Session, open_source

# A cell may hold anything but a lone surrogate and NUL, which no program writes into a CSV file.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
TRICKY = st.text(st.sampled_from("ab,;\t|\"'\n\r\\ 0é€"), max_size=8)
CELL = st.one_of(
    TEXT,
    TRICKY,
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.dates().map(str),
    st.sampled_from(["", "007", "1e5", "true", "NULL", "nan", "1_000", "+5", " 5", "12:30", "-0"]),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows of equal length; a row of one empty cell cannot be told from a blank line."""
    width = draw(st.integers(1, 5))
    cell = CELL.filter(bool) if width == 1 else CELL
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=12))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(rows=[["\n", "x"], ['"', "y"]], ending="\n")
@example(rows=[["a\rb", "x"]], ending="\r\n")
@example(rows=[["", ""], ["", "0\r'\n"]], ending="\r\n")
@example(rows=[["'", "''"], ["''", "'"]], ending="\r\n")
@given(rows=tables(), ending=st.sampled_from(["\n", "\r\n"]))
def test_no_row_and_no_cell_is_lost(
    session: Session, tmp_path: Path, delimiter: str, rows: list[list[str]], ending: str
) -> None:
    """Text comes back as it was; a number or a day comes back as the same number or day."""
    width = len(rows[0]) if rows else 1
    header = [f"column{i}" for i in range(width)]
    written = io.StringIO(newline="")
    # A writer quotes the line ends that it uses itself; a lone carriage return it may leave bare.
    quoting = csv.QUOTE_MINIMAL if "\r" in ending else csv.QUOTE_ALL
    writer = csv.writer(written, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows([header, *rows])
    (tmp_path / "t.csv").write_bytes(written.getvalue().encode())

    # The tab is found: a charter cannot name it, since its texts are stripped.
    named = None if delimiter == "\t" else delimiter
    source = Source(path="t.csv", delimiter=named, encoding="utf-8")
    opened = open_source(source, folder=tmp_path, session=session)

    read = [list(row.values()) for row in opened.table.to_pyarrow().to_pylist()]
    assert len(read) + opened.rejects.count == len(rows)
    assert opened.rejects.count == 0
    for before, after in zip(rows, read, strict=True):
        assert [same(*cells) for cells in zip(before, after, strict=True)] == [True] * width


def _as_in_germany(text: str) -> float:
    """Return the figure of a text with a decimal comma, in euros: these cells have no other way."""
    return float(re.sub("[€\\s]", "", text).replace(",", "."))


def same(before: str, after: object) -> bool:  # noqa: PLR0911 - one for each type
    """Tell whether a cell says after reading what it said before."""
    match after:
        case None:
            return before == ""
        case bool():
            return before.lower() == str(after).lower()
        case int() | float() if re.search("[,€]|[^ ] +[^ ]", before):
            return math.isclose(_as_in_germany(before), after, rel_tol=1e-15)
        case int():
            return before.strip() == str(after)
        case float():
            return math.isclose(float(before), after, rel_tol=1e-15) and "_" not in before
        case str():
            return before == after
        case _:
            return str(after).startswith(before) or before in str(after)
