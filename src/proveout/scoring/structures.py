"""Lists and objects compared part by part: the lines of an invoice come in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proveout.scoring.pairs import Agrees
from proveout.scoring.values import as_structure, as_text, is_empty

_DEEPEST = 20
_LONGEST = 300
"""Items beyond which two lists are compared in their order."""


def structures_agree(
    truth: Any, answer: Any, agrees: Agrees, *, ordered: bool = False, depth: int = 0
) -> bool:
    """Tell whether two values agree, whatever they are made of.

    Lists agree when each item of one has a partner of its own in the other; a list of one agrees
    with its item. Objects agree when they do under every key; empty parts do not count. A truth
    that stands in the data as text may write a list as JSON, or split it at '|'.
    """
    if ordered and isinstance(truth, str) and isinstance(answer, str):
        return agrees(truth, answer)
    wanted, given = as_structure(truth), as_structure(answer)
    if isinstance(given, list | tuple) and isinstance(wanted, str) and "|" in wanted:
        wanted = [part.strip() for part in wanted.split("|")]
    elif isinstance(given, str) and isinstance(wanted, str) and "|" in given and "|" in wanted:
        wanted, given = ([part.strip() for part in each.split("|")] for each in (wanted, given))
    if depth > _DEEPEST:  # so deep no document goes; what lies below is compared as text
        wanted, given = as_text(truth), as_text(answer)
    if isinstance(wanted, list | tuple) or isinstance(given, list | tuple):
        return _lists_agree(_items(wanted), _items(given), agrees, ordered, depth)
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return _objects_agree(wanted, given, agrees, ordered, depth)
    if isinstance(wanted, Mapping) or isinstance(given, Mapping):
        return False
    return agrees(truth, answer)


def _lists_agree(
    one: Sequence[Any], other: Sequence[Any], agrees: Agrees, ordered: bool, depth: int
) -> bool:
    if len(one) != len(other):
        return False
    if ordered or len(one) > _LONGEST:
        pairs = zip(one, other, strict=True)
        return all(
            structures_agree(*pair, agrees, ordered=ordered, depth=depth + 1) for pair in pairs
        )
    return _all_have_partners(one, other, agrees, depth)


def _objects_agree(
    one: Mapping[Any, Any], other: Mapping[Any, Any], agrees: Agrees, ordered: bool, depth: int
) -> bool:
    for key in {**one, **other}:
        mine, theirs = one.get(key), other.get(key)
        if is_empty(mine) or is_empty(theirs):
            if is_empty(mine) != is_empty(theirs):
                return False
        elif not structures_agree(mine, theirs, agrees, ordered=ordered, depth=depth + 1):
            return False
    return True


def _items(value: Any) -> Sequence[Any]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [item for item in listed if not is_empty(item)]


def _all_have_partners(
    one: Sequence[Any], other: Sequence[Any], agrees: Agrees, depth: int
) -> bool:
    """Match them one to one (augmenting paths: with a tolerance, agreeing is not transitive)."""
    fits = [
        [
            at
            for at, item in enumerate(other)
            if structures_agree(each, item, agrees, depth=depth + 1)
        ]
        for each in one
    ]
    partner: dict[int, int] = {}

    def place(mine: int, tried: set[int]) -> bool:
        for at in fits[mine]:
            if at not in tried:
                tried.add(at)
                if at not in partner or place(partner[at], tried):
                    partner[at] = mine
                    return True
        return False

    return all(place(mine, set()) for mine in range(len(one)))
