"""A command-line program: whatever it does, there are answers with a status."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.charter import schema
from proveout.errors import InputError, UnreachableError
from proveout.systems import Answers, AnswerStatus, System, open_system

PROGRAM = """
import json, os, subprocess, sys, time

def fine(rows):
    for row in rows:
        print(json.dumps({"answer": "late" if row["delay"] > 15 else "on time"}))

def too_few(rows):
    fine(rows[:-1])

def fails(rows):
    print("no such airport", file=sys.stderr)
    sys.exit(3)

def one_bad(rows):
    if any(row["delay"] == 30 for row in rows):
        fails(rows)
    fine(rows)

def hangs(rows):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open("child", "w") as file:
        file.write(str(child.pid))
    time.sleep(600)

def secret(rows):
    for row in rows:
        print(json.dumps(os.environ["TOKEN"]))

def tells(rows):
    print("no such key: " + os.environ["TOKEN"], file=sys.stderr)
    sys.exit(3)

def killed(rows):
    os.kill(os.getpid(), 9)

globals()[sys.argv[1]]([json.loads(line) for line in sys.stdin])
"""
BATCH = pd.DataFrame({"delay": [0, 10, 20, 30, 40]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "score.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def program(folder: Path, does: str, **settings: Any) -> System:
    command = {"run": [sys.executable, "score.py", does], **settings}
    charter = schema.System.model_validate({"command": command, "task": "classification"})
    return open_system(charter, folder=folder)


def answers(folder: Path, does: str, **settings: Any) -> Answers:
    with program(folder, does, **settings) as opened:
        return opened.answer(BATCH)


def test_rows_go_in_and_lines_come_out(folder: Path) -> None:
    """In runs of at most batch_rows, in the order of the rows."""
    found = answers(folder, "fine", batch_rows=2)

    assert found.value.tolist() == ["on time", "on time", "late", "late", "late"]
    assert found.faults == ()


def test_rows_without_a_line_are_missing(folder: Path) -> None:
    """It answered the first ones, as far as anybody can tell."""
    found = answers(folder, "too_few")

    assert found.status.tolist() == [0, 0, 0, 0, AnswerStatus.MISSING]
    assert found.faults == ("only 4 answers came for 5 rows",)


@pytest.mark.parametrize(
    ("does", "fault"),
    [
        ("fails", "the program ended with exit code 3; its last words: no such airport"),
        ("killed", "the program was killed by SIGKILL"),
    ],
)
def test_a_program_that_fails_says_how(folder: Path, does: str, fault: str) -> None:
    """Its exit code, and the last line of what it complained of."""
    found = answers(folder, does)

    assert found.status.tolist() == [AnswerStatus.FAILED] * 5
    assert found.faults[0] == fault


def test_one_bad_row_does_not_spoil_its_batch(folder: Path) -> None:
    """A batch that fails is taken apart, as with every other system."""
    found = answers(folder, "one_bad")

    assert np.flatnonzero(found.status == AnswerStatus.FAILED).tolist() == [3]


def test_a_program_that_hangs_is_ended_with_all_that_it_started(folder: Path) -> None:
    """Nothing is left running."""
    found = answers(folder, "hangs", timeout_s=1.5)

    assert found.status.tolist() == [AnswerStatus.TIMED_OUT] * 5
    assert found.faults == ("no answer within 1.5 s for 5 rows",)
    assert _ends(int((folder / "child").read_text()))


def test_a_secret_reaches_the_program_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's value is handed on; label and fingerprint do not know it."""
    monkeypatch.setenv("API_TOKEN", "s3cret")
    environment = {"TOKEN": "${API_TOKEN}"}
    found = answers(folder, "secret", environment=environment)
    first = program(folder, "secret", environment=environment)
    monkeypatch.setenv("API_TOKEN", "another")

    assert found.value.tolist() == ["s3cret"] * 5
    assert "s3cret" not in first.label
    assert program(folder, "secret", environment=environment).fingerprint == first.fingerprint


def test_a_variable_that_is_not_set_is_wrong_input(folder: Path) -> None:
    """The message names the charter's key."""
    with pytest.raises(InputError) as raised:
        program(folder, "fine", environment={"TOKEN": "${NO_SUCH_TOKEN}"})

    assert raised.value.message == (
        "system.command.environment: the environment variable NO_SUCH_TOKEN is not set."
    )


def test_another_program_is_another_system(folder: Path) -> None:
    """What it is made of, and the models beside it, are in its fingerprint."""
    first = program(folder, "fine").fingerprint
    (folder / "model.json").write_text("{}", encoding="utf-8")
    second = program(folder, "fine").fingerprint
    (folder / "score.py").write_text(PROGRAM + "\n", encoding="utf-8")

    assert len({first, second, program(folder, "fine").fingerprint}) == 3


@pytest.mark.parametrize("name", ["no-such-program", "./score.py"])
def test_a_program_that_is_not_there_is_unreachable(folder: Path, name: str) -> None:
    """Or one that may not be run: the hint says how a program is named."""
    charter = schema.System.model_validate({"command": {"run": [name]}})

    with pytest.raises(UnreachableError) as raised:
        open_system(charter, folder=folder).answer(BATCH)

    assert raised.value.message == (
        f"The program '{name}' could not be started: it is not there, or may not be run."
    )
    assert raised.value.hint == (
        "See that system.command.run names a program on the path, or one in the charter's folder "
        "as './program'."
    )


def _ends(pid: int) -> bool:
    """Wait until a process that was killed is gone; whoever took it over may take a moment."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def test_an_endless_program_ends_with_proveout_however_that_ends(folder: Path) -> None:
    """Also when it is killed with nobody asked: what the program started ends as well."""
    asking = f"""
import pandas as pd
from pathlib import Path
from proveout.charter import schema
from proveout.systems import open_system

run = [{sys.executable!r}, "score.py", "hangs"]
charter = schema.System.model_validate({{"command": {{"run": run}}}})
open_system(charter, folder=Path(".")).answer(pd.DataFrame({{"delay": [1]}}))
"""
    proveout = subprocess.Popen([sys.executable, "-c", asking], cwd=folder)
    started = int(wait_for(lambda: (folder / "child").read_text(encoding="utf-8")))

    proveout.kill()
    proveout.wait()

    assert _ends(started)


def wait_for(seen: Callable[[], str]) -> str:
    """Return what is seen, once it is; give up after half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError):
            if found := seen():
                return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_secret_that_a_program_repeats_is_in_no_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last words are kept for the report, without the key."""
    monkeypatch.setenv("SCORING_TOKEN", "s3cret-key")

    found = answers(folder, "tells", environment={"TOKEN": "${SCORING_TOKEN}"})

    assert any(fault.endswith("its last words: no such key: …") for fault in found.faults)
    assert not any("s3cret" in fault for fault in found.faults)
