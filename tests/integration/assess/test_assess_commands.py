"""The commands around the main job, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fixtures.tickets_pilot import AGREED, SYSTEM, lay_out
from proveout.assess.registry import installed
from proveout.charter.loading import load_charter
from proveout.cli import (
    assess_command,
    attest_command,
    check_command,
    gate_command,
    seal_command,
    status_command,
    waive_command,
)
from proveout.cli.app import build_app, run_app
from proveout.evidence.ledger import open_ledger
from proveout.register import Act, record

COMMANDS = (
    assess_command, attest_command, check_command, gate_command, seal_command, status_command,
    waive_command,
)  # fmt: skip
pytestmark = [
    # Ibis itself still calls these names of DuckDB and pandas.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
Run = Callable[..., tuple[int, str, str]]
Answer = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a pilot on which all is agreed; commands run in it."""
    monkeypatch.chdir(lay_out(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command line; return exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_app(build_app([command.register for command in COMMANDS]), arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def answer(run: Run) -> Answer:
    """Run one command line with --json; return exit code and document."""

    def answer(*arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, _ = run(*arguments, "--json")
        return code, json.loads(out)

    return answer


def states(document: dict[str, Any]) -> dict[str, str]:
    return {line["id"]: line["state"] for line in document["report"]["verdict"]["rulings"]}


def test_a_waiver_is_shown_and_a_signature_counts(project: Path, run: Run, answer: Answer) -> None:
    """Waived is not passed; what a named person attests answers its criterion."""
    run("seal", "--who", "Maria Alvarez")
    answer("assess", "--only", "governance")
    waive = ["waive", "production.trained", "--who", "Ada", "--why", "leave", "--until"]
    attest = ["attest", "governance.signoff", "yes", "--subject", "role=production-owner"]

    waived = run(*waive, "2999-01-01")
    signed = run(*attest, "--who", "Maria Alvarez", "--note", "review of 3 May")
    _, document = answer("gate")

    assert waived[:2] == (
        0,
        "Waived until 2999-01-01: production.trained, by Ada.\n",
    )
    assert signed[:2] == (
        0,
        "Attested by Maria Alvarez: governance.signoff (role=production-owner) is yes.\n",
    )
    found = states(document)
    assert (found["production.trained"], found["production.owner-signoff"]) == ("waived", "passed")


def test_a_signature_stands_under_the_charter_that_was_signed(
    project: Path, run: Run, answer: Answer
) -> None:
    """Nobody signs what is written later: after a change, it is to be signed anew."""
    attest = ["attest", "governance.signoff", "yes", "--subject", "role=production-owner"]
    run(*attest, "--who", "Maria Alvarez", "--note", "review of 3 May")
    file = project / "pilot.yaml"
    file.write_text(file.read_text("utf-8") + "acceptance: quality.f1 >= 0.1\n", "utf-8")

    _, document = answer("gate")

    assert states(document)["production.owner-signoff"] == "stale"


def test_what_people_noted_is_not_attested_past_them(
    project: Path, run: Run, answer: Answer
) -> None:
    """An obstacle that stands overdue is no obstacle less because somebody says so."""
    loaded = load_charter(project / "pilot.yaml")
    then = datetime(2025, 3, 1, tzinfo=UTC)
    obstacle = Act(
        id="one", pilot=loaded.charter.pilot, kind="leadership.obstacle", who="Tom", at=then,
        says={"what": "No access", "owner": "Lin Wei", "due": "2025-03-05"},
    )  # fmt: skip
    run("seal", "--who", "Maria Alvarez")
    with open_ledger(str(project / ".proveout" / "ledger.db")) as ledger:
        record(obstacle, loaded=loaded, ledger=ledger, catalogue=installed().catalogue, now=then)

    code, document = answer(
        "attest", "people.obstacles_overdue", "0", "--who", "Maria", "--note", "None I know of"
    )

    assert (code, document["error"]["message"]) == (
        2,
        "'people.obstacles_overdue' is counted from what people noted in the dashboard, last by "
        "Tom.",
    )


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ["waive", "production.traind", "--who", "A", "--why", "B", "--until", "2999-01-01"],
            "The standard has no criterion 'production.traind'.",
            "Did you mean 'production.trained'? `proveout gate --json` lists the ids.",
        ),
        (
            ["waive", "production.trained", "--who", "A", "--why", "B", "--until", "2020-01-01"],
            "2020-01-01 is over, so the waiver would never count.",
            "Give a day to come: --until YYYY-MM-DD",
        ),
        (
            ["waive", "production.trained", "--who", " ", "--why", "B", "--until", "2999-01-01"],
            "Nobody is named.",
            "Name a person: --who 'Ada Byron'",
        ),
        (
            ["waive", "design.sealed", "--who", "A", "--why", "B", "--until", "2999-01-01"],
            "The seal cannot be waived: without it nothing shows that the standard was there "
            "before the results.",
            "Seal the charter: proveout seal --who NAME",
        ),
        (
            ["attest", "quality.acuracy", "0.9", "--who", "A", "--note", "B"],
            "There is no metric 'quality.acuracy'.",
            "Did you mean 'quality.accuracy'?",
        ),
        (
            ["attest", "quality.accuracy", "0.9", "--who", "A", "--note", "B"],
            "'quality.accuracy' cannot be attested: it must be measured.",
            "What a person may vouch for: governance.handoff_accepted, "
            "governance.inventory_confirmed, governance.legal_signed, governance.owner_attendance, "
            "governance.predecessor_addressed, governance.refresh_practised, "
            "governance.reviews_kept, governance.signoff, people.incentives_changed, "
            "people.informed, people.leadership_acts, people.managers_equipped, "
            "people.obstacles_overdue, people.represented, people.trained, people.volunteers",
        ),
        (
            ["attest", "governance.declared", "1", "--who", "A", "--note", "B"],
            "'governance.declared' cannot be attested.",
            "Instead, it is read from the charter: write there what is agreed, and run proveout "
            "check governance",
        ),
        (
            ["attest", "governance.signoff", "yes", "--who", "A", "--note", "B"],
            "'governance.signoff' is about one role, and none is named.",
            "Name it: --subject role=…",
        ),
        (
            [
                "attest",
                "governance.signoff",
                "yes",
                "--subject",
                "role=*",
                "--who",
                "A",
                "--note",
                "B",
            ],
            "'role=*' names nobody in particular.",
            "Attest for one role at a time.",
        ),
        (
            ["attest", "people.trained", "yes", "--who", "A", "--note", "B"],
            "'yes' is no value of 'people.trained'.",
            "Give a share, such as 0.95 or 95%.",
        ),
        (
            ["attest", "people.trained", "0.9", "--subject", "role=x", "--who", "A", "--note", "B"],
            "'role=x' is no subject of 'people.trained'.",
            "It takes no subject.",
        ),
        (
            ["check", "stres"],
            "There is no check 'stres'.",
            "Installed: readiness, quality, stress, load, cost, drill, drift, latency, adoption, "
            "feedback, exceptions, assumptions, value, governance",
        ),
    ],
)
def test_a_wrong_call_says_what_to_write(
    project: Path, answer: Answer, arguments: Sequence[str], message: str, hint: str
) -> None:
    """Exit code 2, what is wrong, and the next step."""
    code, document = answer(*arguments)

    assert (code, document) == (
        2,
        {"ok": False, "error": {"kind": "input", "message": message, "hint": hint}},
    )


def test_one_check_is_run_and_recorded(project: Path, run: Run, answer: Answer) -> None:
    """`check` gives the facts; a check that cannot run leaves exit code 3 and says why."""
    code, document = answer("check", "governance")
    skipped = run("check", "quality")

    assert (code, document["outcome"]["status"]) == (0, "done")
    assert len(document["evidence"]) == document["outcome"]["n_evidence"]
    assert skipped[0] == 3
    assert "quality: skipped" in skipped[2]


def test_quality_is_measured_and_decided(project: Path, run: Run, answer: Answer) -> None:
    """Recorded answers are held against what was agreed, by the bound."""
    charter = AGREED + SYSTEM + "acceptance: [quality.accuracy >= 0.45]\n"
    (project / "pilot.yaml").write_text(charter, encoding="utf-8")
    run("seal", "--who", "Maria Alvarez")

    _, document = answer("assess", "--only", "quality")

    found = states(document)
    assert (found["production.quality.accuracy"], found["production.exception-rate"]) == (
        "passed",
        "passed",
    )


def test_status_shows_where_the_pilots_stand(project: Path, run: Run, answer: Answer) -> None:
    """Every pilot of the ledger, with its last verdict and what holds it."""
    run("seal", "--who", "Maria Alvarez")
    run("assess", "--stage", "design", "--only", "governance")

    code, document = answer("status")

    (pilot,) = document["pilots"]
    assert (code, pilot["pilot"], pilot["sealed_by"]) == (0, "late-answers", "Maria Alvarez")
    assert (pilot["stage"], pilot["decision"], pilot["criteria_not_met"]) == ("design", "hold", 4)


def test_without_a_ledger_there_is_nothing_to_decide_on(
    project: Path, run: Run, answer: Answer
) -> None:
    """`gate` and `status` never make a ledger."""
    assert [run(command)[0] for command in ("gate", "status")] == [2, 2]
    assert not (project / ".proveout").exists()


def test_events_are_written_as_json_lines(project: Path, run: Run, answer: Answer) -> None:
    """One line per event, from the first to the last."""
    run("assess", "--only", "governance", "--events", "events.jsonl")

    lines = (project / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events[:3]] == [
        "RunStarted", "CheckStarted", "EvidenceFound",
    ]  # fmt: skip
    assert [event["event"] for event in events[-2:]] == ["CheckEnded", "RunEnded"]


def test_an_edited_charter_is_refused_with_what_differs(
    project: Path, run: Run, answer: Answer
) -> None:
    """Exit code 2, nothing runs; the message names the line that was changed."""
    run("seal", "--who", "Maria Alvarez")
    edited = AGREED.replace("threshold: 30", "threshold: 60")
    (project / "pilot.yaml").write_text(edited, encoding="utf-8")

    code, document = answer("assess")

    assert (code, document) == (
        2,
        {
            "ok": False,
            "error": {
                "kind": "charter",
                "message": (
                    "pilot.yaml is not the charter that was sealed, and no amendment says why:\n"
                    "kpis[wait].threshold: 30.0 → 60.0 (looser)"
                ),
                "hint": (
                    "Record the change in the open: proveout amend pilot.yaml --who NAME "
                    "--why REASON. Or undo it."
                ),
            },
        },
    )
