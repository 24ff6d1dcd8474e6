"""Feedback in both databases: each act once, the second of two is told, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proveout.desk import Desk, open_desk
from proveout.desk.feedback import (
    QUESTIONS,
    FeedbackStore,
    Filter,
    Item,
    Listing,
    MovedError,
    Pulse,
    Said,
    heard,
)
from proveout.desk.feedback.store import Doer
from proveout.errors import InputError

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A new desk of each kind."""
    is_file = request.param == "sqlite"
    place = str(tmp_path / "d.db") if is_file else str(request.getfixturevalue("postgres_url"))
    with open_desk(place) as opened:
        yield opened


@pytest.fixture
def store(desk: Desk) -> FeedbackStore:
    return FeedbackStore(desk, "p")


def say(store: FeedbackStore, number: int = 1, **said: Any) -> Item:
    return store.say(
        Said(
            **{
                "act": f"act-{number:05}", "pilot": "p", "kind": "wrong", "words": f"No {number}",
                "now": NOW, "due_at": NOW + timedelta(days=2), "account": "a-1", "name": "Al Bo",
                **said,
            }
        )
    )  # fmt: skip


def by(number: int, *, days: float = 1, seen: int | None = None) -> Doer:
    return Doer(
        act=f"do-{number}", who="Bo", account="a-2", now=NOW + timedelta(days=days), seen=seen
    )


def counts(store: FeedbackStore) -> dict[str, int]:
    return {state: n for state, n in Listing(store.desk, "p").counts().items() if n}


def test_the_same_form_sent_twice_is_one_item(store: FeedbackStore) -> None:
    assert say(store) == say(store)
    assert counts(store) == {"new": 1}


def test_an_item_goes_from_new_to_changed_and_its_steps_stay(store: FeedbackStore) -> None:
    item = say(store)
    store.triage(item.id, by(1), kind="slow", owner="Cy", due_at=NOW + timedelta(days=5))
    store.answer(item.id, by(2), answer="Yes.")
    done = store.changed(item.id, by(3), gist="It is slow", change="Faster", link="/x", on=NOW)

    assert (done.kind, done.owner, done.state, done.version) == ("slow", "Cy", "changed", 4)
    assert [step.kind for step in store.steps(item.id)] == ["triaged", "answered", "changed"]
    assert counts(store) == {"changed": 1}


def test_the_second_of_two_who_saw_the_same_is_told(store: FeedbackStore) -> None:
    """And the same act again, which its sender could not know to have worked, changes nothing."""
    item = say(store)
    first = store.answer(item.id, by(1, seen=1), answer="Yes.")
    again = store.answer(item.id, by(1, seen=1), answer="Yes.")
    with pytest.raises(MovedError) as raised:
        store.decline(item.id, by(2, seen=1), reason="No.")

    assert again == first
    assert raised.value.message == f"Bo has changed '{item.id}' since you opened it."


def test_of_many_at_the_same_moment_one_is_first(store: FeedbackStore) -> None:
    item = say(store)

    def answer(number: int) -> bool:
        try:
            store.answer(item.id, by(number, seen=1), answer=f"Answer {number}")
        except MovedError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(answer, range(12)))

    assert (done.count(True), len(store.steps(item.id))) == (1, 1)
    assert counts(store) == {"answered": 1}


def test_those_that_say_the_same_follow(store: FeedbackStore) -> None:
    """Whoever said it second gets the same answer; each counts."""
    first, second, third = say(store, 1), say(store, 2), say(store, 3)
    store.merge(third.id, by(1), into=second.id)
    store.merge(second.id, by(2), into=first.id)
    store.answer(first.id, by(3), answer="Yes.")

    answered = [store.get(each.id) for each in (second, third)]
    assert [(each.answer, each.duplicate_of) for each in answered] == [("Yes.", first.id)] * 2
    assert counts(store) == {"answered": 3}
    with pytest.raises(InputError, match="follows that one"):
        store.answer(second.id, by(4), answer="No.")
    with pytest.raises(InputError, match="cannot be the same as itself"):
        store.merge(first.id, by(5), into=third.id)


def test_words_can_be_taken_out_and_the_fact_stays(store: FeedbackStore) -> None:
    item = say(store, shown_case="IBAN …")
    blank = store.blank(item.id, by(1), why="they asked for it")

    assert (blank.words, blank.shown_case, blank.name, blank.account) == (None,) * 4
    assert (blank.blanked_by, blank.blanked_why, blank.state) == ("Bo", "they asked for it", "new")
    assert counts(store) == {"new": 1}


