"""How people were heard, as evidence; and how many of a few people are favourable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path
from typing import Any

import pytest

from fixtures.gate_makers import charter
from proveout.checks import CheckContext, waits_to_be_asked
from proveout.checks.feedback import CHECK, FeedbackCheck
from proveout.checks.feedback.finite import wilson_of_few
from proveout.desk.feedback import Group, Heard, Question, Result, Survey
from proveout.desk.feedback.pulse import shown
from proveout.errors import InputError
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence, Interval, Subject
from proveout.evidence.outcome import NotMeasured

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
SURVEY = Survey(
    id="s", pilot="p", questions=(Question(key="better", text="Better off."),), open_question=None,
    asked=30, opened_by="Ada", opened_at=NOW - timedelta(days=20),
    ends_at=NOW - timedelta(days=10),
)  # fmt: skip
HEARD = Heard(
    n_due=40,
    n_in_time=36,
    waits=tuple((days / 10, days < 45, 1) for days in range(5, 55)),
    kinds=(("wrong", 50),),
)


def answered(**teams: tuple[int, int, int, int, int]) -> dict[str, dict[str, Any]]:
    return {team: {"better": scores} for team, scores in teams.items()}


def result(n: int, table: dict[str, dict[str, Any]], **changes: Any) -> Result:
    return shown(replace(SURVEY, **changes), table, n=n, words=(), now=NOW)


def found(heard: Heard) -> list[Any]:
    loaded = charter()
    context = CheckContext(
        loaded=loaded, data=None, open_system=None, catalogue=Catalogue(SHIPPED),  # type: ignore[arg-type]
        check=CheckRef(name="feedback", version="1"), run="run-1", now=NOW, seed=0,
        artifacts=Path("nowhere"),
    )  # fmt: skip
    return list(FeedbackCheck(heard=heard).run(context))


def test_the_share_answered_in_time_is_a_full_count_without_anybodys_words() -> None:
    first = found(HEARD)[0]

    assert isinstance(first, Evidence)
    assert (first.metric, first.value, first.n, first.interval, first.basis) == (
        "people.feedback_answered", 0.9, 40, None, "measured"
    )  # fmt: skip
    assert first.details["summary"] == (
        "36 of 40 things that users said were answered in time, 4 were not."
    )
    assert first.valid_until == NOW + timedelta(days=30)


def test_half_of_them_wait_so_many_days_with_an_interval() -> None:
    """Those that wait still count as not yet."""
    days = found(HEARD)[1]

    assert isinstance(days, Evidence)
    assert days.interval is not None
    assert days.interval.low <= days.value == 2.9 <= days.interval.high
    assert (days.n, days.details["open"]) == (50, 10)


def test_nothing_said_is_not_measured_and_says_what_to_do() -> None:
    """Silence is no sign that all is well."""
    nothing = found(Heard())

    assert [(each.metric, each.reason) for each in nothing if isinstance(each, NotMeasured)] == [
        ("people.feedback_answered", "nothing that users said fell due in the last 90 days"),
        ("people.feedback_days", "users said nothing in the last 90 days"),
        ("people.favourable", "no survey has ended"),
    ]


def test_a_survey_is_evidence_as_a_whole_and_by_team() -> None:
    """The interval of the whole knows how many were asked; that of a team does not."""
    teams = answered(leeds=(0, 1, 2, 5, 4), linz=(1, 1, 1, 1, 2))
    whole, *groups = found(replace(HEARD, survey=result(18, teams)))[2:]

    assert (whole.value, whole.n, whole.interval.method) == (
        12 / 18, 18, "wilson, finite population"
    )  # fmt: skip
    assert [(each.subject, each.value, each.n, each.interval.method) for each in groups] == [
        (Subject.of(group="leeds"), 9 / 12, 12, "wilson"),
        (Subject.of(group="linz"), 3 / 6, 6, "wilson"),
    ]


def test_fewer_than_five_answers_are_no_evidence() -> None:
    few = found(replace(HEARD, survey=result(4, answered(leeds=(0, 0, 0, 4, 0)))))[2]

    assert few == NotMeasured(
        metric="people.favourable",
        reason="4 of 30 answered the latest survey; fewer than 5 are not counted, so that nobody "
        "is known by an answer",
        next_step="Ask again, and say what became of the last answers: Pulse in the dashboard",
    )


def test_to_name_the_check_hears_nobody() -> None:
    """An assessment leaves it alone, and what the dashboard recorded stays."""
    assert waits_to_be_asked(CHECK, charter().charter)
    with pytest.raises(InputError, match="What people say is kept by the dashboard"):
        CHECK.refuse_mere_mention(charter().charter)


def test_nothing_of_a_survey_is_shown_while_it_is_open() -> None:
    """Two looks, before and after one answer, would tell that answer."""
    running = result(9, answered(leeds=(0, 0, 0, 9, 0)), ends_at=NOW + timedelta(days=1))

    assert (running.whole, running.groups, running.n_hidden) == (None, (), 9)


@pytest.mark.parametrize(
    ("teams", "seen", "hidden"),
    [
        ({"a": (0, 0, 0, 5, 0), "b": (0, 0, 0, 0, 6)}, ["a", "b"], 0),
        # Three are too few, and could be told from the whole without the next team as well.
        ({"a": (0, 0, 0, 5, 0), "b": (0, 0, 0, 0, 6), "c": (3, 0, 0, 0, 0)}, ["b"], 8),
        # Two small teams together are enough to hide both.
        ({"a": (0, 0, 0, 5, 0), "b": (3, 0, 0, 0, 0), "c": (0, 3, 0, 0, 0)}, ["a"], 6),
        # Those who named no team are no team.
        ({"a": (0, 0, 0, 5, 0), "": (5, 0, 0, 0, 0)}, ["a"], 5),
    ],
)
def test_no_small_team_can_be_told_by_subtraction(
    teams: dict[str, Any], seen: list[str], hidden: int
) -> None:
    n = sum(sum(scores) for scores in teams.values())
    told = result(n, {team: {"better": scores} for team, scores in teams.items()})

    assert ([each.name for each in told.groups], told.n_hidden) == (seen, hidden)
    assert told.whole == Group(
        name="",
        scores={"better": tuple(map(sum, zip(*teams.values(), strict=True)))},  # type: ignore[dict-item]
    )


def test_where_all_have_answered_nothing_is_inferred() -> None:
    assert wilson_of_few(7, 10, 10) == Interval(
        low=0.7, high=0.7, level=0.95, method="wilson, finite population"
    )


@pytest.mark.parametrize(("population", "n"), [(22, 8), (22, 17), (60, 25), (200, 40)])
def test_the_interval_of_a_few_people_covers_what_is_true(population: int, n: int) -> None:
    """By counting all draws without replacement: 95 % on average over what may be true, and
    hardly less between a tenth and nine tenths; at the very edges it is that of Wilson."""
    coverage = []
    for favourable in range(population + 1):
        covered = 0.0
        for k in range(max(0, n - population + favourable), min(n, favourable) + 1):
            interval = wilson_of_few(k, n, population)
            if interval.low - 1e-12 <= favourable / population <= interval.high + 1e-12:
                ways = comb(favourable, k) * comb(population - favourable, n - k)
                covered += ways / comb(population, n)
        coverage.append(covered)

    assert sum(coverage) / len(coverage) >= 0.945
    tenth = population // 10 + 1
    assert min(coverage[tenth:-tenth]) >= 0.88
