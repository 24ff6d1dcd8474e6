"""The queue on a screen: a reviewer goes from one to the next, alone or with many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.dashboard import ENGINEER, PILOT, REVIEWER, USER, Dashboard, dashboard
from fixtures.invoice_exceptions import queue_in
from proveout.runtime.exceptions.entry import Entry
from proveout.runtime.exceptions.labels import Label, read_labels
from proveout.web.runtime_queue import open_queue

BASE = f"/pilots/{PILOT}/exceptions"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path, viewer=REVIEWER) as opened:
        yield opened


def stored(board: Dashboard, id_: str) -> Entry:
    with open_queue(board.book) as queue:
        return queue.get(id_)


def labels(board: Dashboard) -> list[Label]:
    with open_queue(board.book) as queue:
        return list(read_labels(queue.store, PILOT))


def test_without_a_store_it_says_what_to_do(board: Dashboard) -> None:
    page = board.get(BASE)

    assert page.status_code == 200
    assert "There is no store in" in page.text
    assert "proveout gateway pilot.yaml" in page.text


def test_ten_are_resolved_by_eleven_requests(board: Dashboard) -> None:
    """One to begin; each that resolves one opens the next, which nobody else is given."""
    ids = queue_in(board)
    sent = 1
    place = board.send(f"{BASE}/next").headers["location"]
    for _ in range(10):
        assert board.get(place).status_code == 200
        place = board.send(f"{place}/resolve", outcome="confirmed-right").headers["location"]
        sent += 1

    assert (sent, place) == (11, f"{BASE}/{ids[10]}")
    assert [stored(board, each).outcome for each in ids] == ["confirmed-right"] * 10 + [None] * 2
    assert stored(board, ids[10]).taken_by == "Josef Lang"
    assert len(labels(board)) == 10


def test_the_list_is_due_first_and_is_filtered(board: Dashboard) -> None:
    ids = queue_in(board)
    board.send(f"{BASE}/{ids[3]}/take")

    def listed(**wanted: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        return [each["id"] for each in board.get(f"/api{BASE}?{query}").json()["items"]]

    assert listed() == ids
    assert listed(which="overdue") == ids[:5]
    assert listed(which="free") == [each for each in ids if each != ids[3]]
    assert listed(team="linz", words="0.62 IS below") == ids
    assert listed(team="leeds") == listed(words="zebra") == listed(reason="rule") == []


def test_a_document_is_corrected_field_by_field(board: Dashboard) -> None:
    """The form is filled with the answer; what differs is the correction, and becomes a label."""
    one = queue_in(board, 1)[0]
    given = board.get(f"/api{BASE}/{one}").json()["inputs"]
    values = {each["place"]: each["value"] for each in given}
    assert values["0.total"] == "120"
    assert values["0.due_date"] == ""
    done = board.send(
        f"{BASE}/{one}/resolve", outcome="corrected", place=list(values),
        value=list({**values, "0.total": "120.5", "0.due_date": "2025-03-30"}.values()),
    )  # fmt: skip

    assert done.headers["location"] == BASE
    label = json.loads(labels(board)[0].label)
    assert (label["total"], label["due_date"], label["net"]) == (120.5, "2025-03-30", 100.0)
    assert stored(board, one).outcome == "corrected"


def test_what_is_no_correction_is_refused(board: Dashboard) -> None:
    one = queue_in(board, 1)[0]
    same = board.api(f"{BASE}/{one}/resolve", outcome="corrected", place=["0.total"], value=["120"])
    elsewhere = board.api(
        f"{BASE}/{one}/resolve", outcome="corrected", place=["0.colour"], value=["red"]
    )
    why = board.api(f"{BASE}/{one}/resolve", outcome="rejected")

    assert [each.json()["message"] for each in (same, elsewhere, why)] == [
        "What was typed is what the system answered.",
        "There is nothing to correct at '0.colour'.",
        "A reason is part of this outcome.",
    ]
    assert stored(board, one).is_open


def test_the_same_form_sent_twice_resolves_once(board: Dashboard) -> None:
    """Somebody else who comes later is told who was first."""
    one, *others = queue_in(board)
    board.send(f"{BASE}/{one}/resolve", outcome="rejected", why="torn", then="stay")
    again = board.send(f"{BASE}/{one}/resolve", outcome="rejected", why="torn", then="next")
    later = board.as_(ENGINEER).api(f"{BASE}/{one}/resolve", outcome="confirmed-right")

    assert again.headers["location"] == f"{BASE}/{others[0]}"
    assert later.json()["message"] == "Josef Lang has resolved it already."


def test_it_is_taken_over_handed_over_escalated_and_given_back(board: Dashboard) -> None:
    one = queue_in(board, 1)[0]
    here = f"{BASE}/{one}"
    seen = []
    for act, fields in (
        ("take", {}), ("hand-over", {"to": "Farid Haddad"}), ("escalate", {"to": "Helen Marsh"}),
        ("put-back", {}),
    ):  # fmt: skip
        assert board.send(f"{here}/{act}", **fields).status_code == 303
        entry = stored(board, one)
        seen.append((entry.taken_by, entry.escalated_to))

    assert seen == [
        ("Josef Lang", None), ("Farid Haddad", None), ("Farid Haddad", "Helen Marsh"),
        (None, "Helen Marsh"),
    ]  # fmt: skip
    assert [re.sub(r" on .*", "", note) for note in stored(board, one).notes[1:]] == [
        "handed over to Farid Haddad by Josef Lang", "put back by Josef Lang"
    ]  # fmt: skip


def test_many_are_resolved_at_once_and_what_cannot_be_is_told(board: Dashboard) -> None:
    ids = queue_in(board, 4)
    board.send(f"{BASE}/{ids[0]}/resolve", outcome="confirmed-right")
    board.as_(ENGINEER)
    told = board.api(f"{BASE}/bulk", ids=ids, act="resolve", outcome="rejected", why="same batch")

    assert told.json() == {
        "done": ids[1:], "refused": {ids[0]: "Josef Lang has resolved it already."}
    }  # fmt: skip
    fields = board.api(f"{BASE}/bulk", ids=[], act="take")
    assert fields.json()["message"] == "None was chosen."


def test_one_that_is_opened_again_takes_its_labels_back(board: Dashboard) -> None:
    one = queue_in(board, 1)[0]
    board.send(f"{BASE}/{one}/resolve", outcome="confirmed-right")
    assert len(labels(board)) == 1
    board.send(f"{BASE}/{one}/reopen", why="a second look")

    assert labels(board) == []
    assert stored(board, one).is_open


def test_the_case_stands_beside_the_guidelines_and_is_shown_as_text(board: Dashboard) -> None:
    """Users and systems write what stands there; nothing of it is markup."""
    hostile = "<script>alert(1)</script>"
    one = queue_in(
        board, 1, said=hostile, reported_by=hostile, notes=(hostile,), team=hostile, version=hostile
    )[0]
    page, listed = board.get(f"{BASE}/{one}").text, board.get(BASE).text

    assert "INVOICE R-1" in page
    assert "Clerk marks the field" in page
    assert "Release a booking" in page
    assert hostile not in page + listed
    assert "&lt;script&gt;" in page
    assert not re.search(r"\son\w+=|<script(?! src=)|style=", page + listed)


def test_what_the_log_did_not_keep_can_still_be_resolved(board: Dashboard) -> None:
    one = queue_in(board, 1, request=None, answer=None)[0]

    assert "It was not kept" in board.get(f"{BASE}/{one}").text
    board.send(f"{BASE}/{one}/resolve", outcome="cannot-tell", why="nothing was kept")
    assert stored(board, one).outcome == "cannot-tell"


def test_users_have_no_business_in_the_queue(board: Dashboard) -> None:
    one = queue_in(board, 1)[0]
    board.as_(USER)

    assert [board.get(path).status_code for path in (BASE, f"{BASE}/{one}")] == [403, 403]
    assert board.send(f"{BASE}/{one}/resolve", outcome="confirmed-right").status_code == 403


def test_what_is_not_there_is_not_found(board: Dashboard) -> None:
    queue_in(board, 1)

    assert board.get(f"{BASE}/nothing").status_code == 404
    assert board.get(f"/api{BASE}?after=x").status_code == 422
