"""Labels that come days later, in the order of their coming, and some never."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.lives.lives import YEAR, Floats, Lives


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """How labels come."""

    days: float = 5.0
    """Mean delay of the label of a right answer (geometric)."""
    days_if_wrong: float = 8.0
    """The same of a wrong one: what is disputed takes longer."""
    known: float = 0.8
    """Share of right answers whose truth becomes known at all."""
    known_if_wrong: float = 0.9


def as_labels_come(lives: Lives, late: Late, seed: int) -> tuple[Lives, Lives, int]:
    """Return the quiet and the harmed year by the day on which labels came, and when to begin.

    Counting begins when nine tenths of the first day's labels have come: before that, quick labels
    are too many among those that are there.
    """
    random = np.random.default_rng(seed)
    begins = int(np.ceil(np.log(0.1) / np.log(1 - 1 / late.days_if_wrong)))

    def arrive(counts: Floats, known: float, days: float) -> Floats:
        kept = random.binomial(counts.astype(int), known)
        arrived = np.zeros((len(counts), YEAR + 1))
        for life in range(len(counts)):
            on = np.repeat(np.arange(YEAR), kept[life])
            on = np.minimum(on + random.geometric(1 / days, len(on)) - 1, YEAR)
            np.add.at(arrived[life], on, 1)
        return arrived[:, :YEAR]

    found = []
    for wrong in (lives.quiet, lives.harmed):
        bad = arrive(wrong, late.known_if_wrong, late.days_if_wrong)
        good = arrive(lives.n - wrong, late.known, late.days)
        found.append(replace(lives, quiet=bad, harmed=bad, n=bad + good))
    return found[0], found[1], begins
