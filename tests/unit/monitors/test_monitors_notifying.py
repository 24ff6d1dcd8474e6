"""Whom a look makes people be called for, and that nothing is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from proveout.charter.schema import Charter
from proveout.checks import Window
from proveout.runtime.monitors.notifying import notices
from proveout.runtime.monitors.watching import Watched
from proveout.runtime.rollout.acting import Acted

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
CHARTER = Charter.model_validate({"pilot": "p", "people": {"reviewer": "Michael Faraday"}})
BARE = "The gate 'continue' says hold: It may not stay."
HELD = cast(
    "Any", SimpleNamespace(verdict=SimpleNamespace(decision="hold", summary="It may not stay."))
)
WATCHED = Watched(window=Window(begins=NOW, ends=NOW), assessment=HELD, acted=Acted(told=(BARE,)))


def told(watched: Watched) -> list[tuple[str, str]]:
    return [(each.severity, each.what) for each in notices(CHARTER, watched)]


def test_a_gate_that_holds_is_told_once() -> None:
    """Not once as the verdict, and once more as what no rule did about it."""
    assert told(WATCHED) == [("warning", "It may not stay.")]


def test_what_was_switched_is_an_alarm_and_what_was_left_is_none() -> None:
    """Nobody is woken for a rule that did nothing."""
    left = replace(WATCHED, acted=Acted(told=("It is switched off: no rule does anything.",)))
    rolled_back = replace(
        WATCHED, acted=Acted(switched=cast("Any", object()), told=("Rolled back: wrong.",))
    )

    assert told(left)[0] == ("warning", "It is switched off: no rule does anything.")
    assert told(rolled_back)[0] == ("alarm", "Rolled back: wrong.")
