"""When something changed: cut a series into stretches that are alike, as the deliveries come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

MOST_RETURNS = 4
"""A thing that comes and goes more often is told once, as unsteady."""


class Pool(Protocol):
    """What is known of a stretch of deliveries, gathered as they come in."""

    def add(self, at: int, /) -> None:
        """Take in one more delivery, by its position."""
        ...

    def differs(self, at: int, /) -> bool:
        """Tell whether a delivery is surely another thing than this stretch."""
        ...


P = TypeVar("P", bound=Pool)


@dataclass(slots=True)
class Stretch(Generic[P]):
    """Deliveries that are alike."""

    pool: P
    spans: list[tuple[int, int]] = field(default_factory=list)
    """First and last position of each run of them."""

    def take(self, at: int, *, follows: bool) -> Self:
        """Add a delivery to the last run, or begin another one."""
        self.pool.add(at)
        if follows and self.spans:
            self.spans[-1] = (self.spans[-1][0], at)
        else:
            self.spans.append((at, at))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Generic[P]):
    """A change, with when it holds."""

    before: P
    after: P
    spans: tuple[tuple[int, int], ...]
    """First and last delivery of each run for which it holds; more than one where it came back."""
    holds: bool
    """It holds to the last delivery."""


def shifts(known: Sequence[int], new_pool: Callable[[], P]) -> list[Shift[P]]:
    """Cut the deliveries at these positions (those of which enough is known) into stretches.

    The first stretch is what was usual. A later one that is like an earlier one continues it, so
    that one odd delivery is one change, and what went back to the usual is none.
    """
    stretches: list[Stretch[P]] = []
    current: Stretch[P] | None = None
    came_from: dict[int, Stretch[P]] = {}
    for at in known:
        if current is not None and not current.pool.differs(at):
            current.take(at, follows=True)
            continue
        earlier = next((s for s in reversed(stretches) if not s.pool.differs(at)), None)
        if earlier is None:
            earlier = Stretch(new_pool())
            if current is not None:
                came_from[id(earlier)] = current
            stretches.append(earlier)
        current = earlier.take(at, follows=False)
    return [
        Shift(
            before=came_from[id(stretch)].pool,
            after=stretch.pool,
            spans=tuple(stretch.spans),
            holds=stretch is current,
        )
        for stretch in stretches[1:]
    ]
