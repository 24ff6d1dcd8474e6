"""What the OpenTelemetry SDK says of itself."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from proveout.runtime.telemetry.events import Events
from proveout.runtime.telemetry.sdk_log import EVERY_S, SDK, SdkLog, told_as_events


def test_a_dead_collector_is_one_json_line_a_minute(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The next line says how many were held back; nothing stands on stderr as plain text."""
    times = iter([0.0, 1.0, 2.0, EVERY_S])
    events = Events(tmp_path / "events")
    logger = logging.Logger(SDK)
    logger.addHandler(SdkLog(events, clock=lambda: next(times)))

    for n in range(4):
        logger.error("Failed to export span batch\ncode: None, number %d", n)
    events.close()

    told = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    said = "Failed to export span batch code: None, number"
    assert told == [
        {"at": "1970-01-01T00:00:00.000Z", "level": "error", "event": "tracing-trouble",
         "message": f"{said} 0"},
        {"at": "1970-01-01T00:01:00.000Z", "level": "error", "event": "tracing-trouble",
         "message": f"{said} 3", "held_back": 2},
    ]  # fmt: skip
    assert capfd.readouterr().err == ""


def test_loggers_of_the_sdk_are_heard_while_it_is_used(tmp_path: Path) -> None:
    """Whichever part of it speaks; afterwards it is as it was."""
    events = Events(tmp_path / "events")
    before = list(logging.getLogger(SDK).handlers)

    with told_as_events(events):
        logging.getLogger(f"{SDK}.exporter.otlp").warning("collector away")
    events.close()

    assert "collector away" in (tmp_path / "events").read_text()
    assert logging.getLogger(SDK).handlers == before
