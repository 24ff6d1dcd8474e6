"""Whole files of every format, to be damaged: made by real writers, small, and different."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).parents[2]
_PDFS = HERE / "tests" / "fixtures" / "pdf"
_WORKBOOKS = HERE.parent / "shared" / "data" / "workbooks"
"""Not part of the repository; without them xls and xlsb are not fuzzed, and that is said."""

CSV = (
    'id,name,amount,day\n1,Kiel,2.50,2024-01-31\n2,"Bonn, Süd",1e3,2024-02-29\n3,,-7,\n',
    'Umsatz 2024\r\n\r\nNr;Ort;Wert\r\n1;Ulm;1.234,50\r\n2;"a ""b""";7,00\r\nSumme;;1.241,50\r\n',
    "a\tb\tc\n1\t2\t3\n4\t5\n6\t7\t8\t9\n\nx|y\n1|2\n3|4\n",
    "sep=;\n'q';'r'\n'it''s';2\n'\n",
    "h1 h2\n" + "x" * 300 + ',"' * 5 + "\n" + "1 2\n" * 30,
    "\ufeffé,ß\r1,2\r3,4\r",
)
JSON = (
    '{"id": 1, "a": {"b": [1, 2.5, null]}, "t": "x\\u00e9\\ud83d\\ude00"}\n{"id": 2}\n',
    json.dumps([{"a": i, "b": {"c": "x" * i}} for i in range(5)], indent=1),
    '{"count": 2, "rows": [{"a": 1}, {"a": 2}]}',
    '{"a": 1e308, "b": -0.0, "c": 12345678901234567890}\n{"a": NaN, "": true}\n',
)
Seeds = Mapping[str, list[bytes]]


def all_seeds() -> Seeds:
    """Return the seeds of each format; a format may have none here."""
    makers: Mapping[str, Callable[[], list[bytes]]] = {
        "csv": _csv,
        "jsonl": lambda: [*map(str.encode, JSON), gzip.compress(JSON[0].encode(), mtime=0)],
        "parquet": lambda: _by_duckdb("parquet"),
        "duckdb": lambda: _by_duckdb("duckdb"),
        "sqlite": _sqlite,
        "xlsx": _xlsx,
        "ods": lambda: [_ods()],
        "xls": lambda: _shared("xls"),
        "xlsb": lambda: _shared("xlsb"),
        "pdf": _pdf,
        "zip": _zip,
    }  # fmt: skip
    return {name: make() for name, make in makers.items()}


def _csv() -> list[bytes]:
    others = [CSV[1].encode("cp1252"), CSV[0].encode("utf-16")]
    return [*map(str.encode, CSV), *others, gzip.compress(CSV[0].encode(), mtime=0)]


def _by_duckdb(kind: str) -> list[bytes]:
    import duckdb

    rows = (
        "SELECT i AS id, 'n' || i AS name, i * 1.5 AS amount, DATE '2024-01-01' + i::INT AS day, "
        "[i, i + 1] AS list FROM range(50) AS r(i)"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{kind}"
        if kind == "parquet":
            found = []
            for codec in ("snappy", "zstd", "uncompressed"):
                duckdb.sql(rows).write_parquet(str(path), compression=codec)
                found.append(path.read_bytes())
            return found
        with duckdb.connect(str(path)) as db:
            db.execute(f"CREATE TABLE t AS {rows}")
        return [path.read_bytes()]


def _sqlite() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount REAL, raw BLOB)")
        rows = [(i, f"n{i}" * (i % 9), i / 3, bytes([i])) for i in range(60)]
        db.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        db.execute("CREATE INDEX by_name ON t (name)")
        db.commit()
        db.close()
        return [path.read_bytes()]


def _xlsx() -> list[bytes]:
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Data"
    for row in [["Report"], [], ["id", "day", "amount", "note"]]:
        sheet.append(row)
    for i in range(20):
        sheet.append([i, dt.date(2024, 1, 1 + i), i * 1.5, None if i % 3 else "=1+1"])
    sheet.merge_cells("A1:D1")
    book.create_sheet("Empty")
    book.create_sheet("Second").append(["x", True, "#N/A"])
    out = io.BytesIO()
    book.save(out)
    return [out.getvalue()]


def _ods() -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in [("office", "office"), ("table", "table"), ("text", "text")]
    )
    cells = "".join(
        f'<table:table-row table:number-rows-repeated="{1 + i % 2}"><table:table-cell '
        f'office:value-type="float" office:value="{i}"><text:p>{i}</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string">'
        f"<text:p>x{i}</text:p></table:table-cell></table:table-row>"
        for i in range(9)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} '
        'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="S">'
        f"{cells}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def _shared(kind: str) -> list[bytes]:
    if not _WORKBOOKS.is_dir():
        return []
    small = sorted(p for p in _WORKBOOKS.rglob(f"*.{kind}") if p.stat().st_size < 60_000)
    return [path.read_bytes() for path in small[:40]]


def _pdf() -> list[bytes]:
    text = "BT /F1 10 Tf 50 700 Td (Id) Tj 150 0 Td (Sum) Tj ET " + " ".join(
        f"BT /F1 10 Tf 50 {680 - 14 * i} Td ({i}) Tj 150 0 Td ({i}.50) Tj ET" for i in range(9)
    )
    drawn = " ".join(f"50 {700 - 20 * i} 300 20 re S" for i in range(5)) + " " + text
    stream = zlib.compress(drawn.encode())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources "
        b"<< /Font << /F1 3 0 R >> >> /Contents 5 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    small = sorted(p for p in _PDFS.glob("*.pdf") if p.stat().st_size < 30_000)
    return [out, out, out, *(path.read_bytes() for path in small)]


def _zip() -> list[bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jan.csv", CSV[0])
        archive.writestr("sub/feb.csv", CSV[1])
        archive.writestr("mar.jsonl", JSON[0])
    return [out.getvalue()]
