"""Whatever a text holds: nothing is lost, nothing crashes, and time grows with its length."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.intake.mending import Mending, read_text
from proveout.intake.mending.stream import mend_pieces, plan_of

WORD = st.text(st.sampled_from("abcdefgh"), min_size=2, max_size=6)
CELL = st.one_of(
    WORD,
    st.integers(0, 10**6).map(str),
    st.dates().map(str),
    st.sampled_from(["", "a, b", 'say "no"', "two\nlines", "12:30", "AB-1", "x y z"]),
)
NOISE = st.text(st.sampled_from("ab1 ,;|\t\"'\\\n\r.:=*#\u20ac\udc80"), max_size=400)
POLLUTIONS = st.sampled_from(
    ["stray quote", "delimiter lost", "delimiter too many", "other delimiter", "cut short", "noise"]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows of equal width with a header of words."""
    width = draw(st.integers(2, 6))
    header = draw(st.lists(WORD, min_size=width, max_size=width, unique=True))
    row = st.lists(CELL, min_size=width, max_size=width)
    return [header, *draw(st.lists(row, min_size=1, max_size=12))]


def polluted(rows: list[list[str]], pollution: str, at: int, where: int) -> str:
    """Write the table, with one row damaged."""
    lines = []
    for row in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(row)
        lines.append(out.getvalue())
    line = lines[at % len(lines)]
    place = where % (len(line) + 1)
    lines[at % len(lines)] = {
        "stray quote": line[:place] + '"' + line[place:],
        "delimiter lost": line.replace(",", "", 1),
        "delimiter too many": line[:place] + "," + line[place:],
        "other delimiter": line.replace(",", ";"),
        "cut short": line[:place],
        "noise": line + "\n*** restarted ***",
    }[pollution]
    return "\n".join(lines) + "\n"


def signs(text: str) -> Counter[str]:
    """Count the letters and digits: what says something."""
    return Counter(sign for sign in text if sign.isalnum())


def kept(mending: Mending) -> str:
    """Return all that is in a table, a reject or a note."""
    parts: list[str] = []
    for table in mending.tables:
        parts += table.header or ()
        parts += [cell for row in table.rows for cell in row]
        parts += [each.raw for each in table.rejects]
        parts += [note.text for note in table.notes]
    return " ".join(parts)


@settings(max_examples=300, deadline=None)
@given(rows=tables(), pollution=POLLUTIONS, at=st.integers(0, 50), where=st.integers(0, 500))
def test_no_cell_is_lost(rows: list[list[str]], pollution: str, at: int, where: int) -> None:
    """Each letter and digit is in a table, a reject or the margin, as often as in the file."""
    text = polluted(rows, pollution, at, where)

    assert signs(kept(read_text(text))) == signs(text)


@settings(max_examples=500, deadline=None)
@given(
    text=st.one_of(
        NOISE, st.text(max_size=200), st.binary(max_size=200).map(lambda b: b.decode("latin-1"))
    )
)
def test_any_text_is_read(text: str) -> None:
    """It never crashes, and loses nothing."""
    lost = signs(text.removeprefix("\ufeff")) - signs(kept(read_text(text)))

    assert not lost or "sep=" in text.lower()


@settings(max_examples=60, deadline=None)
@given(rows=tables(), pollution=POLLUTIONS, at=st.integers(0, 50), where=st.integers(0, 500))
def test_piece_by_piece_gives_the_same_rows(
    rows: list[list[str]], pollution: str, at: int, where: int
) -> None:
    """Where one table is found, a large text is mended as a small one is."""
    text = polluted(rows, pollution, at, where)
    mending, plan = read_text(text), plan_of(text)
    if plan is None or len(mending.tables) != 1 or mending.dialect.delimiter == "":
        return

    pieces = list(mend_pieces(text.splitlines(keepends=True), plan))

    rows_read = sum(len(piece.rows) for piece in pieces)
    beside = sum(len(piece.rejects) + len(piece.notes) for piece in pieces)
    assert rows_read + beside >= len(mending.tables[0].rows)


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '",',
        '"\n',
        'a,"b\n',
        '"a"b,',
        "'\n",
        ',"\n',
        '\\"',
        "a,b\n\n",
        ",",
        'x,""""\n',
        "a b c\n",
    ],
)
def test_time_grows_with_length(unit: str) -> None:
    """Ten times the quotes, lines or delimiters take no more than 25 times the work."""
    short, long = _work(unit * 200), _work(unit * 2_000)

    assert long <= 25 * max(short, 2_000)


def _work(text: str) -> int:
    """Count the calls that reading takes: the same on any machine."""
    import sys

    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_text(text)
    finally:
        sys.setprofile(before)
    return calls
