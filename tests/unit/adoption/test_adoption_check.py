"""Do the people it was made for use it, and do they follow it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from fixtures.served_window import BEGINS, ENDS, answers, context, queue, requests, served
from proveout.checks.adoption import CHECK
from proveout.checks.contract import Served, Window
from proveout.evidence.alarm import Alarm, Resolved
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

DAY = timedelta(days=1)
TEAMS = {"monitoring": {"teams": [{"team": "north", "people": 4, "volunteers": 2},
                                  {"team": "south", "people": 6}]}}  # fmt: skip
SYSTEM = {"system": {"http": {"url": "http://model.example"}, "task": "classification"}}


def found(
    window: Served | None, earlier: Any = (), **charter: Any
) -> dict[str, Evidence | NotMeasured]:
    made = context(
        window, charter={**TEAMS, **SYSTEM, **charter}, check="adoption", earlier=earlier
    )
    findings = [each for each in CHECK.run(made) if isinstance(each, Evidence | NotMeasured)]
    return {f"{each.metric.partition('.')[2]} {each.subject}".strip(): each for each in findings}


def figure(told: Evidence | NotMeasured) -> Evidence:
    assert isinstance(told, Evidence), told
    return told


def reason(told: Evidence | NotMeasured) -> str:
    assert isinstance(told, NotMeasured), told
    return told.reason


def asked(user: str | None, team: str | None, n: int = 1) -> list[dict[str, Any]]:
    return [{"id": f"{user}{i}", "at": BEGINS + DAY, "user": user, "team": team} for i in range(n)]


def test_the_share_of_people_who_use_it_is_told_by_team() -> None:
    """Of those it was made for; who belongs to no team that is named is counted apart."""
    rows = [*asked("ada", "north", 5), *asked("ben", "north"), *asked("cy", "south", 2)]
    told = found(served(requests([*rows, *asked("dan", "east"), *asked(None, "north", 3)])))

    whole, north = figure(told["active_share"]), figure(told["active_share group=north"])
    assert (whole.value, whole.n, whole.details) == (
        0.3, 10,
        {"active": 3, "people": 10, "requests_without_user": 3, "requests_of_other_teams": 1,
         "volunteers": 2},
    )  # fmt: skip
    assert (north.value, north.details["note"]) == (
        0.5, "no more people used it than there were volunteers"
    )  # fmt: skip
    assert figure(told["requests_per_user group=north"]).value == 3.0
    assert figure(told["requests_per_user"]).value == 9 / 4


def test_where_users_are_not_told_apart_use_is_not_measured() -> None:
    """A thousand requests of nobody may be one person's."""
    told = found(served(requests(asked(None, "north", 9))))

    not_told_apart = "users are not told apart: no request says who asked"
    assert reason(told["active_share group=north"]) == not_told_apart
    assert reason(told["requests_per_user"]) == not_told_apart
    assert figure(told["active_share group=south"]).value == 0.0


def test_minutes_of_use_are_not_multiplied_to_a_week() -> None:
    """Five requests in the first hours would be hundreds a week."""
    window = served(requests(asked("ada", "north", 5)))
    short = Window(begins=BEGINS, ends=BEGINS + 2 * DAY)
    told = found(replace(window, window=short))

    assert reason(told["requests_per_user"]) == (
        "the window is shorter than 3 days, which tell nothing of a week"
    )


def test_without_teams_in_the_charter_there_is_no_share() -> None:
    """Nobody can say of how many."""
    told = found(served(requests(asked("ada", "north"))), monitoring={})

    assert reason(told["active_share"]) == (
        "the charter does not say for how many people of which team it was made"
    )


def said(number: int, answer: str = "pay", label: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "at": BEGINS + DAY, "answer": answer, "label": label,
            "team": "north", "user": "ada", **more}  # fmt: skip


def entry(number: int, outcome: str | None, notes: str = "[]", **more: Any) -> dict[str, Any]:
    reasons = '["rule"]' if notes == "[]" else '["reported"]'
    return {"id": f"e{number}", "call": f"c{number}", "at": ENDS.timestamp() - 9, "notes": notes,
            "outcome": outcome, "reasons": reasons, **more}  # fmt: skip


def test_answers_that_people_overrule_are_told_over_all_where_few_fates_are_known() -> None:
    """Corrected, thrown away, or called wrong and not looked at yet; not what was confirmed."""
    wrong = '["reported as wrong"]'
    told = found(
        served(
            requests(asked("ada", "north")),
            answers([said(number) for number in range(20)]),
            queue(
                [
                    entry(1, "corrected", correction='{"0": "ask"}'),
                    entry(2, "rejected"),
                    entry(3, None, wrong),
                    entry(4, "confirmed-right", wrong),
                    entry(5, "cannot-tell", wrong),
                    entry(6, None, '["reported as slow"]'),
                    entry(7, None),
                ]
            ),
        )
    )

    rate = figure(told["override_rate"])
    assert (rate.value, rate.n, rate.interval and rate.interval.method) == (3 / 20, 20, "wilson")
    assert (rate.details["over"], rate.details["fate_known"]) == ("all answers", 4)
    assert rate.details["note"] == "at least so many: what nobody reports counts as followed"
    assert [each["id"] for each in rate.details["examples"]] == ["c1", "c2", "c3"]
    assert reason(told["override_rate group=south"]) == (
        "nothing was answered in the window whose payload is kept"
    )


