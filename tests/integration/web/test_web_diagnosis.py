"""Why a pilot failed, in the dashboard: asked on one page, looked at, and recorded by name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from fixtures.dashboard import (
    ENGINEER,
    EXAMPLE,
    LEGAL,
    NOBODY,
    OWNER,
    PILOT,
    REVIEWER,
    STRANGER,
    USER,
    dashboard,
)
from proveout.diagnosis.conditions import BY_CONDITION
from proveout.diagnosis.questions import BY_ID, QUESTIONS, UNKNOWN
from proveout.register import Act, record
from proveout.register.diagnosing import DIAGNOSING

MEASURED = next(each.id for each in BY_CONDITION.values() if each.is_measured)
OWN_WORD = "bridge-owner-signed"
BASE = f"/pilots/{PILOT}/diagnosis"
ANSWERS = {
    "result": "failed",
    "trial_data": "cleaned",
    "live_data": "much",
    "unseen_cases": "many",
    "live_quality": "much_worse",
    "used": "some",
}


def test_every_question_is_asked_once_on_one_page_and_may_be_left_open(tmp_path: Path) -> None:
    """At most 25, each with "don't know", chosen beforehand."""
    with dashboard(tmp_path, viewer=STRANGER) as board:
        page, told = board.get("/diagnosis").text, board.get("/api/diagnosis").json()

    asked = [each for group in told["groups"] for each in group["questions"]]
    assert [each["id"] for each in asked] == [each.id for each in QUESTIONS]
    assert len(asked) <= 25
    assert {each["options"][-1]["text"] for each in asked} == {"don't know"}
    assert len(re.findall(r'value="unknown" checked', page)) == len(asked)
    assert (told["found"], told["recorded"], told["may_record"]) == (None, None, False)


def test_what_comes_of_the_answers_is_shown_before_anybody_records_it(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=STRANGER) as board:
        page = board.client.get("/diagnosis", params=ANSWERS)
        found = board.client.get("/api/diagnosis", params=ANSWERS).json()["found"]

    assert page.status_code == 200
    first = found["causes"][0]
    assert (first["failure"], first["state"]) == ("data-gap", "active")
    assert first["low"] <= first["activity"] <= first["high"]
    assert found["named_first"] == ["Data gap"]
    assert {each["after"] for each in found["conditions"]} == {"Data gap"}
    assert "Record it under my name" not in page.text
    assert "What must be shown before the next pilot" in page.text


def test_an_answer_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with dashboard(tmp_path) as board:
        answer = board.client.get(BASE, params={"owner": "perhaps"})

    assert answer.status_code == 422


def test_what_the_ledger_answers_is_shown_with_its_evidence_and_not_asked(tmp_path: Path) -> None:
    """It goes before what anybody says."""
    with dashboard(tmp_path) as board:
        told = board.get(f"/api{BASE}").json()
        page = board.get(BASE).text
        plan = board.client.get(f"/api{BASE}", params={"production_plan": "none"}).json()

    asked = {each["id"]: each for group in told["groups"] for each in group["questions"]}
    line = asked["production_plan"]["ledger"][0]
    assert line["says"] == "Running it in everyday work was planned from the start."
    assert 'name="production_plan"' not in page
    assert 'name="cost"' in page
    assert told["n_from_ledger"] == sum(bool(each["ledger"]) for each in asked.values())
    assert causes(told)["experiment-framing"] == causes(plan)["experiment-framing"]


def test_who_is_named_as_owner_has_still_to_have_answered_for_it(tmp_path: Path) -> None:
    """The charter names one; whether somebody was there is asked, and the answer counts."""
    with dashboard(tmp_path) as board:
        told = board.get(f"/api{BASE}").json()
        page = board.get(BASE).text
        nobody = board.client.get(f"/api{BASE}", params={"owner": "nobody"}).json()

    assert 'name="owner"' in page
    assert causes(nobody)["no-governance-bridge"] > causes(told)["no-governance-bridge"]


def causes(told: dict) -> dict[str, float]:
    return {each["failure"]: each["activity"] for each in told["found"]["causes"]}


def test_a_diagnosis_stands_in_the_ledger_under_the_name_of_who_recorded_it(
    tmp_path: Path,
) -> None:
    """With the answers and what shows them, so that it can be repeated."""
    with dashboard(tmp_path) as board:
        sent = board.send(BASE, act="diagnosis-1", why_live_data="The returns of May.", **ANSWERS)
        again = board.send(BASE, act="diagnosis-1", why_live_data="The returns of May.", **ANSWERS)
        told = board.get(f"/api{BASE}").json()
        acts = [e.body for e in board.book.ledger.entries(kinds=["act"])]

    assert (sent.status_code, again.status_code) == (303, 303)
    [act] = [each for each in acts if each["act"] == "diagnosis.recorded"]
    assert (act["who"], act["says"]["result"]) == ("Helen Marsh", "failed")
    assert act["says"]["answers"] == {k: v for k, v in ANSWERS.items() if k in BY_ID}
    assert act["says"]["why"] == {"live_data": "The returns of May."}
    assert "data-gap" in act["says"]["named"]
    recorded = told["recorded"]
    assert (recorded["who"], recorded["named"]) == ("Helen Marsh", ["Data gap"])
    chosen = {q["id"]: q["chosen"] for group in told["groups"] for q in group["questions"]}
    assert chosen["live_data"] == "much"
    assert chosen["cost"] == UNKNOWN


def test_how_it_ended_must_be_said_to_record_it(tmp_path: Path) -> None:
    with dashboard(tmp_path) as board:
        answer = board.api(BASE, live_data="much")

    assert answer.status_code == 400
    assert answer.json()["message"] == "It is not said how it ended."


@pytest.mark.parametrize("viewer", [ENGINEER, LEGAL, USER])
def test_whoever_is_not_responsible_sees_it_and_records_nothing(tmp_path: Path, viewer) -> None:
    with dashboard(tmp_path, viewer=viewer) as board:
        seen, sent = board.client.get(BASE, params=ANSWERS), board.send(BASE, **ANSWERS)

    assert (seen.status_code, sent.status_code) == (200, 403)
    assert "Record it under my name" not in seen.text


def test_nobody_sees_it_who_has_not_signed_in(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=NOBODY) as board:
        assert {
            board.client.get(path).status_code for path in (f"/api{BASE}", "/api/diagnosis")
        } == {401}


@pytest.mark.parametrize("viewer", [OWNER, REVIEWER])
def test_what_is_written_beside_an_answer_is_text(tmp_path: Path, viewer) -> None:
    """Markup in it is shown, not followed."""
    with dashboard(tmp_path, viewer=viewer) as board:
        board.send(BASE, why_used="<script>alert(1)</script>", **ANSWERS)
        page = board.get(BASE).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def after_a_failure(folder: Path) -> Path:
    """Return a charter that names a pilot which failed for want of data like production's."""
    pilot = folder / "next"
    shutil.copytree(EXAMPLE, pilot)
    charter = pilot / "pilot.yaml"
    text = re.sub(r"(?m)^predecessors:.*(\n[ -].*)*\n", "", charter.read_text("utf-8"))
    named = "{pilot: reader-2023, result: failed, failures: [data-gap, no-governance-bridge]}"
    charter.write_text(f"{text}\npredecessors: [{named}]\n", "utf-8")
    return charter


