"""`proveout rollout`, `rollback`, `kill` and `restore`, as installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proveout.runtime.rollout.keeping import introduce
from proveout.runtime.rollout.state import State
from proveout.runtime.store import open_store

PROVEOUT = Path(sys.executable).with_name("proveout")
CHARTER = """\
pilot: claims
system: {http: 'http://127.0.0.1:9/', version: v1}
gateway: {versions: [{name: v2, system: {http: 'http://127.0.0.1:9/'}}]}
rollout: {version: v2, steps: [{groups: [volunteers]}, {share: 0.1}]}
"""
ANA = ("--who", "Ana Ruiz", "--why")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A charter with two versions, and the store that a gateway has made."""
    (tmp_path / "pilot.yaml").write_text(CHARTER)
    with open_store(str(tmp_path / "proveout-runtime.db")) as store:
        introduce(store, "claims", State(versions=("v1", "v2"), current="v1"), 0.0)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    return subprocess.run(
        [str(PROVEOUT), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def said(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", done.stdout)


def plain(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run(folder, *arguments, "--json")
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_version_is_brought_in_and_taken_back_on_the_record(project: Path) -> None:
    """Each command says who answers now; the history and the ledger say who did it and why."""
    assert said(project, "rollout") == "'v1' answers everybody.\n"

    assert said(project, "rollout", "start", "v2", *ANA, "gate: go") == (
        "'v1' answers everybody else.\n"
        "'v2' answers the group volunteers: at step 1 of 2, since TIME UTC.\n"
        "Last: Ana Ruiz started, TIME UTC: gate: go\n"
    )
    assert said(project, "rollout", "next", *ANA, "a good week") == (
        "'v1' answers everybody else.\n"
        "'v2' answers 10 % of the callers, and the group volunteers: at step 2 of 2, since TIME "
        "UTC.\n"
        "Last: Ana Ruiz went one step on, TIME UTC: a good week\n"
    )
    assert said(project, "rollback", *ANA, "wrong totals") == (
        "'v1' answers everybody.\nLast: Ana Ruiz rolled back, TIME UTC: wrong totals\n"
    )
    assert said(project, "rollout", "history") == (
        "1. Ana Ruiz started, TIME UTC: gate: go → 'v1', with 'v2' at step 1 of 2\n"
        "2. Ana Ruiz went one step on, TIME UTC: a good week → 'v1', with 'v2' at step 2 of 2\n"
        "3. Ana Ruiz rolled back, TIME UTC: wrong totals → 'v1'\n"
    )
    exported = said(project, "ledger", "export", "--format", "jsonl")
    entries = [json.loads(line) for line in exported.splitlines()]
    assert [(each["kind"], each["body"]["act"]) for each in entries] == [
        ("switch", "start"),
        ("switch", "next"),
        ("switch", "roll-back"),
    ]


def test_a_version_in_the_shadow_says_whom_it_will_reach(project: Path) -> None:
    """A share that was asked for is not what users get yet."""
    done = run(project, "rollout", "start", "v2", "--share", "0.5", "--shadow", *ANA, "gate: go")

    assert "'v2' answers beside it, and nobody sees that" in done.stdout
    assert done.stderr == (
        "Next, for 50 % of the callers: proveout rollout next --who NAME --why REASON\n"
    )


def test_the_kill_switch_needs_no_charter_and_is_recorded_by_the_next_command(
    project: Path,
) -> None:
    """In an emergency the store and the pilot's name are enough."""
    (project / "pilot.yaml").write_text(CHARTER + "oops: 1\n")
    refused = run(project, "kill", *ANA, "it leaks names")
    where = ("--store", "proveout-runtime.db", "--pilot", "claims")

    killed = run(project, "kill", *ANA, "it leaks names", *where)
    (project / "pilot.yaml").write_text(CHARTER)
    restored = plain(project, "restore", *ANA, "fixed")

    assert refused.returncode == 2
    assert refused.stderr.endswith(
        "It can be done without the charter: --store FILE-OR-URL --pilot ID\n"
    )
    assert killed.returncode == 0
    assert killed.stdout.startswith(
        "It is switched off: people do everything by hand.\nOnce it is restored: 'v1' answers "
        "everybody.\n"
    )
    assert killed.stderr == (
        "It holds, but is not in the ledger yet: no ledger is named (--ledger). The next command "
        "or monitor writes it there.\n"
        "Next: proveout restore --who NAME --why REASON\n"
    )
    assert restored["in_ledger"]
    assert restored["switch"]["after"]["is_on"]
    assert [each["in_ledger"] for each in plain(project, "rollout", "history")["switches"]] == [
        True,
        True,
    ]


def test_what_cannot_be_done_says_why(project: Path) -> None:
    """Exit code 2, with what is allowed; a pilot or store that is not there is made by nobody."""
    unknown = run(project, "rollback", *ANA, "x", "--to", "v9")
    misplaced = run(project, "rollout", "--store", "other.db", "history")
    elsewhere = run(project, "kill", *ANA, "x", "--store", "other.db", "--pilot", "claims")
    misspelt = run(project, "kill", *ANA, "x", "--store", "proveout-runtime.db", "--pilot", "clams")

    assert (unknown.returncode, unknown.stderr) == (
        2,
        "Error: There is no version 'v9'.\n"
        "Versions: v1, v2, manual. More are named in the charter under gateway.versions.\n",
    )
    assert (misplaced.returncode, misplaced.stderr) == (
        2,
        "Error: --store stands before 'history', where nobody reads it.\n"
        "Write it behind: proveout rollout history … --store\n",
    )
    assert elsewhere.returncode == 2
    assert not (project / "other.db").exists()
    assert misspelt.returncode == 2
    assert "knows no pilot 'clams'.\nIt knows: claims.\n" in misspelt.stderr


def test_a_kill_switch_that_cannot_be_thrown_says_what_is_left(project: Path) -> None:
    """At night nobody looks for it in the documentation."""
    (project / "proveout-runtime.db").write_bytes(b"no database at all" * 100)

    done = run(project, "kill", *ANA, "it leaks names")

    assert done.returncode != 0
    assert done.stderr.endswith("If that cannot be waited for, stop the gateways themselves.\n"), (
        done.stderr
    )
