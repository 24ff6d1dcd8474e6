"""What users say in the dashboard, who answers, and what becomes evidence of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.dashboard import (
    ADMINISTRATOR,
    AUDITOR,
    ENGINEER,
    OWNER,
    PILOT,
    REVIEWER,
    STRANGER,
    USER,
    Dashboard,
    dashboard,
    viewer_like,
)
from fixtures.invoice_exceptions import answered, asked
from proveout.desk.feedback import FeedbackStore
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.log.writer import Writer
from proveout.runtime.record import Record
from proveout.runtime.store import open_store
from proveout.web.heard import record_heard
from proveout.web.runtime_queue import open_queue, queue_reported

BASE = f"/pilots/{PILOT}/feedback"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=USER) as opened:
        yield opened


def say(board: Dashboard, **said: object) -> str:
    told = board.api(BASE, **{"kind": "slow", "words": "It takes a minute.", **said})
    assert told.status_code == 200, told.text
    return str(told.json()["id"])


def recorded(board: Dashboard) -> list[tuple[str, float]]:
    entries = board.book.ledger.entries(pilot=PILOT, kinds=("evidence",))
    return [(each.body["metric"], each.body["value"]) for each in entries]


def test_who_says_something_is_told_who_answers_and_until_when(board: Dashboard) -> None:
    """As the charter's exception protocol has it: Josef Lang, within 4 hours."""
    assert "Josef Lang answers by 2025-03-03 13:00 UTC" in board.get(f"{BASE}/new").text
    told = board.api(BASE, kind="disagree", words="Whom do I ask?").json()

    assert (told["answered_by"], told["due_at"]) == ("Josef Lang", "2025-03-03T13:00:00Z")
    mine = board.get(f"/api{BASE}").json()["mine"]
    assert [(each["id"], each["state"]) for each in mine] == [(told["id"], "new")]


def test_the_same_form_sent_twice_says_it_once(board: Dashboard) -> None:
    sent = [
        board.send(BASE, act="form-0001", kind="slow", words="Slow.").headers["location"]
        for _ in range(2)
    ]

    assert sent[0] == sent[1]
    assert board.get(f"/api{BASE}").json()["counts"]["new"] == 1


def test_an_answer_and_a_change_reach_whoever_said_it_and_everybody(board: Dashboard) -> None:
    item = say(board)
    board.as_(REVIEWER)
    board.send(f"{BASE}/{item}/triage", kind="slow", owner="Farid Haddad", due="2025-03-05", seen=1)
    board.as_(ENGINEER)
    board.send(f"{BASE}/{item}/answer", answer="At month end, yes.", seen=2)
    board.send(
        f"{BASE}/{item}/changed", gist="Slow at month end", change="A second server",
        link=f"/pilots/{PILOT}/charter", seen=3,
    )  # fmt: skip
    board.as_(USER)
    page = board.get(f"/api{BASE}").json()

    assert page["mine"][0]["answer"] == "At month end, yes."
    assert page["items"] == []
    assert [(each["gist"], each["n"], each["change"]) for each in page["did"]] == [
        ("Slow at month end", 1, "A second server")
    ]


def test_the_second_of_two_who_triage_is_told(board: Dashboard) -> None:
    item = say(board)
    board.as_(REVIEWER).send(f"{BASE}/{item}/answer", answer="Yes.", seen=1)
    late = board.as_(ENGINEER).send(f"{BASE}/{item}/decline", reason="No.", seen=1)

    assert late.status_code == 409
    assert "Josef Lang has changed" in late.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//elsewhere.example", "data:text/html,x"])
def test_a_link_that_leads_into_the_browser_is_refused(board: Dashboard, link: str) -> None:
    item = say(board)
    board.as_(REVIEWER).send(f"{BASE}/{item}/answer", answer="Yes.", seen=1)
    told = board.api(f"{BASE}/{item}/changed", gist="x", change="y", link=link, seen=2)

    assert (told.status_code, told.json()["message"]) == (400, f"'{link}' is no link.")


