"""`proveout diagnose`, and the next pilot that is held by what it finds."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures.diagnosed import DATA_GAP, NO_BRIDGE, all_sound
from fixtures.tickets_pilot import AGREED, lay_out
from proveout.cli import (
    amend_command,
    assess_command,
    attest_command,
    check_command,
    diagnose_command,
    gate_command,
    seal_command,
    waive_command,
)
from proveout.cli.app import build_app, run_app
from proveout.diagnosis import parse_answers
from proveout.diagnosis.questions import QUESTIONS
from proveout.evidence.ledger import open_ledger

PROVEOUT = str(Path(sys.executable).parent / "proveout")
COMMANDS = (
    amend_command, assess_command, attest_command, check_command, diagnose_command, gate_command,
    seal_command, waive_command,
)  # fmt: skip
pytestmark = [
    # Ibis itself still calls these names of DuckDB and pandas.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
Answer = Callable[..., tuple[int, dict[str, Any]]]
NEXT = AGREED.replace(
    "predecessors: []", "predecessors: [{pilot: claims-2023, result: failed, addressed: Owned.}]"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    """Run one command line; return exit code and JSON document."""

    def answer(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        app = build_app([command.register for command in COMMANDS])
        code = run_app(app, [*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


def write_answers(folder: Path, pilot: str, given: dict[str, str]) -> str:
    """Write a file of answers; return its name."""
    (folder / "answers.yaml").write_text(
        json.dumps({"pilot": pilot, "result": "failed", "answers": given}), encoding="utf-8"
    )
    return "answers.yaml"


def held_by(document: dict[str, Any]) -> dict[str, str]:
    """Return the state of each line that does not pass."""
    return {
        each["id"]: each["state"]
        for each in document["report"]["verdict"]["rulings"]
        if each["state"] != "passed"
    }


def test_a_lone_interview_needs_no_ledger(folder: Path, answer: Answer) -> None:
    """A file of answers alone gives a diagnosis, with why and what must be shown."""
    file = write_answers(folder, "claims-2023", DATA_GAP)
    code, told = answer("diagnose", "--answers", file, "--html", "why.html")

    assert code == 0
    assert (told["pilot"], told["result"]) == ("claims-2023", "failed")
    assert told["causes"][0]["failure"] == "data-gap"
    assert {each["id"] for each in told["conditions"]} >= {"data-production-read"}
    assert told["causes"][0]["for"][0]["evidence"][0]["source"] == "said"
    assert "<h1>Most active was data gap" in (folder / "why.html").read_text("utf-8")


def test_nothing_known_is_refused(folder: Path, answer: Answer) -> None:
    """Without charter, evidence and answers there is nothing to diagnose."""
    code, told = answer("diagnose")

    assert code == 2
    assert told["error"]["message"] == (
        "Nothing is known: there is no charter, no evidence and no answer."
    )


def test_recording_needs_a_name(folder: Path, answer: Answer) -> None:
    """A diagnosis is recorded by a named person or not at all."""
    file = write_answers(folder, "claims-2023", DATA_GAP)
    code, told = answer("diagnose", "--answers", file, "--ledger", "l.db", "--record")

    assert code == 2
    assert told["error"] == {
        "kind": "input", "message": "Nobody is named.", "hint": "Name a person: --by 'Ada Byron'",
    }  # fmt: skip


def test_the_next_pilot_is_held_until_what_failed_is_gone(folder: Path, answer: Answer) -> None:
    """From a recorded diagnosis to conditions of the next charter, held, then met, then passed."""
    lay_out(folder)
    (folder / "pilot.yaml").write_text(NEXT, encoding="utf-8")
    file = write_answers(
        folder, "claims-2023", {**all_sound(), "business_result": "none", **NO_BRIDGE}
    )
    ledger = (".proveout/ledger.db",)
    (folder / ".proveout").mkdir()
    code, _ = answer(
        "diagnose", "--answers", file, "--ledger", *ledger, "--record", "--by", "Ada Byron"
    )
    assert code == 0

    answer("seal", "--who", "Maria Alvarez")
    code, document = answer("assess", "--stage", "design")
    assert code == 1
    assert held_by(document) == {
        "design.after-bridge-exceptions": "failed",
        "design.after-bridge-output-audit": "failed",
        "design.after-bridge-reviews": "failed",
        "design.after-bridge-legal-signed": "failed",
        "design.after-bridge-owner-signed": "missing",
    }
    assert any(
        "leaves out why claims-2023 failed" in note
        for note in document["report"]["verdict"]["notes"]
    )

    # What the charter can show is agreed in the open; what people can, they say by name.
    (folder / "pilot.yaml").write_text(
        NEXT + "governance:\n  exceptions: {goes_to: Rita Gomez, due_hours: 24}\n"
        "  reviews: {every_days: 30, attended_by: [Maria Alvarez], next_on: 2027-01-15}\n",
        encoding="utf-8",
    )
    code, _ = answer("amend", "--who", "Maria Alvarez", "--why", "What failed in claims-2023")
    assert code == 0
    answer("check", "governance")
    answer("attest", "governance.signoff", "yes", "--subject", "role=production-owner",
           "--who", "Maria Alvarez", "--note", "board of May")  # fmt: skip
    code, said = answer("diagnose", "--met", "bridge-output-audit", "--by", "Maria Alvarez",
                        "--shows", "Audit plan of 3 May")  # fmt: skip
    assert (code, said["act"]["act"]) == (0, "diagnosis.met")
    answer("waive", "design.after-bridge-legal-signed", "--who", "David Chen",
           "--why", "Legal answers in June", "--until", "2099-01-01")  # fmt: skip

    code, document = answer("gate", "--stage", "design")
    assert held_by(document) == {"design.after-bridge-legal-signed": "waived"}
    assert code == 0

    # A word can be taken back, and the line holds again.
    answer("diagnose", "--unmet", "bridge-output-audit", "--by", "Maria Alvarez",
           "--shows", "The auditor has left")  # fmt: skip
    code, document = answer("gate", "--stage", "design")
    assert code == 1
    assert held_by(document)["design.after-bridge-output-audit"] == "failed"


@pytest.mark.parametrize(
    ("condition", "shows", "message"),
    [
        ("bridge-nothing", "x", "There is no condition 'bridge-nothing'."),
        (
            "data-completeness", "x",
            "'data-completeness' cannot be shown by a word: it must be measured.",
        ),
        (
            "bridge-owner-signed", "x",
            "'bridge-owner-signed' cannot be shown by a word: those who are asked say it "
            "themselves.",
        ),
        ("bridge-reviews", " ", "What shows it is missing."),
    ],
)  # fmt: skip
def test_a_condition_is_not_met_by_any_word(
    folder: Path, answer: Answer, condition: str, shows: str, message: str
) -> None:
    """What must be measured, does not exist or is not shown is refused."""
    lay_out(folder)
    code, told = answer("diagnose", "--met", condition, "--shows", shows, "--by", "Ada Byron")

    assert (code, told["error"]["message"]) == (2, message)


def test_the_ledger_answers_and_the_same_design_is_seen(folder: Path, answer: Answer) -> None:
    """A pilot is diagnosed from its own ledger; its copy is held for what it copies."""
    lay_out(folder)
    first = AGREED.replace("late-answers", "claims-2023").replace(
        "production_owner: {name: Maria Alvarez}", "production_owner: {name: Priya Nair}"
    )
    (folder / "pilot.yaml").write_text(first, encoding="utf-8")
    answer("seal", "--who", "Priya Nair")
    answer("check", "governance")
    file = write_answers(folder, "claims-2023", NO_BRIDGE)
    code, told = answer("diagnose", "--answers", file, "--record", "--by", "Ada Byron")

    assert code == 0
    known = {each["signal"]: each["counting"][0] for each in told["known"]}
    assert known["owner"]["source"] == "agreed"
    assert known["owner"]["told"] == "Priya Nair runs the project as well."
    assert known["decision_rule"]["told"].startswith("Sealed by Priya Nair on ")
    assert "no-governance-bridge" in [
        each["failure"] for each in told["causes"] if each["is_active"]
    ]

    again = first.replace("pilot: claims-2023", "pilot: late-answers").replace(
        "predecessors: []", "predecessors: [{pilot: claims-2023, result: failed}]"
    )
    (folder / "pilot.yaml").write_text(again, encoding="utf-8")
    answer("seal", "--who", "Priya Nair")
    code, document = answer("assess", "--stage", "design", "--only", "governance")

    assert code == 1
    assert held_by(document)["design.changed-no-governance-bridge"] == "failed"


@contextmanager
def on_a_terminal(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the command on a terminal of its own; give it and our end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROVEOUT, "diagnose", *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )  # fmt: skip
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait(30)
        os.close(ours)


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C until it is heard: Python misses one between the prompt and the reading."""
    for _ in range(30):
        process.send_signal(signal.SIGINT)
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            continue
        return
    pytest.fail("Ctrl-C was not heard in a minute.")


