"""What the dashboard's database keeps of training: once, whoever sends it how often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.desk import Desk, open_desk
from proveout.errors import InputError, NotFoundError
from proveout.training import Case, Classroom, Mine
from proveout.training.entering import entered

NOW = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """One of each kind."""
    if request.param == "sqlite":
        place = str(tmp_path / "desk.db")
    else:
        place = request.getfixturevalue("postgres_url")
    with open_desk(place) as opened:
        yield opened


def _cases(n: int) -> list[Case]:
    return [entered(f"case {number}", "yes", "no" if number % 2 else "yes") for number in range(n)]


def _room(desk: Desk, n: int = 3) -> Classroom:
    room = Classroom(desk, "p")
    room.make("s", "Clerks", _cases(n), says={"origin": "x"}, who="Ann", now=NOW)
    return room


def test_many_at_once_are_one(desk: Desk) -> None:
    """The same set, the same answer and the same decision, sent by several at the same moment."""
    room = Classroom(desk, "p")

    def send(number: int) -> None:
        room.make("s", "Clerks", _cases(3), says={}, who=f"w{number}", now=NOW)
        room.answer("s", "a-1", 1, answer=f"answer {number}", now=NOW)
        room.decide("s", "a-1", 1, lets_stand=number % 2 == 0, why=f"why {number}", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(12)))

    (kept,) = room.sets()
    assert (kept.n_cases, kept.n_begun, kept.n_signed) == (3, 1, 0)
    (tried,) = room.attempt("s", "a-1").tries.values()
    number = int(tried.why.removeprefix("why "))
    assert tried.lets_stand is (number % 2 == 0)
    assert room.mine(["s"], "a-1") == {"s": Mine(done=1, is_signed=False)}


def test_a_person_signs_once_and_may_begin_anew(desk: Desk) -> None:
    """Another turn begins only after the signature; the first one's tries stay its own."""
    room = _room(desk, n=1)
    room.again("s", "a-1", now=NOW)
    assert room.attempt("s", "a-1").turn == 1
    room.answer("s", "a-1", 1, answer="x", now=NOW)
    for _ in range(2):
        room.sign(room.attempt("s", "a-1"), now=NOW)
    assert room.attempt("s", "a-1").signed_at == NOW
    for _ in range(2):
        room.again("s", "a-1", now=NOW)

    attempt = room.attempt("s", "a-1")
    assert (attempt.turn, attempt.tries, attempt.signed_at) == (2, {}, None)
    assert room.sets()[0].n_signed == 1


def test_a_draft_changes_and_what_is_approved_does_not(desk: Desk) -> None:
    """Cases are added once, left out and numbered anew; of another pilot nothing is there."""
    room = _room(desk)
    assert room.add("s", [*_cases(2), entered("new", "yes")], most=9) == 1
    with pytest.raises(InputError):
        room.add("s", [entered(f"more {number}") for number in range(9)], most=9)
    room.drop_case("s", 2)
    _, cases = room.set("s")
    assert [(case.number, case.shown[0].text) for case in cases] == [
        (1, "case 0"), (2, "case 2"), (3, "new"),
    ]  # fmt: skip
    with pytest.raises(NotFoundError):
        Classroom(desk, "other").set("s")
    room.approve("s", who="Ann", now=NOW)
    for change in (
        lambda: room.add("s", _cases(1), most=9),
        lambda: room.drop_case("s", 1),
        lambda: room.drop_columns("s", ["case"]),
    ):
        with pytest.raises(InputError):
            change()
    room.withdraw("s")
    assert room.set("s")[0].state == "withdrawn"
    with pytest.raises(InputError):
        room.approve("s", who="Ann", now=NOW)
