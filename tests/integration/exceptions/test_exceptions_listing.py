"""Long queues page by page, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proveout.runtime.exceptions import listing
from proveout.runtime.exceptions.entry import Entry, Handling, entry_id
from proveout.runtime.exceptions.listing import Standing, Wanted, lines, neighbours, standing
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.store import open_store

AT = 1_800_000_000.0
WHO = "Ada Vale"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ExceptionQueue]:
    """Thirty entries, three due at each minute; every tenth one says why."""
    is_file = request.param == "sqlite"
    place = str(tmp_path / "r.db") if is_file else str(request.getfixturevalue("postgres_url"))
    with open_store(place) as store:
        opened = ExceptionQueue(store, "claims", Handling(goes_to="Claims desk", due_hours=4))
        opened.put([entry(number) for number in range(30)])
        yield opened


def entry(number: int) -> Entry:
    call = f"01JD{number:022d}"
    return Entry(
        id=entry_id(call), call=call, pilot="claims", reasons=("rule",), notes=("too much",),
        team=f"team-{number % 3}", said="100 % Hail" if number % 10 == 9 else None,
        at=AT, due_at=AT + 60 * (number // 3), owner="Claims desk",
    )  # fmt: skip


def all_pages(queue: ExceptionQueue, size: int, **wanted: object) -> list[str]:
    found, after = [], None
    while True:
        page, after = lines(queue, Wanted(**wanted, after=after), now=AT, size=size)  # type: ignore[arg-type]
        found += [each.call for each in page]
        if after is None:
            return found


def test_every_entry_is_on_one_page_due_first(queue: ExceptionQueue) -> None:
    calls = all_pages(queue, 7)

    due = [int(call[4:]) // 3 for call in calls]
    assert (len(set(calls)), due) == (30, sorted(due))


def test_it_is_narrowed_by_team_words_and_whose_it_is(queue: ExceptionQueue) -> None:
    """A sign that means anything to the database is only itself."""
    queue.take(entry_id(entry(4).call), who=WHO, now=AT)

    def number(**wanted: object) -> int:
        return len(all_pages(queue, 7, **wanted))

    assert number(team="team-1") == number(team="team-1", reason="rule") == 10
    assert number(words="0 % hAIL") == 3
    assert number(words="%") == 3
    assert number(words=entry(4).call) == number(which="mine", who=WHO) == 1
    assert number(which="free") == 29
    assert number(which="overdue") == number(words="_") == number(reason="rul_") == 0


def test_words_are_looked_for_so_far_and_then_further(
    queue: ExceptionQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page without a hit still leads on; all hits are found in the end, each once."""
    monkeypatch.setattr(listing, "SEARCHED", 6)
    first, after = lines(queue, Wanted(words="hail"), now=AT)

    assert (first, after is None) == ([], False)
    assert len(all_pages(queue, 7, words="hail")) == 3


def test_those_beside_one_are_those_due_before_and_after(queue: ExceptionQueue) -> None:
    calls = all_pages(queue, 30)
    one = queue.get(calls[10])

    assert neighbours(queue, one) == (entry_id(calls[9]), entry_id(calls[11]))
    assert neighbours(queue, queue.get(calls[0]))[0] is None


def test_what_is_handed_over_and_given_back_is_noted(queue: ExceptionQueue) -> None:
    one = entry_id(entry(0).call)
    queue.take(one, who=WHO, now=AT)
    queue.hand_over(one, to="Bo", who=WHO, now=AT)
    assert standing(queue, who="Bo", now=AT + 61) == Standing(open=30, overdue=6, taken=1)
    back = queue.hand_over(one, to=None, who="Bo", now=AT)

    assert (back.taken_by, back.taken_at) == (None, None)
    assert [note.partition(" on ")[0] for note in back.notes[1:]] == [
        "handed over to Bo by Ada Vale", "put back by Bo"
    ]  # fmt: skip


def test_ones_own_comes_before_what_is_due_first(queue: ExceptionQueue) -> None:
    mine = entry_id(entry(20).call)
    queue.take(mine, who=WHO, now=AT)
    other = queue.take_next(who="Bo", now=AT)

    own = queue.take_next(who=WHO, now=AT)
    assert own is not None
    assert own.id == mine
    assert other is not None
    assert other.due_at == AT
