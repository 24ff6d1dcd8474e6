"""A change from one delivery of a series to the next, in words that people use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from proveout.checks.readiness.series.deliveries import Delivery
from proveout.checks.readiness.series.regimes import MOST_RETURNS

ChangeKind = Literal[
    "column-renamed", "column-gone", "column-new", "type-changed", "format-changed",
    "unit-changed", "codes-changed", "filling-changed", "layout-changed",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise in some deliveries than in those before."""

    kind: ChangeKind
    column: str | None
    what: str
    """What is otherwise, without when: "is called 'departure_delay'"."""
    before: str
    after: str
    spans: tuple[tuple[int, int], ...]
    """First and last delivery of each run for which it holds, by their order."""
    holds: bool
    """To the last delivery."""
    examples: tuple[str, ...] = ()
    """Real ones, before and after; up to three."""
    suggestion: str | None = None
    """A line for the charter that would put it right, to be looked at by a person."""
    likeness: float | None = None
    """Of a renamed column: how alike the values under both names are, 0 to 1."""

    def when(self, deliveries: Sequence[Delivery]) -> str:
        """Say for which deliveries it holds: 'from 2013-07 on', 'in 2013-07'."""
        labels = [(deliveries[a].label, deliveries[b].label) for a, b in self.spans]
        if len(labels) >= MOST_RETURNS:
            n = sum(b - a + 1 for a, b in self.spans)
            return f"in {n:,} of {len(deliveries):,} deliveries, first in {labels[0][0]}"
        if len(labels) == 1 and self.holds and self.spans[0][0] < len(deliveries) - 1:
            return f"from {labels[0][0]} on"
        runs = [a if a == b else f"{a} to {b}" for a, b in labels]
        if self.holds and self.spans[-1][0] < len(deliveries) - 1:
            runs[-1] = f"from {labels[-1][0]} on"
        return " and ".join(runs) if runs[0].startswith("from") else "in " + " and ".join(runs)

    def positions(self) -> list[int]:
        """Return the order numbers of the deliveries for which it holds."""
        return [at for a, b in self.spans for at in range(a, b + 1)]

    def as_dict(self, deliveries: Sequence[Delivery], stem: str = "") -> dict[str, Any]:
        """Return the plain form."""
        concerned = [deliveries[at] for at in self.positions()]
        return {
            "kind": self.kind,
            "column": self.column,
            "series": stem or None,
            "what": self.what,
            "when": self.when(deliveries),
            "from": self.before,
            "to": self.after,
            "since": concerned[0].label,
            "since_file": concerned[0].name,
            "until": None if self.holds else concerned[-1].label,
            "deliveries": len(concerned),
            "records": sum(each.n_rows for each in concerned),
            "runs": [[deliveries[a].label, deliveries[b].label] for a, b in self.spans],
            "examples": list(self.examples),
            "charter": self.suggestion,
            "likeness": self.likeness,
        }
