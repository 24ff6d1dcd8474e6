"""What stands around tables, and between them."""

from __future__ import annotations

import pytest

from proveout.intake.mending import Note, TextDialect, read_text

BODY = [f"2023-01-{n:02d},S{n % 3},{n * 1.5:.2f},{'ok' if n % 2 else 'late'}" for n in range(1, 21)]
HEADER = "day,site,amount,state"
CELLS = [line.split(",") for line in BODY]


def text(*lines: str) -> str:
    """Join lines."""
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "preamble",
    [
        ["Report of deliveries", ""],
        ["Report of deliveries", "Printed on request, see notes", "", ""],
        ["Report of deliveries,,,", ",,,"],
        ["Title,Deliveries", "Author,A. Lovelace", "Made,2023-02-01", ""],
        ["# made by the warehouse system"],
    ],
)
def test_titles_above_are_notes(preamble: list[str]) -> None:
    """They are no rows, and none is lost."""
    (table,) = read_text(text(*preamble, HEADER, *BODY)).tables

    assert (table.header, table.rows) == (tuple(HEADER.split(",")), CELLS)
    assert table.header_line == len(preamble) + 1
    told = " ".join(note.text for note in table.notes)
    assert all(word in told for line in preamble for word in line.replace(",", " ").split())


@pytest.mark.parametrize(
    ("footer", "notes"),
    [
        (["", "Source: warehouse"], [Note(line=23, kind="note", text="Source: warehouse")]),
        (["Total,,315.00,"], [Note(line=22, kind="total", text="Total\t315.00")]),
        (["* not final, may go"], [Note(line=22, kind="note", text="* not final\t may go")]),
    ],
)  # fmt: skip
def test_notes_and_totals_below_are_no_rows(footer: list[str], notes: list[Note]) -> None:
    """They stand in the margin."""
    (table,) = read_text(text(HEADER, *BODY, *footer)).tables

    assert table.rows == CELLS
    assert list(table.notes) == notes


@pytest.mark.parametrize(
    ("other", "columns"),
    [
        ([HEADER, *BODY[:9]], 4),
        (["day,site,amount", *(line.rpartition(",")[0] for line in BODY)], 3),
        ([HEADER + ",more", *(line + "," for line in BODY)], 5),
        (["", "name,phone", *(f"A. Person{n},+49 30 {1000 + n}" for n in range(9))], 2),
    ],
)
def test_a_further_table_is_one_by_itself(other: list[str], columns: int) -> None:
    """With the same, with fewer, with more columns, or something else."""
    first, second = read_text(text(HEADER, *BODY, *other)).tables

    assert (first.header, first.rows) == (tuple(HEADER.split(",")), CELLS)
    assert (second.width, len(second.rows)) == (columns, len([each for each in other if each]) - 1)
    troubles = [*first.rejects, *second.rejects, *first.repairs, *second.repairs]
    assert not troubles


def test_no_header_is_invented() -> None:
    """Where the first row is a record, all rows are."""
    (table,) = read_text(text(*BODY)).tables

    assert (table.header, table.header_line, table.rows) == (None, None, CELLS)


def test_header_rows_are_joined_with_a_blank() -> None:
    """A name over several columns holds for each of them."""
    lines = ["year,2022,,2023,", "site,first,second,first,second"]
    lines += [f"S{n},{n}.5,{n}.25,{n}.75,{n}.1" for n in range(20)]

    (table,) = read_text(text(*lines)).tables

    assert table.header == ("year site", "2022 first", "2022 second", "2023 first", "2023 second")
    assert (table.header_rows, len(table.rows)) == (2, 20)


@pytest.mark.parametrize(
    ("change", "dialect"),
    [
        (lambda t: t.replace(",", ";"), TextDialect(delimiter=";")),
        (lambda t: t.replace(",", "\t"), TextDialect(delimiter="\t")),
        (lambda t: t.replace(",", "|"), TextDialect(delimiter="|")),
        (lambda t: t.replace(",", " "), TextDialect(delimiter=" ")),
        (lambda t: t.replace(",", ", "), TextDialect(delimiter=",", skips_blanks=True)),
        (lambda t: "sep=;\n" + t.replace(",", ";"), TextDialect(delimiter=";")),
        (lambda t: t.replace("\n", "\r"), TextDialect(delimiter=",")),
        (lambda t: t.replace("\n", "\r\n", 5), TextDialect(delimiter=",")),
        (lambda t: "\ufeff" + t, TextDialect(delimiter=",")),
    ],
)
def test_the_dialect_is_found(change: object, dialect: TextDialect) -> None:
    """Delimiter, blanks after it, what Excel declares, line ends of several kinds."""
    mending = read_text(change(text(HEADER, *BODY)))  # type: ignore[operator]

    assert mending.dialect == dialect
    assert [table.rows for table in mending.tables] == [CELLS]


def test_quotes_may_be_apostrophes_and_escapes_backslashes() -> None:
    """What programs write that do not follow RFC 4180."""
    rows = [["1", 'a 5" bolt, long', "x"], ["2", "it's, well", "y"], ["3", "plain, too", "z"]] * 4
    single = text(
        "id,what,k", *(f"{a},'{b.replace(chr(39), chr(39) * 2)}',{c}" for a, b, c in rows)
    )
    escaped = text(
        "id,what,k", *(f'{a},"{b.replace(chr(34), chr(92) + chr(34))}",{c}' for a, b, c in rows)
    )

    assert read_text(single).tables[0].rows == rows
    assert read_text(escaped).tables[0].rows == rows
    assert read_text(single).dialect.quote == "'"
    assert read_text(escaped).dialect.backslash


@pytest.mark.parametrize("content", ["", "\n", " \n\n\t\n", "\ufeff"])
def test_nothing_gives_no_table(content: str) -> None:
    """And no error."""
    assert read_text(content).tables == ()


def test_a_header_alone_is_a_table_without_rows() -> None:
    """Names are no record."""
    (table,) = read_text(text(HEADER)).tables

    assert (table.header, table.rows) == (tuple(HEADER.split(",")), [])
