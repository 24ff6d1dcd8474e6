"""What damaged files are fed to: each reader whole, and its pure core alone, which is quicker."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proveout.charter.schema import Source
from proveout.intake import Session, open_source
from proveout.intake.readers.json_faults import judged, pieces_of

_FILES_PER_SESSION = 200


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to feed."""

    seeds: str
    """Whose damaged files it is fed."""
    share: int
    """Of 1,000 inputs, how many it gets: the quick ones get most."""
    feed: Callable[[bytes, Path], None]


class Whole:
    """Opens files as sources of one session after another, and looks at every value."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix
        self._session: Session | None = None
        self._n = 0

    def __call__(self, data: bytes, folder: Path) -> None:
        """Read one file to its last value."""
        if self._session is None or self._n % _FILES_PER_SESSION == 0:
            if self._session is not None:
                self._session.close()
            self._session = Session(memory_bytes=256 << 20, threads=1)
        self._n += 1
        path = folder / f"{self._n}.{self._suffix}"
        path.write_bytes(data)
        try:
            from proveout.intake.troubles import told

            with told():
                opened = open_source(Source(path=str(path)), folder=folder, session=self._session)
                assert opened.table.to_pyarrow().num_columns == len(opened.table.columns)
                assert opened.rejects.count >= len(opened.rejects.examples())
        finally:
            path.unlink(missing_ok=True)


def csv_core(data: bytes, _folder: Path) -> None:
    """Mend a text."""
    from proveout.intake.mending import read_text

    read_text(data.decode("utf-8", "replace"))


def json_core(data: bytes, _folder: Path) -> None:
    """Take JSON apart, line by line and piece by piece."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        judged(number, line)
    for _ in pieces_of(data.decode(errors="replace")):
        pass


def pdf_core(data: bytes, folder: Path) -> None:
    """Take a document apart in this process, and find its tables."""
    from proveout.intake.pdf.extraction import pages_of
    from proveout.intake.pdf.reader import tables_of

    path = folder / "t.pdf"
    path.write_bytes(data)
    tables_of(pages_of(path, "t.pdf"), "t.pdf")


def pdf_tables(data: bytes, _folder: Path) -> None:
    """Find tables among words and rules that the bytes place anywhere."""
    from proveout.intake.pdf.page import Box, Page, Word
    from proveout.intake.pdf.reader import tables_of

    numbers = [b / 4 for b in data[:400]]
    fours: list[Any] = [tuple(numbers[i : i + 4]) for i in range(0, len(numbers) - 3, 4)]
    boxes = [Box(x * 9, y * 12, x * 9 + w, y * 12 + 4 + h / 8) for x, y, w, h in fours]
    texts = data[400:].decode("latin-1").split() or ["1.5"]
    half = len(boxes) // 2
    words = [Word(box, texts[i % len(texts)]) for i, box in enumerate(boxes[:half])]
    page = Page(
        number=1, width=600, height=800, words=tuple(words), rules=tuple(boxes[half:]),
        grids=(tuple(boxes[half:]),) if data[:1] > b"\x80" and half else (),
    )  # fmt: skip
    plain = json.loads(json.dumps(page.plain()))
    from proveout.intake.pdf.page import page_of

    tables_of([page, page_of({**plain, "number": 2})], "t.pdf")


TARGETS: Mapping[str, Target] = {
    "csv core": Target("csv", 560, csv_core),
    "json core": Target("jsonl", 240, json_core),
    "pdf tables": Target("csv", 110, pdf_tables),
    "pdf pages": Target("pdf", 20, pdf_core),
    "csv": Target("csv", 12, Whole("csv")),
    "jsonl": Target("jsonl", 10, Whole("jsonl")),
    "parquet": Target("parquet", 8, Whole("parquet")),
    "sqlite": Target("sqlite", 8, Whole("db")),
    "duckdb": Target("duckdb", 2, Whole("duckdb")),
    "zip": Target("zip", 6, Whole("zip")),
    "xlsx": Target("xlsx", 8, Whole("xlsx")),
    "ods": Target("ods", 6, Whole("ods")),
    "xls": Target("xls", 5, Whole("xls")),
    "xlsb": Target("xlsb", 4, Whole("xlsb")),
    "pdf": Target("pdf", 1, Whole("pdf")),
}
