"""`proveout assess`, `gate`, `check`, `waive`, `attest` and `status`, as installed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from fixtures.tickets_pilot import AGREED, lay_out

PROVEOUT = Path(sys.executable).with_name("proveout")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a charter on which all is agreed, and 200 tickets."""
    return lay_out(tmp_path)


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), *arguments],
        cwd=project,
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def answer(project: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run(project, *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


def states(document: dict[str, Any]) -> dict[str, str]:
    return {line["id"]: line["state"] for line in document["report"]["verdict"]["rulings"]}


def seal(project: Path) -> None:
    assert run(project, "seal", "--who", "Maria Alvarez").returncode == 0


def test_all_agreed_and_sealed_the_pilot_may_begin(project: Path) -> None:
    """The design gate opens: exit code 0, with the report beside the charter."""
    seal(project)

    done = run(project, "assess", "--stage", "design")

    report = project / ".proveout" / "reports" / "late-answers-design.html"
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The pilot may begin: all 22 criteria are met." in done.stdout
    assert f"Report: {report.relative_to(project)}\n" in done.stderr
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_it_may_not_go_live_without_measurements(project: Path) -> None:
    """Hold, exit code 1; what has not been measured is missing, never passed."""
    seal(project)

    code, document = answer(project, "assess")

    verdict = document["report"]["verdict"]
    reasons = {line["id"]: line["findings"][0]["reason"] for line in verdict["rulings"]}
    assert (code, verdict["decision"]) == (1, "hold")
    assert reasons["production.drill"] == "the check 'drill' has not run yet."
    assert reasons["production.load-latency"] == "the check 'load' has not run yet."
    assert states(document)["production.quality-agreed"] == "missing"
    assert {check["check"]: check["status"] for check in verdict["checks"]} == {
        "cost": "skipped", "governance": "done", "quality": "skipped", "readiness": "done",
        "stress": "skipped",
    }  # fmt: skip


def test_the_gate_says_the_same_from_the_ledger_alone(project: Path) -> None:
    """`gate` measures nothing and writes nothing to the ledger; the verdict is the same."""
    seal(project)
    _, assessed = answer(project, "assess")
    (project / "tickets.csv").unlink()
    entries = run(project, "ledger", "verify").stdout

    code, judged = answer(project, "gate", "--junit", "gate.xml")

    suite = ET.parse(project / "gate.xml").getroot()
    assert (code, states(judged)) == (1, states(assessed))
    assert suite.get("tests") == str(len(states(judged)) + 3)
    assert run(project, "ledger", "verify").stdout == entries


def test_a_system_that_cannot_be_started_is_not_measured(project: Path) -> None:
    """Exit code 3: the verdict holds for want of a measurement; the other checks ran."""
    charter = AGREED + "system: model.py:predict\nacceptance: [quality.accuracy >= 0.5]\n"
    (project / "pilot.yaml").write_text(charter, encoding="utf-8")
    (project / "model.py").write_text("raise RuntimeError('no model file')\n", encoding="utf-8")
    seal(project)

    done = run(project, "assess")

    assert done.returncode == 3, done.stdout + done.stderr
    assert "Not measured, because it broke: quality, stress" in done.stderr
    assert "governance: 3" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_ctrl_c_is_130_and_leaves_the_check_interrupted(project: Path) -> None:
    """What was recorded is kept, and the verdict names the check that did not come to its end."""
    hanging = "import time\ndef predict(rows):\n    time.sleep(600)\n"
    (project / "model.py").write_text(hanging, encoding="utf-8")
    (project / "pilot.yaml").write_text(AGREED + "system: model.py:predict\n", encoding="utf-8")
    os.mkfifo(project / "events")
    arguments = [str(PROVEOUT), "assess", "--only", "quality", "--events", "events"]

    with subprocess.Popen(
        arguments, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        with (project / "events").open(encoding="utf-8") as events:
            for line in events:
                if json.loads(line)["event"] == "CheckStarted":
                    break
            process.send_signal(signal.SIGINT)
            rest = events.read()
        assert process.stderr is not None
        said = process.stderr.read().decode()

    _, document = answer(project, "gate")
    ended = {check["check"]: check for check in document["report"]["verdict"]["checks"]}
    assert process.returncode == 130, said + rest
    assert "quality: interrupted: stopped by the user" in said
    assert ended["quality"]["status"] == "interrupted"
    assert run(project, "ledger", "verify").returncode == 0
