"""Sound files come out as they went in."""

from __future__ import annotations

import csv
import io

import pytest

from proveout.intake.mending import read_text
from proveout.intake.readers.encodings import encoding_of

_ONE_COLUMN = {
    "names": ["employee", "Okafor, Fatima", "O'Neil, Wei", "Garcia, Emma"],
    "prose": ["note", "Please call, it is late", "No answer, again, at noon", "Done"],
    "prose without marks": ["comment", "Pump and valve checked", "Valve order again for the pump"],
    "amounts": ["score %", "230.27", "16,142.90", "4,911,707"],
    "decimal commas": ["weight_kg", "12,86", "3,1"],
    "times": ["begun", "07:00", "18:30", "09:15"],
    "moments": ["created_at", "2024-05-01 07:00:00", "2024-05-02 18:30:00"],
}


@pytest.mark.parametrize("lines", _ONE_COLUMN.values(), ids=_ONE_COLUMN.keys())
def test_one_column_is_not_torn_apart(lines: list[str]) -> None:
    """A file of one column stays one, whatever stands within its values."""
    (table,) = read_text("\n".join(lines)).tables

    assert (table.header, table.rows) == ((lines[0],), [[line] for line in lines[1:]])


def test_text_over_many_lines_does_not_hide_the_delimiter() -> None:
    """Where rows are sound by one delimiter alone, it is that one, however long the texts are."""
    names = [f"note {i}" for i in range(12)]
    rows = [[f"First line, {i}\nsecond; line\n{row}" for i in range(12)] for row in range(5)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows([names, *rows])

    (table,) = read_text(text.getvalue()).tables

    assert (table.header, table.rows) == (tuple(names), rows)


def test_tab_goes_before_a_comma_within_figures() -> None:
    """A tab between two columns is the delimiter though each row has one comma too."""
    (table,) = read_text("Date\tNet, EUR\n2022-02-16\t97,888.21\n\t3,316.95\n\t154,648.99\n").tables

    assert table.header == ("Date", "Net, EUR")
    assert table.rows[1] == ["", "3,316.95"]


def test_record_that_comes_again_is_no_further_table() -> None:
    """A first row whose values come again below is a record, and so are its copies."""
    rows = [["Berg", "Oslo"], ["Li", "Bern"], ["Berg", "Graz"], ["Berg", "Oslo"], ["Li", "Oslo"]]

    (table,) = read_text("".join(";".join(row) + "\n" for row in rows * 4)).tables

    assert len(table.rows) + table.header_rows == len(rows) * 4


def test_sparse_first_rows_are_records() -> None:
    """Rows with one cell filled are no titles where such rows are common all over."""
    rows = [["", "", "11.98"], ["", "", "18.65"], ["", "11-X", "60.65"], ["", "", "2.06"]] * 5

    (table,) = read_text("".join("\t".join(row) + "\n" for row in rows)).tables

    assert table.rows == rows


def test_rows_of_nothing_but_delimiters_are_records_for_any_delimiter() -> None:
    """An empty record is one, whether commas or tabs make it."""
    rows = [["1", "a"], ["", ""], ["2", "b"], ["", ""]]
    for delimiter in ",\t":
        text = "".join(delimiter.join(row) + "\n" for row in [["id", "kind"], *rows])

        assert read_text(text).tables[0].rows == rows


def test_last_line_tells_the_encoding_too() -> None:
    """The only letter that tells may stand in the last line of a small file."""
    assert encoding_of("site\nOslo\nKöln".encode("cp1252")) == "cp1252"


def test_western_letters_are_not_taken_for_eastern_ones() -> None:
    """Portuguese names among German ones are Windows-1252, though 1250 has a letter there too."""
    western = "São Paulo;Köln;Zoë;José\n" * 20
    polish = "Łódź;Kraków;Wrocław;święto;żółć\n" * 20

    assert encoding_of(western.encode("cp1252")) == "cp1252"
    assert polish.encode("cp1250").decode(encoding_of(polish.encode("cp1250")) or "") == polish


def test_year_above_figures_names_its_column() -> None:
    """One year in the first row is a name where no value below has its form."""
    (table,) = read_text("status;2019\nY;2,456,993\nN;5,413,437\nY;12,001\n").tables

    assert (table.header, len(table.rows)) == (("status", "2019"), 3)
