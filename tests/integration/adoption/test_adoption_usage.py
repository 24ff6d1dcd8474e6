"""Who uses it, told from a roster and imported usage, as definitions in docs/adoption.md say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.adopting import ago, found, person, use
from fixtures.served_window import BEGINS, ENDS, answers, requests, served
from proveout.errors import InputError
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake import CharterData

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def figure(told: Evidence | NotMeasured) -> Evidence:
    assert isinstance(told, Evidence), told
    return told


def reason(told: Evidence | NotMeasured) -> str:
    assert isinstance(told, NotMeasured), told
    return told.reason


ROSTER = [
    person("Ada", volunteer="yes"), person("ben", volunteer="yes"), person("cy"), person("dan"),
    person("eve", team="south", volunteer="yes"), person("fay", team="south"),
    person("gus", team="south", eligible_until=ago(40)), person("hal", team="south"),
]  # fmt: skip
"""Gus has left."""
USAGE = [
    use("ada ", 1), use("ADA", 2), use("ada", 30),
    use("ben", 40, "overruled"), use("ben", 3, "overruled"),
    use("cy", 35), use("cy", 33),
    use("eve", 5), use("eve", 4, "abandoned"),
    use("zoe", 4), use("", 4), use("dan", -3),
    use("gus", 50),
]  # fmt: skip


def test_the_funnel_goes_from_those_it_was_made_for_to_those_who_stay(tmp_path: Path) -> None:
    """Eligible in the window, activated ever, active in it, retained from the one before."""
    told = found(tmp_path, ROSTER, USAGE, fewest_told=3)

    active = figure(told["active_share"])
    assert (active.value, active.n, active.scope) == (3 / 7, 7, "pilot")
    assert {name: active.details[name] for name in (
        "eligible", "activated", "active", "active_before", "retained", "never_began", "stopped",
        "uses_of_others", "not_yet_or_no_longer", "rows_without_person", "rows_later",
    )} == {
        "eligible": 7, "activated": 3, "active": 3, "active_before": 3, "retained": 2,
        "never_began": 3, "stopped": 1, "uses_of_others": 1, "not_yet_or_no_longer": 1,
        "rows_without_person": 1, "rows_later": 1,
    }  # fmt: skip
    assert active.details["told"] == (
        "3 of the 7 people it was made for used it in the last 28 days; 3 never began, 1 stopped. "
        "Furthest behind: south (1 of 3), north (2 of 4)."
    )
    assert figure(told["activated_share"]).value == 3 / 7
    retained = figure(told["retained_share"])
    assert (retained.value, retained.n) == (2 / 3, 3)
    assert retained.interval is not None
    assert retained.interval.method == "wilson"
    assert figure(told["active_share group=south"]).value == 1 / 3
    assert figure(told["active_share role=clerk"]).value == 3 / 7
    assert figure(told["active_share volunteer=yes"]).value == 1.0
    assert figure(told["active_share volunteer=no"]).value == 0.0


def test_how_uses_end_is_told_with_an_interval_by_person(tmp_path: Path) -> None:
    """Ada's two uses count as two, but for less than those of two people."""
    told = found(tmp_path, ROSTER, USAGE, fewest_told=3)

    abandoned, overruled = figure(told["abandoned_share"]), figure(told["override_rate"])
    assert (abandoned.value, abandoned.n, abandoned.details["people"]) == (1 / 5, 5, 3)
    assert (overruled.value, overruled.n) == (1 / 4, 4)
    assert overruled.interval is not None
    assert overruled.interval.method == "wilson, jackknife over persons"
    assert reason(told["old_way_share"]) == "nothing tells what is still done the old way"
    assert figure(told["requests_per_user"]).value == 5 / 3 / 4
    assert figure(told["requests_per_user"]).details["weeks"][-1] == [-1, 5, 3, 1, 4, 1, 0]


