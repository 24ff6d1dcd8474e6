"""Sections about people: what acts come to, whatever their order, and however often they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register import Act, Fact, Register
from proveout.register.incentives import INCENTIVES
from proveout.register.leadership import LEADERSHIP
from proveout.register.managers import MANAGERS
from proveout.register.preparing import PREPARING, knowing, text_told
from proveout.register.training import TRAINING, progress, training_names

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
CHARTER = Charter.model_validate(
    {
        "pilot": "p",
        "people": {"production_owner": {"name": "Helen"}, "executive_sponsor": {"name": "Robert"}},
        "change": {
            "roles": [
                {"role": "Clerk", "headcount": 4, "what_changes": "A", "representative": "Paul"},
                {"role": "Driver", "headcount": 2, "what_changes": "B", "representative": "Dora"},
                {"role": "Guest", "what_changes": "C"},
            ],
            "training": [
                {"who": "Clerks", "scenarios": "mail", "invited": 5, "completed": 1},
                {"who": "Drivers", "scenarios": "tours"},
            ],
            "incentives": [
                {"rule": "Bonus per day", "rewards": "old"},
                {"rule": "Bonus per year", "rewards": "new"},
            ],
        },
    }
)
TEXTS = {role.role: text_told(role) for role in CHARTER.change.roles}
PEOPLE = ("Ann", "Ben", "Cyd", "Dora", "Paul", "Helen")


def act(number: int, kind: str, who: str = "Ann", *, days: float = 0, **says: Any) -> Act:
    return Act(
        id=f"act-{number}",
        pilot="p",
        kind=kind,
        who=who,
        at=NOW + timedelta(days=days, seconds=number),
        says=says,
        account=f"a-{who}",
    )


def register_of(acts: Sequence[Act]) -> Register:
    return Register().taken_all(acts)


def facts(acts: Sequence[Act], *, now: datetime = NOW, charter: Charter = CHARTER) -> list[Fact]:
    return list(register_of(acts).facts(charter, now))


def value(acts: Sequence[Act], metric: str, **kwargs: Any) -> tuple[float, int] | None:
    """Return value and n of the fact on the whole; None where there is none."""
    found = [each for each in facts(acts, **kwargs) if each.metric == metric]
    whole = [each for each in found if not each.subject.parts]
    return (whole[0].value, whole[0].n) if whole else None


_says = {
    "preparing.informed": st.sampled_from(sorted(TEXTS)).map(
        lambda role: {"role": role, "knows": TEXTS[role]}
    ),
    "preparing.listed": st.tuples(st.sampled_from(sorted(TEXTS)), st.integers(1, 9)).map(
        lambda told: {
            "role": told[0], "knows": TEXTS[told[0]], "count": told[1], "note": "folder",
        }
    ),
    "preparing.represented": st.sampled_from(["Clerk", "Driver"]).map(lambda role: {"role": role}),
    "manager.named": st.sampled_from(PEOPLE).map(lambda name: {"name": name}),
    "manager.equipped": st.just({"note": ""}),
    "training.invited": st.lists(st.sampled_from(PEOPLE), min_size=1).map(
        lambda names: {"training": "Clerks", "people": names}
    ),
    "training.completed": st.sampled_from(["Clerks", "Drivers"]).map(
        lambda name: {"training": name, "cases": 4, "caught": 1, "of": 2}
    ),
    "training.listed": st.integers(1, 9).map(
        lambda n: {"training": "Drivers", "count": n, "note": "folder"}
    ),
    "incentive.added": st.sampled_from(["Bonus per day", "Overtime"]).map(
        lambda rule: {"rule": rule, "rewards": "old"}
    ),
    "incentive.changed": st.sampled_from(["Bonus per day", "Overtime"]).map(
        lambda rule: {"rule": rule, "evidence": "minutes"}
    ),
    "incentive.looked": st.just({"note": "all"}),
    "leadership.message": st.just({"what": "Why", "by": "Helen"}),
    "leadership.obstacle": st.just({"what": "No screen", "owner": "Robert"}),
    "leadership.looked": st.just({"note": ""}),
    "review.held": st.just(
        {"name": "Half-way", "on": "2025-03-01", "present": ["helen ", "Ann"], "notes": ""}
    ),
}  # fmt: skip


@st.composite
def _acts(draw: st.DrawFn) -> list[Act]:
    """One act of each person and kind at most: what different people do."""
    made = draw(
        st.lists(
            st.tuples(st.sampled_from(sorted(_says)), st.sampled_from(PEOPLE)),
            unique=True,
            max_size=14,
        )
    )
    return [act(number, kind, who, **draw(_says[kind])) for number, (kind, who) in enumerate(made)]


def _told(acts: Sequence[Act]) -> dict[tuple[str, str], tuple[float, int]]:
    return {
        (each.metric, str(each.subject)): (round(each.value, 9), each.n)
        for each in facts(acts)
        if each.metric.startswith("people.")
    }


@given(acts=_acts(), data=st.data())
def test_the_order_of_what_different_people_do_does_not_matter(
    acts: list[Act], data: st.DataObject
) -> None:
    """Whoever is quicker: the facts are the same."""
    # Whose word on one rule or role is the latest does matter; here all say the same.
    mixed = data.draw(st.permutations(acts))

    assert _told(mixed) == _told(acts)


@given(acts=_acts())
def test_the_same_act_again_changes_nothing(acts: list[Act]) -> None:
    """An act that comes twice is one."""
    assert _told([*acts, *acts]) == _told(acts)


@given(acts=_acts())
def test_shares_stay_between_nothing_and_everybody(acts: list[Act]) -> None:
    """However many lists are noted, no more than all know it; n is never negative."""
    for fact in facts(acts):
        assert fact.n >= 0
        assert fact.value >= 0
        if fact.metric in (
            "people.informed", "people.represented", "people.trained",
            "people.managers_equipped", "people.incentives_changed",
        ):  # fmt: skip
            assert fact.value <= 1
            assert fact.n >= 1


@given(acts=_acts())
def test_what_nobody_spoke_of_is_no_evidence(acts: list[Act]) -> None:
    """Each fact needs an act of its own section: silence is never a pass."""
    needs = {
        "people.informed": ("preparing.informed", "preparing.listed"),
        "people.represented": ("preparing.represented",),
        "people.trained": ("training.",),
        "people.managers_equipped": ("manager.named",),
        "people.incentives_changed": ("incentive.",),
        "people.leadership_acts": ("leadership.message", "manager.equipped", "review.held"),
        "people.obstacles_overdue": ("leadership.obstacle", "leadership.looked"),
    }
    for fact in facts(acts):
        if fact.metric in needs:
            assert any(each.kind.startswith(needs[fact.metric]) for each in acts)


def test_a_person_counts_once_and_in_one_role() -> None:
    """Who says it for another role has changed roles; a second word is none."""
    acts = [
        act(number, "preparing.informed", role=role, knows=TEXTS[role])
        for number, role in enumerate(["Clerk", "Clerk", "Driver"])
    ]

    assert value(acts[:2], "people.informed") == (1 / 6, 6)
    known = {each.role: each.known for each in knowing(register_of(acts).of(PREPARING), CHARTER)}
    assert known == {"Clerk": 0, "Driver": 1, "Guest": 0}


def test_a_rewritten_text_is_not_known_any_more() -> None:
    """The word of somebody who read another text counts as to be said again."""
    acts = [act(1, "preparing.informed", role="Clerk", knows="an older text")]

    assert value(acts, "people.informed") == (0.0, 6)
    (clerk, *_) = knowing(register_of(acts).of(PREPARING), CHARTER)
    assert (clerk.confirmed, clerk.to_confirm_again) == (0, 1)


def test_who_says_it_again_says_it_anew() -> None:
    """After an amendment the same word is new evidence, and of its own role alone."""
    first = act(1, "preparing.informed", role="Clerk", knows=TEXTS["Clerk"])
    driver = act(2, "preparing.informed", "Dora", role="Driver", knows=TEXTS["Driver"])
    again = act(3, "preparing.informed", role="Clerk", knows=TEXTS["Clerk"])

    before, after = facts([first, driver]), facts([first, driver, again])
    assert [str(each.subject) for each in after if each not in before] == ["role=Clerk", ""]
    assert [(each.value, each.n) for each in after] == [(each.value, each.n) for each in before]


def test_a_list_that_was_taken_back_does_not_count() -> None:
    """Nor does one that was noted for more people than there are count beyond them."""
    noted = act(1, "preparing.listed", role="Clerk", knows=TEXTS["Clerk"], count=9, note="x")
    back = act(2, "preparing.list_withdrawn", list="act-1", why="wrong team")

    assert value([noted], "people.informed") == (4 / 6, 6)
    assert value([noted, back], "people.informed") == (0.0, 6)


def test_the_word_of_a_representative_who_was_replaced_does_not_count() -> None:
    """Only whom the charter names now has spoken for them."""
    acts = [act(1, "preparing.represented", "Paul", role="Clerk")]

    assert value(acts, "people.represented") == (1 / 3, 3)
    other = CHARTER.model_copy(
        update={
            "change": CHARTER.change.model_copy(
                update={
                    "roles": tuple(
                        role.model_copy(update={"representative": "Olga"})
                        for role in CHARTER.change.roles
                    )
                }
            )
        }
    )
    assert value(acts, "people.represented", charter=other) == (0.0, 3)


def test_training_counts_nobody_twice() -> None:
    """Charter and register may count the same people: the higher number holds, up to all."""
    done = [
        act(n, "training.completed", who, training="Clerks", cases=4, caught=1, of=2)
        for n, who in enumerate(["Ann", "Ben", "Ann"])
    ]
    drivers = act(7, "training.invited", training="Drivers", people=["Dora", "dora ", "Paul"])
    stranger = act(8, "training.completed", "Ann", training="Drivers", cases=4, caught=0, of=0)

    assert value(done, "people.trained") is None  # nobody knows how many drivers there are
    assert value([drivers, done[0]], "people.trained") == (1 / 7, 7)
    assert value([drivers, *done], "people.trained") == (2 / 7, 7)
    # All drivers are named, and Ann is none of them.
    assert value([drivers, *done, stranger], "people.trained") == (2 / 7, 7)


def test_who_was_taken_off_is_not_waited_for() -> None:
    """With a reason; who is invited again is."""
    acts = [
        act(1, "training.invited", training="Drivers", people=["Dora", "Paul"]),
        act(2, "training.excused", training="Drivers", name="DORA", why="left"),
    ]
    _, drivers = progress(register_of(acts).of(TRAINING), CHARTER)
    assert [each.name for each in drivers.of.named.values()] == ["Paul"]
    again = act(3, "training.invited", training="Drivers", people=["Dora"])
    _, drivers = progress(register_of([*acts, again]).of(TRAINING), CHARTER)
    assert drivers.invited == 2


def test_trainings_of_one_group_are_told_apart_by_their_cases() -> None:
    """A name stands for one training."""
    plans = [{"who": "Clerks", "scenarios": each} for each in ("mail", "calls")]
    charter = Charter.model_validate({"pilot": "p", "change": {"training": plans}})

    assert list(training_names(charter)) == ["Clerks: mail", "Clerks: calls"]


def test_no_rule_of_the_old_way_is_a_word_and_not_silence() -> None:
    """1 where none rewards the old way, once somebody has looked."""
    bare = Charter(pilot="p")

    assert value([], "people.incentives_changed", charter=bare) is None
    looked = [act(1, "incentive.looked", note="bonus scheme")]
    assert value(looked, "people.incentives_changed", charter=bare) == (1.0, 1)
    assert value(looked, "people.incentives_changed") == (0.0, 1)


def test_managers_who_were_all_taken_off_leave_no_pass_behind() -> None:
    """Nobody equipped of nobody is no success."""
    acts = [
        act(1, "manager.named", name="Ben"),
        act(2, "manager.equipped", "Ben"),
        act(3, "manager.unnamed", name="Ben", why="left"),
    ]

    assert value(acts[:2], "people.managers_equipped") == (1.0, 1)
    assert value(acts, "people.managers_equipped") == (0.0, 0)


def test_leadership_counts_the_thirty_days_up_to_the_latest() -> None:
    """Reviews count where owner or sponsor attended; what is older does not."""
    message = act(1, "leadership.message", what="Why", by="Helen", on="2025-02-20")
    old = act(2, "leadership.message", what="Start", by="Helen", on="2025-01-10")
    without = act(3, "review.held", name="x", on="2025-03-02", present=["Ann"])
    attended = act(4, "review.held", name="x", on="2025-03-01", present=["Ann", "ROBERT"])

    assert value([without], "people.leadership_acts") is None
    assert value([message, old, without, attended], "people.leadership_acts") == (2.0, 2)
    (fact,) = (f for f in facts([message]) if f.metric == "people.leadership_acts")
    assert fact.valid_until == datetime(2025, 3, 22, 12, tzinfo=UTC)


def test_an_obstacle_is_overdue_once_its_day_is_over() -> None:
    """The day itself is still in time; without a day it is the fourteenth from now."""
    dated = act(1, "leadership.obstacle", what="x", owner="Ben", due="2025-03-04")
    undated = act(2, "leadership.obstacle", what="y", owner="Ben")
    removed = act(3, "leadership.removed", days=20, obstacle="act-1", how="bought")

    def overdue(days: int, *acts: Act) -> tuple[float, int] | None:
        return value(acts, "people.obstacles_overdue", now=NOW + timedelta(days=days))

    assert [overdue(days, dated, undated) for days in (1, 2, 14, 15)] == [
        (0.0, 2), (1.0, 2), (1.0, 2), (2.0, 2),
    ]  # fmt: skip
    assert overdue(21, dated, undated, removed) == (1.0, 2)
    state = register_of([dated, undated, removed]).of(LEADERSHIP)
    assert [each.due for each in state.obstacles] == [date(2025, 3, 4), date(2025, 3, 17)]
    assert state.obstacles[0].days_open(NOW + timedelta(days=90)) == 20


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (act(1, "preparing.informed", role="Pilot", knows="x"),
         "The charter knows no role 'Pilot' whose work changes."),
        (act(1, "preparing.listed", role="Clerk", knows=TEXTS["Clerk"], count=0, note="x"),
         "'0' is no number of people."),
        (act(1, "preparing.represented", "Ann", role="Clerk"),
         "Paul speaks for 'Clerk', and not Ann."),
        (act(1, "preparing.represented", "Ann", role="Guest"),
         "The charter names nobody who speaks for 'Guest'."),
        (act(1, "manager.equipped", "Ann"), "Ann is not among the managers of those affected."),
        (act(1, "training.completed", training="Clerks", cases=0, caught=0, of=0),
         "Nothing was practised."),
        (act(1, "training.invited", training="Cooks", people=["Ann"]),
         "The charter plans no training 'Cooks'."),
        (act(1, "incentive.changed", rule="Unheard of", evidence="x"),
         "No such rule is known: 'Unheard of'."),
        (act(1, "incentive.changed", rule="Bonus per day", evidence=" "),
         "How one can tell is missing."),
        (act(1, "leadership.obstacle", what="x", owner="Ben", due="2025-03-02"),
         "2025-03-02 is over."),
        (act(1, "leadership.obstacle", what="x", owner="Ben", due="2025-02-30"),
         "'2025-02-30' is no date."),
        (act(1, "leadership.removed", obstacle="act-9", how="x"), "There is no such obstacle."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(asked: Act, message: str) -> None:
    """Nothing of it is recorded, and the reason can be read."""
    with pytest.raises(InputError) as refused:
        Register().refuse(asked, CHARTER)

    assert refused.value.message == message


def test_every_section_knows_its_own_acts_alone() -> None:
    """An act that no version knows is refused, and one of a newer version is kept."""
    for section in (PREPARING, TRAINING, MANAGERS, INCENTIVES, LEADERSHIP):
        says = {"role": "Clerk", "training": "Clerks", "rule": "Bonus per day", "name": "Ann"}
        unknown = act(1, f"{section.name}.flown", **says)
        with pytest.raises(InputError) as refused:
            Register().refuse(unknown, CHARTER)
        assert refused.value.message == f"There is no such act: '{section.name}.flown'."
        register_of([unknown])
