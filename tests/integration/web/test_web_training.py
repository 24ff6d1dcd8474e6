"""Training on one's own cases: drawn, approved, tried, signed, and evidence."""

from __future__ import annotations

import csv
import random
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.dashboard import AUDITOR, REVIEWER, Role, Viewer, dashboard
from proveout.register import Act, record

# Ibis uses names of DuckDB and pandas that these have replaced since.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:fetch_\w+\(\) is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
]

PILOT = "mail"
BASE = f"/pilots/{PILOT}/training"
LEAD = Viewer(account="a-lead", name="Ann Lead", person="Ann Lead", csrf="c" * 32)
TINA = Viewer(
    account="a-tina", name="Tina Trainee", csrf="c" * 32, grants={PILOT: frozenset({Role.user})}
)
TOM = Viewer(
    account="a-tom", name="Tom Trainee", csrf="c" * 32, grants={PILOT: frozenset({Role.user})}
)
CHARTER = """
version: 1
pilot: mail
title: Sort incoming mail
people:
  project_owner: { name: Ann Lead }
data:
  production: [{ name: desk, path: mail.csv, site: Vienna }]
  key: [id]
  label: team
  inputs: [subject, body]
  site_column: office
system:
  recorded: { answer: said, confidence: sure }
  task: classification
governance:
  exceptions: { goes_to: Bo Team, due_hours: 4, steps: [Mark it, Forward it] }
change:
  contact: Bo Team, ext. 7
  training:
    - { who: Sorters, scenarios: A week of mail, invited: 4 }
"""
HOSTILE = "<img src=x onerror=alert(1)> {{ 7*7 }}"


def write_pilot(folder: Path) -> Path:
    """Write 200 mails, of which the system sorts 20 wrongly; one of them is hostile."""
    folder.mkdir()
    (folder / "pilot.yaml").write_text(CHARTER)
    rng = random.Random(3)
    with (folder / "mail.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["id", "subject", "body", "sender", "office", "team", "said", "sure"]
        )  # fmt: skip
        for number in range(200):
            team = rng.choice(["billing", "support"])
            wrong = number % 10 == 0
            said = {"billing": "support", "support": "billing"}[team] if wrong else team
            body = HOSTILE if number % 2 else "A long letter. " * 60
            office = "Vienna" if number % 4 else "Graz"
            writer.writerow(
                [number, f"Mail {number}", body, f"person{number}@example.com", office, team,
                 said, 0.97 if wrong else 0.8]
            )  # fmt: skip
    return folder / "pilot.yaml"


@contextmanager
def mail(tmp_path: Path, viewer: Viewer = LEAD):
    with dashboard(tmp_path, viewer=viewer, charters=[write_pilot(tmp_path / "mail")]) as board:
        yield board


def _drawn(board, **more: object) -> str:
    given = {"training": "Sorters", "cases": 6, "seed": 1, **more}
    answer = board.api(f"{BASE}/sets", **given)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def _entered(board) -> str:
    """Make a set of six cases by hand, half of them such as the system got wrong."""
    set_id = board.api(f"{BASE}/own-sets", training="Sorters").json()["id"]
    rows = [
        f"Mail {number}\tbilling\t{'billing' if number % 2 else 'support'}" for number in range(6)
    ]
    assert board.api(f"{BASE}/sets/{set_id}/pasted", rows="\n".join(rows)).status_code == 200
    return set_id


def _approved(board) -> str:
    set_id = _entered(board)
    assert board.api(f"{BASE}/sets/{set_id}/approve").status_code == 200
    return set_id


def _trained(board) -> list[tuple[float, int, str]]:
    return [
        (entry.body["value"], entry.body["n"], entry.body["person"])
        for entry in board.parts.library.pilot(PILOT).ledger.entries(kinds=("evidence",))
        if entry.body["metric"] == "people.trained"
    ]


