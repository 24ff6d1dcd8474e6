"""From a drill that was held to evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proveout.checks import CheckContext, Finding
from proveout.checks.drill.judging import (
    NOTICE_WITHIN_S,
    RECOVER_WITHIN_S,
    FaultSeen,
    Judgement,
    judge,
    words_of,
)
from proveout.checks.drill.record import HeldDrill, Said, as_line
from proveout.evidence.figures import figure
from proveout.evidence.model import WHOLE, Basis, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import wilson

_AGAIN = "Hold another: proveout drill run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells what one drill showed."""

    context: CheckContext
    held: HeldDrill

    def findings(self) -> Iterator[Finding]:
        """Yield all of it; the timeline is written beside."""
        artifact = self._write_timeline()
        judgement = judge(self.held, recover_within_s=self._recover_within_s)
        for seen in judgement.faults:
            yield from self._of_fault(seen)
        yield from self._of_times(judgement)
        yield from self._of_steps(judgement)
        due = sum(seen.n_due for seen in judgement.faults)
        served = sum(seen.n_served for seen in judgement.faults)
        yield self._served(served, due, WHOLE)
        yield self.context.found(
            "drill.passed",
            float(not judgement.shortcomings),
            n=len(judgement.faults),
            scope="production",
            basis=self._basis,
            inputs=self.held.inputs,
            artifact=artifact,
            details=self._story(judgement),
        )

    @property
    def _basis(self) -> Basis:
        return "simulated" if self.held.simulated else "measured"

    @property
    def _recover_within_s(self) -> float:
        rollback = self.context.charter.rollback
        minutes = None if rollback is None else rollback.within_minutes
        return RECOVER_WITHIN_S if minutes is None else minutes * 60

    def _of_fault(self, seen: FaultSeen) -> Iterator[Finding]:
        subject = Subject.of(fault=seen.fault.name)
        about = {"sentence": sentence_of(seen), "when": seen.fault.when}
        if seen.noticed is not None and seen.notice_s is not None:
            told = {**about, "noticed_by": seen.noticed.who}
            yield self._seconds("time_to_notice", seen.notice_s, subject, 1, told)
        else:
            yield self._not_measured("time_to_notice", subject, _unnoticed([seen]))
        if seen.recover_s is not None:
            yield self._seconds("time_to_recover", seen.recover_s, subject, 1, about)
        else:
            yield self._not_measured("time_to_recover", subject, _unrecovered([seen]))
        yield self._served(seen.n_served, seen.n_due, subject)

    def _of_times(self, judgement: Judgement) -> Iterator[Finding]:
        """Yield the longest of each; where one has no end, the longest is not known."""
        faults, n = judgement.faults, len(judgement.faults)
        unnoticed = [each for each in faults if each.notice_s is None]
        if unnoticed:
            yield self._not_measured("time_to_notice", WHOLE, _unnoticed(unnoticed))
        else:
            slowest = max(faults, key=lambda each: each.notice_s or 0.0)
            told = {"fault": slowest.fault.name, "limit_s": NOTICE_WITHIN_S}
            yield self._seconds("time_to_notice", slowest.notice_s or 0.0, WHOLE, n, told)
        unrecovered = [each for each in faults if each.recover_s is None]
        if unrecovered:
            yield self._not_measured("time_to_recover", WHOLE, _unrecovered(unrecovered))
        else:
            slowest = max(faults, key=lambda each: each.recover_s or 0.0)
            told = {"fault": slowest.fault.name, "limit_s": self._recover_within_s}
            yield self._seconds("time_to_recover", slowest.recover_s or 0.0, WHOLE, n, told)

    def _of_steps(self, judgement: Judgement) -> Iterator[Finding]:
        steps, done = self.held.steps, judgement.steps_done
        if not steps:
            yield self._not_measured(
                "steps_done", WHOLE, "The charter names no steps: governance.exceptions.steps."
            )
            return
        marked = [each for each in self.held.said if each.step is not None and not each.is_vendor]
        who = ", ".join(dict.fromkeys(each.who for each in marked))
        # That a step was done is what a person says; that none was marked is what we saw. What is
        # said in a rehearsal is part of the rehearsal.
        is_attested = bool(marked) and not self.held.simulated
        yield self.context.found(
            "drill.steps_done",
            len(done) / len(steps),
            n=len(steps),
            scope="production",
            basis="attested" if is_attested else self._basis,
            person=who if is_attested else None,
            inputs=self.held.inputs,
            details={
                "done": [steps[number - 1] for number in done],
                "not_done": [s for at, s in enumerate(steps, 1) if at not in done],
                **({"marked_by": who} if marked else {}),
            },
        )

    def _served(self, served: int, due: int, subject: Subject) -> Finding:
        if due == 0:
            return self._not_measured(
                "served_rate", subject, "No request of the drill's users fell due meanwhile."
            )
        return self.context.found(
            "drill.served_rate",
            served / due,
            n=due,
            scope="production",
            subject=subject,
            interval=wilson(served, due),
            basis=self._basis,
            inputs=self.held.inputs,
        )

    def _seconds(
        self, name: str, value: float, subject: Subject, n: int, details: dict[str, Any]
    ) -> Finding:
        return self.context.found(
            f"drill.{name}",
            round(value, 3),
            n=n,
            scope="production",
            subject=subject,
            basis=self._basis,
            inputs=self.held.inputs,
            details=details,
        )

    def _not_measured(self, name: str, subject: Subject, reason: str) -> NotMeasured:
        return NotMeasured(metric=f"drill.{name}", subject=subject, reason=reason, next_step=_AGAIN)

    def _story(self, judgement: Judgement) -> dict[str, Any]:
        """All that the report draws and tells."""
        held = self.held
        return {
            "scenario": held.scenario.name,
            "title": held.scenario.title,
            "began_at": held.began_at.isoformat(),
            "seconds": held.seconds,
            "compressed": round(held.factor, 1),
            "shortcomings": list(judgement.shortcomings),
            "faults": [
                {
                    "name": seen.fault.name,
                    "kind": seen.fault.kind,
                    "sign": seen.fault.sign,
                    "when": seen.fault.when,
                    "began_s": round(seen.fault.began_s, 3),
                    "ended_s": round(min(seen.fault.ended_s, held.seconds), 3),
                    "noticed_s": None if seen.notice_s is None else round(seen.notice_s, 3),
                    "noticed_by": None if seen.noticed is None else seen.noticed.who,
                    "recovered_s": None if seen.recover_s is None else round(seen.recover_s, 3),
                    "was_felt": seen.was_felt,
                    "served": seen.n_served,
                    "due": seen.n_due,
                    "requests_struck": seen.fault.struck,
                    "requests_seen": seen.fault.seen,
                    "sentence": sentence_of(seen),
                }
                for seen in judgement.faults
            ],
            "said": [
                {
                    "at_s": round(each.at_s, 3),
                    "deed": each.deed,
                    "who": each.who,
                    "vendor": each.is_vendor,
                    "text": each.text,
                    "by_hand": each.by_hand,
                }
                for each in held.said
            ],
            "steps": [
                {"step": step, "done": at in judgement.steps_done}
                for at, step in enumerate(held.steps, 1)
            ],
            "participants": list(held.participants),
            "took_part": list(dict.fromkeys(each.who for each in held.said)),
            "who_is_stated": "Names are as they were given on the command line; nobody's identity "
            "was checked.",
            "vendor_needed": [_of_vendor(each) for each in judgement.vendor_needed],
            "false_alarms": len(judgement.false_alarms),
            "served_by": _served_by(held),
            "shares": _shares(held),
            "users": held.users,
            "give_up_after_s": held.give_up_after_s,
            "fallback": held.fallback,
            "notified": held.notified,
            "drills_broken_off_before": held.broken_off,
        }

    def _write_timeline(self) -> str:
        """Write everything that happened, in order, as JSON lines."""
        held = self.held
        lines = [
            *(as_line("fault", each, each.began_s) for each in held.faults),
            *(as_line("said", each) for each in held.said),
            *(as_line("request", each, each.due_s) for each in held.asked),
        ]
        file = self.context.artifacts / "drill-timeline.jsonl"
        with file.open("w", encoding="utf-8") as out:
            for line in sorted(lines, key=lambda line: float(line["at_s"])):
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return f"{self.context.artifacts.name}/{file.name}"


