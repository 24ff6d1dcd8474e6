"""When reviews fall due, how the calendar was kept, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register import Act, Register
from proveout.register.refresh import REFRESHES
from proveout.register.reviews import REVIEWS, Calendar, calendar_of, kept, reviews_due
from proveout.register.schedule import PERFORMANCE, Occasion

SEALED = datetime(2024, 12, 1, 9, tzinfo=UTC)
MONTHLY: dict[str, Any] = {"every_days": 30, "attended_by": ["Helen Marsh", "Josef Lang"]}


def charter(**governance: Any) -> Charter:
    return Charter.model_validate(
        {
            "pilot": "p",
            "people": {"production_owner": "Helen Marsh", "executive_sponsor": "Robert Calder"},
            "governance": {"reviews": MONTHLY, **governance},
            "milestones": [{"name": "Half-way", "on": "2025-04-01", "attended_by": ["Ada"]}],
        }
    )


def act(kind: str, at: date | str = "2025-09-01", **says: Any) -> Act:
    day = date.fromisoformat(str(at))
    moment = datetime.combine(day, time(9), tzinfo=UTC)
    return Act(id=f"{kind}-{at}-{says}", pilot="p", kind=kind, who="Ada", at=moment, says=says)


def held(on: str, *present: str, name: str = PERFORMANCE) -> Act:
    return act("review.held", on, name=name, on=on, present=present or ["Helen Marsh"])


def after(*acts: Act) -> Calendar:
    state = Calendar(sealed_on=SEALED.date())
    for each in acts:
        state = REVIEWS.taken(state, each)
    return state


def days(state: Calendar, today: str, of: Charter | None = None) -> list[tuple[str, str]]:
    day = date.fromisoformat(today)
    known = calendar_of(state, of or charter(), day)
    return [(str(each.due), each.state(day)) for each in known if each.kind == "performance"]


LIVE = act("review.live", "2025-01-01", on="2025-01-01")


def test_reviews_follow_one_another_by_the_cadence() -> None:
    """From the day on which the last was held; where none was, from when it was due."""
    state = after(LIVE, held("2025-02-03"))

    assert days(after(LIVE), "2025-01-10") == [("2025-01-31", "planned")]
    assert days(state, "2025-02-10") == [("2025-01-31", "held"), ("2025-03-05", "planned")]
    assert days(state, "2025-04-08") == [
        ("2025-01-31", "held"), ("2025-03-05", "missed"), ("2025-04-04", "overdue"),
    ]  # fmt: skip


def test_the_charter_can_name_the_first_day() -> None:
    """Then nobody has to note when it went live."""
    of = charter(reviews={**MONTHLY, "next_on": "2025-02-15"})

    assert days(after(), "2025-02-01", of) == [("2025-02-15", "planned")]
    assert days(after(), "2025-02-01") == []


def test_held_within_a_week_is_in_time() -> None:
    """And later is late, which is told."""
    assert days(after(LIVE, held("2025-02-07")), "2025-02-10")[0][1] == "held"
    assert days(after(LIVE, held("2025-02-08")), "2025-02-10")[0][1] == "held late"


def test_a_day_is_moved_with_its_reason_and_moved_again() -> None:
    """The milestone's own day stays known."""
    state = after(
        act("review.moved", name="Half-way", day="2025-04-01", to="2025-04-08", why="Easter"),
        act("review.moved", name="Half-way", day="2025-04-08", to="2025-04-10", why="Ill"),
    )

    milestone = next(
        each for each in calendar_of(state, charter(), date(2025, 3, 1)) if each.name == "Half-way"
    )
    assert (str(milestone.planned), str(milestone.due)) == ("2025-04-01", "2025-04-10")
    assert [move.why for move in milestone.moved] == ["Easter", "Ill"]


def test_how_the_calendar_was_kept() -> None:
    """One held in time with the owner, one missed, the milestone held late without."""
    state = after(
        LIVE, held("2025-02-03"), held("2025-04-12", "Ada", name="Half-way"),
    )  # fmt: skip

    counted = kept(state, charter(), date(2025, 4, 12))

    assert counted is not None
    assert (counted.n_due, counted.n_in_time, counted.n_held, counted.n_with_owner) == (4, 1, 2, 1)
    assert counted.late == (
        "Performance review of 2025-03-05", "Half-way of 2025-04-01",
        "Performance review of 2025-04-04",
    )  # fmt: skip
    assert counted.valid_until is None