def test_what_an_earlier_pilot_left_is_listed_and_shown_by_name(tmp_path: Path) -> None:
    """What a person can show has a form; what must be measured has none."""
    with dashboard(tmp_path, charters=[after_a_failure(tmp_path)]) as board:
        before = board.get(f"/api{BASE}").json()["left"]
        page = board.get(BASE).text
        asked = next(each for each in before["lines"] if each["condition"])
        sent = board.send(f"{BASE}/conditions/{asked['condition']}", shows="Review of 3 May.")
        after = board.get(f"/api{BASE}").json()["left"]

    assert page.count("Show that it is so") == sum(bool(e["condition"]) for e in before["lines"])
    assert any(each["condition"] is None and each["state"] != "passed" for each in before["lines"])
    assert sent.status_code == 303
    assert after["n_met"] == before["n_met"] + 1
    assert asked["title"] in {e["title"] for e in after["lines"] if e["state"] == "passed"}


def test_the_same_form_sent_twice_shows_a_condition_once(tmp_path: Path) -> None:
    """Who sends it again, since no answer came, is told the same and not that it is wrong."""
    with dashboard(tmp_path, charters=[after_a_failure(tmp_path)]) as board:
        left = board.get(f"/api{BASE}").json()["left"]["lines"]
        where = f"{BASE}/conditions/{next(e['condition'] for e in left if e['condition'])}"
        told = [board.send(where, act="a" * 16, shows="Review.").headers["location"] for _ in "ab"]
        entries = board.book.ledger.entries(kinds=("act",))
        shown = [each for each in entries if each.body["act"] == "diagnosis.met"]

    assert told[0] == told[1]
    assert len(shown) == 1


@pytest.mark.parametrize(("condition", "status"), [(MEASURED, 400), (OWN_WORD, 400), ("x", 404)])
def test_what_must_be_measured_is_not_shown_by_saying_so(
    tmp_path: Path, condition: str, status: int
) -> None:
    """Nor what others have to say for themselves."""
    with dashboard(tmp_path, charters=[after_a_failure(tmp_path)]) as board:
        answer = board.api(f"{BASE}/conditions/{condition}", shows="It is.")

    assert answer.status_code == status


def test_a_diagnosis_that_a_newer_proveout_recorded_is_shown_as_far_as_it_is_known(
    tmp_path: Path,
) -> None:
    """Questions and options that are not known here are left out."""
    with dashboard(tmp_path) as board:
        board.send(BASE, **ANSWERS)
        first = board.book.register.of(DIAGNOSING).recorded
        newer = {**first.answers, "asked_later": "yes", "live_data": "unheard_of"}
        causes = [dict(each) for each in first.causes]
        says = {"named": list(first.named), "causes": causes, "answers": newer, "why": {}}
        record(
            Act(id="newer-1", pilot=PILOT, kind="diagnosis.recorded", who="Helen Marsh",
                at=board.clock(), says={**says, "result": "paused", "title": None}),
            loaded=board.book.loaded, ledger=board.book.ledger,
            catalogue=board.parts.registry.catalogue, now=board.clock(),
        )  # fmt: skip
        page, told = board.get(BASE), board.get(f"/api{BASE}").json()

    assert page.status_code == 200
    assert told["recorded"]["named"] == ["Data gap"]
    chosen = {q["id"]: q["chosen"] for group in told["groups"] for q in group["questions"]}
    assert (chosen["live_data"], chosen["trial_data"]) == (UNKNOWN, "cleaned")
