"""A Python callable behind the same guarantees as a service behind the gateway."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time
import weakref
from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from proveout.errors import InputError
from proveout.runtime.call import Call, Caller
from proveout.runtime.guarding.answer import Guarded
from proveout.runtime.guarding.parts import Parts, close_parts, open_parts
from proveout.runtime.guarding.rows import batch_body
from proveout.runtime.guarding.serving import Asked, Serving
from proveout.runtime.guarding.settings import Ask, GuardSettings, settle

if TYPE_CHECKING:
    import pandas as pd

    from proveout.charter.loaded import LoadedCharter
    from proveout.runtime.protection import Health
    from proveout.runtime.telemetry import Telemetry

_GRACE_S = 2.0
"""So long an interrupted caller waits for the record of his call."""


@dataclass(slots=True)
class _Running:
    """What an open guard consists of."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    parts: Parts
    serving: Serving
    calls: int = 0
    """Under way; it is closed when there are none."""


def guard(
    system: Ask | str | os.PathLike[str] | LoadedCharter,
    charter: str | os.PathLike[str] | LoadedCharter | None = None,
    *,
    pilot: str | None = None,
    store: str | os.PathLike[str] | None = None,
    log: str | os.PathLike[str] | None = None,
    ledger: str | os.PathLike[str] | None = None,
    budget: str | tuple[str, ...] | None = None,
    price: float | None = None,
    tokens_per_row: tuple[int, int] = (0, 0),
    deadline_s: float | None = None,
    concurrency: int | None = None,
    fallback: Ask | None = None,
    versions: Mapping[str, Ask] | None = None,
    team: str | None = None,
    user: str | None = None,
    telemetry: Telemetry | None = None,
) -> Guard:
    """Put a callable, or the Python system of a charter, behind the guarantees of the gateway.

    `system` takes a DataFrame and returns answers as every Python system does: a list, an array, a
    tuple (answers, confidences), a DataFrame with 'answer' and 'confidence'. Called as it was
    before, the guard returns what the system returned, once its record is durable.

    `ledger` is that of the pilot, where it does not stand beside the charter: from it comes the
    confidence below which an answer goes to a person.

    `budget` is written as on the command line ('10EUR/day', '5000 requests'), `price` is that of a
    call; `tokens_per_row` is the most that a row takes, input and output. `fallback` answers in the
    system's place, within the deadline. `versions` are further callables, by name, among which
    `proveout rollout` and `proveout rollback` choose. `telemetry` is told of every call; who made
    it closes it. Everything else is the charter's.

    Raises InputError and CharterError at once, and what the parts raise when it is opened.

    >>> guarded = guard(lambda rows: [1] * len(rows), budget="1000 requests/day")
    >>> guarded.settings.deadline_s
    30.0
    """
    settings = settle(
        system,
        charter,
        pilot=pilot,
        store=store,
        log=log,
        ledger=ledger,
        budget=budget,
        deadline_s=deadline_s,
        concurrency=concurrency,
        fallback=fallback,
        versions=versions or {},
        tokens_per_row=tokens_per_row,
    )
    return Guard(settings, price=price, caller=Caller(team=team, user=user), telemetry=telemetry)


