"""Slots, queue, breaker, deadline and hedging together, on a loop where hours take no time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.virtual_time import run_virtually
from proveout.runtime.call import Call, Caller
from proveout.runtime.ports import LateError, ShedError, SystemFailedError
from proveout.runtime.protection import Health, Limits, Shield


def _now() -> float:
    return asyncio.get_running_loop().time()


def _shield(**limits: float) -> Shield:
    return Shield(Limits(**limits), clock=_now)  # type: ignore[arg-type]


def _call(
    name: str = "a", *, priority: int = 5, deadline_s: float = 10.0, is_stream: bool = False
) -> Call:
    return Call(
        id=name,
        pilot="p",
        protocol="json",
        caller=Caller(priority=priority),
        received_at=0.0,
        began=_now(),
        deadline=_now() + deadline_s,
        body=b"",
        is_stream=is_stream,
    )


@dataclass
class _System:
    """Takes so many seconds for the n-th request, and answers, fails or breaks."""

    seconds: list[float]
    fails: bool = False
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0
    cancelled: int = 0

    async def ask(self) -> str:
        self.asked += 1
        number = self.asked
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.seconds[min(number, len(self.seconds)) - 1])
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1
        if self.fails:
            raise SystemFailedError("it broke", 500)
        return f"answer {number}"


def test_gives_the_answer_of_the_system() -> None:
    """Nothing is changed where nothing is wrong."""

    async def work() -> tuple[str, Health]:
        shield = _shield(concurrency=2)
        return await shield.run(_call(), _System([1.0]).ask), shield.health()

    answer, health = run_virtually(work())

    assert answer == "answer 1"
    assert health == Health(
        breaker="closed", retry_after_s=0.0, waiting=0, busy=0, slots=2, shed=0, late=0,
        hedged=0, opened=0,
    )  # fmt: skip


def test_the_deadline_holds_and_the_request_is_cancelled() -> None:
    """A system that hangs costs a user the deadline and not more."""

    async def work() -> tuple[float, int, str]:
        system, began = _System([99.0]), _now()
        with pytest.raises(LateError) as late:
            await _shield().run(_call(deadline_s=3.0), system.ask)
        return _now() - began, system.cancelled, str(late.value)

    assert run_virtually(work()) == (3.0, 1, "no answer within 3 s")


def test_the_time_in_the_queue_counts() -> None:
    """Who waits for a turn that does not come is told so at the deadline, and was never sent."""

    async def work() -> tuple[float, int, str]:
        shield, system = _shield(concurrency=1), _System([99.0])
        first = asyncio.ensure_future(shield.run(_call("a", deadline_s=50.0), system.ask))
        await asyncio.sleep(0)
        began = _now()
        with pytest.raises(LateError) as late:
            await shield.run(_call("b", deadline_s=3.0), system.ask)
        took, asked = _now() - began, system.asked
        first.cancel()
        await asyncio.wait([first])
        return took, asked, str(late.value)

    assert run_virtually(work()) == (3.0, 1, "no turn came within 3 s")


def test_a_call_that_comes_late_is_not_sent() -> None:
    """After the deadline nothing is asked of the system."""

    async def work() -> int:
        system = _System([1.0])
        with pytest.raises(LateError, match="no turn came within 0 s"):
            await _shield().run(_call(deadline_s=0.0), system.ask)
        return system.asked

    assert run_virtually(work()) == 0


def test_who_finds_the_queue_full_is_told_at_once_and_when_to_come_again() -> None:
    """Turned away means an answer now, not at the deadline."""

    async def work() -> tuple[str, bool, Health]:
        shield, system = _shield(concurrency=1, queue=1), _System([1.0])
        running = [
            asyncio.ensure_future(shield.run(_call(name), system.ask)) for name in ("a", "b")
        ]
        await asyncio.sleep(0)
        with pytest.raises(ShedError) as shed:
            await shield.run(_call("c"), system.ask)
        health = shield.health()
        await asyncio.wait(running)
        return shed.value.why, shed.value.retry_after_s >= 1.0, health

    why, says_when, health = run_virtually(work())

    assert (why, says_when) == ("the queue is full", True)
    assert (health.waiting, health.busy, health.shed) == (1, 1, 1)


def test_who_is_displaced_is_told_at_once() -> None:
    """A higher priority takes the place of a lower one that waits."""

    async def work() -> list[object]:
        shield, system = _shield(concurrency=1, queue=1), _System([1.0])
        runs = []
        for name, priority in [("a", 5), ("low", 1), ("high", 9)]:
            runs.append(
                asyncio.ensure_future(shield.run(_call(name, priority=priority), system.ask))
            )
            await asyncio.sleep(0)
        results = await asyncio.gather(*runs, return_exceptions=True)
        return [getattr(each, "why", each) for each in results]

    assert run_virtually(work()) == ["answer 1", "the queue is full", "answer 2"]


def test_when_the_breaker_opens_those_who_wait_are_told_at_once() -> None:
    """Nobody waits for a system that is left alone; a probe closes it again."""

    async def work() -> tuple[list[str], str, str, Health]:
        shield = _shield(concurrency=1, of=2, open_s=5.0)
        broken, sound = _System([1.0], fails=True), _System([1.0])
        runs = [asyncio.ensure_future(shield.run(_call(name), broken.ask)) for name in "abcd"]
        results = [str(each) for each in await asyncio.gather(*runs, return_exceptions=True)]
        with pytest.raises(ShedError) as shed:
            await shield.run(_call("e"), sound.ask)
        await asyncio.sleep(5.0)
        return results, shed.value.why, await shield.run(_call("f"), sound.ask), shield.health()

    results, why, answer, health = run_virtually(work())

    alone = "the system keeps failing and is left alone for a while"
    assert results == ["it broke", "it broke", alone, alone]
    assert (why, answer) == (alone, "answer 1")
    assert (health.breaker, health.opened, health.shed) == ("closed", 1, 3)


@pytest.mark.parametrize(
    ("waits_s", "opened"),
    [
        pytest.param(0.0, 1, id="the system had all of the time"),
        pytest.param(9.0, 0, id="the queue took most of it"),
    ],
)
def test_lateness_counts_only_where_the_system_had_the_time(waits_s: float, opened: int) -> None:
    """A system that hangs opens the breaker; a long queue does not."""

    async def work() -> int:
        shield = _shield(concurrency=1, of=1)
        first = asyncio.ensure_future(shield.run(_call("a"), _System([waits_s]).ask))
        await asyncio.sleep(0)
        with pytest.raises(LateError):
            await shield.run(_call("b"), _System([99.0]).ask)
        await first
        return shield.health().opened

    assert run_virtually(work()) == opened


def test_a_stream_keeps_its_slot_until_released() -> None:
    """A stream that has begun is still a request that the system works on."""

    async def work() -> list[int]:
        shield = _shield(concurrency=1)
        await shield.run(_call("s", is_stream=True), _System([1.0]).ask)
        busy = [shield.health().busy]
        waiting = asyncio.ensure_future(shield.run(_call("a"), _System([1.0]).ask))
        await asyncio.sleep(2.0)
        busy.append(shield.health().waiting)
        shield.release("s")
        shield.release("s")
        await waiting
        return [*busy, shield.health().busy]

    assert run_virtually(work()) == [1, 1, 0]


def test_a_stream_that_breaks_counts_as_a_failure() -> None:
    """Failures after the head are failures."""

    async def work() -> str:
        shield = _shield(of=2)
        for name in "ab":
            await shield.run(_call(name, is_stream=True), _System([1.0]).ask)
            shield.release(name, failed=True)
        return shield.health().breaker

    assert run_virtually(work()) == "open"


def test_work_that_cannot_be_stopped_keeps_its_slot_after_the_deadline() -> None:
    """`until_released` keeps a slot whatever became of the call."""

    async def work() -> list[int]:
        shield = _shield(concurrency=1)
        with pytest.raises(LateError):
            await shield.run(_call("a", deadline_s=1.0), _System([9.0]).ask, until_released=True)
        busy = shield.health().busy
        shield.release("a")
        return [busy, shield.health().busy]

    assert run_virtually(work()) == [1, 0]


def test_a_slot_can_be_released_before_the_answer_is_passed_on() -> None:
    """Whoever knows first that the work is done may say so; the outcome still counts."""

    async def work() -> Health:
        shield = _shield(concurrency=1, of=1)

        async def fails() -> None:
            shield.release("a")
            raise SystemFailedError("no")

        with pytest.raises(SystemFailedError):
            await shield.run(_call("a"), fails, until_released=True)
        return shield.health()

    health = run_virtually(work())

    assert (health.busy, health.breaker) == (0, "open")


def test_a_second_attempt_wins_and_the_first_is_cancelled() -> None:
    """Hedging: whichever answers first counts."""

    async def work() -> tuple[str, float, int, int, Health]:
        system, began = _System([9.0, 1.0]), _now()
        shield = _shield(hedge_after_s=2.0)
        answer = await shield.run(_call(), system.ask)
        took = _now() - began
        await asyncio.sleep(0.1)
        return answer, took, system.asked, system.cancelled, shield.health()

    answer, took, asked, cancelled, health = run_virtually(work())

    assert (answer, took, asked, cancelled) == ("answer 2", 3.0, 2, 1)
    assert (health.hedged, health.busy) == (1, 0)


@pytest.mark.parametrize(
    ("limits", "fails", "asked"),
    [
        pytest.param({}, False, 1, id="off by default"),
        pytest.param({"hedge_after_s": 2.0, "concurrency": 1}, False, 1, id="no free slot"),
        pytest.param({"hedge_after_s": 8.0}, False, 1, id="answered before"),
        pytest.param({"hedge_after_s": 8.0}, True, 1, id="failed before: hedging is no retry"),
        pytest.param({"hedge_after_s": 2.0}, True, 2, id="both fail"),
    ],
)
def test_when_a_second_attempt_is_made(limits: dict[str, float], fails: bool, asked: int) -> None:
    """It never makes anybody else wait, and is no retry."""

    async def work() -> tuple[int, int]:
        shield, system = _shield(**limits), _System([5.0], fails=fails)
        await asyncio.gather(shield.run(_call(), system.ask), return_exceptions=True)
        await asyncio.sleep(0.1)
        return system.asked, shield.health().busy

    assert run_virtually(work()) == (asked, 0)


def test_an_answer_that_lost_the_race_is_closed() -> None:
    """Two answers in one moment: one is used, the other is handed to `discard`."""

    async def work() -> tuple[str, list[str]]:
        thrown: list[str] = []
        shield = Shield(Limits(hedge_after_s=2.0), clock=_now, discard=thrown.append)
        answer = await shield.run(_call(), _System([4.0, 2.0]).ask)
        await asyncio.sleep(0.1)
        return answer, thrown

    assert run_virtually(work()) == ("answer 1", ["answer 2"])


def test_what_ask_raises_of_its_own_is_passed_on() -> None:
    """A TimeoutError of the client library is not our deadline."""

    async def work() -> tuple[object, int]:
        async def breaks() -> str:
            raise TimeoutError("theirs")

        shield = _shield()
        with pytest.raises(TimeoutError, match="theirs"):
            await shield.run(_call(), breaks)
        return shield.health().breaker, shield.health().late

    assert run_virtually(work()) == ("closed", 0)


@dataclass(frozen=True)
class _Visitor:
    """One who comes in a random schedule; times in quarters of a second, so that many coincide."""

    comes: int
    priority: int
    takes: int
    deadline: int
    fails: bool
    leaves: int | None
    streams: int | None


@dataclass
class _Day:
    """Visitors, what they met, and whether a law was broken."""

    limits: Limits
    fates: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    too_many: bool = False
    too_late: list[float] = field(default_factory=list)
    idle: bool = False

    def __post_init__(self) -> None:
        self.shield = Shield(self.limits, clock=_now, discard=self.close)

    async def ask(self, visitor: _Visitor) -> bool:
        self.at_once += 1
        self.too_many |= self.at_once > self.limits.concurrency
        try:
            await asyncio.sleep(visitor.takes / 4)
            if visitor.fails:
                raise SystemFailedError("no")
            if visitor.streams is not None:
                self.at_once += 1  # it goes on beyond the head
        finally:
            self.at_once -= 1
        return visitor.streams is not None

    def close(self, is_stream: bool) -> None:
        self.at_once -= is_stream

    async def visit(self, number: int, visitor: _Visitor) -> None:
        await asyncio.sleep(visitor.comes / 4)
        call = _call(
            str(number),
            priority=visitor.priority,
            deadline_s=visitor.deadline / 4,
            is_stream=visitor.streams is not None,
        )
        run = asyncio.ensure_future(self.shield.run(call, lambda: self.ask(visitor)))
        if visitor.leaves is not None:
            asyncio.get_running_loop().call_later(visitor.leaves / 4, run.cancel)
        await asyncio.wait([run])
        if _now() > call.deadline + 1e-9:
            self.too_late.append(_now() - call.deadline)
        fate = asyncio.CancelledError() if run.cancelled() else run.exception()
        self.fates[type(fate).__name__] += 1
        if fate is None and visitor.streams is not None:
            await asyncio.sleep(visitor.streams / 4)
            self.close(True)
            self.shield.release(call.id)

    async def watch(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0.125)
            health = self.shield.health()
            self.idle |= health.waiting > 0 and health.busy < self.limits.concurrency


_VISITORS = st.lists(
    st.builds(
        _Visitor,
        comes=st.integers(0, 12),
        priority=st.integers(0, 9),
        takes=st.integers(0, 12),
        deadline=st.integers(0, 16),
        fails=st.booleans(),
        leaves=st.none() | st.integers(0, 8),
        streams=st.none() | st.integers(0, 8),
    ),
    max_size=25,
)


async def _live(visitors: list[_Visitor], limits: Limits) -> tuple[_Day, Health]:
    day = _Day(limits)
    await asyncio.gather(*(day.visit(*each) for each in enumerate(visitors)), day.watch())
    return day, day.shield.health()


@settings(max_examples=150, deadline=None)
@given(
    _VISITORS,
    st.integers(1, 4),
    st.integers(0, 5),
    st.sampled_from([None, 0.25, 0.5]),
    st.integers(1, 30),
)
def test_whatever_comes_nobody_is_lost(
    visitors: list[_Visitor], slots: int, queue: int, hedge_after_s: float | None, of: int
) -> None:
    """Never more than the slots at once, never past the deadline, no idle slot, one fate each."""
    limits = Limits(concurrency=slots, queue=queue, of=of, open_s=0.5, hedge_after_s=hedge_after_s)
    day, health = run_virtually(_live(visitors, limits))

    assert not day.too_many
    assert day.too_late == []
    assert not day.idle
    assert day.fates.total() == len(visitors)
    assert set(day.fates) <= {
        "NoneType", "ShedError", "LateError", "SystemFailedError", "CancelledError",
    }  # fmt: skip
    assert (health.busy, health.waiting, day.at_once) == (0, 0, 0)
