"""`proveout log`: what was recorded, in words, as JSON and as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.prediction_log import DAY, NOON, Clock, call, record
from proveout.cli.app import build_app, run_app
from proveout.cli.log_command import register
from proveout.runtime.log import Writer
from proveout.runtime.log.places import owner_of

# Ibis asks DuckDB and pandas in ways that they have renamed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in this process; return what it wrote to where its data goes."""
    monkeypatch.setenv("COLUMNS", "500")

    def run(*arguments: object, code: int = 0) -> str:
        assert run_app(build_app([register]), ["log", *map(str, arguments)]) == code
        out, err = capsys.readouterr()
        return out or err

    return run


@pytest.fixture
def log(tmp_path: Path) -> Path:
    clock = Clock(NOON - DAY)
    writer = Writer(tmp_path / "log", "claims", clock=clock)
    writer.append_now([record("first", at=NOON - DAY)])
    clock.now = NOON
    writer.append_now(
        [
            record("second", team="a rather long team", request="a\x1b[31mb"),
            record("third", outcome="failed", status=502, fallback=True, reasons=("failure",)),
        ]
    )
    writer.close_now()
    return tmp_path / "log"


def test_requests_are_counted_before_and_after_they_are_archived(run: Run, log: Path) -> None:
    """All, of a span, and by what became of them."""
    assert run("count", "--log", log) == "3 requests\n"
    assert run("count", "--log", log, "--until", "2026-11-21") == "1 request\n"

    archived = run("compact", "--log", log, "--retention-days", "10000")
    assert archived == "Archived 3 requests of 2 segments.\n"

    assert run("count", "--log", log) == "3 requests\n"
    assert run("count", "--log", log, "--by", "outcome") == (
        "Outcome   Requests             Cost\n"
        "answered         2  0.246913578 EUR\n"
        "failed           1  0.123456789 EUR\n"
    )
    assert json.loads(run("count", "--log", log, "--by", "day", "--json"))["groups"] == [
        {"value": "2026-11-20", "requests": 1, "cost": {"EUR": "0.123456789"}},
        {"value": "2026-11-21", "requests": 2, "cost": {"EUR": "0.246913578"}},
    ]


def test_costs_are_told_without_empty_digits(run: Run, tmp_path: Path) -> None:
    """To the billionth where it says something, and to the hundredth in any case."""
    writer = Writer(tmp_path / "log", "claims", clock=Clock(NOON))
    writer.append_now(
        [
            record("a", at=NOON, team="x", cost=2_574_000_000),
            record("b", at=NOON, team="y", cost=2_000_000_000),
        ]
    )
    writer.close_now()

    told = run("count", "--log", tmp_path / "log", "--by", "team").splitlines()

    assert [line.split() for line in told[1:]] == [
        ["x", "1", "2.574", "EUR"],
        ["y", "1", "2.00", "EUR"],
    ]


def test_the_latest_are_lines_without_their_bodies(run: Run, log: Path) -> None:
    """Bodies are shown when asked for, and control characters in them are not obeyed."""
    assert run("tail", "--log", log, "-n", 2) == (
        "when (UTC)               outcome       status  version       team           seconds  "
        "       tokens            cost  id                          to a person because\n"
        "2026-11-21 12:00:00.000  answered         200  current       a rather lo…     0.250  "
        "       100+20    0.123457 EUR  second\n"
        "2026-11-21 12:00:00.000  failed           502  current       desk             0.250  "
        "       100+20    0.123457 EUR  third                       "
        "failure (fallback answered)\n"
    )
    shown = run("tail", "--log", log, "-n", 2, "--payload")
    assert "    request: a\\x1b[31mb\n" in shown
    told = json.loads(run("tail", "--log", log, "-n", 1, "--json"))
    assert told["records"][0]["id"] == "third"
    assert "request" not in told["records"][0]


