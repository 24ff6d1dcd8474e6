"""How far a run is, by the events that it writes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check of the run."""

    check: str
    question: str = ""
    state: str = "waiting"
    """'waiting', 'running', and then how it ended: 'done', 'skipped', 'failed', 'interrupted'."""
    doing: str = ""
    done: float | None = None
    total: float | None = None
    n_found: int = 0
    reason: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """All checks of a run, in their order."""

    run: str | None = None
    checks: tuple[CheckLine, ...] = ()
    is_over: bool = False
    """All checks have ended; the verdict is still to come."""

    def as_json(self) -> str:
        """Return the form that is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild from the form that is stored."""
        plain = json.loads(text)
        checks = tuple(CheckLine(**each) for each in plain.pop("checks", ()))
        return cls(**plain, checks=checks)

    def with_check(self, name: str, **changes: Any) -> Progress:
        """Return it with one check changed; one that was not announced is added."""
        known = self.checks
        if all(each.check != name for each in known):
            known = (*known, CheckLine(check=name))
        changed = (replace(each, **changes) if each.check == name else each for each in known)
        return replace(self, checks=tuple(changed))

    def line(self, name: str) -> CheckLine:
        """Return one check."""
        return next((each for each in self.checks if each.check == name), CheckLine(check=name))


def followed(progress: Progress, events: Iterable[Mapping[str, Any]]) -> Progress:
    """Return the progress after some more events, in the form of `assess --events`."""
    for event in events:
        progress = _after(progress, event)
    return progress


def _after(progress: Progress, event: Mapping[str, Any]) -> Progress:
    match event["event"]:
        case "RunStarted":
            checks = tuple(CheckLine(check=name) for name in event["checks"])
            return replace(progress, run=event["run"], checks=checks)
        case "RunEnded":
            return replace(progress, is_over=True)
        case "CheckEnded":
            return progress.with_check(event["outcome"]["check"], **_ended(event["outcome"]))
        case "CheckStarted" | "CheckProgress" | "EvidenceFound":
            return progress.with_check(event["check"], **_under_way(progress, event))
    return progress


def _under_way(progress: Progress, event: Mapping[str, Any]) -> dict[str, Any]:
    if event["event"] == "CheckStarted":
        return {"state": "running", "question": event["question"]}
    if event["event"] == "EvidenceFound":
        return {"n_found": progress.line(event["check"]).n_found + 1}
    told = event["progress"]
    return {"doing": told["what"], "done": told["done"], "total": told["total"]}


def _ended(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": outcome["status"],
        "n_found": outcome["n_evidence"],
        "reason": outcome["reason"],
        "next_step": outcome["next_step"],
        "doing": "",
    }
