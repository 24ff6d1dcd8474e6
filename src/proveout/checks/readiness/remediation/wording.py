"""How examples, shares and conflicts are put into words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

EXAMPLES = 3
"""How many examples a finding shows."""
_MOSTLY = 0.8
_RAW_SHOWN = 60


def examples_of(details: Mapping[str, Any]) -> tuple[str, ...]:
    """Return up to three examples out of the details of a piece of evidence."""
    listed = details.get("examples") or details.get("variants") or ()
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        listed = (listed,)
    return tuple(_example(each) for each in list(listed)[:EXAMPLES])


def conflict_words(details: Mapping[str, Any]) -> str:
    """Say which conflict of times it is, where it is mostly one: ': paid is before sent'."""
    conflicts = [each for each in details.get("conflicts") or () if each.get("n")]
    if not conflicts:
        return ""
    worst = max(conflicts, key=lambda each: int(each["n"]))
    total = sum(int(each["n"]) for each in conflicts)
    return f": {worst['what']}" if int(worst["n"]) >= _MOSTLY * total else ""


def percent(share: float) -> str:
    """Write a share; what is not none is not written as none."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.1f} %" if share < 1 else "100 %"


def age(hours: float) -> str:
    """Write an age in days, or in hours where it is short."""
    return f"{hours / 24:,.0f} days" if hours >= 72 else f"{hours:,.0f} hours"


def _example(example: Any) -> str:
    if not isinstance(example, Mapping):
        return str(example).removesuffix(".0")
    if "of" in example and ("text" in example or "value" in example):
        return f"'{example.get('text', example.get('value'))}' for '{example['of']}'"
    if "raw" in example and "reason" in example:
        return _rejected(example)
    fields = {key: value for key, value in example.items() if key != "records"}
    record = ", ".join(f"{key}={_value(value)}" for key, value in fields.items())
    times = example.get("records")
    return record if times is None else f"{times:,} times {record}"


def _rejected(example: Mapping[str, Any]) -> str:
    """Show a row that could not be read, with its place."""
    raw = " ".join(str(example["raw"]).split())
    raw = raw if len(raw) <= _RAW_SHOWN else f"{raw[: _RAW_SHOWN - 1]}…"
    line = "" if example.get("line") is None else f", line {example['line']:,}"
    reason = str(example["reason"]).replace("-", " ")
    return f"{example.get('file')}{line}: {reason}" + (f": {raw}" if raw else "")


def _value(value: Any) -> str:
    return "(empty)" if value is None or value == "" else str(value)
