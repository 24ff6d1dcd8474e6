"""Switching each fault on and off at its time, and telling people what a monitor would show."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from proveout.checks.drill.course import Course
from proveout.checks.drill.record import FaultOn
from proveout.checks.drill.scenario import ScenarioFault
from proveout.faults.supervised import SupervisedProxy

SPARE_S = 5.0
"""A fault that nobody switches off ends by itself so long after its time."""


@dataclass(frozen=True, slots=True)
class Switching:
    """By the clock of the drill; a fault has begun, or ended, when the proxy says so."""

    course: Course
    proxy: SupervisedProxy

    async def work(self) -> None:
        """Go through the scenario. Raises UnreachableError when the proxy is gone."""
        plan = self.course.plan
        factor = plan.scenario.factor(plan.seconds)
        faults = plan.scenario.faults_to_switch()
        moments = [
            moment
            for each in plan.scenario.faults
            for moment in (
                (each.from_hour * 3600 / factor, True, each),
                (each.to_hour * 3600 / factor, False, each),
            )
        ]
        async with asyncio.TaskGroup() as telling:
            for at, is_on, each in sorted(moments, key=lambda moment: moment[:2]):
                await asyncio.sleep(max(0.0, at - self.course.now_s))
                if is_on:
                    for_s = (each.to_hour - each.from_hour) * 3600 / factor + SPARE_S
                    await asyncio.to_thread(self.proxy.on, faults[each.name], for_s=for_s)
                    self._begin(each)
                    if plan.channels:
                        telling.create_task(self._notify(each))
                else:
                    await asyncio.to_thread(self.proxy.off, each.name)
                    self._close(each.name)

    def _begin(self, each: ScenarioFault) -> None:
        fault = FaultOn(
            name=each.name,
            kind=each.fault.kind,
            share=each.share,
            sign=each.sign,
            when=self.course.plan.scenario.span(each.from_hour, each.to_hour),
            began_s=self.course.now_s,
            ended_s=float("inf"),
        )
        self.course.faults.append(fault)
        told = {"name": each.name, "kind": each.fault.kind, "sign": each.sign}
        self.course.note("fault", told)

    def _close(self, name: str) -> None:
        faults = self.course.faults
        for at, fault in enumerate(faults):
            if fault.name == name:
                faults[at] = replace(fault, ended_s=self.course.now_s)
        self.course.note("fault-ended", {"name": name})

    async def _notify(self, each: ScenarioFault) -> None:
        plan = self.course.plan
        title = f"Drill: {plan.charter.title or plan.charter.pilot}"
        text = f"{each.sign}\nAcknowledge: proveout drill ack --who NAME"
        sent = await asyncio.to_thread(plan.channels.notify, title, text)
        self.course.note("notified", {"sign": each.sign, "sent": sent})
        self.course.was_notified = self.course.was_notified or sent
        if not sent:
            plan.say("The notification could not be sent on every channel of drill.notify.")
