"""Values whose effect depends on what stands elsewhere in the charter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proveout.charter.schema.standard import Stress
from proveout.charter.sealing.differences import ANY, Difference, Pattern
from proveout.charter.sealing.model import Effect
from proveout.charter.sealing.rules import (
    Rule,
    ceiling,
    demands,
    floor,
    neither,
    reach,
    where_given,
)

MONTH_DAYS = 31.0
"""How old measured evidence may be where a line of acceptance does not say; the gate's figure."""


def of_worst_slice(
    difference: Difference, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Effect:
    """Judge a line of which acceptance says which way is better, and what holds by default."""
    rule = _worst_slice_rule(before)
    if rule is not _worst_slice_rule(after):
        return "other"
    return where_given(rule)(difference.before, difference.after)


def _worst_slice_rule(charter: Mapping[str, Any]) -> Rule:
    rules: dict[Any, Rule] = {"quality.accuracy": floor, "quality.mae": ceiling}
    named = (rules.get(line.get("metric")) for line in charter.get("acceptance") or ())
    return next((rule for rule in named if rule is not None), neither)


def _latency(charter: Mapping[str, Any]) -> float | None:
    """Return the latency that is held to: where none is agreed, the wait that users bear."""
    load = charter.get("load") or {}
    found: float | None = load.get("p95_latency_s") or load.get("give_up_after_s")
    return found


def _of_age(difference: Difference, _: Mapping[str, Any], __: Mapping[str, Any]) -> Effect:
    """Judge how old evidence may be; what was measured grows old in any case."""
    owner = difference.owner_after or difference.owner_before or {}
    is_attested = str(owner.get("metric", "")).startswith(("governance.", "people."))
    unsaid = None if is_attested else MONTH_DAYS
    return ceiling(
        unsaid if difference.before is None else difference.before,
        unsaid if difference.after is None else difference.after,
    )


def _of_threshold(difference: Difference, key: str, rules: Mapping[str, Rule]) -> Effect:
    was, now = difference.owner_before.get(key), difference.owner_after.get(key)
    if was != now:
        return "other"
    return rules.get(was, neither)(difference.before, difference.after)


def _required(charter: Mapping[str, Any]) -> list[str]:
    """Return the required columns, declared in either place."""
    data = charter.get("data") or {}
    fields = data.get("fields") or {}
    return [
        *(data.get("required") or ()),
        *(name for name, field in fields.items() if (field or {}).get("required")),
    ]


CHAT_ROWS, CHAT_REQUESTS = 100, 2_000
"""How much stress tries on a chat system where the charter does not say; the check's figures."""


def _stress(charter: Mapping[str, Any], key: str) -> int | None:
    """Return how many rows or requests stress takes; None where there is no limit."""
    found: int | None = (charter.get("stress") or {}).get(key)
    if not (charter.get("system") or {}).get("chat"):
        return found
    unsaid, meant = (Stress().rows, CHAT_ROWS) if key == "rows" else (None, CHAT_REQUESTS)
    return meant if found == unsaid else found


def _required_fields(scoring: Mapping[str, Any] | None) -> list[str]:
    fields = (scoring or {}).get("fields") or {}
    return [name for name, field in fields.items() if (field or {}).get("required", True)]


def _of_fields(_: Difference, was: Mapping[str, Any], now: Mapping[str, Any]) -> Effect:
    """Judge which fields of a document have to be right for it to be right."""
    before, after = ((charter.get("system") or {}).get("scoring") for charter in (was, now))
    return demands(_required_fields(before), _required_fields(after))


Contextual = Callable[[Difference, Mapping[str, Any], Mapping[str, Any]], Effect]
"""Takes the difference, and the whole charter before and after."""

BY_CONTEXT: dict[Pattern, Contextual] = {
    ("acceptance", ANY, "max_age_days"): _of_age,
    ("acceptance", ANY, "threshold"): lambda it, _, __: _of_threshold(
        it, "comparison", {">=": floor, "<=": ceiling}
    ),
    ("data", "fields", ANY, "required"): lambda _, was, now: demands(
        _required(was), _required(now)
    ),
    ("data", "required"): lambda _, was, now: demands(_required(was), _required(now)),
    ("kpis", ANY, "threshold"): lambda it, _, __: _of_threshold(
        it, "direction", {"higher": floor, "lower": ceiling}
    ),
    ("system", "scoring", "fields", ANY): _of_fields,
    ("system", "scoring", "fields", ANY, "required"): _of_fields,
    ("stress", "rows"): lambda _, was, now: reach(_stress(was, "rows"), _stress(now, "rows")),
    ("stress", "max_requests"): lambda _, was, now: reach(
        _stress(was, "max_requests"), _stress(now, "max_requests")
    ),
    ("load", "p95_latency_s"): lambda _, was, now: ceiling(_latency(was), _latency(now)),
}
