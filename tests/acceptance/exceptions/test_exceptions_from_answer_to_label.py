"""From a doubtful answer to a true one: gateway, queue and person, as installed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

PROVEOUT = Path(sys.executable).with_name("proveout")

RULES = """
def no_orders(request, answer):
    if "order" in request["messages"][-1]["content"]:
        return "orders are not for this system"
"""

CHARTER = """\
pilot: desk
outcome: Questions are answered within a minute
system:
  chat: {{url: '{url}/v1', model: simulated, user: '{{question}}'}}
  task: text
gateway:
  store: runtime.db
  log: prediction-log
  fallback: Call the desk, extension 12.
  rules:
    - {{name: orders, python: 'rules.py:no_orders', block: true}}
governance:
  exceptions: {{goes_to: Claims desk, due_hours: 4, escalates_to: Ada Vale}}
"""


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[str]:
    """Run a command that serves beside the test; its address is on its first line of JSON."""
    with subprocess.Popen(
        [PROVEOUT, *arguments, "--json"], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            yield json.loads(line)["url"]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def proveout(folder: Path, *arguments: str) -> Any:
    """Run a command to its end; return its JSON."""
    done = subprocess.run(
        [PROVEOUT, *arguments, "--json"], cwd=folder, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def ask(url: str, question: str) -> httpx.Response:
    body = {"model": "simulated", "messages": [{"role": "user", "content": question}]}
    return httpx.post(f"{url}/v1/chat/completions", json=body, headers={"proveout-user": "ben"})


@pytest.mark.slow
def test_a_doubtful_answer_ends_as_a_true_one(tmp_path: Path) -> None:
    """Held back by a rule, or called wrong by a user; then resolved, and handed out as a label."""
    (tmp_path / "rules.py").write_text(RULES)
    with started(tmp_path, "simulate", "--port", "0", "--service", "0.01") as upstream:
        (tmp_path / "pilot.yaml").write_text(CHARTER.format(url=upstream))
        with started(tmp_path, "gateway", "--port", "0") as gateway:
            held = ask(gateway, "my order is late")
            sound = ask(gateway, "where is my parcel?")
            told = httpx.post(
                f"{gateway}/proveout/feedback",
                json={"id": sound.headers["proveout-id"], "said": "no", "correct_answer": "Here."},
                headers={"proveout-user": "ben"},
            )
            unknown = httpx.post(f"{gateway}/proveout/feedback", json={"id": "0" * 26})

    assert (held.status_code, sound.status_code) == (503, 200)
    assert "extension 12" in held.text
    assert (told.status_code, told.json()["looked_at_by"]) == (201, "Claims desk")
    assert unknown.status_code == 404

    queued = proveout(tmp_path, "exceptions", "list")["exceptions"]
    assert {each["call"]: (each["reasons"], each["notes"]) for each in queued} == {
        held.headers["proveout-id"]: (
            ["rule"], ["rule 'orders' says: orders are not for this system"]
        ),
        sound.headers["proveout-id"]: (["reported"], ["reported as wrong"]),
    }  # fmt: skip

    by = ("--who", "Ada Vale", "--why", "looked it up")
    report = told.json()["reference"]
    proveout(tmp_path, "exceptions", "resolve", report, "--outcome", "corrected", *by)
    proveout(tmp_path, "exceptions", "export", "--labels", "labels.csv")
    header, line = (tmp_path / "labels.csv").read_text().splitlines()
    row = dict(zip(header.split(","), line.split(","), strict=False))
    assert (row["proveout_id"], row["label"], row["label_by"]) == (
        sound.headers["proveout-id"], "Here.", "Ada Vale"
    )  # fmt: skip