def test_nothing_is_missed_before_anything_fell_due() -> None:
    """Nothing was missed, and nothing shown either; unknown where no review has a day."""
    of = charter(reviews={**MONTHLY, "next_on": "2025-02-15"})

    counted = kept(REVIEWS.empty(), of, date(2025, 2, 1))

    assert counted is not None
    assert (counted.share, counted.attendance) == (None, None)
    assert (counted.n_due, counted.n_planned) == (0, 2)
    assert str(counted.valid_until) == "2025-02-22 23:59:59.999999+00:00"
    assert kept(REVIEWS.empty(), Charter(pilot="p"), date(2025, 2, 1)) is None


def test_facts_follow_once_something_was_noted() -> None:
    """What the charter alone says is the governance check's to say."""
    now = datetime(2025, 2, 10, tzinfo=UTC)

    facts = {fact.metric: fact for fact in REVIEWS.facts(after(LIVE, held("2025-02-03")),
                                                         charter(), now)}  # fmt: skip

    assert list(REVIEWS.facts(REVIEWS.empty(), charter(), now)) == []
    assert {name: (fact.value, fact.n) for name, fact in facts.items()} == {
        "governance.reviews_kept": (1, 1), "governance.owner_attendance": (1, 1),
    }  # fmt: skip


def test_what_is_overdue_is_told_upwards() -> None:
    """Those expected beforehand; the owner when it is overdue; the sponsor after a week."""
    register = Register().sealed(SEALED).taken(LIVE).taken(
        act("refresh.practised", "2025-01-05", on="2025-01-05", note="done")
    )  # fmt: skip
    of = charter(refresh={"every_days": 20, "done_by": "Finance systems"})

    def told(day: int) -> list[tuple[str, int, tuple[str, ...], bool]]:
        now = datetime(2025, 2, day, 9, tzinfo=UTC)
        return [
            (each.occasion.name, each.days_overdue, each.tells, each.is_escalated)
            for each in reviews_due(register, of, now)
        ]

    expected, owner, sponsor = ("Helen Marsh", "Josef Lang"), "Helen Marsh", "Robert Calder"
    assert told(1) == [
        ("Refresh", 7, ("Finance systems", owner), False), (PERFORMANCE, 1, expected, False),
    ]  # fmt: skip
    assert told(8) == [
        ("Refresh", 14, ("Finance systems", owner, sponsor), True),
        (PERFORMANCE, 8, (*expected, sponsor), True),
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (held("2026-01-01"), "That day is to come."),
        (held("2025-02-03", " "), "Nobody was there."),
        (held("2025-02-03", name="Party"), "The charter plans no review 'Party'."),
        (
            act("review.moved", name="Half-way", day="2025-04-01", to="2025-10-01", why="Later"),
            "It was due on 2025-04-01, more than a week ago: to move it would hide that.",
        ),
        (
            act("review.moved", "2025-03-01", name="Half-way", day="2025-04-02", to="2025-10-01",
                why="Later"),
            "No 'Half-way' waits on 2025-04-02.",
        ),
        (
            act("review.moved", "2025-03-01", name="Half-way", day="2025-04-01", to="2025-04-03",
                why=" "),
            "To move a review needs a reason.",
        ),
        (act("review.forgotten"), "There is no such act: 'review.forgotten'."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(asked: Act, message: str) -> None:
    """Nothing is held in the future, by nobody, or moved to hide that it is late."""
    if asked.says.get("on") == "2026-01-01":
        asked = act("review.held", "2025-09-01", **asked.says)
    with pytest.raises(InputError) as refused:
        REVIEWS.refuse(after(), asked, charter())

    assert refused.value.message == message


def test_no_day_is_too_early_or_too_late() -> None:
    """What was missed in centuries is not told one by one, and nothing overflows."""
    ancient = after(act("review.live", "2025-01-01", on="0001-01-01"))
    of = Charter.model_validate(
        {
            "pilot": "p",
            "governance": {"reviews": {**MONTHLY, "every_days": 1e300}},
            "milestones": [{"name": "Doomsday", "on": "9999-12-31"}],
        }
    )

    assert days(ancient, "2025-03-01")[-1][1] in ("overdue", "due", "planned")
    assert len(days(ancient, "2025-03-01")) <= 401
    assert [state for _, state in days(after(LIVE), "2025-03-01", of)] == ["planned"]


def test_a_milestone_is_held_once() -> None:
    """A performance review is held time and again."""
    state = after(held("2025-04-01", name="Half-way"))
    with pytest.raises(InputError, match="'Half-way' was held already"):
        REVIEWS.refuse(state, held("2025-04-02", name="Half-way"), charter())


def test_a_refresh_counts_for_one_cadence() -> None:
    """Practised, until it is due again; then it is not."""
    of = charter(refresh={"every_days": 90, "done_by": "Finance systems"})
    done = act("refresh.practised", "2025-02-20", on="2025-02-20", note="Test set reviewed")
    state = REFRESHES.taken(REFRESHES.empty(), done)

    soon = next(iter(REFRESHES.facts(state, of, datetime(2025, 3, 1, tzinfo=UTC))))
    late = next(iter(REFRESHES.facts(state, of, datetime(2025, 6, 1, tzinfo=UTC))))

    assert (soon.value, str(soon.valid_until)) == (1, "2025-05-21 23:59:59.999999+00:00")
    assert (late.value, late.valid_until) == (0, None)


def half_way(state: Calendar, today: str) -> Occasion:
    """The milestone of 2025-04-01."""
    known = calendar_of(state, charter(), date.fromisoformat(today))
    return next(each for each in known if each.name == "Half-way")


def test_a_day_before_the_seal_falls_due_with_the_seal() -> None:
    """Nobody could have missed it; from then on it is held, moved, or overdue like any other."""
    state = Calendar(sealed_on=date(2025, 6, 1))
    its = half_way(state, "2025-06-03")
    counted = kept(state, charter(), date(2025, 6, 8))

    assert (str(its.planned), str(its.due), its.fell_due_with_seal) == (
        "2025-04-01", "2025-06-01", True,
    )  # fmt: skip
    assert its.state(date(2025, 6, 1)) == "due"
    assert its.state(date(2025, 6, 3)) == "overdue"
    assert counted is not None
    assert (counted.n_due, counted.share) == (0, None)
    late = kept(state, charter(), date(2025, 6, 9))
    assert late is not None
    assert (late.n_due, late.share, late.late) == (1, 0.0, ("Half-way of 2025-06-01",))


def test_held_on_its_day_before_the_seal_it_was_held_in_time() -> None:
    """A note of what went before is welcome."""
    state = replace(after(held("2025-04-01", name="Half-way")), sealed_on=date(2025, 6, 1))

    assert half_way(state, "2025-06-30").state(date(2025, 6, 30)) == "held"


def test_before_the_seal_nothing_is_overdue_or_due() -> None:
    """It waits for the seal, and can be moved meanwhile."""
    its = half_way(Calendar(), "2025-06-01")
    moved = act(
        "review.moved", "2025-06-01", name="Half-way", day="2025-04-01", to="2025-06-20", why="Now"
    )
    REVIEWS.refuse(Calendar(), moved, charter())
    later = replace(after(moved), sealed_on=date(2025, 6, 10))

    assert (its.waits_for_seal, its.state(date(2025, 6, 1))) == (True, "planned")
    assert kept(Calendar(), charter(), date(2025, 6, 1)) is None
    assert reviews_due(Register(), charter(), datetime(2025, 6, 1, tzinfo=UTC)) == ()
    assert str(half_way(later, "2025-06-11").due) == "2025-06-20"


def test_performance_reviews_begin_with_the_first_day_from_the_seal_on() -> None:
    """Their days go on as they were; none before the seal was missed."""
    of = charter(reviews={**MONTHLY, "next_on": "2025-01-10"})
    state = Calendar(sealed_on=date(2025, 3, 1))

    assert days(state, "2025-03-05", of) == [("2025-03-11", "due")]


def test_to_wait_heals_nothing() -> None:
    """What was never held counts as long as it can be held: more than 180 days as well."""
    counted = kept(Calendar(sealed_on=SEALED.date()), charter(), date(2026, 1, 1))

    assert counted is not None
    assert counted.late == ("Half-way of 2025-04-01",)


def test_reviews_in_a_row_are_one() -> None:
    """Four on four days do not stand for four months; each is told all the same."""
    row = [held(f"2025-02-0{day}") for day in (1, 2, 3, 4)]
    state = after(LIVE, *row)
    counted = kept(state, charter(), date(2025, 2, 10))

    assert [how for _, how in days(state, "2025-02-10")] == [
        "held", "besides", "besides", "besides", "planned",
    ]  # fmt: skip
    assert counted is not None
    assert (counted.n_due, counted.n_held) == (1, 1)
    with pytest.raises(InputError, match="A performance review of 2025-02-01 is noted already"):
        REVIEWS.refuse(state, act("review.held", name=PERFORMANCE, on="2025-02-01",
                                  present=["Ada"]), charter())  # fmt: skip


def test_a_review_is_moved_twice_and_then_held() -> None:
    """A third time is an amendment, which everybody sees."""
    first = act(
        "review.moved", "2025-03-01", name="Half-way", day="2025-04-01", to="2025-04-08", why="Ill"
    )
    second = act(
        "review.moved", "2025-04-01", name="Half-way", day="2025-04-08", to="2025-05-08", why="Ill"
    )
    third = act(
        "review.moved", "2025-05-01", name="Half-way", day="2025-05-08", to="2025-06-08", why="Ill"
    )
    with pytest.raises(InputError) as refused:
        REVIEWS.refuse(after(first, second), third, charter())

    assert refused.value.message == "It was moved 2 times already."


_DAYS = st.dates(date(2024, 10, 1), date(2025, 12, 1))


@st.composite
def _calendars(draw: st.DrawFn) -> tuple[Calendar, Charter, date]:
    """Reviews held, noted and moved on any days, under a charter sealed on any day or on none."""
    held_on = draw(st.lists(_DAYS, unique=True, max_size=8))
    acts = [held(str(day), *draw(st.sampled_from([("Helen Marsh",), ("Ada",)]))) for day in held_on]
    if draw(st.booleans()):
        acts.append(held(str(draw(_DAYS)), name="Half-way"))
    if draw(st.booleans()):
        acts.append(act("review.live", "2025-12-01", on=str(draw(_DAYS))))
    reviews = {**MONTHLY, "every_days": draw(st.integers(1, 120))}
    if draw(st.booleans()):
        reviews["next_on"] = str(draw(_DAYS))
    state = replace(after(*acts), sealed_on=draw(st.none() | _DAYS))
    return state, charter(reviews=reviews), draw(_DAYS)


@given(drawn=_calendars())
def test_no_review_that_was_held_is_lost_or_told_twice(
    drawn: tuple[Calendar, Charter, date],
) -> None:
    """Each stands in the calendar once, whatever its day, beside which others, before any seal."""
    state, of, today = drawn
    if today < max((each.on for each in state.held), default=today):
        return  # nobody holds a review in the future
    told = [each.held for each in calendar_of(state, of, today) if each.held is not None]

    assert sorted(each.on for each in told) == sorted(each.on for each in state.held)


@given(drawn=_calendars())
def test_figures_of_the_calendar_stay_within_their_bounds(
    drawn: tuple[Calendar, Charter, date],
) -> None:
    """No more are kept than were due, none is due before the seal, and the page tells the same."""
    state, of, today = drawn
    counted = kept(state, of, today)
    known = calendar_of(state, of, today)

    if counted is not None:
        assert 0 <= counted.n_in_time <= counted.n_due
        assert 0 <= counted.n_with_owner <= counted.n_held
        assert len(counted.late) == counted.n_due - counted.n_in_time
    for each in known:
        if each.held is None and each.state(today) in ("overdue", "missed"):
            assert state.sealed_on is not None
            assert each.due >= state.sealed_on


def test_the_run_of_another_team_is_none_of_this_one() -> None:
    """Whoever refreshes by now has to do it once; an amendment does not lend them the run."""
    done = act("refresh.practised", "2025-01-05", on="2025-01-05", note="done", by="Builders")
    state, now = REFRESHES.taken(None, done), datetime(2025, 1, 10, tzinfo=UTC)

    def practised(team: str) -> list[float]:
        of = charter(refresh={"every_days": 90, "done_by": team})
        return [fact.value for fact in REFRESHES.facts(state, of, now)]

    assert (practised("Builders"), practised("Finance systems")) == ([1.0], [])
