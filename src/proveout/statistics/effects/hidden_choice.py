"""How much a reason that nobody recorded could have done, where people chose by themselves.

Columns can only take out what they hold. Where nothing is known of the same people from before, an
allowance goes on either side of the interval: the largest of what the strongest recorded reason
did, of how far people differ from each other anyway, and of a quarter of the figure. Where people's
own figures from before are known, their usual level is taken out, and no allowance is made for it.
Which of their cases they picked for the system no past figure tells: an allowance is made for the
part of the choices that were made so.

Sources: Cinelli and Hazlett (2020), JRSS B 82, 39-67 (an unseen reason as strong as a seen one);
VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274 (E-value).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats, Ints
from proveout.statistics.effects.estimate import Figure
from proveout.statistics.effects.overlap import Balanced, balanced, difference

USUAL = 0.25
"""Part of the figure by which people who choose may be better anyway. Twenty per cent is common
among volunteers, and a design that cannot see it must not call it an effect."""


MOST_TRIED = 20_000
"""Cases, drawn by lot, on which it is tried what each recorded reason did: it takes a fit for each,
and more cases tell no more than the two digits that an allowance is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What goes on either side of the interval."""

    width: float
    because: str
    """'the strongest recorded reason (trait: size) did as much'."""


def allowance_for(  # noqa: PLR0917  parts of one comparison
    values: Floats, group: Flags, columns: Floats, names: tuple[str, ...], groups: Balanced,
    cluster: Ints, size: Floats, baseline: float, *, persons: bool,
) -> Allowance:  # fmt: skip
    """Return the allowance where nothing is known from before."""
    moved = _moved_by(values, group, columns, names, groups, size)
    strongest = max(moved, key=lambda name: moved[name], default="")
    candidates = [
        (USUAL * abs(baseline), f"people who choose may be {USUAL:.0%} better anyway"),
        (moved.get(strongest, 0.0), f"the strongest recorded reason ({strongest}) did as much"),
    ]
    if persons:
        apart = _between(values[~group], cluster[~group])
        candidates.append((apart, "people differ from each other as much"))
    width, because = max(candidates)
    return Allowance(width=width, because=because)


def for_picked(allowance: Allowance, picked: float) -> Allowance:
    """Return the allowance for that part of the choices which were made case by case.

    A hidden reason moves the comparison only by as much of the choice as it could decide.
    """
    return Allowance(
        width=picked * allowance.width,
        because=f"{picked:.0%} of the choices were made case by case, by reasons that no past "
        f"figure shows ({allowance.because})",
    )


def widened(figure: Figure, width: float) -> Figure:
    """Return the figure with the allowance on either side."""
    return replace(figure, low=figure.low - width, high=figure.high + width)


def e_value(level: Figure, baseline: float) -> float | None:
    """Return how strong an unseen reason would have to be to explain the effect away.

    As a ratio, both of how much likelier it made people choose the system and of how much it
    changed the figure; for the bound of the interval that is nearest to no effect.
    """
    if baseline <= 0 or level.low <= 0:
        return None
    if level.low <= baseline <= level.high:
        return 1.0
    ratio = (level.low if level.low > baseline else level.high) / baseline
    ratio = max(ratio, 1 / ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def _moved_by(  # noqa: PLR0917  parts of one comparison
    values: Floats, group: Flags, columns: Floats, names: tuple[str, ...], groups: Balanced,
    size: Floats,
) -> dict[str, float]:  # fmt: skip
    """Return by how much the difference moves where one recorded reason is not taken out."""
    if len(values) > MOST_TRIED:
        some = np.sort(np.random.default_rng(0).permutation(len(values))[:MOST_TRIED])
        values, group, columns, size = values[some], group[some], columns[some], size[some]
        groups = balanced(group, columns, size)
    full = difference(values, group, columns, groups)
    moved: dict[str, float] = {}
    for name in sorted(set(names) - {"one"}):
        fewer = columns[:, np.array([each != name for each in names])]
        without = difference(values, group, fewer, balanced(group, fewer, size))
        moved[name] = abs(without - full)
    return moved


def _between(values: Floats, cluster: Ints) -> float:
    """Return the standard deviation between people, chance within them taken off."""
    _, code, counts = np.unique(cluster, return_inverse=True, return_counts=True)
    means = np.bincount(code, values) / counts
    if len(counts) < 2 or len(values) <= len(counts):
        return 0.0
    within = float(np.sum((values - means[code]) ** 2)) / (len(values) - len(counts))
    between = float(np.var(means, ddof=1)) - within * float(np.mean(1 / counts))
    return float(np.sqrt(max(0.0, between)))
