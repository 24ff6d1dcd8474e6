"""When is a changed value easier to meet? One small rule for each kind of value."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from proveout.charter.sealing.model import Effect

Rule = Callable[[Any, Any], Effect]
"""Takes the value before and after; either may be None where nothing was said."""

OPPOSITE: dict[Effect, Effect] = {"looser": "tighter", "tighter": "looser", "other": "other"}


def ceiling(before: float | None, after: float | None) -> Effect:
    """Judge an upper limit: raised or taken away is looser."""
    was = math.inf if before is None else before
    now = math.inf if after is None else after
    return _ordered(was, now)


def floor(before: float | None, after: float | None) -> Effect:
    """Judge a lower limit or a demand: lowered or taken away is looser."""
    was = math.inf if before is None else -before
    now = math.inf if after is None else -after
    return _ordered(was, now)


def presence(before: Any, after: Any) -> Effect:
    """Judge a demand that is there or not: taken away is looser."""
    if (before is None) == (after is None):
        return "other"
    return "looser" if after is None else "tighter"


def allowance(before: Any, after: Any) -> Effect:
    """Judge what lets one off something: given is looser."""
    return OPPOSITE[presence(before, after)]


def appointment(before: Any, after: Any) -> Effect:
    """Judge what is let off at a time or place that was chosen: another one is a second choice."""
    return "looser" if before is not None and after is not None else allowance(before, after)


def demand(before: bool | None, after: bool | None) -> Effect:
    """Judge a yes or no that demands something: from yes to no is looser."""
    return _ordered(not before, not after)


def demands(before: Sequence[Any] | None, after: Sequence[Any] | None) -> Effect:
    """Judge a list of demands: fewer is looser; some in exchange for others is neither."""
    was, now = _items(before), _items(after)
    if now < was:
        return "looser"
    return "tighter" if was < now else "other"


def concessions(before: Sequence[Any] | None, after: Sequence[Any] | None) -> Effect:
    """Judge a list of what is let off: more is looser."""
    return OPPOSITE[demands(before, after)]


def slack(before: float | None, after: float | None) -> Effect:
    """Judge what may be off or left out, where nothing said is none of it: more is looser."""
    return _ordered(before or 0.0, after or 0.0)


def cost(before: float | None, after: float | None) -> Effect:
    """Judge what a bill is made of, where nothing said is nothing to pay: less is looser."""
    return _ordered(-(before or 0.0), -(after or 0.0))


def reach(before: Any, after: Any) -> Effect:
    """Judge how far a trial goes, by its furthest step; nothing said is all the way."""
    return _ordered(-_furthest(before), -_furthest(after))


def tried(before: Sequence[Any] | None, after: Sequence[Any] | None) -> Effect:
    """Judge a list of what is tried, where an empty one stands for everything: fewer is looser."""
    if bool(before) and bool(after):
        return demands(before, after)
    return _ordered(bool(before), bool(after))


def allowed(before: Sequence[Any] | None, after: Sequence[Any] | None) -> Effect:
    """Judge a list of what is allowed, where an empty one allows everything: more is looser."""
    return OPPOSITE[tried(before, after)]


def hardest(before: Sequence[float] | None, after: Sequence[float] | None) -> Effect:
    """Judge a list of severities: fewer, or a lower highest one, is looser."""
    by_list = demands(before, after)
    if by_list != "other":
        return by_list
    return floor(max(before or (0.0,)), max(after or (0.0,)))


def ranked(*loosest_last: Any) -> Rule:
    """Judge a choice among values that are ordered from the tightest to the loosest."""

    def rule(before: Any, after: Any) -> Effect:
        if before not in loosest_last or after not in loosest_last:
            return "other"
        return _ordered(loosest_last.index(before), loosest_last.index(after))

    return rule


def where_given(rule: Rule) -> Rule:
    """Judge by a rule where both values were given; what nothing stands for is not known here."""

    def given(before: Any, after: Any) -> Effect:
        return "other" if None in (before, after) else rule(before, after)

    return given


def neither(_: Any, __: Any) -> Effect:
    """Judge what makes nothing easier or harder by itself."""
    return "other"


def _furthest(value: float | Sequence[float] | None) -> float:
    steps = [value] if isinstance(value, int | float) else [*(value or ())]
    return max(steps, default=math.inf)


def _items(listed: Sequence[Any] | None) -> set[str]:
    """Return the items of a list as they compare, parts of a charter among them."""
    return {json.dumps(item, sort_keys=True) for item in listed or ()}


def _ordered(before: float, after: float) -> Effect:
    if before == after:
        return "other"
    return "looser" if after > before else "tighter"
