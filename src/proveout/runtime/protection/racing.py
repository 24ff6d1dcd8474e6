"""Hedging: a second attempt where the first takes long; whichever answers first counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Answered = TypeVar("Answered")


async def race(
    ask: Callable[[], Awaitable[Answered]],
    *,
    after_s: float,
    may_again: Callable[[], bool],
    lost: Callable[[asyncio.Future[Answered]], None],
) -> Answered:
    """Ask, and ask again after `after_s` seconds where `may_again` then says yes.

    The first that answers wins; one that fails waits for the other. Where none answers, what the
    first raised is raised. `lost` is called once for every attempt that did not win, when it has
    ended: cancelled, failed, or with an answer that nobody needs.
    """
    attempts = [asyncio.ensure_future(ask())]
    winner: asyncio.Future[Answered] | None = None
    try:
        await asyncio.wait(attempts, timeout=after_s)
        if not attempts[0].done() and may_again():
            attempts.append(asyncio.ensure_future(ask()))
        while winner is None:
            winner = next(filter(_has_answered, attempts), None)
            running = [each for each in attempts if not each.done()]
            if winner is None and not running:
                return attempts[0].result()
            if winner is None:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        return winner.result()
    finally:
        for each in attempts:
            if each is not winner:
                each.cancel()
                each.add_done_callback(lost)


def _has_answered(attempt: asyncio.Future[Answered]) -> bool:
    return attempt.done() and not attempt.cancelled() and attempt.exception() is None
