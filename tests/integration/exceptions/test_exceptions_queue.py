"""The queue in both databases: nothing twice, nobody in another's way, acts with who and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proveout.errors import InputError
from proveout.runtime.exceptions.entry import Handling, entry_id
from proveout.runtime.exceptions.labels import Label, read_labels, write_labels
from proveout.runtime.exceptions.queue import Escalated, ExceptionQueue
from proveout.runtime.record import Record
from proveout.runtime.store import Store, open_store

AT = 1_800_000_000.0
HOUR = 3600.0
HANDLING = Handling(
    goes_to="Claims desk", due_hours=4, escalates_to="Ada Vale", escalates_after_hours=6
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store of each kind."""
    is_file = request.param == "sqlite"
    place = str(tmp_path / "r.db") if is_file else str(request.getfixturevalue("postgres_url"))
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def queue(store: Store) -> ExceptionQueue:
    return ExceptionQueue(store, "claims", HANDLING)


def record(number: int = 1, **said: Any) -> Record:
    return Record(
        **{
            "id": f"01JD{number:022d}", "pilot": "claims", "protocol": "json",
            "outcome": "answered", "at": AT + number, "seconds": 1.0, "status": 200,
            "reasons": ("low-confidence",),
            "notes": ("confidence 0.4 is below 0.8 (gateway.confident_from)",), "confidence": 0.4,
            "answer": '{"answers": ["pay"]}', **said,
        }
    )  # fmt: skip


def test_a_record_is_queued_once_however_often_it_is_given(queue: ExceptionQueue) -> None:
    """After a crash all is queued again from the log; nothing of it may stand there twice."""
    first = queue.enqueue([record(1), record(2, reasons=()), record(3, shadow_of="x")])
    queue.resolve(entry_id(record(1).id), "rejected", who="Bo", why="torn page", now=AT + 60)
    again = queue.enqueue([record(1), record(4)])

    assert (first, again) == (1, 1)
    assert queue.counts(now=AT + 5 * HOUR) == {
        "open": 1, "overdue": 1, "escalated": 0, "taken": 0, "resolved": 1, "all": 2
    }  # fmt: skip


def test_an_entry_has_an_owner_and_a_time_by_the_charter(queue: ExceptionQueue) -> None:
    """As governance.exceptions says; without it nobody is named, and a day is given."""
    queue.enqueue([record()])

    entry = queue.get(record().id)
    nobody = ExceptionQueue(queue.store, "other")
    nobody.enqueue([record(2, pilot="other")])
    (unowned,) = nobody.entries(now=AT)

    assert (entry.owner, entry.at, entry.due_at) == ("Claims desk", AT + 2, AT + 2 + 4 * HOUR)
    assert (unowned.owner, unowned.due_at - unowned.at) == ("nobody named", 24 * HOUR)


def test_two_people_are_never_given_the_same_entry(queue: ExceptionQueue) -> None:
    """The next is what is due first; who has taken one gets it again until it is done."""
    queue.enqueue([record(2), record(1)])

    given = [queue.take_next(who=who, now=AT + 9) for who in ("Bo", "Cy", "Bo", "Di")]

    assert [each.call[-1] if each else None for each in given] == ["1", "2", "1", None]


def test_what_another_has_taken_is_left_to_them(queue: ExceptionQueue) -> None:
    """Unless it is said that one takes it over."""
    queue.enqueue([record()])
    id_ = queue.get(record().id).id
    queue.take(id_, who="Bo", now=AT + 9)

    with pytest.raises(InputError) as told:
        queue.take(id_, who="Cy", now=AT + 10)

    assert told.value.message == f"Bo has taken {id_} (2027-01-15T08:00:09+00:00)."
    assert queue.take(id_, who="Cy", now=AT + 10, from_other=True).taken_by == "Cy"


def test_a_correction_becomes_a_label(queue: ExceptionQueue) -> None:
    """By call and row, with who said so; and so does an answer that is confirmed."""
    queue.enqueue([record(1), record(2), record(3)])
    wrong, right, thrown = (entry_id(record(number).id) for number in (1, 2, 3))

    queue.resolve(
        wrong, "corrected", who="Bo", why="w", now=AT + 60, correction={0: "ask", 3: "no"}
    )
    queue.resolve(
        right, "confirmed-right", who="Bo", why="w", now=AT + 61, right_answers={0: "pay"}
    )
    queue.resolve(thrown, "rejected", who="Bo", why="w", now=AT + 62)

    assert list(read_labels(queue.store, "claims")) == [
        Label(record(1).id, 0, "claims", "ask", "correction", "Bo", AT + 60),
        Label(record(1).id, 3, "claims", "no", "correction", "Bo", AT + 60),
        Label(record(2).id, 0, "claims", "pay", "confirmation", "Bo", AT + 61),
    ]
    assert queue.get(wrong).hours == pytest.approx(58 / 3600)


def test_an_entry_is_resolved_once_and_reopened_with_its_history(queue: ExceptionQueue) -> None:
    """Who had resolved it, how and why, stays to be read."""
    queue.enqueue([record(notes=())])
    id_ = entry_id(record().id)
    queue.resolve(id_, "rejected", who="Bo", why="torn", now=AT + 60)

    with pytest.raises(InputError) as told:
        queue.resolve(id_, "corrected", who="Cy", why="no", now=AT + 70, correction={0: "x"})
    entry = queue.reopen(id_, who="Cy", why="legible", now=AT + 80)

    at = "2027-01-15T08:01"
    assert told.value.message == (f"{id_} was resolved by Bo on {at}:00+00:00: rejected (torn).")
    assert entry.is_open
    assert queue.get(id_).notes == (
        f"reopened by Cy on {at}:20+00:00: legible (it was rejected by Bo on {at}:00+00:00: torn)",
    )


