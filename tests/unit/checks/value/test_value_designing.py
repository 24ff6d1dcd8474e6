"""Which comparison the records allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import Value
from proveout.checks.value.designing import Chosen, choose, known_before
from proveout.checks.value.estimating import Undecided, decide, estimate_on
from proveout.checks.value.observing import Observed
from proveout.checks.value.sorting import Unseen
from proveout.checks.value.ways import day_number
from proveout.statistics.effects.cases import NEVER, Cases, Statistic
from proveout.statistics.effects.estimate import Estimate

FIRST = day_number(date(2026, 5, 4))
"""A Monday."""
DAYS, A_DAY, TEAMS = 100, 12, 6


def observed(
    with_system: Any, *, assigned: Any = None, team: bool = True, **columns: Any
) -> Observed:
    """Make 100 days of 12 cases, two of each of 6 teams."""
    n = DAYS * A_DAY
    day = np.repeat(np.arange(DAYS), A_DAY)
    number = np.tile(np.arange(A_DAY), DAYS)
    of_team = number % TEAMS
    flags = with_system(day, of_team, number)
    cases = Cases(
        value=10.0 + number % 3, day=FIRST + day, with_system=flags, team=of_team if team else None,
        moment=FIRST + day + number / A_DAY, as_of=FIRST + DAYS - 1, **columns,
    )  # fmt: skip
    return Observed(
        kpi=Kpi(name="cost", unit="EUR/case", direction="lower"), statistic=Statistic(kind="mean"),
        scale=1.0, cases=cases, says_way=True, rows=n, left_out=(), in_words="", name="cases",
        fingerprint="", simulated=False, completed_only=False,
        assigned=None if assigned is None else assigned(day, of_team, number),
        teams=tuple(f"team {each}" for each in range(TEAMS)) if team else (),
    )  # fmt: skip


def from_day(start: int) -> Any:
    return lambda day, team, number: day >= start


def by_lot(day: Any, team: Any, number: Any) -> Any:
    rng = np.random.default_rng(5)
    return np.where(day < 40, -1, (rng.random(len(day)) < 0.5).astype(np.int64))


def day_by_day(day: Any, team: Any, number: Any) -> Any:
    return np.where(day < 40, -1, day % 2)


def design(seen: Observed, **said: Any) -> Chosen:
    found = choose(seen, Value(**said))
    assert isinstance(found, Chosen), found
    return found


def refusal(seen: Observed, **said: Any) -> str:
    found = choose(seen, Value(**said))
    assert isinstance(found, Unseen), found
    return found.why


def test_a_draw_goes_before_everything_else() -> None:
    """Only what was drawn is compared; what was done before it foretells."""
    seen = observed(from_day(40), assigned=by_lot)

    found = design(seen, rolled_out=date(2026, 6, 13))

    assert (found.name, found.begins) == ("randomised", FIRST + 40)
    assert len(found.cases) == 60 * A_DAY
    assert found.cases.used is not None
    assert found.cases.before is not None


def test_the_sides_are_held_against_the_share_that_was_meant() -> None:
    """A third that was drawn for, where a half was meant, is no draw that can be trusted."""
    seen = observed(from_day(40), assigned=by_lot)

    chosen = design(seen, assigned_share=0.9)
    found = estimate_on(seen, chosen, chosen.cases, 0.95, seed=1)

    assert isinstance(found, Estimate)
    assert [each.name for each in found.assumptions if each.state == "broken"] == ["sizes-as-drawn"]


def test_no_look_is_spent_before_a_comparison_can_tell_anything() -> None:
    """A before-and-after needs six weeks after; looks in the weeks before would cost it error."""
    seen = observed(from_day(DAYS - 20))

    found = decide(seen, design(seen), Value(), seed=1)

    assert isinstance(found, Undecided)
    assert found.why.endswith("and the first look is after 42 days")
    assert found.is_waiting


def test_strict_turns_are_called_turns() -> None:
    """No draw changes sides every day for two months."""
    seen = observed(from_day(40), assigned=day_by_day)

    assert design(seen, assigned_by="day").name == "alternating"
    assert refusal(seen, assigned_by="day", design="randomised").startswith(
        "value.design says that it was drawn, but the column 'assigned' changes sides from each "
        "turn to the next"
    )
    assert refusal(observed(from_day(40), assigned=by_lot), design="alternating").startswith(
        "value.design says that they took turns, but the column 'assigned' does not change sides"
    )


def test_teams_that_began_on_days_of_their_own_are_told_from_their_use() -> None:
    """Whoever never began is held against them."""
    starts = np.array([30, 40, 50, 60, DAYS + 1, DAYS + 1])
    seen = observed(lambda day, team, number: day >= starts[team])

    found = design(seen)

    assert found.name == "staggered"
    assert found.begins == FIRST + 30
    assert found.cases.rolled_out is not None
    first = [int(found.cases.rolled_out[found.cases.team == code][0]) for code in range(TEAMS)]
    assert first == [FIRST + 30, FIRST + 40, FIRST + 50, FIRST + 60, NEVER, NEVER]
    assert "6 teams on 4 days, 2 of them never" in found.why


def test_one_day_for_all_is_before_and_after() -> None:
    """By the charter, or by the records; a named control stands beside."""
    seen = observed(from_day(60))

    assert design(seen).begins == FIRST + 60
    assert design(seen).name == "before-after"
    said = design(seen, rolled_out=date(2026, 7, 1))
    assert (said.name, said.begins) == ("before-after", day_number(date(2026, 7, 1)))
    assert said.why.endswith(" Since then 95% of the cases were done with it; all of them count.")
    control = seen.cases.team == 5
    beside = replace(seen, cases=replace(
        seen.cases, is_control=control, with_system=seen.cases.with_system & ~control
    ))  # fmt: skip
    found = design(beside, control_teams=["team 5"])
    assert found.name == "before-after"
    assert found.why.endswith("teams that never have it show what moved everybody.")


def test_use_by_choice_is_matched() -> None:
    """It sees the time before as well."""
    rng = np.random.default_rng(1)
    mixed = observed(lambda day, team, number: (day >= 50) & (rng.random(len(day)) < 0.4))

    found = design(mixed)

    assert (found.name, len(found.cases)) == ("matched", DAYS * A_DAY)
    assert "% of the cases since 2026-06-23 were done with the system by somebody's choice" in (
        found.why
    )


def test_that_all_who_used_it_came_forward_is_said() -> None:
    """Whatever the design."""
    volunteers = np.tile(np.arange(A_DAY) % TEAMS == 0, DAYS)
    seen = observed(
        lambda day, team, number: (day >= 50) & (team == 0),
        volunteer=volunteers,
    )

    assert design(seen, design="matched").volunteers is not None
    assert design(observed(from_day(60))).volunteers is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        # Named, and the records cannot bear it.
        ({"design": "randomised"},
         "value.design says randomised, and no column says what was drawn for each case"),
        ({"design": "staggered"}, "all teams began within a week"),
        ({"design": "matched"},
         "since it came all cases were done with it, so that none can be matched"),
        ({"design": "before-after", "rolled_out": date(2026, 5, 1)},
         "the records hold no case from before 2026-05-01, when it came"),
    ],
)  # fmt: skip
def test_a_named_design_that_the_records_cannot_bear_is_refused(
    said: dict[str, Any], why: str
) -> None:
    """Rather than another one taken in silence."""
    assert refusal(observed(from_day(60)), **said) == why


def test_without_manual_cases_nothing_is_compared() -> None:
    """Nor without cases with the system."""
    assert refusal(observed(from_day(0))).startswith(
        "its records hold no case that was done the manual way"
    )
    assert refusal(observed(from_day(DAYS))) == "its records hold no case with the system yet"


def test_what_a_person_did_before_is_drawn_towards_the_team() -> None:
    """One early case of a person says little; a hundred say nearly all."""
    early = Cases(
        value=np.array([20.0] * 100 + [20.0] + [10.0] * 99), day=np.zeros(200, np.int64),
        with_system=np.zeros(200, bool), person=np.array([0] * 100 + [1] + [2] * 99),
        team=np.zeros(200, np.int64),
    )  # fmt: skip
    later = Cases(
        value=np.zeros(4), day=np.ones(4, np.int64), with_system=np.zeros(4, bool),
        person=np.array([0, 1, 2, 3]), team=np.zeros(4, np.int64),
    )  # fmt: skip

    known = known_before(later, early)

    assert known is not None
    team = 15.05
    expected = [(100 * 20 + 5 * team) / 105, (20 + 5 * team) / 6, (990 + 5 * team) / 104, team]
    assert known == pytest.approx(np.array(expected))