def test_what_is_still_done_the_old_way_is_held_against_the_new_one(tmp_path: Path) -> None:
    """From a second source, or from rows of the usage that say so."""
    old = [{"person": "ben", "at": ago(2)}, {"person": "zoe", "at": ago(2)}]
    by_source = found(tmp_path, ROSTER, USAGE, old, fewest_told=3)
    rows = [*USAGE, use("ben", 2, "", way="Old")]
    by_column = found(tmp_path, ROSTER, rows, fewest_told=3)

    for told in (by_source, by_column):
        share = figure(told["old_way_share"])
        assert (share.value, share.n, share.details["counted"]) == (1 / 6, 6, 1)


def test_time_to_first_value_counts_those_who_have_not_got_any(tmp_path: Path) -> None:
    """By Kaplan and Meier: half of all, not half of those who did."""
    people = [person(f"p{number}", eligible_from=ago(20)) for number in range(40)]
    quick = [use(f"p{number}", 18 - number % 3) for number in range(30)]
    told = found(tmp_path, people, quick)

    days = figure(told["first_value_days"])
    assert days.details["not_yet"] == 10
    assert (days.value, days.n) == (pytest.approx(3.0), 40)
    assert days.interval is not None
    assert days.interval.low <= 3 <= days.interval.high


def test_until_half_have_begun_time_to_first_value_is_not_told(tmp_path: Path) -> None:
    """A figure without an upper bound would pass for a certain one."""
    people = [person(f"p{number}", eligible_from=ago(20)) for number in range(10)]
    told = found(tmp_path, people, [use("p1", 18), use("p2", 17)])

    assert reason(told["first_value_days"]).startswith(
        "of 10 people, 2 have got something out of it; half of all takes"
    )


def test_few_people_are_not_told_apart(tmp_path: Path) -> None:
    """A team of three would be three names."""
    told = found(tmp_path, ROSTER, USAGE, fewest_told=4)

    assert reason(told["active_share group=south"]) == (
        "these are 3 people: fewer than 4 are not told apart, since they would be single persons"
    )
    assert "retained_share group=south" not in told
    assert figure(told["active_share group=north"]).n == 4


def volunteers_and_others(n_others: int, rejecting: int) -> tuple[list[Any], list[Any]]:
    willing = [person(f"v{number}", volunteer="yes") for number in range(10)]
    others = [person(f"o{number}") for number in range(n_others)]
    used = [use(f"v{number}", 3) for number in range(9)]
    used += [use(f"o{number}", 3) for number in range(rejecting, n_others)]
    return [*willing, *others], used


def test_what_others_will_do_is_predicted_from_those_others_who_had_it(tmp_path: Path) -> None:
    """With what it rests on, the difference from volunteers, and how many more to invite."""
    roster, used = volunteers_and_others(20, 8)
    told = found(
        tmp_path, roster, used, charter={"monitoring": {"teams": [
            {"team": "north", "people": 200, "volunteers": 10}]}},
    )  # fmt: skip

    rate = figure(told["predicted_reject_rate"])
    assert (rate.value, rate.n) == (0.4, 20)
    assert rate.interval is not None
    assert 0.15 < rate.interval.low < 0.4 < rate.interval.high < 0.7
    assert {name: rate.details[name] for name in (
        "others", "others_rejecting", "others_never_began", "volunteers", "volunteers_rejecting",
        "ahead", "by_team", "invite",
    )} == {
        "others": 20, "others_rejecting": 8, "others_never_began": 8, "volunteers": 10,
        "volunteers_rejecting": 1, "ahead": 170, "by_team": True, "invite": 19,
    }  # fmt: skip
    gap = rate.details["difference"]
    assert gap[0] == pytest.approx(0.3)
    assert gap[1] < 0.3 < gap[2]


def test_where_nobody_but_volunteers_took_part_nothing_is_predicted(tmp_path: Path) -> None:
    """And it is said how many others would tell it."""
    roster, used = volunteers_and_others(0, 0)
    missing = found(tmp_path, roster, used)["predicted_reject_rate"]

    assert reason(missing) == (
        "not predicted: nobody but volunteers took part (10), and what they do tells nothing of "
        "the others"
    )
    assert isinstance(missing, NotMeasured)
    assert missing.next_step == (
        "Invite 39 people who did not come forward: that tells it within ± 15 points"
    )


