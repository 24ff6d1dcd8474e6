"""A text that may mean several things, and when two of them say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

Value = TypeVar("Value")


def agree(
    one: Mapping[str, Value], other: Mapping[str, Value], same: Callable[[Value, Value], bool]
) -> bool:
    """Tell whether two texts may be taken to say the same; convention → what it then means.

    Where one of them can be read in one way only, the other agrees if one of its readings does.
    Where both can be read in several ways they must agree under every convention that both follow:
    3/4/2024 and 4/3/2024 are two days, in whichever order day and month stand.
    """
    shared = one.keys() & other.keys()
    if is_clear(one) or is_clear(other) or not shared:
        return any(same(mine, theirs) for mine in one.values() for theirs in other.values())
    return all(same(one[name], other[name]) for name in shared)


def is_clear(readings: Mapping[str, Value]) -> bool:
    """Tell whether all readings mean the same."""
    values = list(readings.values())
    return all(value == values[0] for value in values[1:])
