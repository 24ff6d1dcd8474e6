"""What `proveout monitor` and `proveout alarms` say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proveout.cli.monitor_view import alarm_line
from proveout.evidence.alarm import Alarm
from proveout.evidence.model import Subject


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("Unit has changed. Ada acts.", "Unit has changed. Ada acts."),
        ("Use has fallen.", "Use has fallen. Who acts: Ada."),
    ],
)
def test_who_acts_is_said_once(what: str, line: str) -> None:
    """Some checks say it themselves."""
    alarm = Alarm(
        pilot="p", metric="drift.alarm", subject=Subject.of(column="unit"), what=what,
        who_acts="Ada", evidence="ev-1", raised_at=datetime(2026, 11, 21, tzinfo=UTC),
    )  # fmt: skip

    assert alarm_line(alarm).plain == f"Still open {alarm.id}: {line}"
