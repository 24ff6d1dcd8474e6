"""How many records of each stratum are drawn. No engine, no randomness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FEWEST = 5
"""Records of a stratum that are drawn at least, where it has them: fewer tell nothing of it, and
without two there is no variance to be estimated."""
OTHER = "(all other strata)"
"""Name of the stratum in which the smallest are put together where there are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the population that is drawn from on its own."""

    name: str
    n_population: int
    n_sampled: int
    members: tuple[str, ...] = ()
    """The strata that were put together in it; empty where it is one."""

    @property
    def inclusion(self) -> float:
        """Probability of each of its records to be drawn."""
        return self.n_sampled / self.n_population

    @property
    def weight(self) -> float:
        """Design weight: how many records of the population each one drawn stands for."""
        return self.n_population / self.n_sampled

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "stratum": self.name,
            "n_population": self.n_population,
            "n_sampled": self.n_sampled,
            "inclusion_probability": self.inclusion,
            "weight": self.weight,
            **({"put_together_from": list(self.members)} if self.members else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """All strata, which together are the population."""

    strata: tuple[Stratum, ...]

    @property
    def n_population(self) -> int:
        """Records of the population."""
        return sum(stratum.n_population for stratum in self.strata)

    @property
    def n_sampled(self) -> int:
        """Records drawn."""
        return sum(stratum.n_sampled for stratum in self.strata)

    def stratum_of(self) -> dict[str, Stratum]:
        """Return the stratum of each label, those put together included."""
        return {
            label: stratum
            for stratum in self.strata
            for label in (stratum.members or (stratum.name,))
        }


def plan(counted: Mapping[str, int], *, rows: int) -> Design:
    """Divide a sample among strata, given the records of each.

    Where there are more strata than a sample of this size can draw FEWEST from, the smallest are
    put together. Raises ValueError on a sample of no rows.
    """
    if rows < 1:
        msg = "a sample has at least one row"
        raise ValueError(msg)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    most = max(1, rows // FEWEST)
    kept, rest = (ranked, []) if len(ranked) <= most else (ranked[: most - 1], ranked[most - 1 :])
    groups: list[tuple[str, int, tuple[str, ...]]] = [(name, n, ()) for name, n in kept]
    if rest:
        groups.append((OTHER, sum(n for _, n in rest), tuple(name for name, _ in rest)))
    sizes = allocate([n for _, n, _ in groups], rows)
    return Design(
        strata=tuple(
            Stratum(name=name, n_population=n, n_sampled=drawn, members=members)
            for (name, n, members), drawn in zip(groups, sizes, strict=True)
        )
    )


def allocate(populations: Sequence[int], rows: int) -> list[int]:
    """Divide rows among strata by the square roots of their sizes, at least FEWEST to each.

    Between proportional, which starves small strata, and equal, which starves the whole: the power
    allocation with exponent 1/2 of Bankier (1988), The American Statistician 42, 174-177. No
    stratum gives more than it has; what it cannot give goes to the others. Adds up to `rows`, or
    to the population where that is smaller.

    >>> allocate([10_000, 100, 3], 100)
    [89, 8, 3]
    """
    wanted = min(rows, sum(populations))
    sizes = [min(n, FEWEST) for n in populations]
    if sum(sizes) > wanted:
        sizes = [min(n, 1) for n in populations]
    while (left := wanted - sum(sizes)) > 0:
        open_ = [at for at, n in enumerate(populations) if sizes[at] < n]
        total = sum(math.sqrt(populations[at]) for at in open_)
        shares = {at: left * math.sqrt(populations[at]) / total for at in open_}
        given = {at: min(int(share), populations[at] - sizes[at]) for at, share in shares.items()}
        if not any(given.values()):
            ranked = sorted(open_, key=lambda at: (-shares[at], at))
            given = dict.fromkeys(ranked[:left], 1)
        for at, more in given.items():
            sizes[at] += more
    return sizes
