"""Two hosts on one store: what a switch does to the next request, to streams, and to each other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proveout.errors import InputError, UnreachableError
from proveout.runtime.call import Call, Caller
from proveout.runtime.ports import Route
from proveout.runtime.rollout.keeping import (
    OvertakenError,
    Standing,
    Transition,
    history,
    insist,
    standing,
    switch,
)
from proveout.runtime.rollout.router import SwitchRouter
from proveout.runtime.rollout.state import State, Step
from proveout.runtime.rollout.transitions import (
    By,
    kill,
    next_step,
    promote,
    restore,
    roll_back,
    start,
)
from proveout.runtime.store import Store, open_store

PILOT = "claims"
FIRST = State(versions=("v1", "v2"), current="v1")
ANA = By(who="Ana Ruiz", why="wrong totals", now=1000.0)
STEPS = (Step(groups=("volunteers",)), Step(share=0.5))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    where = tmp_path / "store.db"
    location = str(where) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_store(location) as opened:
        yield opened


def thrown(store: Store, transition: Transition) -> None:
    switch(store, PILOT, standing(store, PILOT, FIRST), transition)


def begin(state: State) -> State:
    return start(state, "v2", STEPS, ANA, shadow=False)


def test_a_switch_holds_on_every_host_once_it_is_read(store: Store) -> None:
    """Two hosts that read the switches after it was thrown route by it, and both alike."""
    hosts = [SwitchRouter(store, PILOT, FIRST) for _ in range(2)]
    volunteer = _call(Caller(user="u1", groups=("volunteers",)))

    async def story() -> list[Any]:
        seen = []
        for transition in (begin, lambda state: promote(state, ANA), lambda s: roll_back(s, ANA)):
            thrown(store, transition)
            for host in hosts:
                await host.refresh()
            seen.append([(host.generation, host.route(volunteer)) for host in hosts])
        return seen

    assert asyncio.run(story()) == [
        [(1, Route("v2"))] * 2,
        [(2, Route("v2"))] * 2,
        [(3, Route("v1"))] * 2,
    ]


def test_an_idle_host_notices_by_itself(store: Store) -> None:
    """Without any request, a stream on a version that is taken back is cut."""

    async def story() -> Route:
        host = SwitchRouter(store, PILOT, FIRST, poll_s=0.01)
        await host.start()
        was_cut = asyncio.Event()
        host.on_cut("a", was_cut.set, "v1")
        await asyncio.to_thread(thrown, store, lambda state: kill(state, ANA))
        await asyncio.wait_for(was_cut.wait(), 10)
        await host.close()
        return host.route(_call())

    assert asyncio.run(story()) == Route("manual")


def test_streams_are_cut_only_where_their_version_is_taken_back_and_that_was_asked_for(
    store: Store,
) -> None:
    """A cut ends what runs on v2; what runs on v1 goes on, as all does where streams may finish."""

    async def cut(in_flight: Any) -> list[str]:
        thrown(store, begin)
        host = SwitchRouter(store, PILOT, FIRST)
        await host.refresh()
        was_cut: list[str] = []
        host.on_cut("old", lambda: was_cut.append("old"), "v1")
        host.on_cut("new", lambda: was_cut.append("new"), "v2")
        host.on_cut("gone", lambda: was_cut.append("gone"), "v2")
        host.ended("gone")
        thrown(store, lambda state: roll_back(state, ANA, in_flight=in_flight))
        thrown(store, begin)  # the host slept through the switch that cut
        await host.refresh()
        host.on_cut("sent since", lambda: was_cut.append("sent since"), "v2")
        thrown(store, lambda state: roll_back(state, LATER, in_flight=in_flight))
        await host.refresh()
        host.on_cut("sent before", lambda: was_cut.append("sent before"), "v2")
        return was_cut

    assert asyncio.run(cut("cut")) == ["new", "sent since", "sent before"]
    assert asyncio.run(cut("finish")) == []


def test_of_two_people_one_wins_and_the_other_is_told(store: Store) -> None:
    """Both saw the same state: the second switch is not thrown, and says who was first."""
    thrown(store, begin)
    seen = standing(store, PILOT, FIRST)
    switch(store, PILOT, seen, lambda state: roll_back(state, ANA))

    with pytest.raises(OvertakenError) as told:
        switch(store, PILOT, seen, lambda state: promote(state, replace(ANA, who="Bo Lind")))

    assert str(told.value) == (
        "Somebody else was first, and nothing was done. Ana Ruiz: roll-back (wrong totals).\n"
        "See how things stand, then decide again: proveout rollout"
    )
    assert [each.said.act for each in history(store, PILOT)] == ["start", "roll-back"]


def test_of_two_first_switches_one_wins(store: Store) -> None:
    """Where no switch was ever thrown there is no line yet to compare with; one still wins."""
    seen = Standing(generation=0, state=FIRST)
    switch(store, PILOT, seen, begin)

    with pytest.raises(OvertakenError):
        switch(store, PILOT, seen, lambda state: kill(state, ANA))

    assert insist(store, PILOT, FIRST, lambda state: kill(state, ANA)).generation == 2


def test_of_many_in_the_same_moment_exactly_one_wins(store: Store) -> None:
    """The store decides, not who looked first; the kill switch gets through all the same."""

    def try_it(number: int) -> bool:
        by = replace(ANA, who=f"person {number}")
        seen = Standing(generation=0, state=FIRST)
        if number == 0:
            return insist(store, PILOT, FIRST, lambda state: kill(state, by)).generation == 1
        try:
            switch(store, PILOT, seen, lambda state: start(state, "v2", STEPS, by, shadow=False))
        except OvertakenError:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        won = list(people.map(try_it, range(8)))

    thrown_ = [each.said.act for each in history(store, PILOT)]
    assert thrown_ in (["kill"], ["start", "kill"])
    assert sum(won) == 1
    assert not standing(store, PILOT, FIRST).state.is_on


def test_what_is_not_allowed_leaves_no_trace(store: Store) -> None:
    """A refused switch changes neither the state nor the history."""
    with pytest.raises(InputError):
        thrown(store, lambda state: next_step(state, ANA))
    with pytest.raises(InputError):
        thrown(store, lambda state: restore(state, ANA))

    assert history(store, PILOT) == []
    assert standing(store, PILOT, FIRST) == Standing(generation=0, state=FIRST)


def test_many_requests_that_notice_a_switch_at_once_are_served_by_few_readings(
    store: Store,
) -> None:
    """Each of 50 calls sees the switch that was thrown before it asked."""

    async def story() -> tuple[list[int], int]:
        host = SwitchRouter(store, PILOT, FIRST)
        await host.refresh()
        before = host.readings
        thrown(store, begin)

        async def one() -> int:
            await host.refresh()
            return host.generation

        return await asyncio.gather(*(one() for _ in range(50))), host.readings - before

    generations, readings = asyncio.run(story())
    assert generations == [1] * 50
    assert readings <= 2


LATER = replace(ANA, now=5000.0)


def _call(caller: Caller | None = None) -> Call:
    return Call("c1", PILOT, "json", caller or Caller(user="u"), 0.0, 0.0, 30.0, b"{}")


def test_a_host_goes_on_watching_after_the_store_was_away(tmp_path: Path) -> None:
    """What was read last holds meanwhile, and why is told."""

    class Failing:
        """A store that can be away."""

        is_away = True

        def __init__(self, store: Store) -> None:
            self._store = store

        def __getattr__(self, name: str) -> Any:
            if name == "reading" and self.is_away:
                raise UnreachableError("The store is away.")
            return getattr(self._store, name)

    async def story(host: SwitchRouter, failing: Failing, store: Store) -> list[Any]:
        failing.is_away = False
        await host.start()
        failing.is_away = True
        while host.away is None:
            await asyncio.sleep(0)
        seen: list[Any] = [host.away, host.route(_call())]
        await asyncio.to_thread(thrown, store, lambda state: kill(state, ANA))
        failing.is_away = False
        while host.generation == 0:
            await asyncio.sleep(0)
        await host.close()
        return [*seen, host.away, host.route(_call())]

    with open_store(str(tmp_path / "store.db")) as store:
        failing = Failing(store)
        host = SwitchRouter(failing, PILOT, FIRST, poll_s=0.01)  # type: ignore[arg-type]
        seen = asyncio.run(asyncio.wait_for(story(host, failing, store), 30))

    assert seen == ["The store is away.", Route("v1"), None, Route("manual")]
