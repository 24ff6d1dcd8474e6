"""Holding a drill: the proxy, its faults by the clock, users, and what people say meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from proveout.checks.drill.course import Course
from proveout.checks.drill.hearing import Hearing
from proveout.checks.drill.judging import words_of
from proveout.checks.drill.listening import listening
from proveout.checks.drill.plan import Plan
from proveout.checks.drill.record import HeldDrill
from proveout.checks.drill.state import SOCKETS_PREFIX, Whereabouts
from proveout.checks.drill.switching import Switching
from proveout.checks.drill.timeline import timeline
from proveout.checks.drill.users import Users, Way, fallback_way
from proveout.errors import UnreachableError
from proveout.faults.supervised import SupervisedProxy
from proveout.faults.upstream import Upstream, why_not

Ending = Literal["finished", "stopped", "interrupted"]

SHOW_EVERY_S = 1.0


class BrokenOffError(Exception):
    """The drill was stopped before its end; the text says by what."""


def hold(plan: Plan) -> HeldDrill:
    """Hold a drill to its end.

    Raises BrokenOffError and KeyboardInterrupt where it was stopped, UnreachableError where the
    system does not answer before anything begins, InputError for an address that is taken.
    """
    # A terminal that is gone must not keep a drill from ending in order.
    plan = replace(plan, say=_while_heard(plan.say), tick=_while_heard(plan.tick))
    plan.say(plan.announcement())
    with _sockets() as sockets:
        return asyncio.run(_hold(Course(plan), sockets))


async def _hold(course: Course, sockets: Path) -> HeldDrill:
    plan = course.plan
    upstream = Upstream.of(plan.web.url)
    # The drill's users come by a door of their own, so that the clients of others are counted.
    doors = [plan.listen, ("127.0.0.1", 0)]
    # Not in a thread: stopped in the middle of it, nobody would own the process.
    with SupervisedProxy(upstream, doors, sockets, plan.linger_s) as proxy:
        users = _users(plan, upstream, proxy.ports[1])
        hearing = Hearing(course, users)
        how: Ending = "interrupted"
        _write_state(course, proxy, sockets)
        try:
            if trouble := await users.try_first():
                raise await _unreachable(upstream, trouble)
            with timeline(course.file, course.stop_by) as course.timeline:
                how = await _run(course, proxy, hearing, sockets)
        finally:
            _end(course, proxy, how)
    if how == "stopped":
        raise BrokenOffError(course.stopped_by)
    return course.held(users)


def _users(plan: Plan, upstream: Upstream, port: int) -> Users:
    fallback = plan.drill.fallback
    return Users(
        dialect=plan.dialect,
        rows=plan.rows,
        charter_url=plan.web.url,
        system=Way(base=f"http://127.0.0.1:{port}", headers={"host": upstream.authority}),
        fallback=None if fallback is None else fallback_way(fallback, plan.web.url),
        n=plan.drill.users,
        give_up_after_s=plan.patience_s,
        seconds=plan.seconds,
        seed=plan.seed,
        busy=lambda at_s: plan.scenario.times_busy(at_s / plan.seconds * plan.scenario.hours),
    )


async def _unreachable(upstream: Upstream, trouble: str) -> UnreachableError:
    why = await why_not(upstream) or trouble
    return UnreachableError(
        f"Before any fault, the system at {upstream.url} does not answer: {why}.",
        hint="See that it runs and answers: proveout check quality",
    )


def _write_state(course: Course, proxy: SupervisedProxy, sockets: Path) -> None:
    """Say where we are before anything can go wrong, so that what is left can be found."""
    plan = course.plan
    plan.folder.write(
        Whereabouts(
            pid=os.getpid(),
            scenario=plan.scenario.name,
            began_at=course.began_at.isoformat(),
            listen=f"{plan.listen[0]}:{proxy.ports[0]}",
            sockets=str(sockets),
            timeline=str(course.file),
        )
    )


async def _run(course: Course, proxy: SupervisedProxy, hearing: Hearing, sockets: Path) -> Ending:
    plan = course.plan
    course.began = hearing.users.began = time.monotonic()
    course.note("begin", {"scenario": plan.scenario.name, "seconds": plan.seconds})
    plan.say(
        f"The drill has begun: {plan.scenario.title}, in {words_of(plan.seconds)}. "
        f"The proxy listens on {plan.listen[0]}:{proxy.ports[0]}."
        f"{plan.how_to_take_part and f' {plan.how_to_take_part}'}"
    )
    _heed_signals(course)
    async with listening(sockets / "drill.sock", hearing.answer):
        ended = await _until_the_end(course, proxy, hearing)
    await asyncio.to_thread(proxy.look)  # a proxy that is gone would look like an outage
    course.note("end", {"how": ended, "by": course.stopped_by})
    # What became of the timeline just now is the end of it as well.
    return "stopped" if course.stop.is_set() else ended


async def _until_the_end(course: Course, proxy: SupervisedProxy, hearing: Hearing) -> Ending:
    stopping = asyncio.create_task(course.stop.wait())
    # None of these comes to an end that is not our trouble, but the one that switches.
    at_work = {
        asyncio.create_task(hearing.users.work()),
        asyncio.create_task(Switching(course, proxy).work()),
        asyncio.create_task(_show(course, hearing)),
    }
    tasks = {stopping, *at_work}
    try:
        while not stopping.done() and (left := course.plan.seconds - course.now_s) > 0:
            done, _ = await asyncio.wait(
                {stopping, *at_work}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                await task  # raises what went wrong with us
            at_work -= done
        return "stopped" if course.stop.is_set() else "finished"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _show(course: Course, hearing: Hearing) -> None:
    while True:
        course.plan.tick(hearing.glance())
        await asyncio.sleep(SHOW_EVERY_S)


def _heed_signals(course: Course) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(each, course.stop_by, f"signal {each.name}")


def _end(course: Course, proxy: SupervisedProxy, how: Ending) -> None:
    """Switch everything off; where others came through the proxy, do not cut them off."""
    plan = course.plan
    with contextlib.suppress(UnreachableError):
        proxy.look()
    course.count(proxy.tally)
    if proxy.connections and proxy.connections[0]:
        proxy.leave()
        plan.say(
            "Every fault is off. Clients came through the proxy, so it goes on passing their "
            f"bytes unchanged for {words_of(plan.linger_s)}: point them back to the system, then: "
            "proveout drill stop"
        )
        return
    proxy.stop()
    plan.folder.forget()
    if how != "finished" and course.began:
        plan.say("Every fault is off, and the proxy is gone.")


@contextlib.contextmanager
def _sockets() -> Iterator[Path]:
    """A folder of our own with a short path; it stays while a proxy that was left needs it."""
    folder = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX))
    try:
        yield folder
    finally:
        if not (folder / "proxy.sock").exists():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()


def _while_heard(tell: Callable[[str], None]) -> Callable[[str], None]:
    def told(text: str) -> None:
        with contextlib.suppress(OSError):
            tell(text)

    return told
