"""Who puts a criterion right, and by when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register import Act
from proveout.register.fixes import FIXES, Fix

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
CHARTER = Charter(pilot="p")


def planned(**says: object) -> Act:
    told = {"criterion": "production.trained", "owner": "Ada Byron", "due": "2026-05-20", **says}
    return Act(id="act-00001", pilot="p", kind="fix.planned", who="Helen Marsh", at=NOW, says=told)


def test_the_latest_word_on_a_criterion_counts() -> None:
    """Who plans again moves the day; the day itself is still in time."""
    state = FIXES.taken(FIXES.empty(), planned())
    state = FIXES.taken(state, planned(owner="Paul Novak", due="2026-06-01", note="night shift"))

    fix = state["production.trained"]
    assert fix == Fix(
        criterion="production.trained", owner="Paul Novak", due=date(2026, 6, 1),
        note="night shift", who="Helen Marsh", at=NOW,
    )  # fmt: skip
    assert not fix.is_overdue(date(2026, 6, 1))
    assert fix.is_overdue(date(2026, 6, 2))


def test_what_is_dropped_is_planned_no_more() -> None:
    """A plan is taken back by name."""
    state = FIXES.taken(FIXES.empty(), planned())
    dropped = Act(
        id="act-00002", pilot="p", kind="fix.dropped", who="Helen Marsh", at=NOW,
        says={"criterion": "production.trained"},
    )  # fmt: skip
    assert FIXES.taken(state, dropped) == {}


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"owner": " "}, "Nobody is named who puts it right."),
        ({"due": "soon"}, "'soon' is no date."),
        ({"due": "2026-05-03"}, "2026-05-03 is over."),
        ({"criterion": ""}, "It is not said what is to be put right."),
    ],
)
def test_a_promise_needs_a_person_and_a_day_to_come(says: dict[str, str], told: str) -> None:
    """What nobody can be held to is refused."""
    with pytest.raises(InputError) as refused:
        FIXES.refuse(FIXES.empty(), planned(**says), CHARTER)
    assert refused.value.message == told


def test_a_promise_is_no_evidence() -> None:
    """What is put right is measured; that somebody will do it opens no gate."""
    state = FIXES.taken(FIXES.empty(), planned())
    assert list(FIXES.facts(state, CHARTER, NOW)) == []
