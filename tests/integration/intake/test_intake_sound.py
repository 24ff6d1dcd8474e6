"""Small sound files: loaded from what was cut to look through them, as the engine reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.charter.schema import Source
from proveout.intake import Session, open_source
from proveout.intake.mending import read_text
from proveout.intake.readers.delimited_dialect import dialect_of
from proveout.intake.readers.delimited_load import load
from proveout.intake.readers.delimited_sound import is_sound, load_sound
from proveout.intake.readers.port import SourceFile

_LATE = "n,late,never\n" + "".join(f"{i},{'' if i < 400 else i / 4},\n" for i in range(450))
_MISFIT = "n,code\n" + "".join(f"{i},{i}\n" for i in range(300)) + "300,x1\n"
SOUND = {
    "types": "n,at,day,ok,text\n1,2024-01-02 10:00:00,2024-01-02,true,a\n2,,,false,b\n",
    "quoted": 'n,text\n1,"a, b"\n2,""\n3," c "\n',
    "windows": "n,text\r\n1,a\r\n2,b\r\n",
    "german": "Tag;Betrag\n13.01.2024;1.234,50\n02.02.2024;0,75\n28.02.2024;12,00\n",
    "ambiguous": "day,n\n01/02/2024,007\n03/04/2024,010\n05/06/2024,-\n",
    "late": _LATE,
    "misfit": _MISFIT,
    "named twice": "name,name,name_2\n1,2,3\n4,5,6\n",
    "letters": "Ort,Höhe\nKöln,53\nMünchen,519\n",
    "one record": "a,b\n1,x",
}
LEFT = {
    "no line feed in a quoted field": 'n,text\n1,"a\nb"\n2,c\n',
    "no quote that is text": 'n,text\n1,5" pipe\n2,c\n',
    "no blank line": "n,text\n1,a\n\n2,b\n",
    "no delimiter at the end": "n,text,\n1,a,\n2,b,\n",
    "no two kinds of line end": "n,text\n1,a\r\n2,b\n",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_a_sound_text_is_read_as_the_engine_reads_it(tmp_path: Path, text: str) -> None:
    """Rows, types and what is told of the formats are the same, whoever cut the text."""
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    source = Source(path=str(path), null_values=["-"])
    file = SourceFile(path=path, name="t.csv", source=source)
    dialect = dialect_of(text)
    mending = read_text(text)
    assert dialect is not None
    assert is_sound(text, mending, dialect)

    with Session() as session:
        theirs = load(path, file, dialect, session)
        ours = load_sound(mending.tables[0].rows, file, dialect, session)

        table = session.table(theirs.table)
        assert ours.table.schema() == table.schema()
        assert ours.table.to_pyarrow().to_pylist() == table.to_pyarrow().to_pylist()
        assert ours.notes == theirs.notes
        assert not theirs.reasons


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_plain_at_sight_is_left_to_the_engine(text: str) -> None:
    """Only a text whose lines are its records is loaded as it was cut."""
    dialect = dialect_of(text)
    assert dialect is not None
    assert not is_sound(text, read_text(text), dialect)


def test_many_small_files_are_one_table(tmp_path: Path) -> None:
    """What is copied into one table holds the rows of all files, as a view of them would."""
    for n in range(40):
        text = f"n,text\n{n},a\n{n},\n" if n != 7 else "text,n,more\nb,7.5,x\n"
        (tmp_path / f"{n:02}.csv").write_text(text)

    with Session() as session:
        opened = open_source(Source(path=str(tmp_path)), folder=tmp_path, session=session)
        rows = opened.table.to_pyarrow().to_pylist()

    expected = [{"n": n, "text": text, "more": None} for n in range(40) for text in ("a", None)]
    expected[14:16] = [{"n": 7.5, "text": "b", "more": "x"}]
    assert sorted(rows, key=lambda row: (row["n"], row["text"] or "~")) == expected
    assert len(opened.parts) == 40
    assert opened.files[6].read_as["columns_missing"] == ["more"]
    assert opened.files[6].read_as["columns_widened"] == {"n": "float64"}
