"""What people say during a drill, from other terminals: who said it, and whether they may."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proveout.charter.loading.nearest import nearest
from proveout.checks.drill.record import Said

Answer = dict[str, Any]


class RefusedError(Exception):
    """What was said cannot be taken."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who takes part, and what is to be done."""

    participants: tuple[str, ...]
    vendor: tuple[str, ...]
    steps: tuple[str, ...]

    def said(self, message: dict[str, Any], *, at_s: float) -> Said:
        """Take what somebody said. Raises RefusedError on an unknown person or step."""
        who = str(message["who"])
        name = self._known(who)
        step = message.get("step")
        if step is not None and not 1 <= step <= len(self.steps):
            raise RefusedError(
                f"There is no step {step}.", f"The runbook has steps 1 to {len(self.steps)}."
            )
        return Said(
            at_s=at_s,
            deed=message["do"],
            who=name,
            is_vendor=name in self.vendor,
            text=str(message.get("text") or ""),
            step=step,
            by_hand=bool(message.get("by_hand")),
        )

    def _known(self, who: str) -> str:
        everybody = (*self.participants, *self.vendor)
        for name in everybody:
            if name.casefold() == who.strip().casefold():
                return name
        near = nearest(who, everybody)
        mean = f"Did you mean '{near}'? " if near else ""
        raise RefusedError(
            f"'{who}' does not take part in this drill.",
            f"{mean}The charter names under drill: {', '.join(everybody)}.",
        )


@contextlib.asynccontextmanager
async def listening(path: Path, answer: Callable[[dict[str, Any]], Answer]) -> AsyncIterator[None]:
    """Listen on a Unix socket that the owner alone can open; one message, one answer."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            message = json.loads(await reader.readline())
            reply: Answer = {"ok": True, **answer(message)}
        except RefusedError as refused:
            reply = {"ok": False, "message": str(refused), "hint": refused.hint}
        except (ValueError, KeyError, TypeError):
            reply = {"ok": False, "message": "This is not understood.", "hint": None}
        with contextlib.suppress(OSError):
            writer.write(json.dumps(reply).encode())
            await writer.drain()
            writer.close()

    server = await asyncio.start_unix_server(hear, path)
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)