def _go_through(board, set_id: str, *, lets_stand: str) -> dict:
    """Try every case by the API, as a trainee would, and return the summary's document."""
    path = f"{BASE}/sets/{set_id}/try"
    while True:
        seen = board.client.get(f"/api{path}").json()
        if seen["step"] == "done":
            return seen
        number = seen["number"]
        assert seen["step"] == "answer"
        assert (seen["system"], seen["is_right"]) == (None, None)
        assert board.api(f"{path}/answer", case=number, answer="billing").status_code == 200
        seen = board.client.get(f"/api{path}?case={number}").json()
        assert seen["step"] == "decide"
        assert [each["truth"] for each in seen["system"]["outcomes"]] == [None]
        assert seen["is_right"] is None
        board.api(f"{path}/decide", case=number, stands=lets_stand, why="")
        seen = board.client.get(f"/api{path}?case={number}").json()
        assert seen["step"] == "see"
        assert seen["system"]["outcomes"][0]["truth"] in ("billing", "support")


def test_half_of_the_cases_are_such_as_the_system_got_wrong(tmp_path: Path) -> None:
    """Said honestly: how many were chosen, and how often it is wrong in truth."""
    with mail(tmp_path) as board:
        set_id = _drawn(board, leaves_out="body")

        seen = board.client.get(f"/api{BASE}/sets/{set_id}").json()
        assert seen["how"] == {
            "origin": "Vienna: drawn at random from 200 records",
            "looked_at": 200, "judged": 200, "wrong": 20, "chosen": 6, "chosen_wrong": 3,
            "answers_from": "recorded", "is_simulated": False,
        }  # fmt: skip
        assert seen["columns"] == ["subject"]
        page = board.get(f"{BASE}/sets/{set_id}").text
        assert "3 of these 6 cases were chosen because the system was wrong there." in page
        assert "In all 200 cases that were looked at, it was wrong on 20 (10 %)." in page
        assert "@example.com" not in page


def test_columns_are_left_out_of_a_draft_for_good(tmp_path: Path) -> None:
    """Once the preparer sees what is private, nobody else does; the same draw is the same."""
    with mail(tmp_path) as board:
        first, second = _drawn(board, team="Graz"), _drawn(board, team="Graz")
        cases = [
            board.client.get(f"/api{BASE}/sets/{each}").json()["cases"] for each in (first, second)
        ]
        assert cases[0] == cases[1]
        board.send(f"{BASE}/sets/{first}/columns/drop", columns=["body"])
        (tmp_path / "mail" / "mail.csv").unlink()

        seen = board.client.get(f"/api{BASE}/sets/{first}").json()
        assert seen["columns"] == ["subject"]
        assert "A long letter" not in board.get(f"{BASE}/sets/{first}").text
        again = board.client.get(f"/api{BASE}/sets/{second}").json()["cases"]
        assert again == cases[1]


def test_a_form_sent_twice_makes_one_set(tmp_path: Path) -> None:
    """The same request again is the same set."""
    with mail(tmp_path) as board:
        for _ in range(2):
            board.send(f"{BASE}/own-sets", act="same-act-1", training="Sorters")

        (training,) = board.client.get(f"/api{BASE}").json()["trainings"]
        assert len(training["sets"]) == 1


def test_what_would_give_the_answer_away_is_never_shown(tmp_path: Path) -> None:
    """Truth and answer are no columns to show, and an unknown column is named."""
    with mail(tmp_path) as board:
        for column in ("team", "said"):
            answer = board.api(f"{BASE}/sets", training="Sorters", columns=column)
            assert answer.status_code == 400
            assert answer.json()["message"] == f"'{column}' is no column that could be shown."


