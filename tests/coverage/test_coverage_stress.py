"""Bounds of the worst damage, and of the share of it that is enough, hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.checks.stress.breaking import Effects, breaking
from proveout.checks.stress.figures import Figure, worst
from proveout.statistics import simultaneous_level, wilson

pytestmark = pytest.mark.slow

TIMES = 2_000


@pytest.mark.parametrize(
    "truths",
    [
        [0.1] * 60,  # all alike: any of them may look worst
        [0.02] * 59 + [0.2],  # one stands out
        list(np.linspace(0.01, 0.15, 60)),
    ],
    ids=["alike", "one", "spread"],
)
def test_the_interval_of_the_worst_holds_the_truly_worst(truths: list[float]) -> None:
    """Sixty kinds of damage on 1,000 rows: the largest true share is inside 95 times in 100."""
    rng = np.random.default_rng(1)
    n, wide, inside = 1_000, simultaneous_level(0.95, len(truths)), 0

    def figures(counts: list[int], level: float) -> list[Figure]:
        return [Figure(value=k / n, interval=wilson(k, n, level=level), n=n) for k in counts]

    for _ in range(TIMES // 10):
        counts = rng.binomial(n, truths).tolist()
        top = worst(figures(counts, wide), plain=figures(counts, 0.95))
        inside += top.interval.low <= max(truths) <= top.interval.high

    assert inside / (TIMES // 10) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / (TIMES // 10))


def test_trying_more_kinds_of_damage_widens_no_upper_bound() -> None:
    """The upper bound with fifty-nine harmless kinds beside is that of the harmful one alone."""
    harmful = Figure(value=0.08, interval=wilson(80, 1_000), n=1_000)
    harmless = [Figure(value=0.01, interval=wilson(10, 1_000), n=1_000)] * 59

    top = worst([harmful, *harmless], plain=[harmful, *harmless])

    assert top.interval.high == harmful.interval.high


def drawn(rng: np.random.Generator, *, is_random: bool) -> Effects:
    """2,000 rows, 500 of them hit: 10 % wrong before, 50 % after; a tenth of that is silent."""
    n, hit = 2_000, 500
    loss = (rng.random(n) < 0.1).astype(float)
    loss_hit = (rng.random(hit) < 0.5).astype(float)
    silent, silent_hit = rng.random(n) < 0.02, rng.random(hit) < 0.3
    return Effects(
        is_random=is_random,
        is_share=True,
        places=rng.permutation(n)[:hit],
        loss=loss,
        loss_hit=loss_hit,
        silent=silent,
        silent_hit=silent_hit,
        stated=np.full(n, np.nan),
        stated_hit=np.full(hit, np.nan),
    )


@pytest.mark.parametrize("is_random", [True, False], ids=["along-a-line", "row-by-row"])
@pytest.mark.parametrize(
    ("measure", "limit", "truth"),
    [
        ("quality-drop", 0.05, 0.125),  # 0.4 lost in each row that is hit
        ("silent-failure", 0.05, (0.05 - 0.02) / 0.28),
    ],
)
def test_the_breaking_severity_lies_in_its_interval(
    measure: str, limit: float, truth: float, *, is_random: bool
) -> None:
    """The share of damaged records that truly meets the limit is inside 95 times in 100."""
    rng = np.random.default_rng(2)
    times, inside = (TIMES if is_random else 200), 0

    for _ in range(times):
        found = breaking(drawn(rng, is_random=is_random), measure, limit)  # type: ignore[arg-type]
        inside += found is not None and found.low <= truth <= found.high

    assert inside / times >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / times)