def test_nameless_words_have_no_account(store: FeedbackStore) -> None:
    item = say(store, is_nameless=True)

    assert (item.account, item.name, item.words) == (None, None, "No 1")
    assert Listing(store.desk, "p").of_account("a-1") == []


def test_a_list_is_read_page_by_page_without_a_gap(store: FeedbackStore) -> None:
    for number in range(25):
        say(store, number, due_at=NOW + timedelta(days=number // 4))
    listing, seen, after = Listing(store.desk, "p"), [], None
    while True:
        page = listing.page(Filter(after=after), now=NOW, size=7)
        seen += [each.words for each in page.items]
        after = page.next
        if after is None:
            break

    assert (len(seen), len(set(seen))) == (25, 25)
    late = listing.page(Filter(show="overdue"), now=NOW + timedelta(days=2, hours=1))
    assert len(late.items) == listing.overdue(NOW + timedelta(days=2, hours=1)) == 12


def test_what_was_heard_is_counted_in_the_database(store: FeedbackStore) -> None:
    """In time, late, and waiting; each person counts, also those who said the same."""
    items = [say(store, number) for number in range(4)]
    store.answer(items[0].id, by(1, days=1), answer="In time.")
    store.answer(items[1].id, by(2, days=3), answer="Late.")
    store.merge(items[2].id, by(3, days=3), into=items[0].id)
    found = heard(store.desk, "p", NOW + timedelta(days=4))

    assert (found.n_due, found.n_in_time, found.n_late) == (4, 1, 1)
    assert found.waits == ((1.0, True, 1), (3.0, True, 2), (4.0, False, 1))
    assert [each.id for each in found.late] == [items[3].id]


def test_a_person_answers_a_survey_once_and_nobody_can_tell_what(desk: Desk) -> None:
    pulse = Pulse(desk, "p")
    survey = pulse.open(
        questions=QUESTIONS, open_question="Else?", asked=9, who="Ada", now=NOW,
        ends_at=NOW + timedelta(days=7), act="survey-01",
    )  # fmt: skip
    scores = {each.key: 4 for each in QUESTIONS}

    def answer(number: int) -> bool:
        return pulse.answer(
            survey, account=f"a-{number % 6}", scores=scores, team="x", words=None, now=NOW
        )

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(answer, range(18)))

    after = pulse.result(survey, NOW + timedelta(days=8))
    assert (done.count(True), after.n) == (6, 6)
    assert after.whole is not None
    assert after.whole.scores["better"] == (0, 0, 0, 6, 0)
    with pytest.raises(InputError, match="This survey has ended"):
        pulse.answer(
            survey, account="a-9", scores=scores, team=None, words=None,
            now=NOW + timedelta(days=8),
        )  # fmt: skip


def test_a_second_survey_waits_for_the_end_of_the_first(desk: Desk) -> None:
    pulse = Pulse(desk, "p")

    def opened(act: str) -> object:
        return pulse.open(
            questions=QUESTIONS, open_question=None, asked=9, who="Ada", now=NOW,
            ends_at=NOW + timedelta(days=7), act=act,
        )  # fmt: skip

    assert opened("survey-01") == opened("survey-01")
    with pytest.raises(InputError, match="A survey runs until 2025-03-10"):
        opened("survey-02")
    pulse.end("survey-01", who="Ada", now=NOW)
    opened("survey-02")
    assert [each.ended_by for each in pulse.surveys()].count("Ada") == 1


def test_of_several_who_open_a_survey_at_once_one_does(desk: Desk) -> None:
    """Two surveys at a time would ask the same people twice."""

    def opening(number: int) -> str:
        try:
            opened = Pulse(desk, "p").open(
                questions=QUESTIONS, open_question=None, asked=9, who="Al Bo", now=NOW,
                ends_at=NOW + timedelta(days=7), act=f"survey-{number}",
            )  # fmt: skip
        except InputError as error:
            return error.message
        return opened.id

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(opening, range(4)))
    assert sorted(found)[:3] == ["A survey runs until 2025-03-10."] * 3
    assert len(Pulse(desk, "p").surveys()) == 1
