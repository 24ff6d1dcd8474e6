"""Holding a drill: the proxy, its faults by the clock, users, and what people say meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from proveout.charter.schema import Charter
from proveout.checks.drill.judging import words_of
from proveout.checks.drill.listening import RefusedError, Roster, listening
from proveout.checks.drill.notifying import Channels
from proveout.checks.drill.record import FaultOn, HeldDrill, Said, as_line
from proveout.checks.drill.runbook import runbook
from proveout.checks.drill.scenario import Scenario, ScenarioFault
from proveout.checks.drill.state import DrillFolder, Whereabouts
from proveout.checks.drill.users import Users, Way, fallback_way
from proveout.errors import UnreachableError
from proveout.faults.supervised import SupervisedProxy
from proveout.faults.upstream import Upstream
from proveout.systems.exchange import Dialect

Ending = Literal["finished", "stopped", "interrupted"]

SPARE_S = 5.0
"""A fault that nobody switches off ends by itself so long after its time."""

RECENT = 20


class BrokenOffError(Exception):
    """The drill was stopped before its end; the text says by what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a drill stands on."""

    charter: Charter
    scenario: Scenario
    seconds: float
    listen: tuple[str, int]
    dialect: Dialect
    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, str]
    folder: DrillFolder
    channels: Channels
    seed: int
    linger_s: float
    say: Callable[[str], None]
    """Tells whoever holds the drill what is going on."""
    tick: Callable[[str], None] = lambda _: None
    """Shows them, every second, how things stand."""
    how_to_take_part: str = ""


def hold(plan: Plan) -> HeldDrill:
    """Hold a drill to its end.

    Raises BrokenOffError and KeyboardInterrupt where it was stopped, UnreachableError where the
    system does not answer before anything begins, InputError for an address that is taken.
    """
    with _sockets() as sockets:
        return asyncio.run(_Holding(plan, sockets).hold())


@contextlib.contextmanager
def _sockets() -> Iterator[Path]:
    """A folder of our own with a short path; it stays while a proxy that was left needs it."""
    folder = Path(tempfile.mkdtemp(prefix="proveout-"))
    try:
        yield folder
    finally:
        if not (folder / "proxy.sock").exists():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()


@dataclass(slots=True)
class _Holding:
    plan: Plan
    sockets: Path
    said: list[Said] = field(default_factory=list)
    faults: list[FaultOn] = field(default_factory=list)
    began: float = 0.0
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    stopped_by: str = ""
    _timeline: Any = None

    async def hold(self) -> HeldDrill:
        plan, drill = self.plan, self.plan.charter.drill
        assert drill is not None  # noqa: S101  # needs() has seen to it
        web = plan.charter.system.web if plan.charter.system is not None else None
        assert web is not None  # noqa: S101  # needs() has seen to it
        upstream = Upstream.of(web.url)
        # The drill's users come by a door of their own, so that the clients of others are counted.
        doors = [plan.listen, ("127.0.0.1", 0)]
        proxy = SupervisedProxy(upstream, doors, self.sockets, plan.linger_s)
        with contextlib.ExitStack() as stack:
            # Not in a thread: stopped in the middle of it, nobody would own the process.
            stack.enter_context(proxy)
            path = urlsplit(web.url).path
            users = Users(
                dialect=plan.dialect,
                rows=plan.rows,
                charter_url=web.url,
                system=Way(
                    base=f"http://127.0.0.1:{proxy.ports[1]}{path}",
                    headers={"host": upstream.authority},
                ),
                fallback=None if drill.fallback is None else fallback_way(drill.fallback, web.url),
                n=drill.users,
                give_up_after_s=_patience(plan.charter),
                seconds=plan.seconds,
                seed=plan.seed,
                busy=lambda at_s: plan.scenario.times_busy(
                    at_s / plan.seconds * plan.scenario.hours
                ),
            )
            how: Ending = "interrupted"
            self._write_state(proxy)
            try:
                trouble = await users.try_first()
                if trouble:
                    raise UnreachableError(
                        f"Before any fault, the system at {upstream.url} does not answer: "
                        f"{trouble}.",
                        hint="See that it runs and answers: proveout check quality",
                    )
                how = await self._run(proxy, users)
            finally:
                self._end(how, proxy)
        return self._held(users)

    async def _run(self, proxy: SupervisedProxy, users: Users) -> Ending:
        plan = self.plan
        with self.file.open("x", encoding="utf-8") as file:
            self.file.chmod(0o600)
            self._timeline = file
            self.began = users.began = time.monotonic()
            self._note("begin", {"scenario": plan.scenario.name, "seconds": plan.seconds})
            plan.say(
                f"The drill has begun: {plan.scenario.title}, in {words_of(plan.seconds)}. "
                f"The proxy listens on {plan.listen[0]}:{proxy.ports[0]}."
                f"{plan.how_to_take_part and f' {plan.how_to_take_part}'}"
            )
            self._heed_signals()
            control = self.sockets / "drill.sock"
            async with listening(control, lambda message: self._answer(message, users)):
                ended = await self._until_the_end(proxy, users)
            await asyncio.to_thread(proxy.look)  # a proxy that is gone would look like an outage
            self._note("end", {"how": ended, "by": self.stopped_by})
        if ended == "stopped":
            raise BrokenOffError(self.stopped_by)
        return ended

    @property
    def file(self) -> Path:
        """The timeline, written as it happens."""
        return self.plan.folder.path / f"drill-{self.began_at:%Y%m%dT%H%M%S.%f}.jsonl"

    def _write_state(self, proxy: SupervisedProxy) -> None:
        """Say where we are before anything can go wrong, so that what is left can be found."""
        self.plan.folder.write(
            Whereabouts(
                pid=os.getpid(),
                scenario=self.plan.scenario.name,
                began_at=self.began_at.isoformat(),
                listen=f"{self.plan.listen[0]}:{proxy.ports[0]}",
                sockets=str(self.sockets),
                timeline=str(self.file),
            )
        )

    async def _until_the_end(self, proxy: SupervisedProxy, users: Users) -> Ending:
        working = asyncio.create_task(users.work())
        switching = asyncio.create_task(self._switch(proxy))
        stopping = asyncio.create_task(self.stop.wait())
        showing = asyncio.create_task(self._show(users))
        tasks = (working, switching, stopping, showing)
        try:
            await asyncio.wait(tasks, timeout=self.plan.seconds, return_when=_FIRST)
            if switching.done():
                switching.result()  # raises what went wrong with us
            if not self.stop.is_set():
                await asyncio.wait(
                    (working, stopping),
                    timeout=max(0.0, self.plan.seconds - self._now()),
                    return_when=_FIRST,
                )
            if working.done():
                working.result()
            return "stopped" if self.stop.is_set() else "finished"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, users: Users) -> None:
        while True:
            now = self._status(users)
            self.plan.tick(
                f"{words_of(now['left_s'])} left; {now['recently_served']} of the last "
                f"{now['recent_requests']} requests were served"
            )
            await asyncio.sleep(1)

    async def _switch(self, proxy: SupervisedProxy) -> None:
        """Switch each fault on and off at its time, and tell people what a monitor would show."""
        scenario, factor = self.plan.scenario, self.plan.scenario.factor(self.plan.seconds)
        faults = scenario.faults_to_switch()
        moments = [
            moment
            for each in scenario.faults
            for moment in (
                (each.from_hour * 3600 / factor, True, each),
                (each.to_hour * 3600 / factor, False, each),
            )
        ]
        telling: set[asyncio.Task[None]] = set()
        try:
            for at, is_on, each in sorted(moments, key=lambda moment: moment[:2]):
                await asyncio.sleep(max(0.0, at - self._now()))
                if is_on:
                    for_s = (each.to_hour - each.from_hour) * 3600 / factor + SPARE_S
                    await asyncio.to_thread(proxy.on, faults[each.name], for_s=for_s)
                    self._begin(each)
                    if self.plan.channels:
                        telling.add(asyncio.create_task(self._notify(each)))
                else:
                    await asyncio.to_thread(proxy.off, each.name)
                    self._close(each.name)
        finally:
            for task in telling:
                task.cancel()

    def _begin(self, each: ScenarioFault) -> None:
        fault = FaultOn(
            name=each.name,
            kind=each.fault.kind,
            share=each.share,
            sign=each.sign,
            when=self.plan.scenario.span(each.from_hour, each.to_hour),
            began_s=self._now(),
            ended_s=float("inf"),
        )
        self.faults.append(fault)
        self._note("fault", {"name": each.name, "kind": each.fault.kind, "sign": each.sign})

    def _close(self, name: str) -> None:
        for at, fault in enumerate(self.faults):
            if fault.name == name:
                self.faults[at] = replace(fault, ended_s=self._now())
        self._note("fault-ended", {"name": name})

    async def _notify(self, each: ScenarioFault) -> None:
        title = f"Drill: {self.plan.charter.title or self.plan.charter.pilot}"
        text = f"{each.sign}\nAcknowledge: proveout drill ack --who NAME"
        sent = await asyncio.to_thread(self.plan.channels.notify, title, text)
        self._note("notified", {"sign": each.sign, "sent": sent})
        if not sent:
            self.plan.say("The notification could not be sent on every channel of drill.notify.")

    def _answer(self, message: dict[str, Any], users: Users) -> dict[str, Any]:
        match message["do"]:
            case "status":
                return {"status": self._status(users)}
            case "stop":
                self._stop("proveout drill stop")
                return {"message": "The drill is being stopped; every fault ends with it."}
            case "ack" | "act" | "step" | "vendor":
                return self._hear(message)
            case other:
                raise RefusedError(f"'{other}' is not understood.", "See: proveout drill --help")

    def _hear(self, message: dict[str, Any]) -> dict[str, Any]:
        said = self._roster().said(message, at_s=self._now())
        self.said.append(said)
        self._note("said", asdict(said))
        self.plan.say(f"{words_of(said.at_s)}: {said.sentence(runbook(self.plan.charter))}")
        return {"message": f"Noted {words_of(said.at_s)} after the beginning: {said.who}."}

    def _roster(self) -> Roster:
        drill = self.plan.charter.drill
        assert drill is not None  # noqa: S101  # needs() has seen to it
        return Roster(
            participants=tuple(person.name for person in drill.participants),
            vendor=tuple(person.name for person in drill.vendor),
            steps=runbook(self.plan.charter),
        )

    def _status(self, users: Users) -> dict[str, Any]:
        """What a monitor would show, and what people said; not what is injected."""
        now = self._now()
        recent = users.asked[-RECENT:]
        done = sorted({each.step for each in self.said if each.step is not None})
        return {
            "scenario": self.plan.scenario.name,
            "clock": self.plan.scenario.clock(now / self.plan.seconds * self.plan.scenario.hours),
            "elapsed_s": round(now, 1),
            "left_s": round(max(0.0, self.plan.seconds - now), 1),
            "requests": len(users.asked),
            "recently_served": sum(each.served_by is not None for each in recent),
            "recent_requests": len(recent),
            "recent_troubles": sorted({each.trouble for each in recent if each.trouble}),
            "acknowledged": [
                {"who": each.who, "at_s": round(each.at_s, 1)}
                for each in self.said
                if each.deed == "ack"
            ],
            "steps_done": done,
            "steps": list(runbook(self.plan.charter)),
        }

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(each, self._stop, f"signal {each.name}")

    def _stop(self, by: str) -> None:
        self.stopped_by = by
        self.stop.set()

    def _end(self, how: Ending, proxy: SupervisedProxy) -> None:
        """Switch everything off; where others came through the proxy, do not cut them off."""
        with contextlib.suppress(UnreachableError):
            proxy.look()
        self.faults = [
            replace(fault, seen=proxy.tally.get(fault.name, (0, 0))[0],
                    struck=proxy.tally.get(fault.name, (0, 0))[1])
            for fault in self.faults
        ]  # fmt: skip
        if proxy.connections and proxy.connections[0]:
            proxy.leave()
            self.plan.say(
                f"Every fault is off. Clients came through the proxy, so it goes on passing their "
                f"bytes unchanged for {words_of(self.plan.linger_s)}: point them back to the "
                "system, then: proveout drill stop"
            )
            return
        proxy.stop()
        self.plan.folder.forget()
        if how != "finished" and self.began:
            self.plan.say("Every fault is off, and the proxy is gone.")

    def _held(self, users: Users) -> HeldDrill:
        plan, roster = self.plan, self._roster()
        drill = plan.charter.drill
        assert drill is not None  # noqa: S101  # needs() has seen to it
        return HeldDrill(
            scenario=plan.scenario,
            began_at=self.began_at,
            seconds=plan.seconds,
            faults=tuple(self.faults),
            said=tuple(self.said),
            asked=tuple(users.asked),
            steps=roster.steps,
            participants=roster.participants,
            vendor=roster.vendor,
            users=users.n,
            give_up_after_s=users.give_up_after_s,
            fallback=drill.fallback is not None,
            notified=bool(plan.channels),
            simulated=users.simulated,
            broken_off=0,
            inputs=plan.inputs,
        )

    def _now(self) -> float:
        return time.monotonic() - self.began

    def _note(self, event: str, what: dict[str, Any]) -> None:
        self._timeline.write(json.dumps(as_line(event, what, self._now())) + "\n")
        self._timeline.flush()


_FIRST = asyncio.FIRST_COMPLETED


def _patience(charter: Charter) -> float:
    return 10.0 if charter.load is None else charter.load.give_up_after_s
