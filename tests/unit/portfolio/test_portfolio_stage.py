"""Where a pilot stands, from its verdicts and switches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proveout.portfolio.stage import Stands, stands

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def history(*verdicts: tuple[str, str]) -> list[dict[str, Any]]:
    """Return verdicts, a day apart, the first one a day after the pilot began."""
    return [
        {
            "stage": stage,
            "decision": decision,
            "decided_at": (BEGAN + timedelta(days=number)).isoformat(),
        }
        for number, (stage, decision) in enumerate(verdicts, start=1)
    ]


def on_day(number: int) -> datetime:
    return BEGAN + timedelta(days=number)


def test_a_pilot_that_no_gate_was_asked_of_is_being_designed() -> None:
    """It stands since the ledger first told of it."""
    assert stands([], first_seen=BEGAN) == Stands(since=BEGAN, unchanged_since=BEGAN)
    assert stands([], first_seen=None) == Stands()


@pytest.mark.parametrize(
    ("verdicts", "stage", "decision", "phase"),
    [
        ([("design", "hold")], "design", "hold", "design"),
        ([("design", "go")], "production", None, "pilot"),
        ([("design", "go"), ("production", "hold")], "production", "hold", "pilot"),
        ([("production", "hold")], "production", "hold", "pilot"),
        ([("production", "go")], "scale", None, "production"),
        ([("production", "go"), ("scale", "go")], "continue", None, "widened"),
        ([("scale", "go"), ("continue", "go")], "continue", "go", "widened"),
        ([("production", "go"), ("production", "hold")], "production", "hold", "pilot"),
        ([("production", "stop")], "production", "stop", "stopped"),
        ([("production", "stop"), ("production", "hold")], "production", "hold", "pilot"),
        ([("a gate of a newer Proveout", "go")], "design", None, "design"),
    ],
)
def test_a_go_moves_a_pilot_on_and_a_later_hold_moves_it_back(
    verdicts: list[tuple[str, str]], stage: str, decision: str | None, phase: str
) -> None:
    """Who skips a gate stands before the one that was decided; a stop stops."""
    found = stands(history(*verdicts), first_seen=BEGAN)

    assert (found.stage, found.decision, found.phase) == (stage, decision, phase)


@pytest.mark.parametrize(
    ("verdicts", "stage", "decision", "phase"),
    [
        ([("continue", "hold")], "design", None, "design"),
        ([("continue", "hold"), ("design", "go")], "production", None, "pilot"),
        ([("production", "go"), ("continue", "go")], "scale", None, "production"),
        ([("scale", "go"), ("continue", "hold")], "continue", "hold", "widened"),
        ([("production", "go"), ("continue", "stop")], "continue", "stop", "stopped"),
    ],
)
def test_what_a_watch_decides_widens_nothing(
    verdicts: list[tuple[str, str]], stage: str, decision: str | None, phase: str
) -> None:
    """A monitor holds the gate 'continue' at the first request; only 'scale' widens a pilot."""
    found = stands(history(*verdicts), first_seen=BEGAN)

    assert (found.stage, found.decision, found.phase) == (stage, decision, phase)


def test_deciding_the_same_again_changes_nothing() -> None:
    """Days are counted from the last change of gate or verdict, not from the last verdict."""
    found = stands(
        history(
            ("design", "hold"), ("design", "go"), ("production", "hold"), ("production", "hold")
        ),
        first_seen=BEGAN,
    )

    assert (found.since, found.unchanged_since) == (on_day(2), on_day(3))


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ({"is_on": True, "current": "v1", "coming": None}, "production"),
        ({"is_on": True, "current": "manual", "coming": {"step": 0}}, "production"),
        ({"is_on": True, "current": "manual", "coming": {"step": None}}, "pilot"),
        ({"is_on": False, "current": "v1", "coming": None}, "pilot"),
        (None, "pilot"),
    ],
)
def test_a_system_that_answers_people_is_in_production_whatever_gates_say(
    state: dict[str, Any] | None, phase: str
) -> None:
    """The last switch says who answers; a shadow and a rolled-back system answer nobody."""
    found = stands(
        history(("production", "hold")),
        first_seen=BEGAN,
        switches=[{"after": {"is_on": True, "current": "v0"}}, {"after": state}],
    )

    assert (found.stage, found.phase) == ("production", phase)
