"""Examples from the data, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proveout.evidence.figures import figure

LONGEST = 160


def example_words(example: object) -> str:
    """Write one example: a record as 'column value, …', damage as 'column before → after'."""
    if not isinstance(example, Mapping):
        return _cut(_value(example))
    if isinstance(example.get("before"), Mapping) and isinstance(example.get("after"), Mapping):
        return _damage(example)
    return _cut(", ".join(f"{name} {_value(value)}" for name, value in example.items()))


def _damage(example: Mapping[str, Any]) -> str:
    before, after = example["before"], example["after"]
    changed = ", ".join(
        f"{name} {_value(before.get(name))} → {_value(value)}" for name, value in after.items()
    )
    confidence = example.get("confidence")
    sure = "" if confidence is None else f", {figure(float(confidence), 'fraction')} sure"
    return (
        f"{_cut(changed)}: answered “{_value(example.get('answer'))}”{sure};"
        f" the truth is “{_value(example.get('truth'))}”"
    )


def _value(value: object) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, float):
        # Without separators, as whole numbers stand beside it.
        return f"{value:.10g}"
    return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