@dataclass(slots=True)
class Shown:
    """What a terminal shows, read as far as somebody looks for something."""

    ours: int
    unread: str = ""

    def until(self, wanted: str) -> str:
        """Return what is shown up to a text; fail after a minute of silence."""
        while wanted not in self.unread:
            ready, _, _ = select.select([self.ours], [], [], 60)
            assert ready, f"'{wanted}' was not shown in a minute: {self.unread!r}"
            try:
                self.unread += os.read(self.ours, 65536).decode()
            except OSError:
                break
        before, found, self.unread = self.unread.partition(wanted)
        assert found, f"'{wanted}' was never shown: {before!r}"
        return before + found

    def type(self, text: str) -> None:
        """Type a line when the question is there."""
        self.until("b or q")
        os.write(self.ours, f"{text}\n".encode())


def test_an_interview_can_be_left_and_taken_up_again(folder: Path) -> None:
    """Back goes back, Ctrl-C keeps what was answered, and --ask goes on with what is open."""
    with on_a_terminal(folder, "--pilot", "claims-2023") as (process, ours):
        shown = Shown(ours)
        shown.until("1 of 25.")
        shown.type("3")
        shown.until("2 of 25.")
        shown.type("b")
        shown.until("(your answer so far)")
        shown.type("2")
        shown.until("2 of 25.")
        shown.type("seven")
        shown.until("'seven' is none of them.")
        shown.until("b or q")
        interrupt(process)
        left = shown.until("--ask")
        assert process.returncode == 130

    assert "Kept 1 answer in diagnosis-claims-2023.yaml." in left
    assert (folder / "diagnosis-claims-2023.yaml").read_text("utf-8") == (
        'pilot: "claims-2023"\nanswers:\n  outcome: vague\n'
    )

    again = ("--answers", "diagnosis-claims-2023.yaml", "--ask")
    with on_a_terminal(folder, *again) as (process, ours):
        shown = Shown(ours)
        shown.until("24 questions.")
        shown.until("2 of 25. Was it agreed beforehand")
        shown.type("3")
        shown.until("3 of 25.")
        shown.type("b")
        shown.until("2 of 25.")
        shown.type("b")
        shown.until("1 of 25.")  # what was answered another day can be gone back to
        shown.until("Enter  as it is")  # and Enter takes no answer away
        shown.type("")
        shown.until("2 of 25.")
        shown.type("")
        shown.until("3 of 25.")
        for _ in range(23):
            shown.type("")
        shown.until("Diagnosis of claims-2023")
        shown.until("It is no probability")
        assert process.wait(30) == 0

    kept = (folder / "diagnosis-claims-2023.yaml").read_text("utf-8")
    assert "outcome: vague" in kept
    assert "decision_rule: never" in kept
    assert kept.count("unknown") == len(QUESTIONS) - 2