def test_a_trainee_tries_every_case_and_signs(tmp_path: Path) -> None:
    """First the own answer, then the system's, then the truth; the signature is evidence, once."""
    with mail(tmp_path) as board:
        set_id = _approved(board)
        path = f"{BASE}/sets/{set_id}/try"
        board.as_(TINA)
        early = board.api(f"{path}/sign")
        assert (early.status_code, early.json()["message"]) == (400, "0 of 6 cases are done.")
        seen = _go_through(board, set_id, lets_stand="no")
        assert seen["result"] | {"signed_at": None} == {
            "cases": 6, "finished": 6, "judged": 6, "wrong": 3, "caught": 3, "doubted": 3,
            "is_complete": True, "signed_at": None, "turn": 1,
        }  # fmt: skip
        for _ in range(2):
            assert board.api(f"{path}/sign").status_code == 200

        assert _trained(board) == [(0.25, 4, "Tina Trainee")]
        assert "You signed off on 2025-03-03." in board.get(path).text
        board.as_(LEAD)
        (training,) = board.client.get(f"/api{BASE}").json()["trainings"]
        assert (training["caught"], training["of_wrong"], training["practised"]) == (3, 3, 1)


def test_attempts_are_private(tmp_path: Path) -> None:
    """What one trainee answered is nowhere in what others see, the preparer included."""
    with mail(tmp_path) as board:
        set_id = _approved(board)
        path = f"{BASE}/sets/{set_id}"
        board.as_(TINA).api(f"{path}/try/answer", case=1, answer="my-private-guess")

        assert "my-private-guess" in board.get(f"{path}/try").text
        for viewer, pages in ((TOM, [f"{path}/try", BASE]), (LEAD, [path, f"{path}/try", BASE])):
            board.as_(viewer)
            for page in pages:
                assert "my-private-guess" not in board.get(page).text
        assert board.as_(TOM).get(path).status_code == 403
        assert board.as_(AUDITOR).get(f"{path}/try").status_code == 403


def test_practising_once_more_counts_once(tmp_path: Path) -> None:
    """One person is one, however often; the first word on a case stands within an attempt."""
    with mail(tmp_path) as board:
        set_id = _approved(board)
        path = f"{BASE}/sets/{set_id}/try"
        board.as_(TINA)
        _go_through(board, set_id, lets_stand="yes")
        board.api(f"{path}/decide", case=1, stands="no")
        seen = board.client.get(f"/api{path}").json()
        assert seen["result"]["caught"] == 0
        board.api(f"{path}/sign")
        board.api(f"{path}/again")
        assert board.client.get(f"/api{path}").json()["step"] == "answer"
        _go_through(board, set_id, lets_stand="no")
        board.api(f"{path}/sign")

        assert [each[:2] for each in _trained(board)] == [(0.25, 4)]


def test_a_signature_that_was_cut_short_is_finished_and_not_doubled(tmp_path: Path) -> None:
    """Killed after the ledger was told and before the database: to sign again does the rest."""
    with mail(tmp_path) as board:
        set_id = _approved(board)
        path = f"{BASE}/sets/{set_id}/try"
        board.as_(TINA)
        _go_through(board, set_id, lets_stand="no")
        book = board.parts.library.pilot(PILOT)
        says = {"training": "Sorters", "set": set_id, "cases": 6, "caught": 3, "of": 3}
        cut_short = Act(
            id=f"trained-{set_id}-{TINA.account}-1", pilot=PILOT, kind="training.completed",
            who=TINA.name, at=board.clock(), says=says, account=TINA.account,
        )  # fmt: skip
        record(
            cut_short, loaded=book.loaded, ledger=book.ledger,
            catalogue=board.parts.registry.catalogue, now=board.clock(),
        )  # fmt: skip
        assert board.client.get(f"/api{path}").json()["result"]["signed_at"] is None
        board.api(f"{path}/sign")

        assert board.client.get(f"/api{path}").json()["result"]["signed_at"] is not None
        acts = [e for e in book.ledger.entries(kinds=("act",)) if e.body["act"].endswith("ted")]
        assert [each.body["id"] for each in acts] == [cut_short.id]
        assert len(_trained(board)) == 1


