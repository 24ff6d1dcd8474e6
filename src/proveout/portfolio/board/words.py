"""The sentences of a board paper: plain, and the same for every pilot. Pure."""

from __future__ import annotations

from datetime import date

from proveout.charter.schema import Stage
from proveout.gate.model import Decision

QUESTIONS: dict[Stage, str] = {
    "design": "May the pilot begin?",
    "production": "May it go live?",
    "scale": "May it widen?",
    "continue": "May it stay in production?",
}

NOT_MEASURED = "not measured"
NOT_RECORDED = "not recorded"

_ASKED: dict[tuple[Stage, Decision], str] = {
    ("design", "go"): "Agree that the pilot begins.",
    ("design", "hold"): "Let it begin only when what holds it is done.",
    ("design", "stop"): "Stop it before it begins, or have its charter changed in the open.",
    ("production", "go"): "Agree that it goes live.",
    ("production", "hold"): "Keep it out of live use until what holds it is done.",
    ("production", "stop"): "Stop it, or have the limit that is broken put right first.",
    ("scale", "go"): "Agree that it is widened.",
    ("scale", "hold"): "Keep it at the size it has until what holds it is done.",
    ("scale", "stop"): "Do not widen it, and decide whether it stays at all.",
    ("continue", "go"): "Take note that it stays in use.",
    ("continue", "hold"): "Keep it in use only while what holds it is being put right.",
    ("continue", "stop"): "Take it back: the way of working that it replaced takes over.",
}


def asked_of_board(stage: Stage, decision: Decision, *, unpromised: int) -> str:
    """Say which decision is asked, and who is to be asked for a day."""
    asked = _ASKED[stage, decision]
    if decision == "go" or not unpromised:
        return asked
    them = "thing that holds" if unpromised == 1 else "things that hold"
    return f"{asked} For {unpromised:,} {them} it no day is promised: ask for one."


def otherwise(
    stage: Stage, decision: Decision, *, monthly: str | None, days: int | None, value: bool
) -> str:
    """Say what happens if nothing is done."""
    if decision == "go" and stage in ("production", "scale"):
        return "If nothing is decided, it stays as it is, and its proof grows old."
    if decision == "go":
        return "If nothing is decided, nothing changes."
    told = []
    if stage == "continue":
        told.append("it goes on answering below the standard that was agreed")
    else:
        told.append("it stays a pilot")
    if monthly is not None:
        told.append(f"at full use it costs {monthly}")
    if not value:
        told.append("nobody knows what it is worth")
    if days is not None and days > 0:
        told.append(f"it has stood before this gate for {counted(days, 'day')} already")
    return f"If nothing is done: {enumerated(told)}."


def counted(n: int, noun: str) -> str:
    """Write '1 day' or '12 days'."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def enumerated(parts: list[str]) -> str:
    """Write 'one, two and three'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def by_when(day: date | None) -> str:
    """Write the day that was promised."""
    return "no day promised" if day is None else f"{day:%Y-%m-%d}"
