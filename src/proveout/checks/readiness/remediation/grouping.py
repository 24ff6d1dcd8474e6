"""The same fix for several fields of one source is one piece of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proveout.checks.readiness.remediation.instructions import SEVERAL, Several, Severity
from proveout.checks.readiness.remediation.items import RemediationItem

_ALONE = 2
"""So many items of one kind still stand by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemediationGroup:
    """One piece of work: an item by itself, or several fields with the same trouble."""

    items: tuple[RemediationItem, ...]
    """The largest first; at least one."""
    sentence: str
    instruction: str

    @property
    def severity(self) -> Severity:
        """As of its items, which share it."""
        return self.items[0].severity

    @property
    def owner(self) -> str:
        """As of its items, which share a source."""
        return self.items[0].owner


def grouped(items: Iterable[RemediationItem]) -> tuple[RemediationGroup, ...]:
    """Put items of one kind and source together where there are more than two; order is kept."""
    together: dict[tuple[str, str], list[RemediationItem]] = {}
    for item in items:
        together.setdefault((item.source, item.kind), []).append(item)
    groups: list[RemediationGroup] = []
    for (_, kind), same in together.items():
        several = SEVERAL.get(kind)
        if several is None or len(same) <= _ALONE:
            groups.extend(
                RemediationGroup(
                    items=(item,), sentence=item.sentence, instruction=item.instruction
                )
                for item in same
            )
        else:
            groups.append(_group(same, several))
    rank = {
        item.id: at for at, item in enumerate(item for same in together.values() for item in same)
    }
    return tuple(sorted(groups, key=lambda group: _rank(group, rank)))


def _rank(group: RemediationGroup, rank: dict[str, int]) -> tuple[int, int, int]:
    first = group.items[0]
    return (("blocks", "misleads", "look").index(first.severity), -first.n_records, rank[first.id])


def _group(same: list[RemediationItem], several: Several) -> RemediationGroup:
    listed = ", ".join(f"{item.column} in {item.n_records:,} records" for item in same[:1])
    rest = ", ".join(f"{item.column} in {item.n_records:,}" for item in same[1:])
    return RemediationGroup(
        items=tuple(same),
        sentence=f"{len(same)} {several.sentence}: {listed}, {rest}.",
        instruction=several.instruction.format(source=same[0].source),
    )
