"""From pairs to clusters: what hangs together, but no chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from proveout.checks.readiness.duplicates.model import Pair

_LINKED = 0.5
"""Share of the possible links between two clusters that must be there for them to become one."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A cluster: its records, and the links that hold it together."""

    records: tuple[int, ...]
    best: dict[int, Pair] = field(compare=False)
    """The surest link of each record."""
    probability: float
    """Of the weakest link by which it grew."""


def cluster(pairs: Sequence[Pair]) -> list[Linked]:
    """Join records, the surest pairs first, into clusters; the surest cluster comes first.

    Two clusters become one only where at least half of all their pairs are linked. Connected
    components alone would join A to Z where A is like B, B like C, and so on.
    """
    order = sorted(pairs, key=lambda pair: (-pair.weight, pair.one, pair.other))
    home: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    weakest: dict[int, float] = {}
    linked: dict[int, set[int]] = {}
    for pair in order:
        linked.setdefault(pair.one, set()).add(pair.other)
        linked.setdefault(pair.other, set()).add(pair.one)
        for record in (pair.one, pair.other):
            if record not in home:
                home[record], members[record], weakest[record] = record, [record], 1.0
    for pair in order:
        one, other = home[pair.one], home[pair.other]
        if one == other:
            continue
        small, large = sorted((one, other), key=lambda at: len(members[at]))
        inside = set(members[large])
        n_links = sum(len(linked[record] & inside) for record in members[small])
        if n_links < _LINKED * len(members[small]) * len(inside):
            continue
        weakest[large] = min(weakest[large], weakest[small], pair.probability)
        members[large] += members.pop(small)
        for record in members[large]:
            home[record] = large
    best: dict[int, Pair] = {}
    for pair in order:
        if home[pair.one] == home[pair.other]:
            best.setdefault(pair.one, pair)
            best.setdefault(pair.other, pair)
    found = [
        Linked(
            tuple(sorted(records)),
            {record: best[record] for record in records},
            weakest[at],
        )
        for at, records in members.items()
        if len(records) > 1
    ]
    return sorted(found, key=lambda each: (-each.probability, each.records))
