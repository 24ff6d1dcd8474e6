"""How differently groups (sites, months) write the same field."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from proveout.evidence.model import Interval

SMALLEST_GROUP = 100
"""Values below which the shares of a group say little."""
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The group that differs most from the rest."""

    group: str
    distance: float
    """Total variation distance, 0 (alike) to 1 (nothing in common)."""
    interval: Interval
    n: int
    """Values compared, the group's and the rest's."""
    distances: Mapping[str, float]
    """Of every group, the largest first."""


def most_divergent(groups: Mapping[str, Counter[str]]) -> Divergence | None:
    """Compare each group's shares with those of all others; None with fewer than two groups.

    The interval is Weissman's bound on the L1 distance of a sample from its distribution, for group
    and rest together, corrected (Bonferroni) for having looked at every group.

    Source: Weissman, Ordentlich, Seroussi, Verdu & Weinberger, "Inequalities for the L1 deviation
    of the empirical distribution", HP Labs HPL-2003-97.
    """
    large = {name: counts for name, counts in groups.items() if counts.total() >= SMALLEST_GROUP}
    if len(large) < 2:
        return None
    whole: Counter[str] = Counter()
    for counts in large.values():
        whole.update(counts)
    distances = {
        name: total_variation(counts, _without(whole, counts)) for name, counts in large.items()
    }
    worst = min(distances, key=lambda name: (-distances[name], name))
    sizes = (large[worst].total(), whole.total() - large[worst].total())
    # Half of the total variation distance is lost to chance on each side; two sides per group.
    error = sum(_l1_error(len(whole), n, tests=2 * len(large)) / 2 for n in sizes)
    distance = distances[worst]
    return Divergence(
        group=worst,
        distance=distance,
        interval=Interval(
            low=max(0.0, distance - error),
            high=min(1.0, distance + error),
            level=_LEVEL,
            method="weissman-l1-bonferroni",
        ),
        n=sum(sizes),
        distances=dict(sorted(distances.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def total_variation(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Return half the sum of the differences between the shares of two counts."""
    n_one, n_other = sum(one.values()), sum(other.values())
    keys = sorted(one.keys() | other.keys())
    return min(
        1.0, math.fsum(abs(one.get(k, 0) / n_one - other.get(k, 0) / n_other) for k in keys) / 2
    )


def _without(whole: Counter[str], part: Counter[str]) -> Counter[str]:
    return Counter({key: n - part[key] for key, n in whole.items() if n > part[key]})


def _l1_error(n_kinds: int, n: int, *, tests: int) -> float:
    """Return the distance that n draws of a distribution on n_kinds values stay within."""
    kinds = max(n_kinds, 2)
    # ln(2^k - 2), written so that many kinds do not overflow
    log_sets = kinds * math.log(2) + math.log1p(-(2.0 ** (1 - kinds)))
    return math.sqrt(2 * (log_sets + math.log(tests / (1 - _LEVEL))) / n)
