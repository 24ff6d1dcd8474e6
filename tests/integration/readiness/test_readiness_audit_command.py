"""`proveout audit` on files: what it shows of each field, and how a table is chosen."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from proveout.cli import audit_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Audit in an empty folder; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_app(build_app([audit_command.register]), ["audit", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_an_estimated_number_of_different_values_shows_that_it_is_one(audit: Run) -> None:
    """23,471 would be read as counted, and make a key look as if it were not unique."""
    rows = [f"{n},{'north' if n % 2 else 'south'},note {n} on it" for n in range(24_561)]
    Path("orders.csv").write_text("id,site,note\n" + "\n".join(rows), encoding="utf-8")

    _, out, _ = audit("orders.csv")
    _, told, _ = audit("orders.csv", "--json")

    shown = {line.split()[0]: line.split()[-1] for line in out.splitlines() if "100\u00a0%" in line}
    id_ = next(field for field in json.loads(told)["sources"][0]["fields"] if field["name"] == "id")
    assert shown["site"] == "2"
    assert shown["note"] == "many"
    assert shown["id"].startswith("~2")
    assert shown["id"].endswith(",000")
    assert id_["distinct_is_exact"] is False


def test_one_table_of_a_database_can_be_audited(audit: Run) -> None:
    """Which there are is told; one of them is chosen with --table."""
    with duckdb.connect("t.duckdb") as database:
        database.execute("CREATE TABLE one AS SELECT range AS id FROM range(30)")
        database.execute("CREATE TABLE two AS SELECT range AS id FROM range(20)")

    code, _, err = audit("t.duckdb")
    chosen, out, _ = audit("t.duckdb", "--table", "two")

    assert code == 2
    assert "'--table one' on the command line." in " ".join(err.split())
    assert chosen == 0
    assert out.startswith("t.two  20 records")


def test_the_sheets_that_were_not_read_are_named(audit: Run) -> None:
    """A workbook holds a sheet for each month as often as not; one is read, and it is said so."""
    book = xlsxwriter.Workbook("sales.xlsx")
    for month in ("January", "February", "March"):
        sheet = book.add_worksheet(month)
        for row in range(31):
            sheet.write_row(row, 0, ["id", "amount"] if row == 0 else [row, row * 1.5])
    book.close()

    code, out, err = audit("sales.xlsx")
    _, chosen, _ = audit("sales.xlsx", "--table", "March", "--json")

    assert code == 0
    assert "30 records" in out
    assert " ".join(err.split()) == (
        "sales: of sales.xlsx 'January' was read; 2 other tables were not: February, March. "
        "February, March have the same columns: to read them together, write 'unite: part' below "
        "the source's path in data.production; the name of each stands then in the column 'part'."
    )
    missing = {each["metric"] for each in json.loads(chosen)["not_measured"]}
    assert "readiness.rows" not in missing


def test_a_field_without_a_value_holds_nothing(audit: Run) -> None:
    """Not 'string', which is how an engine stores what it knows nothing of."""
    Path("a.csv").write_text("id,note\n" + "".join(f"{n},\n" for n in range(30)), "utf-8")

    _, out, _ = audit("a.csv")

    note = next(line.split() for line in out.splitlines() if line.startswith(" note"))
    assert note[:2] == ["note", "nothing"]
