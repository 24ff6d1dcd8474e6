"""`proveout audit --cells`: the list of single values, labels, and rows to be filled in."""

import csv
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext
from proveout.checks.readiness import CHECK
from proveout.checks.readiness.remediation import remediation
from proveout.cli import audit_command
from proveout.cli.app import build_app, run_app
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.intake import CharterData, Session

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., tuple[int, str, str]]
TOWNS = ("Berlin", "Hamburg", "Bremen", "Kassel")


@pytest.fixture
def audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Audit in a folder with orders.csv; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    write_orders(tmp_path / "orders.csv")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_app(build_app([audit_command.register]), ["audit", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def write_orders(path: Path) -> None:
    """Write 200 orders: one town is wrong for its zip, one weight says 'n/a', one has a unit."""
    lines = ["order,zip,town,net-weight"]
    for at in range(200):
        town = "Kassel" if at == 8 else TOWNS[at % 4]
        weight = {3: "n/a", 5: "0.050 kg"}.get(at, f"{at % 7}.50")
        lines.append(f"{1000 + at},0{at % 8}115,{town},{weight}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def listed(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_suspect_value_is_listed_as_it_stands_in_the_file(audit: Run) -> None:
    """Row from 0, column, the text itself, what kind, why, how sure, what instead."""
    code, out, said = audit("orders.csv", "--cells", "cells.csv")

    assert code == 0
    with Path("cells.csv").open(encoding="utf-8") as stream:
        assert stream.readline() == "row,column,value,kind,reason,confidence,suggestion\n"
    rows = listed("cells.csv")
    assert [(r["row"], r["column"], r["value"], r["kind"], r["suggestion"]) for r in rows] == [
        ("3", "net-weight", "n/a", "stand-in", ""),
        ("5", "net-weight", "0.050 kg", "type", "0.050"),
        ("8", "town", "Kassel", "dependency", "Berlin"),
    ]
    assert rows[2]["reason"] == "all 24 other records with zip '00115' have 'Berlin'"
    assert all(0.5 < float(row["confidence"]) < 1 for row in rows)
    assert "Suspect values  orders: 3 in 2 columns" in out
    assert "town: 1 value (0.5 % of the records)" in out
    assert "row 8: 'Kassel', all 24 other records with zip '00115' have 'Berlin';" in out
    assert "3 values that are probably wrong: listed in cells.csv, rows counted from 0." in said
    assert "20 rows corrected by hand make this much sharper: add --ask 20" in said


def test_the_same_stands_in_the_json_and_among_the_things_to_fix(audit: Run) -> None:
    """The summary is plain data too, and each column concerned is a thing to fix."""
    _, out, _ = audit("orders.csv", "--cells", "cells.csv", "--json")

    told = json.loads(out)
    cells = told["cells"]
    assert (cells["source"], cells["rows"], cells["suspected"]) == ("orders", 200, 3)
    assert [(c["column"], c["suspected"], c["interval"]) for c in cells["columns"]] == [
        ("town", 1, None), ("net-weight", 2, None),
    ]  # fmt: skip
    items = {i["column"]: i for i in told["fix_first"] if i["kind"] == "suspect-cells"}
    assert items["town"]["sentence"] == "town holds a value that is probably wrong in 1 record."
    assert items["town"]["examples"] == [
        "row 8: 'Kassel', all 24 other records with zip '00115' have 'Berlin'; probably 'Berlin'"
    ]


def test_labelled_rows_are_fitted_by_name_and_bring_an_interval(audit: Run) -> None:
    """'Net_Weight' is 'net-weight'; columns may be left out; what was corrected is certain."""
    right = {5: "0.050", 11: "4.50", 12: "5.50"}
    text = "row;Net_Weight\n" + "".join(f"{row};{value}\n" for row, value in right.items())
    Path("labels.csv").write_text(text, encoding="utf-8")

    _, out, _ = audit("orders.csv", "--cells", "cells.csv", "--labels", "labels.csv", "--json")

    (row,) = [each for each in listed("cells.csv") if each["row"] == "5"]
    assert (row["reason"], row["confidence"], row["suggestion"]) == (
        "corrected by hand", "1.0", "0.050",
    )  # fmt: skip
    intervals = {c["column"]: c["interval"] for c in json.loads(out)["cells"]["columns"]}
    low, high = intervals["net-weight"]
    assert 0 < low < 2 / 200 < high < 1
    assert intervals["town"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("zip,town\n1,2\n", "labels.csv has no column 'row'; its columns are: zip, town."),
        ("row,zip\n", "labels.csv names no rows."),
        (
            "row,city,zip\n1,a,b\n",
            "labels.csv has columns that the data does not have: city. The data has: order, zip, "
            "town, net-weight.",
        ),
        (
            "row,zip\n200,1\n",
            "labels.csv, record 2: '200' is no row of the data, whose rows are 0 to 199.",
        ),
        ("row,zip\n1,2,3\n", "labels.csv, record 2: 3 values, but 2 columns."),
    ],
)
def test_labels_that_do_not_fit_are_refused(audit: Run, text: str, message: str) -> None:
    """Which file, which record, what was seen, what is allowed."""
    Path("labels.csv").write_text(text, encoding="utf-8")

    code, out, _ = audit("orders.csv", "--cells", "c.csv", "--labels", "labels.csv", "--json")

    assert code == 2
    assert json.loads(out)["error"]["message"] == message


def test_with_nobody_to_ask_the_rows_are_written_to_be_filled_in(audit: Run) -> None:
    """The file goes back in as it is; asked again, it is not written anew."""
    code, _, said = audit("orders.csv", "--ask", "4")

    rows = listed("orders-labels.csv")
    assert code == 0
    assert list(rows[0]) == ["row", "order", "zip", "town", "net-weight"]
    assert len(rows) == 4
    assert {"n/a", "0.050 kg"} <= {row["net-weight"] for row in rows}
    assert "There is nobody to ask here: 4 rows are written to orders-labels.csv." in said
    _, _, again = audit("orders.csv", "--ask", "4", "--cells", "cells.csv")
    assert "orders-labels.csv holds 4 rows already: nothing was asked." in again
    assert [(row["row"], row["column"]) for row in listed("cells.csv")] == []


def test_answers_given_before_an_interruption_are_kept(tmp_path: Path) -> None:
    """Enter accepts, two quotes empty a cell, the end of input ends the questions."""
    write_orders(tmp_path / "orders.csv")
    ours, theirs = pty.openpty()
    os.write(ours, b"\n\n\n''\n\x04")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "proveout"), "audit", "orders.csv", "--ask", "3"],
        cwd=tmp_path, stdin=theirs, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)

    (row,) = listed(str(tmp_path / "orders-labels.csv"))
    assert done.returncode == 0
    assert "(1 of 3)" in done.stderr
    assert "Corrected by hand: 1 row, kept in orders-labels.csv." in done.stderr
    assert row["net-weight"] == ""


