"""What people are to be told is kept until it was sent: nothing lost, at most one repeat."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.desk import Desk, keeping, open_desk, outbox

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Of both databases."""
    is_file = request.param == "sqlite"
    place = str(tmp_path / "desk.db") if is_file else request.getfixturevalue("postgres_url")
    with open_desk(place) as opened:
        yield opened


def row(number: int, account: str = "a", kind: str = "due") -> outbox.Row:
    return outbox.Row(
        key=f"{account}|{kind}|{number}", account=account, kind=kind, pilot="p",
        says={"what": f"do {number}"},
    )  # fmt: skip


def test_the_same_key_is_written_once(desk: Desk) -> None:
    """Whoever writes it, and however often."""
    assert outbox.put(desk, [row(1), row(2)], T0) == 2
    assert outbox.put(desk, [row(2), row(3)], T0 + 60) == 1
    assert outbox.known(desk, [row(1).key, row(9).key]) == {row(1).key}
    assert [each.says["what"] for each in outbox.take(desk, "a", holder="h", now=T0 + 60)] == [
        "do 1", "do 2", "do 3"
    ]  # fmt: skip


def test_what_is_being_sent_is_taken_by_nobody_else_until_the_lease_ends(desk: Desk) -> None:
    outbox.put(desk, [row(1)], T0)
    assert len(outbox.take(desk, "a", holder="one", now=T0)) == 1
    assert outbox.take(desk, "a", holder="two", now=T0 + 1) == []
    (again,) = outbox.take(desk, "a", holder="two", now=T0 + outbox.LEASE_S)
    assert again.attempts == 2
    # The first comes to itself too late to say anything.
    outbox.mark_failed(desk, [again], holder="one", now=T0 + 601, failure="late")
    outbox.mark_sent(desk, [again], holder="two", now=T0 + 602)
    assert outbox.waiting(desk, T0 + 10_000) == []
    assert outbox.sendings(desk, "a")[0].sent_at == T0 + 602


def test_what_is_not_taken_is_tried_after_growing_pauses_and_given_up_after_a_week(
    desk: Desk,
) -> None:
    outbox.put(desk, [row(1)], T0)
    now, pauses = T0, []
    while rows := outbox.take(desk, "a", holder="h", now=now):
        outbox.mark_failed(desk, rows, holder="h", now=now, failure="Not taken by channel 1.")
        pause = outbox.pause_after(rows[0].attempts)
        assert outbox.take(desk, "a", holder="h", now=now + pause - 1) == []
        pauses.append(pause)
        now += pause
    assert pauses[:4] == [60, 120, 240, 480]
    assert max(pauses) == 6 * 3600
    assert outbox.counts(desk) == (0, 1)
    (ended,) = outbox.sendings(desk, "a")
    assert (ended.given_up_at is not None, ended.failure) == (True, "Not taken by channel 1.")


def test_in_quiet_hours_the_kinds_that_wake_are_taken_and_the_others_wait(desk: Desk) -> None:
    outbox.put(desk, [row(1), row(2, kind="alarm")], T0)
    taken = outbox.take(desk, "a", holder="h", now=T0, kinds=["alarm"])
    assert [each.kind for each in taken] == ["alarm"]
    assert outbox.waiting(desk, T0) == ["a"]


def test_what_waits_for_somebody_who_wants_nothing_any_more_is_dropped(desk: Desk) -> None:
    outbox.put(desk, [row(1), row(1, "b")], T0)
    outbox.drop(desk, "a", now=T0, why="Switched off.")
    assert outbox.waiting(desk, T0) == ["b"]


def test_one_is_the_keeper_at_a_time_and_another_takes_over_when_it_ends(desk: Desk) -> None:
    assert keeping.hold(desk, "one", now=T0, for_s=180)
    assert not keeping.hold(desk, "two", now=T0 + 100, for_s=180)
    assert keeping.hold(desk, "one", now=T0 + 100, for_s=180)
    assert not keeping.hold(desk, "two", now=T0 + 200, for_s=180)
    assert keeping.hold(desk, "two", now=T0 + 280, for_s=180)
    keeping.let_go(desk, "one")
    assert not keeping.hold(desk, "one", now=T0 + 281, for_s=180)
    keeping.let_go(desk, "two")
    assert keeping.hold(desk, "one", now=T0 + 281, for_s=180)


def _send_all(place: str, heard: str, dies_at: int, now: float) -> None:
    """Send each account's rows by writing them to a file; die at the given step."""
    step = 0

    def may_die() -> None:
        nonlocal step
        step += 1
        if step == dies_at:
            os._exit(9)

    with open_desk(place) as desk:
        for account in outbox.waiting(desk, now):
            may_die()
            rows = outbox.take(desk, account, holder=f"h{now}", now=now)
            may_die()
            with Path(heard).open("a") as file:
                file.write("".join(f"{each.key}\n" for each in rows))
                file.flush()
                os.fsync(file.fileno())
            may_die()
            outbox.mark_sent(desk, rows, holder=f"h{now}", now=now)
            may_die()


@pytest.mark.slow
@pytest.mark.parametrize("dies_at", range(1, 9))
def test_killed_between_any_two_steps_nothing_is_lost_and_at_most_one_letter_repeated(
    tmp_path: Path, dies_at: int
) -> None:
    place, heard = str(tmp_path / "desk.db"), tmp_path / "heard"
    rows = [row(number, account) for account in "ab" for number in range(3)]
    with open_desk(place) as desk:
        outbox.put(desk, rows, T0)
    process = multiprocessing.get_context("spawn").Process(
        target=_send_all, args=(place, str(heard), dies_at, T0)
    )
    process.start()
    process.join()
    assert process.exitcode == 9
    _send_all(place, str(heard), 0, T0 + outbox.LEASE_S)
    told = heard.read_text().split()
    assert set(told) == {each.key for each in rows}
    assert len(told) - len(set(told)) in (0, 3)
    assert (len(told) - len(set(told)) == 3) == (dies_at in (3, 7))


def test_what_was_told_of_days_long_over_is_forgotten(desk: Desk) -> None:
    """What is told once for as long as it stands is kept: without its key it would come again."""
    kinds = ("due", "overdue", "digest", "assignment", "escalation", "alarm")
    outbox.put(desk, [row(1, kind=kind) for kind in kinds], T0)
    outbox.put(desk, [row(2, account="b")], T0)
    taken = outbox.take(desk, "a", holder="h", now=T0)
    outbox.mark_sent(desk, taken, holder="h", now=T0)
    assert outbox.forget(desk, T0 + outbox.FORGET_AFTER_S) == 0
    assert outbox.forget(desk, T0 + outbox.FORGET_AFTER_S + 1) == 3
    kept = {each.kind for each in outbox.sendings(desk, "a")}
    assert kept == {"assignment", "escalation", "alarm"}
    assert len(outbox.sendings(desk, "b")) == 1, "it still waits"


def test_what_waits_under_a_clock_that_was_set_back_is_not_lost(desk: Desk) -> None:
    outbox.put(desk, [row(1)], T0 + 30 * 86_400)
    assert outbox.waiting(desk, T0) == ["a"]