def sentence_of(seen: FaultSeen) -> str:
    """Tell one fault as an operations manager would."""
    fault = seen.fault
    told = f"{fault.name} ({fault.when}): {fault.sign} "
    if seen.noticed is None or seen.notice_s is None:
        lasted = words_of(fault.ended_s - fault.began_s)
        told += f"Nobody noticed it in the {lasted} it was on. "
    else:
        told += f"It was noticed after {words_of(seen.notice_s)} by {seen.noticed.who}. "
    return told + _served_again(seen)


def _served_again(seen: FaultSeen) -> str:
    fallback = ""
    if seen.n_fallback:
        fallback = f", {figure(seen.n_fallback / seen.n_due, 'fraction')} of them by the fallback"
    if not seen.was_felt:
        return f"Users were served throughout{fallback}."
    if seen.recover_s is None:
        return "Users were not seen to be served again."
    has_ended = seen.fault.began_s + seen.recover_s >= seen.fault.ended_s
    when = "after it had ended" if has_ended else f"while it was still on{fallback}"
    return f"Users were served again after {words_of(seen.recover_s)}, {when}."


def _unnoticed(faults: list[FaultSeen]) -> str:
    named = ", ".join(each.fault.name for each in faults)
    return f"Nobody of the company acknowledged {named}."


def _unrecovered(faults: list[FaultSeen]) -> str:
    named = ", ".join(each.fault.name for each in faults)
    return f"The drill ended before users were seen to be served again after {named}."


def _of_vendor(said: Said) -> dict[str, Any]:
    return {"at_s": round(said.at_s, 3), "who": said.who, "why": said.text}


def _served_by(held: HeldDrill) -> dict[str, int]:
    return {
        "system": sum(each.served_by == "system" for each in held.asked),
        "fallback": sum(each.served_by == "fallback" for each in held.asked),
        "nobody": sum(each.served_by is None for each in held.asked),
    }


def _shares(held: HeldDrill, parts: int = 60) -> list[float | None]:
    """Return the share of requests that were served, in equal parts of the drill."""
    counts = [[0, 0] for _ in range(parts)]
    for each in held.asked:
        part = min(parts - 1, int(each.due_s / held.seconds * parts))
        counts[part][0] += each.served_by is not None
        counts[part][1] += 1
    return [round(served / due, 3) if due else None for served, due in counts]