def test_cells_of_several_sources_are_refused(audit: Run) -> None:
    """A row number means nothing over two files."""
    code, out, _ = audit("orders.csv", "orders.csv", "--cells", "cells.csv", "--json")

    assert code == 2
    assert json.loads(out)["error"]["message"] == (
        "Cells are looked at in one source at a time; 2 were given."
    )


def test_an_assessment_looks_closer_where_the_charter_says_so(tmp_path: Path) -> None:
    """data.look_closer: [cells] gives the share by column, as an estimate without an interval."""
    write_orders(tmp_path / "orders.csv")
    charter = Charter.model_validate(
        {"pilot": "orders", "data": {"production": ["orders.csv"], "look_closer": ["cells"]}}
    )
    loaded = LoadedCharter(charter=charter, path=tmp_path / "pilot.yaml", content_hash="x")
    with Session() as session:
        context = CheckContext(
            loaded=loaded, data=CharterData(loaded, session), open_system=_no_system,
            catalogue=Catalogue(SHIPPED), check=CheckRef(name="readiness", version="1"), run="r",
            now=datetime(2026, 1, 1, tzinfo=UTC), seed=0, artifacts=tmp_path,
        )  # fmt: skip
        found = [each for each in CHECK.run(context) if isinstance(each, Evidence)]

    by_column = {
        each.subject.get("column"): each
        for each in found
        if each.metric == "readiness.suspect_cells"
    }
    assert {name: each.value for name, each in by_column.items()} == {
        "order": 0, "zip": 0, "town": 1 / 200, "net-weight": 2 / 200,
    }  # fmt: skip
    town = by_column["town"]
    assert (town.n, town.interval) == (200, None)
    assert str(town.details["what"]).startswith("an estimate of detectors that nobody has checked")
    assert "orders:suspect-cells:town" in {item.id for item in remediation(found, charter)}


