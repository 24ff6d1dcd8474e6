"""The router of one gateway: knows who answers whom, and notices every switch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from proveout.runtime.call import Call
from proveout.runtime.ports import Route
from proveout.runtime.rollout.keeping import (
    Standing,
    Switched,
    introduce,
    standing,
    switched_since,
)
from proveout.runtime.rollout.routing import lay_out
from proveout.runtime.rollout.state import State
from proveout.runtime.store.port import Store

POLL_S = 0.25
"""How often a host asks when no request comes, so that it knows of a switch within a second."""


@dataclass(slots=True)
class _Stream:
    version: str | None
    cut: Callable[[], None]


class SwitchRouter:
    """Routes by the switches in a store, which all hosts share.

    `await start()` reads them and goes on asking in the background; `await close()` ends that.
    For one event loop.
    """

    def __init__(
        self,
        store: Store | None,
        pilot: str,
        initial: State,
        *,
        known: Collection[str] | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        """Without a store nothing is ever switched.

        `known` are the versions that this host can ask; another one is done by hand.
        """
        self._store = store
        self._pilot = pilot
        self._initial = initial
        self._known = known
        self._poll_s = poll_s
        self._streams: dict[str, _Stream] = {}
        self._cut_off: frozenset[str] = frozenset()
        """Versions that were taken back at once, and have not answered since."""
        self._reading = asyncio.Lock()
        self.readings = 0
        """How often the store was asked."""
        self._watch: asyncio.Task[None] | None = None
        self.away: str | None = None
        """Why the store could not be asked the last time; None while it answers."""
        self._take(Standing(generation=0, state=initial))

    @property
    def generation(self) -> int:
        """Of the switches that it goes by."""
        return self._generation

    @property
    def state(self) -> State:
        """Who answers now, as far as this host knows."""
        return self._state

    def route(self, call: Call) -> Route:
        """Choose; the same caller goes the same way while no switch is thrown."""
        return self._routes.of(call)

    def on_cut(self, call_id: str, cut: Callable[[], None], version: str | None = None) -> None:
        """Remember how to end a stream that a version answers, should that be taken back.

        It ends at once where that has happened since it was sent there.
        """
        if version in self._cut_off:
            cut()
        else:
            self._streams[call_id] = _Stream(version, cut)

    def ended(self, call_id: str) -> None:
        """Forget it."""
        self._streams.pop(call_id, None)

    async def start(self) -> None:
        """Load the switches and go on watching them. Raises what the store raises."""
        if self._store is not None:
            await asyncio.to_thread(introduce, self._store, self._pilot, self._initial, time.time())
            await self.refresh()
            self._watch = asyncio.create_task(self._watching(), name="switches")

    async def close(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def refresh(self) -> None:
        """Load the switches as they stand after this call began. Raises what the store raises.

        Many calls that ask at once are served by one reading.
        """
        if self._store is None:
            return
        asked_after = self.readings
        async with self._reading:
            if self.readings > asked_after:  # one that began after we asked has been read meanwhile
                return
            self.readings += 1
            found, thrown = await asyncio.to_thread(self._read, self._store)
            if found.generation != self._generation:
                self._take(found)
                self._cut(thrown)

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001  # whatever it is, the watch must go on
                # What was agreed last holds; each request asks again when it is admitted.
                self.away = str(error) or type(error).__name__
            else:
                self.away = None

    def _read(self, store: Store) -> tuple[Standing, list[Switched]]:
        found = standing(store, self._pilot, self._initial)
        if found.generation == self._generation:
            return found, []
        with store.reading() as connection:
            return found, switched_since(connection, self._pilot, self._generation)

    def _take(self, found: Standing) -> None:
        self._generation = found.generation
        self._state = found.state
        self._routes = lay_out(found.state, self._pilot, self._known)

    def _cut(self, thrown: list[Switched]) -> None:
        """End what runs on versions that a switch took back at once, also one we slept through."""
        cut = {
            version
            for each in thrown
            if each.after.in_flight == "cut"
            for version in each.before.served - each.after.served
        }
        self._cut_off = frozenset((self._cut_off | cut) - self._state.served)
        if not cut:
            return
        for call_id, stream in list(self._streams.items()):
            if stream.version is None or stream.version in cut:
                self._streams.pop(call_id, None)
                stream.cut()
