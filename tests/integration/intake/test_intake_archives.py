"""Archives: a .zip is read as the files it holds; what is dangerous or unknown is refused."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from proveout.errors import InputError
from proveout.intake import OpenTable

Open = Callable[..., OpenTable]


def packed(**members: bytes) -> bytes:
    """Pack files; '__' in a name stands for a slash, '_' before a suffix for the dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def refused(open_: Open, path: str) -> str:
    """Return what is said of a file that is refused."""
    with pytest.raises(InputError) as raised:
        open_(path)
    return str(raised.value)


def test_the_files_of_an_archive_are_read_as_those_of_a_folder(open_: Open, tmp_path: Path) -> None:
    """Put together by the names of their columns; each is called by its name in the archive."""
    book = openpyxl.Workbook()
    book.active.append(["id", "city"])
    book.active.append([3, "Ulm"])
    saved = io.BytesIO()
    book.save(saved)
    files = {"jan.csv": b"id,city\n1,Kiel\n", "sub/feb.csv": b"id;city\n2;Bonn\n",
             "mar.xlsx": saved.getvalue(), "__MACOSX/._jan.csv": b"\0\5\x16\7"}  # fmt: skip
    (tmp_path / "t.zip").write_bytes(packed(**files))

    opened = open_("t.zip")

    rows = sorted(tuple(row.values()) for row in opened.table.to_pyarrow().to_pylist())
    assert rows == [(1, "Kiel"), (2, "Bonn"), (3, "Ulm")]
    assert [file.name for file in opened.files] == [
        "t.zip/jan.csv", "t.zip/mar.xlsx", "t.zip/sub/feb.csv",
    ]  # fmt: skip
    assert opened.rejects.count == 0


def test_names_in_an_archive_are_labels(open_: Open, tmp_path: Path) -> None:
    """A member is never written where its name says: not above, not by an absolute path."""
    work = tmp_path / "work"
    work.mkdir()
    outside = tmp_path / "outside.csv"
    names = ["../outside.csv", str(outside), "a\n.csv", "..\\outside.csv"]
    (work / "t.zip").write_bytes(packed(**dict.fromkeys(names, b"id\n1\n")))

    opened = open_("work/t.zip")

    assert opened.table.count().to_pyarrow().as_py() == 4
    assert not outside.exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["t.zip", "work"]
    assert "work/t.zip/a?.csv" in [file.name for file in opened.files]


def test_an_archive_within_an_archive_is_a_reject(open_: Open, tmp_path: Path) -> None:
    """It is named and counted, and its content is not read."""
    inner = packed(**{"x.csv": b"id\n2\n"})
    (tmp_path / "t.zip").write_bytes(packed(**{"a.csv": b"id\n1\n", "b.zip": inner}))

    opened = open_("t.zip")

    assert [(r.file, r.reason, r.message) for r in opened.rejects.examples()] == [
        (
            "t.zip/b.zip",
            "unreadable-file",
            "t.zip/b.zip is a zip archive, which is not unpacked.",
        )
    ]


def test_bombs_are_refused_before_they_fill_the_disk(open_: Open, tmp_path: Path) -> None:
    """A zip that claims, or is found, to swell more than any data do."""
    bomb = packed(**{"t.csv": b"0" * (101 << 20)})
    (tmp_path / "claimed.zip").write_bytes(bomb)
    # What the directory says of the size is not believed.
    size = (101 << 20).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(bomb.replace(size, (9).to_bytes(4, "little")))

    assert refused(open_, "claimed.zip") == (
        f"claimed.zip is refused: its {len(bomb):,} bytes become more than 200 times as many, as "
        "no data do but an archive that is meant to fill a disk.\n"
        "If you trust it, unpack it yourself, and name the folder."
    )
    assert refused(open_, "lying.zip").startswith("lying.zip is a damaged archive: ")


def test_a_compressed_file_that_swells_is_refused(
    open_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any of it is read; the limit lies beyond what data reach."""
    monkeypatch.setattr("proveout.intake.readers.streams.SMALL_BYTES", 1 << 20)
    bomb = gzip.compress(b"0" * (2 << 20), mtime=0)
    (tmp_path / "t.csv.gz").write_bytes(bomb)

    assert refused(open_, "t.csv.gz") == (
        f"t.csv.gz is refused: its {len(bomb):,} bytes become more than 300 times as many, as no "
        "data do but a file that is meant to fill a disk.\n"
        "If you trust it, decompress it yourself, and name the result."
    )


def with_password() -> bytes:
    """Mark the only member of an archive as encrypted."""
    out = bytearray(packed(**{"t.csv": b"id\n1\n"}))
    out[6] |= 1
    out[out.index(b"PK\x01\x02") + 8] |= 1
    return bytes(out)


def tar_gz() -> bytes:
    """Pack a file as Unix does."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("t.csv")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"id\n1\n"))
    return out.getvalue()


UNPACK = "Unpack it and name the folder."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "t.zip", with_password(),
            "t.zip is protected by a password.\n"
            "Unpack it, and name the folder it was unpacked into.",
        ),
        (
            "t.zip", packed(**{"t.csv": b"id\n1\n"})[:-30],
            "t.zip is a damaged archive: File is not a zip file.\nFetch or pack it again.",
        ),
        ("t.zip", packed(), "t.zip is an archive without files.\nPack it again."),
        (
            "t.zip", packed(**{f"{i}.csv": b"" for i in range(10_001)}),
            "t.zip holds 10001 files, more than the 10000 that are read of an archive.\n"
            "Unpack it into a folder, and name the folder.",
        ),
        ("t.7z", b"7z\xbc\xaf", f"t.7z is a 7-Zip archive, which is not unpacked.\n{UNPACK}"),
        ("t.rar", b"Rar!\x1a\x07", f"t.rar is a RAR archive, which is not unpacked.\n{UNPACK}"),
        ("t.tgz", tar_gz(), f"t.tgz is a tar archive, which is not unpacked.\n{UNPACK}"),
        ("t.bz2", b"BZh91AY", f"t.bz2 is compressed by bzip2, which is not unpacked.\n{UNPACK}"),
    ],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_refused(
    open_: Open, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """The message says what it is and what to do."""
    (tmp_path / name).write_bytes(content)

    assert refused(open_, name) == message