def _no_system() -> None:
    msg = "no system is asked here"
    raise AssertionError(msg)


@pytest.mark.parametrize("option", ["--cells", "--duplicates", "--todo", "--labels"])
def test_what_is_read_is_never_written_over(audit: Run, option: str) -> None:
    """A list that names the data itself, by whatever path, is refused before any work is done."""
    before = Path("orders.csv").read_bytes()
    Path("link.csv").symlink_to("orders.csv")
    asked = ["--ask", "2"] if option == "--labels" else []

    code, _, said = audit("orders.csv", option, "link.csv", *asked)

    assert code == 2
    assert said == (
        "Error: link.csv is one of the files to read, and would be overwritten.\n"
        f"Name another file with {option}.\n"
    )
    assert Path("orders.csv").read_bytes() == before


def test_two_lists_are_not_written_to_one_file(audit: Run) -> None:
    """The second would replace the first."""
    code, _, said = audit("orders.csv", "--todo", "list.csv", "--cells", "./list.csv")

    assert code == 2
    assert said == (
        "Error: --todo and --cells both name list.csv.\nName another file with --cells.\n"
    )


def test_a_list_that_cannot_be_written_is_told_before_the_audit(audit: Run) -> None:
    """Nobody waits an hour to hear that a folder is missing."""
    code, out, said = audit("orders.csv", "--todo", "nowhere/todo.csv")

    assert (code, out) == (2, "")
    assert said == (
        "Error: nowhere/todo.csv cannot be written: there is no folder nowhere.\n"
        "Name a file in a folder that exists: --todo todo.csv\n"
    )


def test_a_list_may_go_to_a_pipe_or_a_device(audit: Run) -> None:
    """It is written to, never replaced by a file."""
    code, _, said = audit("orders.csv", "--todo", "/dev/null")

    assert code == 0
    assert Path("/dev/null").is_char_device()
    assert "findings to /dev/null." in said or "finding to /dev/null." in said


def test_a_gap_is_told_in_records_so_that_it_never_reads_as_none(audit: Run) -> None:
    """One empty among 2,000 is not '100.0 % have a value'."""
    lines = ["order,town", *(f"{at},{'' if at == 7 else 'Bonn'}" for at in range(2_000))]
    Path("orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    audit("orders.csv", "--cells", "cells.csv")

    reasons = [each["reason"] for each in listed("cells.csv")]
    assert reasons == ["empty, while 1,999 of 2,000 records have a value"]


def test_texts_of_few_values_are_not_called_many(audit: Run) -> None:
    """Two different texts are two, however long they are or however little they look like words."""
    lines = ["id,same,two", *(f"{at},=1+1,{'x' * 5_000 if at == 5 else 'k'}" for at in range(50))]
    Path("orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    _, out, _ = audit("orders.csv", "--json")

    fields = {
        each["name"]: each["distinct_about"] for each in json.loads(out)["sources"][0]["fields"]
    }
    assert (fields["same"], fields["two"]) == (1, 2)


def test_a_file_that_cannot_be_read_is_named_without_a_line(audit: Run) -> None:
    """'line=None' means nothing to a person."""
    Path("month").mkdir()
    write_orders(Path("month/orders.csv"))
    Path("month/later.csv").touch()

    _, out, _ = audit("month")

    assert "file=month/later.csv" in out
    assert "None" not in out