def test_one_request_is_shown_as_a_whole(run: Run, log: Path) -> None:
    """By the id in its reply."""
    shown = run("show", "third", "--log", log)
    assert "outcome              failed\n" in shown
    assert "fallback             yes\n" in shown
    assert 'request              {"question": "how much?"}\n' in shown

    assert run("show", "nobody", "--log", log, code=2) == (
        "Error: The log of 'claims' knows no call 'nobody'.\n"
        f"See the latest: proveout log tail --log {log} --pilot claims\n"
    )


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_requests_are_exported_for_other_tools(
    run: Run, log: Path, tmp_path: Path, form: str
) -> None:
    """Whole, or without bodies; the file is replaced."""
    import duckdb

    out = tmp_path / f"out.{form}"
    out.write_text("old")

    told = json.loads(run("export", "--log", log, "--out", out, "--no-payload", "--json"))

    assert told["requests"] == 3
    read = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[form]
    found = duckdb.sql(f"select id from {read}('{out}') order by 1").fetchall()
    assert found == [("first",), ("second",), ("third",)]
    assert "how much?" not in out.read_bytes().decode(errors="replace")


def test_an_export_of_no_known_form_is_refused(run: Run, log: Path, tmp_path: Path) -> None:
    """Before anything is written."""
    assert run("export", "--log", log, "--out", "out.xml", code=2) == (
        "Error: out.xml is of no format that is known: .xml.\n"
        "Name a file that ends in one of: .parquet, .csv, .jsonl\n"
    )


def test_a_whole_log_is_verified_and_a_damaged_one_is_found(run: Run, log: Path) -> None:
    """Exit code 1 where something is wrong, and each thing in a sentence."""
    assert run("verify", "--log", log) == (
        "The log of 'claims' is whole: 3 requests in 0 archived files and 2 segments.\n"
    )

    first, second = sorted((log / "pilot=claims" / "segments").iterdir())
    first.unlink()
    content = second.read_bytes().replace(b'"second"', b'"forged"')
    damaged = next(line for line in content.splitlines(keepends=True) if b"forged" in line)
    again = second.with_name(second.name.replace("_0002", "_0004"))
    for path in (second, again):
        path.write_bytes(content)

    told = json.loads(run("verify", "--log", log, "--json", code=1))
    changed = f"{len(damaged)} bytes at {content.index(damaged)} are not what was written."
    assert told["problems"] == [
        f"{second.name}: {changed}",
        f"{second.name} was sealed with 2 records and holds 1.",
        f"{again.name}: {changed}",
        f"{again.name} was sealed with 2 records and holds 1.",
        f"Of the segments of {owner_of(second.name)}, number 3 is missing.",
        "1 call is there more than once, such as third.",
    ]


def test_calls_under_way_are_told(run: Run, log: Path) -> None:
    """They are no damage: a gateway is at it, or its crash was not recovered yet."""
    writer = Writer(log, "claims")
    writer.begin(call("x"), "current")

    assert run("verify", "--log", log).endswith("1 call under way, or cut short by a crash.\n")
    writer.close_now()


def test_the_log_that_is_meant_must_be_clear(
    run: Run, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without a log, several pilots, no charter, a moment that is none."""
    (log / "pilot=other").mkdir()

    assert run("count", "--log", log, code=2) == (
        f"Error: {log} holds the logs of 2 pilots: claims, other.\n"
        "Say whose is meant: --pilot claims\n"
    )
    assert run("count", "--log", tmp_path / "none", code=2) == (
        f"Error: There is no prediction log in {tmp_path / 'none'}.\n"
        "Name the folder that the gateway was given: --log FOLDER\n"
    )
    monkeypatch.chdir(tmp_path)
    assert run("count", code=2) == (
        "Error: There is no pilot.yaml here, and no --log was given.\n"
        "Name the charter or the folder of the log: proveout log count --log FOLDER\n"
    )
    assert run("count", "--log", log, "--since", "3x", "--json", code=2) == (
        json.dumps(
            {
                "ok": False,
                "error": {
                    "kind": "input",
                    "message": "--since is '3x', which is no moment.",
                    "hint": "Write a day, a time, or how long ago: --since 2026-11-20, "
                    "--since 2026-11-20T08:00, --since 24h",
                },
            },
            indent=2,
        )
        + "\n"
    )


def test_a_charter_says_where_its_log_is(
    run: Run, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the name of the pilot and the archive."""
    charter = log.parent / "pilot.yaml"
    charter.write_text("pilot: claims\ngateway: {log: {folder: log, archive: cold}}\n")

    run("compact", charter)

    monkeypatch.chdir(log.parent)
    assert run("count") == "3 requests\n"
    assert len(list((log.parent / "cold").rglob("*.parquet"))) == 2
