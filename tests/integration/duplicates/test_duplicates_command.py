"""`proveout audit --duplicates`, and the readiness check that looks closer."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.checks.readiness.duplicates import duplicate_findings
from proveout.cli import audit_command
from proveout.cli.adhoc import asking
from proveout.cli.app import build_app, run_app
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

LIST = """no,name,city,phone
1,Brandt & Söhne GmbH,Kiel,0431 557788
2,Ostsee Optik AG,Rostock,0381 224466
3,Brand und Söhne GmbH,Kiel,0431 557788
4,Nordlicht Logistik,Husum,04841 99001
5,Elbe Papier Werke,Hamburg,040 771122
6,Harzer Stahl KG,Goslar,05321 70707
7,Ostsee-Optik,Rostock,0381 224466
8,Rhein Chemie AG,Mannheim,0621 343434
"""
SOUNDS = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "wu")


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """A list with two firms that stand in it twice, among 300 that do not."""
    path = tmp_path / "customers.csv"
    more = [
        f"{n},{''.join(SOUNDS[int(d)] for d in f'{n * 7919 % 10**5:05d}').title()} Werke,"
        f"Stadt {SOUNDS[n % 10]}{SOUNDS[n // 10 % 10]},0{n * 104729 % 10**8:08d}"
        for n in range(9, 309)
    ]
    path.write_text(LIST + "\n".join(more) + "\n", encoding="utf-8")
    return path


def test_clusters_are_listed_in_a_file_and_shown(
    customers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row, probability and evidence of each record; what to do stands among the things to fix."""
    pytest.importorskip("splink")
    out = tmp_path / "duplicates.csv"

    said = ["audit", str(customers), "--duplicates", str(out), "--json"]
    code = run_app(build_app([audit_command.register]), said)

    told = json.loads(capsys.readouterr().out)
    with out.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert code == 0
    assert {(line["cluster"], line["row"]) for line in lines} in (
        {("1", "0"), ("1", "2"), ("2", "1"), ("2", "6")},
        {("2", "0"), ("2", "2"), ("1", "1"), ("1", "6")},
    )
    assert list(lines[0]) == [
        "cluster", "source", "row", "probability", "evidence", "name", "city", "phone",
    ]  # fmt: skip
    assert "agree: city, phone" in lines[0]["evidence"]
    assert told["duplicates"]["sources"] == [
        {
            "source": "customers",
            "n_records": 308,
            "n_in_excess": 2,
            "n_equal_in_every_column": 0,
            "not_told": None,
        }
    ]
    (item,) = [each for each in told["fix_first"] if each["kind"] == "near-duplicate"]
    assert item["sentence"] == (
        "2 records of customers have probably been entered before, in another spelling."
    )


def test_without_splink_the_check_says_what_to_install(
    customers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the audit goes on; the figure is not measured."""
    monkeypatch.setitem(sys.modules, "splink", None)
    loaded = LoadedCharter(
        charter=Charter.model_validate(
            {"pilot": "p", "data": {"production": str(customers), "look_closer": "near-duplicates"}}
        ),
        path=customers.with_name("pilot.yaml"),
        content_hash="",
    )
    with asking(loaded, "readiness", seed=0) as context:
        found = list(duplicate_findings(context, context.data.production()))

    assert found[1:] == [
        NotMeasured(
            metric="readiness.near_duplicates",
            reason="Looking for near duplicates needs the optional part 'duplicates', which is "
            "not installed.",
            next_step="Install it: pip install 'proveout[duplicates]'",
        )
    ]


def test_what_cannot_end_well_is_told_before_the_audit_begins(
    customers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing part, or a folder that is not there."""
    app = build_app([audit_command.register])
    out = customers.parent / "nowhere" / "duplicates.csv"

    no_folder = run_app(app, ["audit", str(customers), "--duplicates", str(out), "--json"])
    first = json.loads(capsys.readouterr().out)["error"]
    monkeypatch.setitem(sys.modules, "splink", None)
    no_part = run_app(app, ["audit", str(customers), "--duplicates", "out.csv", "--json"])
    second = json.loads(capsys.readouterr().out)["error"]

    assert (no_folder, no_part) == (2, 3)
    assert first["message"] == (f"{out} cannot be written: there is no folder {out.parent}.")
    assert second["hint"] == "Install it: pip install 'proveout[duplicates]'"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,town\n", "same holds no records"),
        ("name,town\nMeyer,Bonn\n", "same holds one record"),
        ("name,town\n" + "Meyer,Bonn\n" * 5, "same holds the same record again and again"),
    ],
)
def test_too_few_records_to_compare_are_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    """No record, one record, or one again and again: said, never 'none found'."""
    source = tmp_path / "same.csv"
    source.write_text(text, encoding="utf-8")

    run_app(
        build_app([audit_command.register]),
        ["audit", str(source), "--duplicates", str(tmp_path / "out.csv"), "--json"],
    )

    (told,) = json.loads(capsys.readouterr().out)["duplicates"]["sources"]
    assert (told["not_told"], told["n_in_excess"]) == (reason, None)