def test_answers_about_one_pilot_are_not_taken_for_another(folder: Path) -> None:
    """An interview that would go on in the file of another pilot is refused."""
    (folder / "kept.yaml").write_text("pilot: other\nanswers: {owner: nobody}\n", "utf-8")
    with on_a_terminal(folder, "--pilot", "claims-2023", "--save", "kept.yaml") as (process, ours):
        Shown(ours).until("kept.yaml is about 'other', and 'claims-2023' is asked for.")
        assert process.wait(30) == 2


def test_a_killed_interview_leaves_whole_answers(folder: Path) -> None:
    """Whoever kills it finds the answers given so far, in a file that can be read."""
    with on_a_terminal(folder, "--pilot", "claims-2023") as (process, ours):
        shown = Shown(ours)
        shown.type("1")
        shown.until("2 of 25.")
        process.kill()
        process.wait(30)

    text = (folder / "diagnosis-claims-2023.yaml").read_text("utf-8")
    assert parse_answers(text, "kept").known == {"outcome": "measurable"}


def test_a_recorded_diagnosis_stands_in_the_ledger(folder: Path, answer: Answer) -> None:
    """Each cause stands there as attested evidence, with its range, by whoever recorded it."""
    file = write_answers(folder, "claims-2023", DATA_GAP)
    answer("diagnose", "--answers", file, "--ledger", "l.db", "--record", "--by", "Ada Byron")

    with open_ledger("l.db", create=False) as ledger:
        found = [entry.body for entry in ledger.evidence("claims-2023")]
    (gap,) = (each for each in found if each["subject"] == {"failure": "data-gap"})
    assert len(found) == 9
    assert (gap["basis"], gap["person"], gap["metric"]) == (
        "attested", "Ada Byron", "diagnosis.activity",
    )  # fmt: skip
    low, high = gap["details"]["between"]
    assert low <= gap["value"] <= high