def test_what_is_said_is_seen_by_those_who_answer_and_nobody_else(board: Dashboard) -> None:
    item = say(board)
    seen = {
        viewer.name: board.as_(viewer).get(f"{BASE}/{item}").status_code
        for viewer in (USER, REVIEWER, AUDITOR, STRANGER, viewer_like(USER, account="a-other"))
    }
    seen["another user"] = board.get(f"{BASE}/{item}").status_code

    assert seen == {
        "Paul Novak": 404, "Josef Lang": 200, "Otto Audit": 200, "Sam Stranger": 403,
        "another user": 404,
    }  # fmt: skip
    assert board.as_(USER).get(f"{BASE}/{item}").status_code == 200
    assert board.send(f"{BASE}/{item}/answer", answer="Mine.", seen=1).status_code == 403


def test_a_name_may_be_left_out_where_it_is_allowed(board: Dashboard) -> None:
    """Whoever keeps the address of the page reads the answer there."""
    refused = board.api(BASE, kind="slow", words="Slow.", nameless=True)
    assert refused.json()["message"] == "Here feedback is given under one's name."
    board.as_(OWNER).send(f"{BASE}/rules", may_be_nameless="true")
    board.as_(USER)
    item = say(board, nameless=True)
    board.as_(REVIEWER).send(f"{BASE}/{item}/answer", answer="Thank you.", seen=1)
    page = board.as_(USER).get(f"/api{BASE}/{item}").json()

    assert (page["said_by"], page["answer"]) == ("without a name", "Thank you.")
    assert board.get(f"/api{BASE}").json()["mine"] == []


def test_an_administrator_takes_out_words_and_the_fact_stays(board: Dashboard) -> None:
    item = say(board, words="My neighbour's IBAN is …")
    refused = board.as_(OWNER).send(f"{BASE}/{item}/blank", why="x", seen=1).status_code
    board.as_(ADMINISTRATOR).send(f"{BASE}/{item}/blank", why="they asked for it", seen=1)
    page = board.as_(REVIEWER).get(f"{BASE}/{item}").text

    assert refused == 403
    assert "neighbour" not in page
    assert "The words were taken out by Ada Admin on 2025-03-03: they asked for it" in page


def test_hostile_words_are_shown_as_text(board: Dashboard) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    item = say(board, words=hostile, team=hostile, shown_case=hostile, call=hostile)
    board.as_(REVIEWER)
    pages = board.get(BASE).text + board.get(f"{BASE}/{item}").text

    assert "<img" not in pages
    assert "&gt;&lt;img" in pages
    assert not re.search(r"<script(?! src=)|style=", pages)


def test_an_answer_called_wrong_is_queued_once(board: Dashboard) -> None:
    """With the log at hand at once; where the store is away it waits, and is tried again."""
    folder, call = board.book.loaded.folder, Ids().next(board.clock().timestamp() - 60)
    item = say(board, kind="wrong", call=call, words="The VAT is wrong.")
    assert FeedbackStore(board.parts.desk, PILOT).get(item).is_to_queue
    writer = Writer(folder / "prediction-log", PILOT)
    record = Record(
        id=call, pilot=PILOT, protocol="chat", at=board.clock().timestamp() - 60, seconds=1.0,
        outcome="answered", status=200, request=asked(), answer=answered(),
    )  # fmt: skip
    writer.append_now([record])
    writer.close_now()
    with open_store(str(folder / "runtime.db")):
        pass
    tried = [queue_reported(board.book, board.parts.desk, board.clock()) for _ in range(2)]
    with open_queue(board.book) as queue:
        entry = queue.get(call)

    assert tried == [1, 0]
    assert (entry.reported_by, entry.said, entry.reasons) == (
        "Paul Novak (another account)", "The VAT is wrong.", ("reported",)
    )  # fmt: skip
    assert FeedbackStore(board.parts.desk, PILOT).get(item).exception == entry.id