def test_what_is_opened_again_is_no_true_answer_any_more(queue: ExceptionQueue) -> None:
    """What others have brought for the same answer since stays."""
    queue.enqueue([record(1), record(2)])
    first, second = entry_id(record(1).id), entry_id(record(2).id)
    for id_ in (first, second):
        queue.resolve(id_, "corrected", who="Bo", why="w", now=AT + 60, correction={0: "ask"})
    imported = Label(record(2).id, 0, "claims", "pay", "decided.csv", None, AT + 70)
    with queue.store.writing() as connection:
        write_labels(connection, queue.store.dialect, [imported])

    for id_ in (first, second):
        queue.reopen(id_, who="Cy", why="legible", now=AT + 80)

    assert list(read_labels(queue.store, "claims")) == [imported]


@pytest.mark.parametrize(
    ("outcome", "said", "message"),
    [
        ("corrected", {}, "{id}: 'corrected' needs the true answer."),
        ("rejected", {"correction": {0: "x"}},
         "{id}: a true answer was given, and the outcome is 'rejected'."),
        ("rejected", {"why": " "}, "Who resolves it and why is part of the resolution."),
    ],
)  # fmt: skip
def test_a_resolution_must_say_what_it_means(
    queue: ExceptionQueue, outcome: Any, said: dict[str, Any], message: str
) -> None:
    """Without who, why and, where it was wrong, the truth, nobody learns from it."""
    queue.enqueue([record()])
    id_ = entry_id(record().id)

    with pytest.raises(InputError) as told:
        queue.resolve(id_, outcome, **{"who": "Bo", "why": "w", "now": AT, **said})

    assert told.value.message == message.format(id=id_)


def test_what_nobody_resolves_in_time_is_escalated_once(queue: ExceptionQueue) -> None:
    """To whom the charter names, after the hours that it names; what is done is left alone."""
    queue.enqueue([record(1), record(2), record(3)])
    queue.resolve(entry_id(record(3).id), "rejected", who="Bo", why="w", now=AT + 60)

    early = queue.escalate_due(AT + 6 * HOUR)
    on_time = queue.escalate_due(AT + 6 * HOUR + 60)
    again = queue.escalate_due(AT + 7 * HOUR)

    assert (early, again) == (Escalated(entries=()), Escalated(entries=()))
    assert [(each.escalated_to, each.acts) for each in on_time.entries] == [("Ada Vale",) * 2] * 2
    assert queue.counts(now=AT + 7 * HOUR)["escalated"] == 2


def test_late_entries_that_nobody_can_be_called_for_are_counted(queue: ExceptionQueue) -> None:
    """A charter without somebody to escalate to is told so, and not in silence."""
    nobody = ExceptionQueue(queue.store, "claims", replace(HANDLING, escalates_to=None))
    nobody.enqueue([record()])

    assert nobody.escalate_due(AT + 7 * HOUR) == Escalated(entries=(), nobody=1)


def test_entries_are_found_by_what_one_has_at_hand(queue: ExceptionQueue) -> None:
    """The beginning of an id, or the id of the call; what fits several is asked about."""
    queue.enqueue([record(1), record(2)])
    id_ = entry_id(record(1).id)

    assert queue.get(id_[:6].upper()).id == queue.get(record(1).id).id == id_
    for nothing in ("%", ""):
        with pytest.raises(InputError) as told:
            queue.get(nothing)
        assert told.value.message == f"There is no exception '{nothing}' of the pilot 'claims'."


def test_entries_are_listed_by_state_owner_and_reason(queue: ExceptionQueue) -> None:
    """Those due first come first."""
    queue.enqueue([record(2), record(1, reasons=("rule", "schema"))])
    queue.take(entry_id(record(1).id), who="Bo", now=AT)

    def calls(**asked: Any) -> str:
        return "".join(each.call[-1] for each in queue.entries(now=AT + 4 * HOUR + 2.5, **asked))

    found = [calls(), calls(which="overdue"), calls(owner="Bo"), calls(reason="schema")]
    assert found == ["12", "1", "1", "1"]


def test_payloads_of_old_entries_can_be_forgotten(queue: ExceptionQueue) -> None:
    """What was decided stays; what requests and answers held goes with the log's retention."""
    queue.enqueue([record(1), record(2)])
    queue.resolve(entry_id(record(1).id), "rejected", who="Bo", why="w", now=AT + 60)

    assert queue.forget(before=AT + 61) == 1
    assert [queue.get(record(number).id).answer for number in (1, 2)] == [None, record().answer]


def test_no_text_that_a_store_would_refuse_holds_up_the_queue(queue: ExceptionQueue) -> None:
    """A broken answer may hold any byte; PostgreSQL takes no NUL."""
    queue.enqueue([record(1, answer="a\0b", notes=("c\0d",))])

    (entry,) = queue.entries(now=AT)
    assert entry.answer == "a\N{REPLACEMENT CHARACTER}b"
