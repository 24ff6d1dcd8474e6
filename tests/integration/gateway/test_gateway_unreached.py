"""What a system that is away costs, and what becomes of a fault of our own."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways import ask, before, post, running
from proveout.runtime.gateway.faults import telling
from proveout.runtime.telemetry import Telemetry


def test_a_system_that_was_never_reached_costs_nothing(tmp_path: Path) -> None:
    """Nothing was sent, so nothing was used: an outage eats no budget."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    with running(before(f"http://127.0.0.1:{port}", tmp_path, budget_requests=5)) as gateway:
        for _ in range(8):
            assert b" 502 " in gateway.say(post(b"/v1/chat/completions", ask()))[:16]
        records = gateway.records()

    assert {each.outcome for each in records} <= {"failed", "shed"}
    assert [(each.input_tokens, each.output_tokens, each.cost) for each in records] == [
        (None, None, 0)
    ] * 8


def test_a_fault_of_our_own_is_told_by_kind_and_place() -> None:
    """Whoever operates it sees what broke, and nothing of what was asked."""

    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise ValueError("secret words of a request")

    told: list[tuple[str, dict[str, Any]]] = []

    class Listening(Telemetry):
        def event(self, event: str, *, level: Any = "info", **fields: Any) -> None:
            told.append((event, fields))

    with pytest.raises(ValueError, match="secret"):
        asyncio.run(telling(broken, Listening.__new__(Listening))({}, None, None))

    ((event, fields),) = told
    assert event == "fault"
    assert fields["error"] == "ValueError"
    assert fields["place"].startswith("broken in test_gateway_unreached.py:")
    assert "secret" not in str(fields)