def test_without_a_roster_nobody_knows_who_never_began(tmp_path: Path) -> None:
    """Those who were seen are told of; of how many they are is not."""
    told = found(tmp_path, None, [use("ada", 1, team="north"), use("ben", 2, team="north")])

    assert reason(told["active_share"]) == (
        "the charter does not say for how many people of which team it was made"
    )
    assert reason(told["predicted_reject_rate"]) == (
        "without a roster it is not known who of the others never began"
    )
    assert figure(told["override_rate"]).value == 0.0


def test_headcounts_stand_in_for_a_roster(tmp_path: Path) -> None:
    """By team, as monitoring.teams says."""
    teams = {"monitoring": {"teams": [{"team": "north", "people": 8}]}}
    told = found(tmp_path, None, [use("ada", 1, team="north"), use("ben", 2)], charter=teams)

    assert figure(told["active_share"]).value == 2 / 8
    assert figure(told["active_share group=north"]).value == 1 / 8


def test_usage_since_the_launch_is_of_production(tmp_path: Path) -> None:
    """The window must begin after it."""
    before = found(tmp_path, ROSTER, USAGE, launched_on="2026-11-01")
    after = found(tmp_path, ROSTER, USAGE, launched_on="2026-10-01")

    assert figure(before["active_share"]).scope == "pilot"
    assert figure(after["active_share"]).scope == "production"


def test_a_window_can_end_with_the_pilot(tmp_path: Path) -> None:
    """The last day counts whole, and whoever could use it then is eligible."""
    told = found(tmp_path, ROSTER, USAGE, until="2026-10-19", fewest_told=3)

    assert figure(told["active_share"]).details["ends"] == "2026-10-20T00:00:00+00:00"
    assert figure(told["active_share"]).value == 4 / 8


def test_names_can_be_pseudonyms_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same figures; without a salt nothing is read."""
    plain = found(tmp_path, ROSTER, USAGE, fewest_told=3)
    with pytest.raises(InputError) as refused:
        found(tmp_path, ROSTER, USAGE, hash=True)
    monkeypatch.setenv("PROVEOUT_PERSON_SALT", "a salt that is long enough")
    hashed = found(tmp_path, ROSTER, USAGE, fewest_told=3, hash=True)

    assert refused.value.message == (
        "adoption.hash needs a salt of 16 characters or more in PROVEOUT_PERSON_SALT."
    )
    assert figure(hashed["active_share"]).details == figure(plain["active_share"]).details


def test_a_column_that_was_named_must_be_there(tmp_path: Path) -> None:
    """Its name is told with those that there are."""
    with pytest.raises(InputError) as refused:
        found(tmp_path, None, [use("ada", 1)], usage={"source": "usage.csv", "outcome": "result"})

    assert refused.value.message == (
        "adoption.usage: usage.csv has no column 'result'. It has: person, at, outcome."
    )
    assert refused.value.hint == "Say what it is called there: adoption.usage.outcome: COLUMN"


def test_the_log_and_imported_usage_are_one_record(tmp_path: Path) -> None:
    """A request that was imported too is one use, and the import knows how it ended."""

    class InUse(CharterData):
        def served(self) -> Any:
            asked = [
                {"id": "r1", "at": ENDS - timedelta(days=1), "user": "Ada", "team": "north"},
                {"id": "r2", "at": ENDS - timedelta(days=2), "user": "dan", "team": "north"},
                {"id": "r3", "at": ENDS - timedelta(days=2), "user": None, "team": "north"},
            ]
            before = [{"id": "r0", "at": ENDS - timedelta(days=20), "user": "cy"}]
            return served(requests(asked), before=answers(before))

    used = [use("ada", 1, "abandoned", case="r1"), use("ben", 3)]
    told = found(tmp_path, ROSTER, used, data=InUse, fewest_told=3)

    active = figure(told["active_share"])
    assert (active.scope, active.details["active"]) == ("production", 4)
    assert active.inputs["window"] == f"{BEGINS.isoformat()}/{ENDS.isoformat()}"
    abandoned = figure(told["abandoned_share"])
    assert (abandoned.value, abandoned.n) == (1 / 4, 4)
    assert figure(told["requests_per_user"]).details["requests_without_user"] == 1
    assert reason(told["silent_decay"]).startswith("it has been in use for 19 whole days")
