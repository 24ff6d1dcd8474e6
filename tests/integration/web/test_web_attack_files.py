"""Files that are more than they seem are refused before the dashboard reads them itself."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from fixtures.dashboard import OWNER, PILOT, dashboard

# What Ibis asks of DuckDB and pandas is deprecated in their next versions.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

ENDLESS = (
    "CREATE VIEW usage AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
    "SELECT x AS person, '2025-03-01' AS at FROM n"
)
ROWS = b"person,at\nAda,2025-03-01\n"


def database(folder: Path) -> bytes:
    """Return a database of one view that never ends."""
    place = folder / "endless.db"
    made = sqlite3.connect(place)
    made.execute(ENDLESS)
    made.commit()
    made.close()
    return place.read_bytes()


def workbook() -> bytes:
    """Return 100 MB in a hundred kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (100 * 1024**2))
    return packed.getvalue()


def test_what_could_grow_or_never_ends_is_no_upload(tmp_path: Path) -> None:
    """Compressed files, databases and workbooks that unpack to too much; whatever their name."""
    endless, large = database(tmp_path), workbook()
    neither = "is neither CSV nor Excel nor Parquet."
    with dashboard(tmp_path, viewer=OWNER) as board:
        for name, content, said in (
            ("uses.csv", gzip.compress(ROWS), f"uses.csv {neither}"),
            ("uses.csv", endless, f"uses.csv {neither}"),
            ("uses.jsonl", b'{"person": "Ada"}\n', f"uses.jsonl {neither}"),
            ("uses.xlsx", large, "uses.xlsx holds 100 MB when it is unpacked, more than the 64 MB"),
        ):
            answer = board.client.post(
                f"/pilots/{PILOT}/usage/file",
                data={"csrf": OWNER.csrf}, files={"file": (name, content)},
            )  # fmt: skip
            assert answer.status_code == 400
            assert said in answer.text


@pytest.mark.parametrize("name", ["../../evil.csv", "x.c\x00sv", "x.\ud800", "..", "<b>.csv"])
def test_the_name_of_a_file_is_only_a_name(tmp_path: Path, name: str) -> None:
    """It is shown as text, and leads nowhere."""
    boundary, told = b"xyz", name.encode("utf-8", "surrogatepass")
    body = b'--%s\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--%s\r\n' % (
        boundary, OWNER.csrf.encode(), boundary,
    )  # fmt: skip
    body += b'Content-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n--%s--' % (
        told, ROWS, boundary,
    )  # fmt: skip
    with dashboard(tmp_path, viewer=OWNER) as board:
        answer = board.client.post(
            f"/pilots/{PILOT}/usage/file", content=body,
            headers={"content-type": "multipart/form-data; boundary=xyz"},
        )  # fmt: skip
        assert answer.status_code in (303, 400)
        assert "<b>" not in board.get(f"/pilots/{PILOT}/adoption").text
    assert not list(tmp_path.parent.rglob("evil.csv"))