class Guard:
    """Safe to call from several threads. Opens with the first call, or as a context manager."""

    def __init__(
        self,
        settings: GuardSettings,
        *,
        price: float | None = None,
        caller: Caller | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.settings = settings
        self._telemetry = telemetry
        self._price = price
        self._caller = caller or Caller()
        self._turning = threading.Condition()
        """Held to open, to close, and to count calls."""
        self._running: _Running | None = None
        self._process = os.getpid()

    def __call__(self, batch: pd.DataFrame, **how: Any) -> Any:
        """Return what the system returns for the batch, or the fallback. As `ask`."""
        return self.ask(batch, **how).value

    def ask(
        self,
        batch: pd.DataFrame,
        *,
        deadline_s: float | None = None,
        team: str | None = None,
        user: str | None = None,
        groups: tuple[str, ...] = (),
        priority: int = 5,
    ) -> Guarded:
        """Ask, and tell what became of it.

        Raises NotAnsweredError (its subclasses say why), or what the system raised, where neither
        the system nor a fallback answered. Nothing is returned that is not in the log.
        """
        body = batch_body(_frame(batch))
        limit_s = self.settings.deadline_s if deadline_s is None else deadline_s
        caller = Caller(
            team=_sound(team or self._caller.team),
            user=_sound(user or self._caller.user),
            groups=groups,
            priority=priority,
        )
        running = self._join()
        try:
            began, at = time.monotonic(), time.time()
            call = Call(
                id=running.parts.next_id(at),
                pilot=self.settings.pilot,
                protocol="python",
                caller=caller,
                received_at=at,
                began=began,
                deadline=began + limit_s,
                body=body,
                rows=len(batch),
            )
            return _Line(running).ask(Asked(call, batch, copy_context()))
        finally:
            self._leave(running)

    def health(self) -> Mapping[str, Health]:
        """Say how the protection of each version stands."""
        running = self._join()
        try:
            return {name: each.shield.health() for name, each in running.parts.behind.items()}
        finally:
            self._leave(running)

    def close(self) -> None:
        """Wait for calls under way; write, book and queue what is left. Twice is as good as once.

        Who calls afterwards opens it anew.
        """
        with self._turning:
            running, self._running = self._running, None
            if running is None or self._process != os.getpid():
                return
            self._turning.wait_for(lambda: running.calls == 0)
        try:
            asyncio.run_coroutine_threadsafe(close_parts(running.parts), running.loop).result()
        finally:
            _end(running.loop, running.thread)

    def __enter__(self) -> Self:
        self._leave(self._join())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _join(self) -> _Running:
        """Count a call in, and open what is closed."""
        with self._turning:
            if self._process != os.getpid():
                raise InputError(
                    "This guard was made in another process, before it was forked.",
                    hint="Make one in each process: guarded = proveout.guard(system, …)",
                )
            if self._running is None:
                self._running = self._open()
            self._running.calls += 1
            return self._running

    def _leave(self, running: _Running) -> None:
        with self._turning:
            running.calls -= 1
            self._turning.notify_all()

    def _open(self) -> _Running:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="proveout-guard", daemon=True)
        thread.start()
        try:
            opening = open_parts(self.settings, self._price, self._telemetry)
            parts = asyncio.run_coroutine_threadsafe(opening, loop).result()
        except BaseException:
            _end(loop, thread)
            raise
        atexit.register(_close, weakref.ref(self))
        return _Running(loop, thread, parts, Serving(parts))


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _sound(name: str | None) -> str | None:
    """Names may come from anywhere; half a character can be written nowhere."""
    return None if name is None else name.encode("utf-8", "replace").decode()


def _frame(batch: pd.DataFrame) -> pd.DataFrame:
    if not hasattr(batch, "iloc") or not hasattr(batch, "columns"):
        raise InputError(
            f"A guarded system takes a pandas DataFrame, and this is a {type(batch).__name__}.",
            hint="For one record: guarded(pandas.DataFrame([record]))",
        )
    return batch


class _Line:
    """One call on the loop of the guard, which its caller may hang up at any moment."""

    def __init__(self, running: _Running) -> None:
        self._running = running
        self._is_over = threading.Event()
        self._is_hung_up = False
        self._task: asyncio.Task[Guarded] | None = None

    def ask(self, asked: Asked) -> Guarded:
        """Wait for the answer. Ctrl-C ends the call as one whose client went away."""
        try:
            return asyncio.run_coroutine_threadsafe(self._serve(asked), self._running.loop).result()
        except (KeyboardInterrupt, SystemExit):
            self._running.loop.call_soon_threadsafe(self._hang_up)
            self._is_over.wait(_GRACE_S)  # its record is worth a moment
            raise

    async def _serve(self, asked: Asked) -> Guarded:
        self._task = asyncio.current_task()
        try:
            if self._is_hung_up:
                raise asyncio.CancelledError
            return await self._running.serving.serve(asked)
        finally:
            self._is_over.set()

    def _hang_up(self) -> None:
        self._is_hung_up = True
        if self._task is not None:
            self._task.cancel()


def _close(reference: weakref.ref[Guard]) -> None:
    """Close at the end of the process what was left open."""
    found = reference()
    if found is not None:
        found.close()
