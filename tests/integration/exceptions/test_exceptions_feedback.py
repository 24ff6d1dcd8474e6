"""A user who says that an answer is wrong is told who looks at it, and until when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proveout.errors import UnreachableError
from proveout.runtime.call import ANYBODY, Caller
from proveout.runtime.exceptions.entry import Handling, entry_id
from proveout.runtime.exceptions.feedback import Feedback
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.record import Record
from proveout.runtime.store import open_store

CALL = "01KF0000000000000000000000"
OTHERS = "01KF0000000000000000000001"
NOW = 1_800_000_000.0
ADA = Caller(user="ada", team="motor")


def logged(call: str) -> Record | None:
    """A log of two calls, one of them another pilot's."""
    if call not in (CALL, OTHERS):
        return None
    return Record(
        id=call, pilot="claims" if call == CALL else "other", protocol="json", at=NOW - 60,
        seconds=1.0, outcome="answered", status=200, rows=3, confidence=0.97,
        answer='{"answers": ["pay", "pay", "ask"]}',
    )  # fmt: skip


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[ExceptionQueue]:
    with open_store(str(tmp_path / "r.db")) as store:
        yield ExceptionQueue(store, "claims", Handling(goes_to="Claims desk", due_hours=4))


def say(queue: ExceptionQueue, caller: Caller = ADA, **told: Any) -> tuple[int, dict[str, Any]]:
    taken = Feedback(queue, find=logged, clock=lambda: NOW)
    return asyncio.run(taken.feedback(json.dumps({"id": CALL, **told}).encode(), caller))


def test_a_report_goes_to_a_person_with_a_time(queue: ExceptionQueue) -> None:
    """The reply says it; what should have been the answer is a proposal until it is resolved."""
    status, reply = say(queue, kind="wrong", said="no cover", correct_answer="refuse", row=2)

    entry = queue.get(CALL)
    assert (status, reply) == (
        201,
        {
            "reference": entry_id(CALL, "ada"),
            "looked_at_by": "Claims desk",
            "until": "2027-01-15T12:00:00+00:00",
            "state": "open",
            "already_known": False,
        },
    )
    assert (entry.reasons, entry.notes, entry.said) == (
        ("reported",), ("reported as wrong",), "no cover"
    )  # fmt: skip
    assert (entry.reported_by, entry.team, entry.correction) == ("ada", "motor", {2: "refuse"})


def test_the_same_user_is_heard_once_for_an_answer(queue: ExceptionQueue) -> None:
    """A second time the reply says how it stands; another user is another report."""
    say(queue)
    queue.resolve(entry_id(CALL, "ada"), "rejected", who="Bo", why="w", now=NOW + 9)

    status, reply = say(queue, kind="slow")
    other, _ = say(queue, replace(ADA, user="ben"))

    assert (status, reply["state"], reply["already_known"]) == (200, "rejected", True)
    assert (other, queue.counts(now=NOW)["all"]) == (201, 2)


def test_a_proposal_is_taken_over_when_it_is_confirmed(queue: ExceptionQueue) -> None:
    """Who resolves it need not type what the user has said already."""
    say(queue, correct_answer={"total": 12.5})

    done = queue.resolve(CALL, "corrected", who="Bo", why="as the invoice says", now=NOW + 9)

    assert done.correction == {0: '{"total": 12.5}'}


@pytest.mark.parametrize(
    ("told", "status", "message"),
    [
        ({"id": "01KF0000000000000000000009"}, 404,
         "There is no answer '01KF0000000000000000000009' here. Its id is in the reply's header "
         "'proveout-id'."),
        ({"id": OTHERS}, 404,
         f"There is no answer '{OTHERS}' here. Its id is in the reply's header 'proveout-id'."),
        ({"id": "../../etc/passwd"}, 404,
         "There is no answer '../../etc/passwd' here. Its id is in the reply's header "
         "'proveout-id'."),
        ({"row": 3}, 400, "'row' is from 0 to 2, not 3."),
        ({"said": "x" * 4_001}, 400, "'said' has at most 4,000 letters."),
        ({"correct_answer": "x" * 16_001}, 400, "'correct_answer' has at most 16,000 letters."),
        ({"said": "x" * 70_000}, 413, "Feedback has at most 65,536 bytes."),
        ({"kind": "bad"}, 400,
         "This is no feedback: Invalid enum value 'bad' - at `$.kind`. Send for example "
         '{"id": "…", "kind": "wrong", "said": "the total is 12.50"}'),
    ],
)  # fmt: skip
def test_what_is_no_feedback_is_refused_with_the_reason(
    queue: ExceptionQueue, told: dict[str, Any], status: int, message: str
) -> None:
    """Answers of others are as unknown as those that never were; nothing of it is kept."""
    found, reply = say(queue, ANYBODY, **told)

    assert (found, reply["error"]["message"]) == (status, message)
    assert queue.counts(now=NOW)["all"] == 0


def test_feedback_that_is_nested_without_end_is_refused(queue: ExceptionQueue) -> None:
    """Whatever comes, the reply says what to send, and the gateway goes on."""
    deep = b'{"id": "%s", "correct_answer": %s1%s}' % (CALL.encode(), b"[" * 9_000, b"]" * 9_000)

    status, reply = Feedback(queue, find=logged).take(deep, ADA)

    assert status == 400
    assert reply["error"]["message"].startswith("This is no feedback: ")


def test_while_the_log_or_store_is_away_a_user_is_asked_to_come_again(
    queue: ExceptionQueue,
) -> None:
    """What is not kept is never thanked for."""

    def away(_: str) -> Record | None:
        raise UnreachableError("postgresql://10.0.0.7 cannot be reached.")

    status, reply = Feedback(queue, find=away).take(json.dumps({"id": CALL}).encode(), ADA)

    assert (status, reply["error"]["message"]) == (
        503, "It cannot be kept just now. Please send it again in a minute."
    )  # fmt: skip
