"""Who is told what, once: from tasks, what people chose, and what was told before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from proveout.notices.preferences import KINDS, Preferences
from proveout.portfolio.tasks import Task
from proveout.portfolio.telling import Recipient, what_to_send

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
WANTS = Preferences(channels=("mail",), kinds=frozenset(KINDS), since=NOW - timedelta(days=5))
TASK = Task(
    id="p/review/r1", kind="review", pilot="p", pilot_title="Pilot", who="Josef Lang",
    role="reviewer", what="Hold the review", why="secret figures", path="/pilots/p/reviews",
    since=NOW - timedelta(days=1), due=None, next_up="Helen Marsh",
)  # fmt: skip
JOSEF = Recipient(account="a-josef", person="josef lang ", preferences=WANTS)
HELEN = Recipient(account="a-helen", person="Helen Marsh", preferences=WANTS)


def due_in(days: int) -> Task:
    return replace(TASK, due=NOW.date() + timedelta(days=days))


def kinds(*tasks: Task, to: Recipient = JOSEF) -> list[str]:
    return [told.kind for told in what_to_send(tasks, [to], (), NOW)]


def test_what_is_new_is_told_and_what_stood_before_one_was_told_at_all_is_not() -> None:
    """Who switches notices on is not flooded with what stands already."""
    assert kinds(TASK) == ["assignment"]
    assert kinds(replace(TASK, since=NOW - timedelta(days=6))) == []


def test_a_day_is_told_before_on_it_and_after_it() -> None:
    assert [kinds(due_in(days)) for days in (5, 1, 0, -1)] == [
        ["assignment"], ["due"], ["due"], ["overdue"]
    ]  # fmt: skip


def test_what_is_overdue_is_told_once_a_week() -> None:
    """The key of a day is the same until a week is over."""
    keys = [what_to_send([due_in(-days)], [JOSEF], (), NOW)[0].key for days in (1,)]
    task = due_in(-1)
    later = [what_to_send([task], [JOSEF], keys, NOW + timedelta(days=days)) for days in range(16)]
    told = {each[0].key for each in later if each}
    assert len(told) == 2
    assert all(not each for each in later[:7])


def test_an_alarm_is_told_as_one_with_what_it_says() -> None:
    (told,) = what_to_send([replace(TASK, kind="alarm")], [JOSEF], (), NOW)
    assert (told.kind, told.item.what) == ("alarm", "secret figures")


def test_reasons_stay_in_the_dashboard() -> None:
    """Who may read them is decided there."""
    for task in (TASK, due_in(0), due_in(-9)):
        for told in what_to_send([task], [JOSEF, HELEN], (), NOW):
            assert "secret" not in repr(told)


def test_what_stays_undone_goes_to_the_next_one_up_once() -> None:
    """After more than three days, to the owner, who is told whose it was."""
    assert kinds(due_in(-3), to=HELEN) == []
    (told,) = what_to_send([due_in(-4)], [HELEN], (), NOW)
    assert (told.kind, told.item.whose) == ("escalation", "Josef Lang")
    later = what_to_send([due_in(-4)], [HELEN], [told.key], NOW + timedelta(days=30))
    assert later == []


def test_a_digest_holds_all_of_ones_own_and_comes_once_a_day() -> None:
    wants = replace(WANTS, digest="daily", kinds=frozenset())
    to = replace(JOSEF, preferences=wants)
    (told,) = what_to_send([due_in(-2), TASK], [to], (), NOW)
    assert told.item.lines == (
        "2 days overdue: Hold the review (Pilot)", "Hold the review (Pilot)"
    )  # fmt: skip
    assert what_to_send([TASK], [to], [told.key], NOW + timedelta(hours=9)) == []
    assert what_to_send([], [to], (), NOW) == []


def test_nobody_is_told_who_chose_no_channel_or_has_no_name() -> None:
    off = replace(JOSEF, preferences=replace(WANTS, channels=()))
    assert what_to_send([TASK, due_in(-9)], [off, replace(JOSEF, person=" ")], (), NOW) == []


days = st.one_of(st.none(), st.integers(-40, 40))


@given(st.lists(days, max_size=6), st.integers(0, 40))
def test_the_same_is_never_told_twice(dues: list[int | None], later: int) -> None:
    """Whatever falls due when: told keys, given back, yield nothing; keys are unique."""
    tasks = [
        replace(
            TASK, id=f"p/review/{number}",
            due=None if due is None else date(2026, 3, 10) + timedelta(days=due),
        )
        for number, due in enumerate(dues)
    ]  # fmt: skip
    now = NOW + timedelta(days=later)
    told = what_to_send(tasks, [JOSEF, HELEN], (), now)
    keys = [each.key for each in told]
    assert len(keys) == len(set(keys))
    assert what_to_send(tasks, [JOSEF, HELEN], keys, now) == []


def test_an_alarm_that_nobody_resolves_is_told_weekly_and_goes_up() -> None:
    """It has no day, for it is to be acted on when it is raised; that it is old is no excuse."""
    alarm = replace(TASK, kind="alarm", since=NOW - timedelta(days=20))
    assert kinds(alarm) == ["alarm"], "also to who chose a channel only afterwards"
    start = replace(alarm, since=NOW)
    sent: set[str] = set()
    days = []
    for day in range(15):
        found = what_to_send([start], [JOSEF], sent, NOW + timedelta(days=day))
        sent |= {told.key for told in found}
        days += [day] * len(found)
    assert days == [0, 7, 14]
    up = [what_to_send([start], [HELEN], (), NOW + timedelta(days=day)) for day in (3, 4)]
    assert [[told.kind for told in each] for each in up] == [[], ["escalation"]]