def test_once_most_fates_are_known_they_are_what_counts() -> None:
    """True answers that came by import tell of followed answers as well as of others."""
    labelled = [said(number, label="pay" if number else "ask") for number in range(8)]

    told = found(served(requests([]), answers([*labelled, said(8), said(9)])))

    rate = figure(told["override_rate"])
    assert (rate.value, rate.n, rate.details["over"]) == (
        1 / 8, 8, "answers whose fate is known"
    )  # fmt: skip


def test_without_a_way_to_object_nothing_is_said_of_objections() -> None:
    """No queue and no true answer is not the same as nobody objecting."""
    told = found(served(requests([]), answers([said(1)])))

    assert reason(told["override_rate"]) == (
        "nobody could say that an answer is wrong, and no true answer has come"
    )


def days(counts: list[int], *, ends: Any = ENDS, **each: Any) -> list[dict[str, Any]]:
    """Answers spread over days, the last of which ends with the window."""
    return [
        {"id": f"d{back}-{n}", "at": ends - back * DAY + n * timedelta(seconds=1), "team": "north",
         **{name: value(n) if callable(value) else value for name, value in each.items()}}
        for back, count in zip(range(len(counts), 0, -1), counts, strict=True)
        for n in range(count)
    ]  # fmt: skip


WEEK = [50, 55, 50, 45, 40, 6, 4]


def test_change_of_use_is_told_weekday_by_weekday() -> None:
    """A quiet week-end is no fall of use, and has little weight."""
    less = [round(n * 0.8) for n in WEEK]

    told = found(
        served(requests([]), answers(days(less)), before=answers(days(WEEK * 2, ends=BEGINS)))
    )

    change = figure(told["use_change"])
    assert change.value == pytest.approx(-0.2, abs=0.01)
    assert change.interval is not None
    assert change.interval.low < change.value < change.interval.high < 0.2
    assert (change.n, change.details["requests"], change.details["requests_before"]) == (
        7,
        200,
        250,
    )
    assert reason(told["use_change group=south"]) == (
        "only 0 days have the same weekday before them to compare with"
    )


def lasting(weeks: int, *, decays: bool) -> tuple[Served, list[list[int]]]:
    """So many weeks of use, quiet or falling off after the fifth one."""
    draws = np.random.default_rng(5)
    counts, wrong = [], []
    for week in range(weeks):
        fallen = max(0, week - 4) if decays else 0
        for n in WEEK:
            counts.append(int(draws.poisson(n * 0.9**fallen)))
            wrong.append(int(draws.binomial(counts[-1], min(0.5, 0.05 * 1.4**fallen))))
    rows = [
        {**each, "answer": "pay", "label": "ask" if int(each["id"].split("-")[1]) < n else "pay"}
        for each, n in zip(
            days(counts), np.repeat(wrong, counts).tolist(), strict=True
        )
    ]  # fmt: skip
    early = [each for each in rows if each["at"] < BEGINS]
    late = [each for each in rows if each["at"] >= BEGINS]
    return served(requests([]), answers(late), before=answers(early)), [counts, wrong]


def test_decay_that_nobody_reports_is_found() -> None:
    """More errors, more overruling and less use together, told in one sentence."""
    window, _ = lasting(12, decays=True)

    decay = figure(found(window)["silent_decay"])

    assert decay.value == 1.0
    assert decay.details["evidence"] >= decay.details["threshold"]
    assert decay.details["told"].startswith("People stop trusting it: wrong answers from 5")
    assert decay.details["missing"] == []


def test_quiet_use_is_no_decay() -> None:
    """And what each of the three says stands in the details."""
    window, _ = lasting(12, decays=False)

    decay = figure(found(window)["silent_decay"])

    assert (decay.value, decay.details["told"]) == (0.0, None)
    assert decay.details["evidence"] < 5
    assert len(decay.details["days"]) == 12 * 7 - 1


def test_too_short_a_use_tells_nothing_of_decay() -> None:
    """The first weeks are what is normal."""
    window, _ = lasting(4, decays=False)

    assert reason(found(window)["silent_decay"]) == (
        "it has been in use for 27 whole days; 28 tell what is normal, and 7 more can be held "
        "against them"
    )


def test_days_that_are_gone_from_the_log_are_carried_on() -> None:
    """What is normal stays normal, however far back the log reaches."""
    long, _ = lasting(8, decays=False)
    first = figure(found(long)["silent_decay"])
    short, _ = lasting(4, decays=False)

    second = figure(found(short, earlier=[first])["silent_decay"])

    assert second.details["days"][:28] == first.details["days"][:28]
    assert len(second.details["days"]) == len(first.details["days"])


def test_an_alarm_that_was_resolved_is_not_raised_by_the_same_days_again() -> None:
    """What is normal is learned anew from then on."""
    window, _ = lasting(12, decays=True)
    made = context(window, charter={**TEAMS, **SYSTEM}, check="adoption")
    first = figure(found(window)["silent_decay"])
    alarm = Alarm(pilot="claims", metric=first.metric, subject=first.subject, what="",
                  who_acts="Ada", evidence=first.id, raised_at=ENDS - 9 * DAY)  # fmt: skip
    resolved = replace(made, resolved=lambda: [Resolved(alarm=alarm, at=ENDS - 8 * DAY)])

    told = [each for each in CHECK.run(resolved) if isinstance(each, NotMeasured)]

    assert [each.reason for each in told if each.metric == first.metric] == [
        "it has been in use for 8 whole days since its last alarm was resolved; 28 tell what is "
        "normal, and 7 more can be held against them"
    ]


def test_before_use_there_is_nothing_to_tell() -> None:
    """Each figure is not measured, and why."""
    told = found(None)

    assert {reason(each) for each in told.values()} == {
        "it is told from requests of the system in use, and was given none"
    }
    assert len(told) == len(CHECK.metrics)
