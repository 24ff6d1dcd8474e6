"""Faults of our own are told, and never end in silence."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from proveout.runtime.telemetry import Telemetry

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def telling(app: Application, telemetry: Telemetry) -> Application:
    """Tell of what escapes the application: its kind and place, and nothing of the request."""

    async def told(scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            telemetry.event(
                "fault", level="error", error=type(error).__name__,
                place=f"{frame.name} in {frame.filename.rpartition('/')[2]}:{frame.lineno}",
            )  # fmt: skip
            raise

    return told
