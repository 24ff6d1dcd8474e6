"""Which findings call people, and whom."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fixtures.gate_makers import fact
from proveout.charter.schema import Charter
from proveout.evidence.model import Evidence, Subject
from proveout.runtime.monitors.raising import raised, who_acts

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
CHARTER = Charter.model_validate({"pilot": "p", "people": {"reviewer": "Michael Faraday"}})


def changed(column: str, value: float = 1, **changes: Any) -> Evidence:
    return fact(
        "drift.alarm",
        value,
        unit="flag",
        check="drift",
        subject=Subject.of(column=column),
        **changes,
    )


def test_an_alarm_is_raised_once_while_it_stands() -> None:
    """The same change, seen again in the next window, calls nobody a second time."""
    first = raised([changed("unit"), changed("date", 0)], [], CHARTER, now=NOW)

    assert [(each.subject, each.who_acts) for each in first] == [
        (Subject.of(column="unit"), "Michael Faraday")
    ]
    assert raised([changed("unit")], first, CHARTER, now=NOW) == []
    assert len(raised([changed("unit"), changed("unit")], [], CHARTER, now=NOW)) == 1


def test_an_alarm_says_what_its_finding_says() -> None:
    """In the words of the check, which knows since when and where."""
    found = changed("unit", details={"told": "unit is in miles since Monday."})

    (alarm,) = raised([found], [], CHARTER, now=NOW)

    assert alarm.what == "unit is in miles since Monday."
    assert alarm.evidence == found.id


def test_figures_that_are_no_tests_call_nobody() -> None:
    """The gate judges those."""
    assert raised([fact("quality.accuracy", 0.1)], [], CHARTER, now=NOW) == []


@pytest.mark.parametrize(
    ("charter", "name"),
    [
        ({"monitoring": {"acts": "Grace Hopper"}, "people": {"reviewer": "B"}}, "Grace Hopper"),
        ({"people": {"production_owner": "Ada Byron"}}, "Ada Byron"),
        ({}, "nobody is named (monitoring.acts)"),
    ],
)
def test_who_acts_is_a_name(charter: dict[str, Any], name: str) -> None:
    """Or it is said that there is none."""
    assert who_acts(Charter.model_validate({"pilot": "p", **charter})) == name
