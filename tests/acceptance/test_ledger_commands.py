"""`proveout ledger` and `proveout metrics` as a user runs them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.evidence.ledger import NewEntry, open_ledger

PROVEOUT = Path(sys.executable).with_name("proveout")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder as `proveout` leaves it: the ledger stands beside the charter."""
    with open_ledger(str(tmp_path / ".proveout" / "ledger.db"), clock=lambda: NOON) as ledger:
        ledger.append([NewEntry(pilot="flights", kind="run", body={"n": n}) for n in range(3)])
    return tmp_path


@pytest.fixture
def last_hash(project: Path) -> str:
    """The hash of the last entry."""
    with open_ledger(str(project / ".proveout" / "ledger.db"), create=False) as ledger:
        return ledger.head()[1]


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run the installed command; return exit code, stdout and stderr."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PROVEOUT_")}
    done = subprocess.run(
        [PROVEOUT, *arguments],
        cwd=folder,
        env={**kept, "COLUMNS": "500", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def tamper(project: Path) -> None:
    """Change one figure in the database, as somebody with a database tool would."""
    with closing(sqlite3.connect(project / ".proveout/ledger.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER ledger_entries_no_update")
        raw.execute("""UPDATE ledger_entries SET body = '{"n":7}' WHERE seq = 2""")


def test_a_whole_ledger_is_verified(project: Path, last_hash: str) -> None:
    """Exit code 0, the hash to note, and what it is good for."""
    assert run(project, "ledger", "verify") == (
        0,
        f"The ledger is whole: 3 entries.\nLast hash: {last_hash}\n",
        "Note the last hash in another place: with it, 'proveout ledger verify --expect HASH' also "
        "finds a ledger that was rewritten or cut off as a whole.\n",
    )
    assert run(project, "ledger", "verify", "--expect", last_hash) == (
        0,
        f"The ledger is whole: 3 entries.\nThe expected hash is that of entry 3.\n"
        f"Last hash: {last_hash}\n",
        "",
    )


def test_a_changed_ledger_is_refused(project: Path, last_hash: str) -> None:
    """Exit code 2, and every entry that is wrong; with --json the same as a document."""
    tamper(project)
    message = (
        "The ledger is broken (1 problem):\n"
        "  - entry 2 was changed: its content does not match its hash"
    )
    hint = "Keep the ledger as it is, find out who wrote to it, and go on from a backup."

    assert run(project, "ledger", "verify") == (2, "", f"Error: {message}\n{hint}\n")
    code, out, err = run(project, "ledger", "verify", "--json", "--expect", last_hash)
    assert (code, json.loads(out), err) == (
        2,
        {"ok": False, "error": {"kind": "ledger", "message": message, "hint": hint}},
        "",
    )


def test_verifying_with_json(project: Path, last_hash: str) -> None:
    """One document on stdout, nothing beside it."""
    code, out, err = run(project, "ledger", "verify", "--json", "--expect", last_hash)

    assert (code, json.loads(out), err) == (
        0,
        {
            "ok": True,
            "entries": 3,
            "head": {"seq": 3, "hash": last_hash},
            "expected_at": 3,
        },
        "",
    )


def test_verifying_what_is_not_there_makes_no_ledger(tmp_path: Path) -> None:
    """Nor a folder for it."""
    code, out, err = run(tmp_path, "ledger", "verify")

    assert (code, out) == (2, "")
    assert err.startswith(f"Error: There is no ledger in {tmp_path}/.proveout/ledger.db yet.\n")
    assert list(tmp_path.iterdir()) == []


def test_an_export_is_signed_and_checked_elsewhere(project: Path, last_hash: str) -> None:
    """Key, export, check: with nothing but the file and the public key."""
    assert run(project, "ledger", "key", "--out", "signing.pem")[0] == 0
    assert run(
        project, "ledger", "export", "--out", "e.jsonl", PROVEOUT_SIGNING_KEY="signing.pem"
    ) == (0, "Exported to e.jsonl\nCheck it: proveout ledger check-export e.jsonl\n", "")
    checked = ("ledger", "check-export", "e.jsonl", "--public-key", "signing.pem.pub")
    assert run(project, *checked) == (
        0,
        f"The export is sound: 3 entries.\nEvery line is signed by this key (4 lines).\n"
        f"Last hash: {last_hash}\n",
        "",
    )

    file = project / "e.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[1:]))
    assert run(project, *checked) == (
        2,
        "",
        "Error: The export is not what was exported (2 problems):\n"
        "  - the file holds 2 entries; its closing statement speaks of 3, or of others\n"
        "  - entry 1 is missing from an export of all pilots\n"
        "Export again from the ledger, and compare: proveout ledger export\n",
    )


def test_a_plain_export_goes_to_stdout(project: Path) -> None:
    """One JSON document per line, for other tools to read."""
    code, out, err = run(project, "ledger", "export", "--format", "jsonl")

    assert (code, err) == (0, "")
    assert [json.loads(line)["body"] for line in out.splitlines()] == [{"n": n} for n in range(3)]


def test_an_unsigned_export_says_so(project: Path) -> None:
    """On stderr, so that the lines stay clean."""
    code, out, err = run(project, "ledger", "export")

    assert (code, len(out.splitlines())) == (0, 4)
    assert err == (
        "The envelopes are not signed: no --signing-key and no PROVEOUT_SIGNING_KEY. "
        "Make a key: proveout ledger key --out signing.pem\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    """As in `proveout ledger export | head -1`."""
    with open_ledger(str(project / ".proveout" / "ledger.db")) as ledger:
        ledger.append([NewEntry(pilot="p", kind="run", body={"x": "x" * 1_000})] * 500)
    command = f"set -o pipefail; '{PROVEOUT}' ledger export --format jsonl | head -1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["seq"] == 1


def test_commands_without_a_ledger_do_not_wait_for_its_database() -> None:
    """Nothing heavy is imported until a ledger is opened, so that help is quick."""
    program = (
        "import sys, proveout.cli.ledger_command, proveout.evidence.ledger; "
        "print([name for name in ('sqlalchemy', 'alembic', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_the_metrics_are_listed(tmp_path: Path) -> None:
    """All, by the beginning of their names, or as the reference page."""
    code, out, err = run(tmp_path, "metrics", "drill.passed", "--json")
    assert (code, err) == (0, "")
    assert [metric["name"] for metric in json.loads(out)["metrics"]] == ["drill.passed"]

    code, out, err = run(tmp_path, "metrics", "--markdown")
    assert (code, out[:10], err) == (0, "# Metrics\n", "")

    assert run(tmp_path, "metrics", "drill.pased") == (
        2,
        "",
        "Error: There is no metric 'drill.pased'.\nDid you mean 'drill.passed'?\n",
    )
