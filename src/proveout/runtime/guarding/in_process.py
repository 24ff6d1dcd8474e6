"""A Python callable behind the same guarantees as a service behind the gateway."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import os
import threading
import time
import weakref
from collections.abc import Mapping
from contextvars import copy_context
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
    from proveout.runtime.telemetry import Telemetry

_GRACE_S = 2.0
"""So long an interrupted caller waits for the record of his call."""


def guard(
    system: Ask | str | os.PathLike[str] | LoadedCharter,
    charter: str | os.PathLike[str] | LoadedCharter | None = None,
    *,
    pilot: str | None = None,
    store: str | os.PathLike[str] | None = None,
    log: str | os.PathLike[str] | None = None,
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
        self._opening = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._parts: Parts | None = None
        self._serving: Serving | None = None
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
        serving, loop, parts = self._opened()
        began, at = time.monotonic(), time.time()
        limit_s = self.settings.deadline_s if deadline_s is None else deadline_s
        body = batch_body(_frame(batch))
        caller = Caller(
            team=team or self._caller.team,
            user=user or self._caller.user,
            groups=groups,
            priority=priority,
        )
        call = Call(
            id=parts.next_id(at),
            pilot=self.settings.pilot,
            protocol="python",
            caller=caller,
            received_at=at,
            began=began,
            deadline=began + limit_s,
            body=body,
            rows=len(batch),
        )
        asked = Asked(call, batch, copy_context())
        return _result(asyncio.run_coroutine_threadsafe(serving.serve(asked), loop))

    def health(self) -> Mapping[str, Any]:
        """Say how the protection of each version stands."""
        _, _, parts = self._opened()
        return {name: each.shield.health() for name, each in parts.behind.items()}

    def close(self) -> None:
        """Write, book and queue what is left. Twice is as good as once."""
        with self._opening:
            loop, thread, parts = self._loop, self._thread, self._parts
            self._loop = self._thread = self._parts = self._serving = None
            if loop is None or thread is None or self._process != os.getpid():
                return
            if parts is not None:
                asyncio.run_coroutine_threadsafe(close_parts(parts), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def __enter__(self) -> Self:
        self._opened()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _opened(self) -> tuple[Serving, asyncio.AbstractEventLoop, Parts]:
        with self._opening:
            if self._process != os.getpid():
                raise InputError(
                    "This guard was opened in another process, before it was forked.",
                    hint="Make one in each process: guarded = proveout.guard(system, …)",
                )
            if self._serving is None or self._loop is None or self._parts is None:
                self._open()
            assert self._serving and self._loop and self._parts  # noqa: S101, PT018  # just opened
            return self._serving, self._loop, self._parts

    def _open(self) -> None:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="proveout-guard", daemon=True)
        thread.start()
        try:
            opening = open_parts(self.settings, self._price, self._telemetry)
            parts = asyncio.run_coroutine_threadsafe(opening, loop).result()
        except BaseException:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            raise
        self._loop, self._thread, self._parts = loop, thread, parts
        self._serving = Serving(parts)
        atexit.register(_close, weakref.ref(self))


def _frame(batch: pd.DataFrame) -> pd.DataFrame:
    if not hasattr(batch, "iloc") or not hasattr(batch, "columns"):
        raise InputError(
            f"A guarded system takes a pandas DataFrame, and this is a {type(batch).__name__}.",
            hint="For one record: guarded(pandas.DataFrame([record]))",
        )
    return batch


def _result(answering: concurrent.futures.Future[Guarded]) -> Guarded:
    try:
        return answering.result()
    except (KeyboardInterrupt, SystemExit):
        # The call ends as one whose client went away; its record is worth a moment.
        answering.cancel()
        concurrent.futures.wait([answering], timeout=_GRACE_S)
        raise


def _close(reference: weakref.ref[Guard]) -> None:
    """Close at the end of the process what was left open."""
    found = reference()
    if found is not None:
        found.close()