def test_how_people_were_heard_becomes_evidence_of_one_run(board: Dashboard) -> None:
    for number in range(3):
        item = say(board, words=f"No {number}")
        if number:
            board.as_(REVIEWER).send(f"{BASE}/{item}/answer", answer="Yes.", seen=1)
            board.as_(USER)
    board.clock.move(days=1)
    assert board.send(f"{BASE}/record").status_code == 403
    told = board.as_(OWNER).api(f"{BASE}/record")
    entries = list(board.book.ledger.entries(pilot=PILOT, kinds=("evidence", "outcome")))

    assert recorded(board)[0] == ("people.feedback_answered", pytest.approx(2 / 3))
    assert {each.body["run"] for each in entries} == {told.json()["run"]}
    assert entries[-1].body["status"] == "done"
    assert "No 0" not in json.dumps([each.body for each in entries])


def test_the_keeper_records_what_changed_and_otherwise_once_a_day(board: Dashboard) -> None:
    """And nothing where nobody has said anything."""

    def keep(**later: float) -> bool:
        board.clock.move(**later)
        parts = board.parts
        return record_heard(board.book, parts.desk, parts.registry, board.clock()) is not None

    silent = keep()
    item = say(board)
    first, soon = keep(minutes=1), keep(minutes=5)
    board.as_(REVIEWER).send(f"{BASE}/{item}/answer", answer="Yes.", seen=1)

    assert (silent, first, soon) == (False, True, False)
    assert (keep(minutes=30), keep(hours=2), keep(hours=24)) == (True, False, True)


def test_late_ones_are_shown_as_such(board: Dashboard) -> None:
    say(board)
    board.clock.move(hours=5)
    page = board.as_(REVIEWER).get(f"/api{BASE}?show=overdue").json()

    assert (page["overdue"], [each["is_overdue"] for each in page["items"]]) == (1, [True])


def test_an_answer_that_did_not_hold_waits_again_with_those_that_say_the_same(
    board: Dashboard,
) -> None:
    """And what was merged wrongly waits for an answer of its own."""
    one, other = say(board), say(board)
    board.as_(REVIEWER)
    board.send(f"{BASE}/{other}/merge", into=one, seen=1)
    board.send(f"{BASE}/{one}/answer", answer="Turn it off and on.", seen=1)
    board.clock.move(days=2)
    again = board.send(f"{BASE}/{one}/reopen", why="It came back.", seen=2)
    assert again.status_code == 303
    found = {name: board.get(f"/api{BASE}/{name}").json() for name in (one, other)}
    assert {each["state"] for each in found.values()} == {"triaged"}
    assert {each["answered_at"] for each in found.values()} == {None}
    assert {each["due_at"] for each in found.values()} == {"2025-03-05T13:00:00Z"}
    assert board.get(f"/api{BASE}").json()["counts"]["triaged"] == 2

    version = found[other]["version"]
    parted = board.send(f"{BASE}/{other}/part", why="Another screen.", seen=version)
    assert parted.status_code == 303
    own = board.get(f"/api{BASE}/{other}").json()
    assert (own["duplicate_of"], own["state"], own["answer"]) == (None, "new", None)
    assert [each["what"] for each in own["steps"]] == [
        "Merged with another", "Parted from the other",
    ]  # fmt: skip
    twice = board.api(f"{BASE}/{one}/reopen", why="Again.", seen=3)
    assert twice.json()["message"] == "It waits for an answer already."
    board.send(f"{BASE}/{one}/answer", answer="Fixed now.", seen=3)
    assert board.get(f"/api{BASE}").json()["counts"] == {
        "new": 1, "triaged": 0, "answered": 1, "changed": 0, "declined": 0,
    }  # fmt: skip


def test_no_answer_is_promised_for_a_day_that_never_comes(board: Dashboard) -> None:
    """What never falls due would be in no figure."""
    item = say(board)
    board.as_(REVIEWER)
    told = board.api(
        f"{BASE}/{item}/triage", kind="slow", owner="Farid Haddad", due="9999-12-31", seen=1
    )
    assert (told.status_code, told.json()["message"]) == (
        400, "9999-12-31 is too far away for an answer.",
    )  # fmt: skip


def test_who_only_reads_is_not_told_that_a_named_item_was_sent_without_a_name(
    board: Dashboard,
) -> None:
    item = say(board)
    assert "sent without a name" not in board.as_(AUDITOR).get(f"{BASE}/{item}").text