def test_drafts_are_the_preparers_alone_and_approved_sets_do_not_change(tmp_path: Path) -> None:
    """Nobody practises on a draft; nothing of an approved set is left out any more."""
    with mail(tmp_path) as board:
        set_id = _entered(board)
        path = f"{BASE}/sets/{set_id}"
        assert board.as_(TINA).get(f"{path}/try").status_code == 404
        board.as_(LEAD)
        board.send(f"{path}/cases/drop", number="2")
        seen = board.client.get(f"/api{path}").json()
        assert (seen["columns"], len(seen["cases"])) == (["case"], 5)
        everything = board.api(f"{path}/columns/drop", columns=["case"])
        assert everything.json()["message"] == "No column would be left that a trainee could see."
        board.api(f"{path}/approve")
        late = board.api(f"{path}/cases/drop", number=1)

        assert late.status_code == 400
        assert "does not change any more" in late.json()["message"]


def test_cases_can_be_entered_and_pasted(tmp_path: Path) -> None:
    """Where no data can be read; an answer is right where it reads as the truth does."""
    with mail(tmp_path) as board:
        set_id = board.api(f"{BASE}/own-sets", training="Sorters").json()["id"]
        path = f"{BASE}/sets/{set_id}"
        empty = board.api(f"{path}/approve")
        assert empty.json()["message"] == "There is no case in it."
        board.send(f"{path}/cases", question=HOSTILE, truth="billing", answer="support")
        board.send(f"{path}/pasted", rows="Second\tBilling\tbilling \r\nThird\tsupport\t\r\n")

        cases = board.client.get(f"/api{path}").json()["cases"]
        assert [case["is_right"] for case in cases] == [False, True, None]
        board.api(f"{path}/approve")
        board.as_(TINA)
        page = board.get(f"{path}/try").text
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }}" in page
        board.api(f"{path}/try/answer", case=3, answer="x")
        assert board.client.get(f"/api{path}/try?case=3").json()["step"] == "see"
        assert "nobody has recorded" not in board.get(f"{path}/try?case=3").text


def test_who_has_not_yet_is_the_preparers_to_know(tmp_path: Path) -> None:
    """Invited by name, taken off with a reason, due by a day; users see no names."""
    with mail(tmp_path) as board:
        board.send(
            f"{BASE}/invitations", training="Sorters", people="Tina Trainee\r\nTom Trainee\n"
        )
        board.send(f"{BASE}/due", training="Sorters", by="2025-03-01")
        (seen,) = board.client.get(f"/api{BASE}").json()["trainings"]
        assert [each["name"] for each in seen["waiting"]] == ["Tina Trainee", "Tom Trainee"]
        assert seen["is_overdue"]
        board.send(
            f"{BASE}/invitations/excused", training="Sorters", name="tom trainee", why="Left"
        )
        board.as_(TINA)
        (seen,) = board.client.get(f"/api{BASE}").json()["trainings"]

        assert (seen["waiting"], seen["n_waiting"], seen["is_for_me"]) == ([], 1, True)
        assert "Tom Trainee" not in board.get(BASE).text


def test_only_who_may_prepares(tmp_path: Path) -> None:
    """Trainees and reviewers draw, approve and invite nothing."""
    with mail(tmp_path, viewer=TINA) as board:
        for viewer in (TINA, REVIEWER, AUDITOR):
            board.as_(viewer)
            assert board.get(f"{BASE}/new").status_code == 403
            for path, given in (
                ("sets", {"training": "Sorters"}),
                ("own-sets", {"training": "Sorters"}),
                ("sets/x/approve", {}),
                ("invitations", {"training": "Sorters", "people": "x"}),
                ("lists", {"training": "Sorters", "count": 3, "note": "x"}),
            ):
                assert board.api(f"{BASE}/{path}", **given).status_code == 403
