"""How many true answers there are, from where, and how late they came. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

from proveout.runtime.exceptions.labels import Label
from proveout.runtime.log.finding import moment_of

_DAY = 86_400.0
_FEWEST = 10
"""Below so many nothing is said of nine of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """True answers of one source."""

    source: str
    n: int
    half_days: float | None
    """Half of them came within so many days of their answer; None where no id tells its time."""
    most_days: float | None
    """Nine of ten did; None where there are too few."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        late = []
        if self.half_days is not None:
            late.append(f"half within {self.half_days:.3g} days")
        if self.most_days is not None:
            late.append(f"nine of ten within {self.most_days:.3g} days")
        how = f"; {', '.join(late)} of the answer" if late else ""
        return f"{self.source}: {self.n:,}{how}"


def arrived(labels: Iterable[Label]) -> list[Arrived]:
    """Tell of each source, the largest first. Of a label that was replaced only the last is known.

    How late is when it was kept, less when its request came.
    """
    late: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    for label in labels:
        counts[label.source] = counts.get(label.source, 0) + 1
        asked = moment_of(label.call)
        if asked is not None:
            days = max(0.0, label.at - asked.timestamp()) / _DAY
            late.setdefault(label.source, []).append(days)
    found = [_of(source, n, late.get(source, [])) for source, n in counts.items()]
    return sorted(found, key=lambda each: (-each.n, each.source))


def _of(source: str, n: int, days: list[float]) -> Arrived:
    return Arrived(
        source=source,
        n=n,
        half_days=median(days) if days else None,
        most_days=quantiles(days, n=10, method="inclusive")[-1] if len(days) >= _FEWEST else None,
    )
