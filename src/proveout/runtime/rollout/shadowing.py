"""Asking a version in the shadow, without being in the way of anybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from proveout.runtime.call import Call, Caller

AT_ONCE = 16
"""Copies that are under way at once, by default; one more is dropped and counted."""

Work = Callable[[], Coroutine[Any, Any, None]]
"""Holds, sends, records and settles one copy."""

_LOG = logging.getLogger("proveout.rollout")


class Shadowing:
    """Fires copies of requests beside the real ones.

    Nothing waits: a copy that finds no room is dropped and counted, and so is one whose version is
    slower than what is asked of it. The real answer knows nothing of it. For one event loop.
    """

    def __init__(
        self, *, at_once: int = AT_ONCE, on_dropped: Callable[[], None] = lambda: None
    ) -> None:
        self._at_once = at_once
        self._on_dropped = on_dropped
        self._running: set[asyncio.Task[None]] = set()
        self.fired = 0
        self.dropped = 0
        self.broken = 0
        """Copies that ended in an error nobody expected; the first of each kind is logged."""
        self._told: set[type[BaseException]] = set()

    def fire(self, work: Work) -> bool:
        """Begin a copy, once the loop has time; tell whether there was room. Never raises."""
        if len(self._running) >= self._at_once:
            self.dropped += 1
            self._on_dropped()
            return False
        self.fired += 1
        task = asyncio.get_running_loop().create_task(work(), name="shadow")
        self._running.add(task)
        task.add_done_callback(self._ended)
        return True

    async def close(self, within_s: float = 5.0) -> None:
        """Wait for what is under way, and end what takes longer."""
        running = list(self._running)
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=within_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self.broken += 1
        if type(error) not in self._told:
            self._told.add(type(error))
            # Without the message: it may hold what was asked.
            _LOG.warning("a version in the shadow broke: %s", type(error).__name__)


def copy_of(call: Call, new_id: str, *, began: float) -> Call:
    """Return the copy of a call that goes to the version in the shadow.

    Nobody asked for it: it is charged to the pilot alone, not to the team, user or key of the real
    one, and under pressure it goes first. It has as much time as the real one had.
    """
    return Call(
        id=new_id,
        pilot=call.pilot,
        protocol=call.protocol,
        caller=Caller(priority=0),
        received_at=call.received_at,
        began=began,
        deadline=began + (call.deadline - call.began),
        body=call.body,
        model=call.model,
        rows=call.rows,
        most_output_tokens=call.most_output_tokens,
        input_tokens=call.input_tokens,
        trace=call.trace,
    )
