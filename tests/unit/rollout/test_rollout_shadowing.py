"""A version in the shadow is in nobody's way."""

from __future__ import annotations

import asyncio
import logging

import pytest

from proveout.runtime.call import Call, Caller
from proveout.runtime.rollout.shadowing import Shadowing, copy_of


def test_what_finds_no_room_is_dropped_and_counted_and_room_is_free_again() -> None:
    """A slow version in the shadow piles nothing up."""

    async def story() -> list[bool]:
        told: list[str] = []
        shadowing = Shadowing(at_once=2, on_dropped=lambda: told.append("dropped"))
        gate = asyncio.Event()

        async def work() -> None:
            await gate.wait()

        fired = [shadowing.fire(work) for _ in range(4)]
        gate.set()
        await shadowing.close()
        fired.append(shadowing.fire(work))
        await shadowing.close()
        assert (shadowing.fired, shadowing.dropped, shadowing.broken) == (3, 2, 0)
        assert told == ["dropped", "dropped"]
        return fired

    assert asyncio.run(story()) == [True, True, False, False, True]


def test_nothing_of_a_copy_happens_before_the_caller_goes_on() -> None:
    """To fire is to put down a task: the real answer is not waiting for it."""

    async def story() -> list[str]:
        seen: list[str] = []
        shadowing = Shadowing()

        async def work() -> None:
            seen.append("copy")

        shadowing.fire(work)
        seen.append("real")
        await shadowing.close()
        return seen

    assert asyncio.run(story()) == ["real", "copy"]


def test_one_that_breaks_is_counted_and_told_once_without_what_was_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody else notices."""

    async def story() -> int:
        shadowing = Shadowing()

        async def work() -> None:
            raise ValueError("the patient's name")

        shadowing.fire(work)
        shadowing.fire(work)
        await shadowing.close()
        return shadowing.broken

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(story()) == 2
    assert caplog.messages == ["a version in the shadow broke: ValueError"]


def test_leaving_ends_what_takes_too_long() -> None:
    """A version that never answers keeps no gateway from stopping."""

    async def story() -> bool:
        shadowing, ended = Shadowing(), asyncio.Event()

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        shadowing.fire(work)
        await shadowing.close(within_s=0.001)
        return ended.is_set()

    assert asyncio.run(story())


def test_a_copy_is_charged_to_the_pilot_alone_and_goes_first_under_pressure() -> None:
    """Who did not ask for it does not pay for it."""
    caller = Caller(client="desk", key="abc", team="claims", user="ana", priority=9)
    call = Call("c1", "p", "chat", caller, 100.0, 5.0, 35.0, b"{}", model="m", is_stream=True)

    copy = copy_of(call, "c2", began=7.0)

    assert copy == Call("c2", "p", "chat", Caller(priority=0), 100.0, 7.0, 37.0, b"{}", model="m")
