"""How a delimited text file is laid out, and in which encoding."""

from __future__ import annotations

import pytest

from proveout.intake.readers.delimited_dialect import Dialect, column_names, dialect_of
from proveout.intake.readers.encodings import encoding_of


@pytest.mark.parametrize(
    ("sample", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(delimiter=",", columns=("a", "b"), header_line=1)),
        ("a;b\n1,5;2,5\n", Dialect(delimiter=";", columns=("a", "b"), header_line=1)),
        ("a\tb\n1;2,3\t4\n", Dialect(delimiter="\t", columns=("a", "b"), header_line=1)),
        ("a|b\n1|2\n", Dialect(delimiter="|", columns=("a", "b"), header_line=1)),
        # A delimiter inside quotes cuts nothing.
        ('a;b\n"1,2,3";4\n', Dialect(delimiter=";", columns=("a", "b"), header_line=1)),
        # Blank lines stand before the header.
        ("\n \na,b\n", Dialect(delimiter=",", columns=("a", "b"), header_line=3)),
        # Excel's own declaration.
        ("sep=;\na;b\n", Dialect(delimiter=";", columns=("a", "b"), header_line=2)),
        # A line feed in a name.
        (
            '"a\nx",b\n1,2\n',
            Dialect(delimiter=",", columns=("a x", "b"), header_line=1, header_lines=2),
        ),
        # A delimiter after the last column, in every row.
        (
            "a,b,\n1,2,\n3,4,\n",
            Dialect(delimiter=",", columns=("a", "b"), header_line=1, trailing_delimiter=True),
        ),
        # A delimiter after the last value, in every row but the header.
        (
            "a,b\n1,2,\n3,4,\n",
            Dialect(delimiter=",", columns=("a", "b"), header_line=1, trailing_delimiter=True),
        ),
        # One delimiter too many in one row is no habit.
        ("a,b\n1,2,\n3,4\n", Dialect(delimiter=",", columns=("a", "b"), header_line=1)),
        ("", None),
        ("\n\n  \n", None),
    ],
)
def test_the_delimiter_cuts_rows_as_long_as_the_header(
    sample: str, dialect: Dialect | None
) -> None:
    """The header is the first line that is not blank."""
    assert dialect_of(sample) == dialect


def test_the_charter_may_name_the_delimiter() -> None:
    """What the charter says is not doubted."""
    found = dialect_of("a,b;c\n1,2;3\n", delimiter=";")

    assert found == Dialect(delimiter=";", columns=("a,b", "c"), header_line=1)


def test_every_column_gets_a_name_of_its_own() -> None:
    """Unnamed and repeated columns are numbered; case does not tell columns apart."""
    assert column_names(["id", "", "ID", "id", " a  b "]) == (
        "id", "column_2", "ID_2", "id_3", "a b",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("ä,ö\n".encode(), "utf-8"),
        ("\ufeffa,b\n".encode(), "utf-8-sig"),
        ("a,b\n".encode("utf-16"), "utf-16"),
        ("name,city\nAnna,Oslo\n".encode("utf-16-le"), "utf-16-le"),
        ("a\nCafé\nMüller\n".encode("cp1252"), "cp1252"),
        # One broken line among many right ones is damage, not another encoding.
        (b"a\n" + "schön\n".encode() * 9 + b"sch\xf6n\n", "utf-8"),
        (bytes(range(256)) * 8, None),
    ],
)
def test_the_encoding_follows_from_the_bytes(head: bytes, encoding: str | None) -> None:
    """A mark decides; then UTF-8 if it explains most; then the encodings of former times."""
    assert encoding_of(head) == encoding
