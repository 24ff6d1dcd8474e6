"""What people say to a drill from other terminals, and what they are answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from proveout.checks.drill.course import Course
from proveout.checks.drill.judging import words_of
from proveout.checks.drill.listening import RefusedError
from proveout.checks.drill.users import Users

RECENT = 20


@dataclass(frozen=True, slots=True)
class Hearing:
    """Answers one message after the other."""

    course: Course
    users: Users

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take a message. Raises RefusedError on one that cannot be taken."""
        match message["do"]:
            case "status":
                return {"status": self.status()}
            case "stop":
                self.course.stop_by("proveout drill stop")
                return {"message": "The drill is being stopped; every fault ends with it."}
            case "ack" | "act" | "step" | "vendor":
                return self._hear(message)
            case other:
                raise RefusedError(f"'{other}' is not understood.", "See: proveout drill --help")

    def status(self) -> dict[str, Any]:
        """What a monitor would show, and what people said; not what is injected."""
        course, plan = self.course, self.course.plan
        now = course.now_s
        recent = self.users.asked[-RECENT:]
        return {
            "scenario": plan.scenario.name,
            "clock": plan.scenario.clock(now / plan.seconds * plan.scenario.hours),
            "elapsed_s": round(now, 1),
            "left_s": round(max(0.0, plan.seconds - now), 1),
            "requests": len(self.users.asked),
            "recently_served": sum(each.served_by is not None for each in recent),
            "recent_requests": len(recent),
            "recent_troubles": sorted({each.trouble for each in recent if each.trouble}),
            "acknowledged": [
                {"who": each.who, "at_s": round(each.at_s, 1)}
                for each in course.said
                if each.deed == "ack"
            ],
            "steps_done": sorted({each.step for each in course.said if each.step is not None}),
            "steps": list(plan.roster.steps),
        }

    def glance(self) -> str:
        """How things stand, in one line."""
        now = self.status()
        return (
            f"{words_of(now['left_s'])} left; {now['recently_served']} of the last "
            f"{now['recent_requests']} requests were served"
        )

    def _hear(self, message: dict[str, Any]) -> dict[str, Any]:
        course, roster = self.course, self.course.plan.roster
        said = roster.said(message, at_s=course.now_s)
        course.said.append(said)
        course.note("said", asdict(said))
        course.plan.say(f"{words_of(said.at_s)}: {said.sentence(roster.steps)}")
        return {"message": f"Noted {words_of(said.at_s)} after the beginning: {said.who}."}
