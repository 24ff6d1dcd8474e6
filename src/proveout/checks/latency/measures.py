"""What users waited and what became of their requests, from counts and seconds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

GIVEN_UP = "cancelled"
"""The client left; what it would have waited is not known."""
NOT_ASKED = (GIVEN_UP, "refused", "switched-off")
"""Outcomes of requests that waited for nobody: left, turned away, or told to do it by hand."""
SYSTEMS = "answered"
"""The outcome of a request that the system answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Requests of one block of time that ended alike."""

    version: str | None
    block: int
    outcome: str
    fallback: bool
    n: int

    @property
    def has_neither(self) -> bool:
        """Tell whether they got neither an answer nor the fallback."""
        return not self.fallback and self.outcome not in (SYSTEMS, GIVEN_UP, "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds until the answer, one per request that waited for one."""

    seconds: NDArray[np.float64]
    """Infinite where none came, from the system or the fallback."""
    block: NDArray[np.int64]
    version: NDArray[np.object_]

    def of(self, version: str | None) -> Waits:
        """Return those of one version; of all for None."""
        if version is None:
            return self
        mine = self.version == version
        return Waits(seconds=self.seconds[mine], block=self.block[mine], version=self.version[mine])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of requests."""

    value: float
    interval: Interval
    count: int
    n: int


def served(cells: Sequence[Cell]) -> Rate | None:
    """Return the share that the system itself answered in time."""
    return _rate(cells, [cell.outcome == SYSTEMS and not cell.fallback for cell in cells])


def fell_back(cells: Sequence[Cell]) -> Rate | None:
    """Return the share that the fallback answered."""
    return _rate(cells, [cell.fallback for cell in cells])


def unanswered(cells: Sequence[Cell]) -> Rate | None:
    """Return the share that got neither, of all but those that the client gave up."""
    stayed = [cell for cell in cells if cell.outcome != GIVEN_UP]
    return _rate(stayed, [cell.has_neither for cell in stayed])


def causes(cells: Sequence[Cell]) -> dict[str, int]:
    """Count the requests that the fallback answered by what had happened."""
    return _counted([cell for cell in cells if cell.fallback])


def ends(cells: Sequence[Cell]) -> dict[str, int]:
    """Count all requests by what became of them."""
    return _counted(cells)


def versions(cells: Sequence[Cell]) -> list[str]:
    """Return the versions that were asked; the manual process is none to wait for."""
    return sorted({cell.version for cell in cells if cell.version not in (None, "manual")})


def _rate(cells: Sequence[Cell], is_of_kind: Sequence[bool]) -> Rate | None:
    from proveout.statistics.ordered import share_within_blocks

    if not cells:
        return None
    block = np.array([cell.block for cell in cells])
    n = np.array([cell.n for cell in cells], dtype=float)
    trials = np.bincount(block, weights=n)
    of_kind = np.bincount(block, weights=n * np.array(is_of_kind), minlength=len(trials))
    value, interval = share_within_blocks(of_kind, trials)
    return Rate(value=value, interval=interval, count=int(of_kind.sum()), n=int(n.sum()))


def _counted(cells: Sequence[Cell]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for cell in cells:
        counts[cell.outcome] = counts.get(cell.outcome, 0) + cell.n
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
