"""`proveout sample` on files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from proveout.cli import sample_command
from proveout.cli.app import build_app, run_app

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

SITES = {"North": 3_000, "South": 900, "Islands": 12}


def orders(folder: Path, *, backwards: bool = False) -> Path:
    """Write orders of three sites, one of them tiny, with a few that lack an amount."""
    records = [
        {"id": f"A-{site}-{i}", "site": site, "amount": "" if i % 100 == 7 else i}
        for site, n in SITES.items()
        for i in range(n)
    ]
    path = folder / ("backwards.csv" if backwards else "orders.csv")
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "site", "amount"])
        writer.writeheader()
        writer.writerows(reversed(records) if backwards else records)
    return path


def drawn(path: Path, *options: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
    out = path.with_name("sample.csv")
    said = ["sample", str(path), "-o", str(out), "--rows", "200", *options]
    assert run_app(build_app([sample_command.register]), said) == 0
    with out.open(newline="") as stream:
        return list(csv.DictReader(stream)), json.loads(
            out.with_name("sample.design.json").read_text()
        )


def test_small_sites_and_exceptions_are_there_and_the_weights_make_up_for_it(
    tmp_path: Path,
) -> None:
    """A site of 12 records among 3,912 is drawn from; the weights add up to all records."""
    rows, design = drawn(orders(tmp_path), "--by", "site")

    weights: dict[str, float] = {}
    for row in rows:
        weights[row["site"]] = weights.get(row["site"], 0) + float(row["__weight"])
    assert len(rows) == design["rows"] == 200
    assert weights == pytest.approx(SITES)
    assert design["exceptions"] == ["no amount"]
    assert [each["stratum"] for each in design["strata"]] == [
        "ordinary / North",
        "ordinary / South",
        "no amount / North",
        "ordinary / Islands",
        "no amount / South",
        "no amount / Islands",
    ]


def test_the_same_records_are_drawn_whatever_their_order(tmp_path: Path) -> None:
    """Seed and content decide, not the place in the file."""
    one, _ = drawn(orders(tmp_path), "--by", "site")
    other, _ = drawn(orders(tmp_path, backwards=True), "--by", "site")
    again, _ = drawn(orders(tmp_path), "--by", "site", "--seed", "1")

    assert one == other
    assert {row["id"] for row in one} != {row["id"] for row in again}


def test_a_sample_of_a_sample_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would stand for the sample, and its weights would say otherwise."""
    drawn(orders(tmp_path))
    capsys.readouterr()
    said = ["sample", str(tmp_path / "sample.csv"), "-o", str(tmp_path / "x.csv"), "--json"]

    assert run_app(build_app([sample_command.register]), said) == 2
    assert json.loads(capsys.readouterr().out)["error"] == {
        "kind": "input",
        "message": "sample has a column '__weight', as samples have: a sample of a sample would "
        "stand for the sample only.",
        "hint": "Draw from the source itself.",
    }


def test_the_sample_never_replaces_what_it_is_drawn_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample written over its population would be all that is left of it."""
    monkeypatch.setenv("COLUMNS", "500")  # the path is as long as the folder of the tests
    path = orders(tmp_path)
    before = path.read_bytes()

    code = run_app(
        build_app([sample_command.register]), ["sample", str(path), "-o", str(path), "--rows", "9"]
    )

    assert code == 2
    assert capsys.readouterr().err == (
        f"Error: {path} is one of the files to read, and would be overwritten.\n"
        "Name another file with --out.\n"
    )
    assert path.read_bytes() == before
    assert not path.with_name("orders.design.json").exists()
