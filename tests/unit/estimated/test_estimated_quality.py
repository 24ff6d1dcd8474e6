"""Quality without labels: estimated where past weeks bear it out, and refused elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proveout.statistics.estimated import (
    Estimate,
    Estimator,
    NoEstimate,
    Reference,
    fit,
    partly_measured,
)

Floats = NDArray[np.float64]


def weeks(
    ease: Floats, *, tells: float = 1.0, worse: float = 1.0, rows: int = 500, seed: int = 1
) -> Reference:
    """Weeks of more or less easy answers.

    Confidence sees `tells` of the ease; answers have `worse` times of what confidence sees.
    """
    random = np.random.default_rng(seed)
    block = np.repeat(np.arange(len(ease)), rows)
    usual = random.normal(1.6, 1.0, len(block))
    stated = 1 / (1 + np.exp(-(usual + tells * ease[block])))
    true = 1 / (1 + np.exp(-(usual + worse * ease[block])))
    return Reference(confidence=stated, correct=random.random(len(block)) < true, block=block)


EASE = np.random.default_rng(0).normal(0, 0.6, 16)
HARD = weeks(np.array([-0.8]), rows=4_000, seed=9)


def learnt(reference: Reference) -> Estimator:
    found = fit(reference, seed=1)
    assert isinstance(found, Estimator), found
    return found


def test_a_harder_week_is_estimated_from_its_confidence() -> None:
    """Closer to the truth than that nothing changes, with an interval that holds it."""
    found = learnt(weeks(EASE)).estimate(HARD.confidence, seed=1)

    assert isinstance(found, Estimate)
    truth = float(HARD.correct.mean())
    assert abs(found.value - truth) < 0.3 * abs(found.no_change - truth)
    assert found.low <= truth <= found.high
    assert found.n == 4_000


def test_the_slope_is_learnt_where_answers_are_worse_than_their_confidence() -> None:
    """Where past weeks moved twice as far as their confidence, the estimate does as well."""
    steep = learnt(weeks(EASE, tells=0.5))
    plain = learnt(weeks(EASE))

    assert steep.slope > 1.4 > plain.slope > 0.7


def test_confidence_that_tells_nothing_of_weeks_is_refused() -> None:
    """Weeks differ, confidence does not: then nothing can be said."""
    assert fit(weeks(EASE, tells=0.0), seed=1) == NoEstimate(
        reason="on 16 blocks of the reference an estimate by confidence is no better than to "
        "assume that nothing changes",
        next_step="Bring true answers for some of the cases, drawn at random.",
    )


def test_a_reference_in_which_nothing_ever_changed_proves_nothing() -> None:
    """Nobody saw whether confidence would tell."""
    found = fit(weeks(np.zeros(16), seed=2), seed=1)

    assert found == NoEstimate(
        reason="quality hardly differed from block to block in the reference, so nothing shows "
        "whether confidence would tell when it does",
        next_step="Bring true answers for some of the cases; or a reference of more weeks.",
    )


def test_too_few_weeks_or_no_confidence_are_refused() -> None:
    """Each with what would help."""
    few, silent = weeks(EASE[:4]), weeks(EASE)
    silent = Reference(
        confidence=np.full(len(silent.block), np.nan), correct=silent.correct, block=silent.block
    )

    assert isinstance(refused := fit(few, seed=1), NoEstimate)
    assert refused.reason == (
        "the truth is known for 4 blocks (weeks, or days) of at least 30 answers; 6 are needed to "
        "see whether confidence tells good ones from bad ones"
    )
    assert isinstance(refused := fit(silent, seed=1), NoEstimate)
    assert refused.reason == "the system states no confidence"


@pytest.mark.parametrize(
    ("confidence", "reason"),
    [
        (np.full(500, 0.5), "mean confidence is "),
        (np.full(20, 0.8), "only 20 answers in the window state a confidence"),
        (np.full(500, np.nan), "only 0 answers in the window state a confidence"),
    ],
    ids=["far from all blocks", "too few", "none stated"],
)
def test_a_window_that_the_reference_says_nothing_of_is_refused(
    confidence: Floats, reason: str
) -> None:
    """No estimate where there is no past to go by."""
    found = learnt(weeks(EASE / 2)).estimate(confidence, seed=1)

    assert isinstance(found, NoEstimate)
    assert found.reason.startswith(reason)


def test_answers_the_reference_never_gave_are_refused() -> None:
    """The same confidence with another answer is another case."""
    past = weeks(EASE)
    said = np.where(np.arange(len(past.block)) % 2, "yes", "no").astype(object)
    both = Reference(
        confidence=past.confidence, correct=past.correct, block=past.block, answer=said
    )
    new = np.full(len(HARD.confidence), "maybe", dtype=object)

    found = learnt(both).estimate(HARD.confidence, new, seed=1)

    assert isinstance(found, NoEstimate)
    assert found.reason.startswith("100% of the answers are such as the reference hardly has")


def test_known_outcomes_correct_the_estimate_for_answers_of_like_confidence() -> None:
    """Labels of unsure answers alone, all wrong, do not spoil the sure ones."""
    random = np.random.default_rng(4)
    likely = np.r_[np.full(1_000, 0.6), np.full(1_000, 0.95)]
    right = (random.random(2_000) < np.r_[np.full(1_000, 0.4), np.full(1_000, 0.95)]).astype(float)
    known = np.r_[random.random(1_000) < 0.5, random.random(1_000) < 0.05]

    found = partly_measured(likely, np.where(known, right, np.nan))

    assert found.low <= right.mean() <= found.high
    assert abs(found.value - right.mean()) < abs(right[known].mean() - right.mean()) / 4
    assert found.measured == int(known.sum())


def test_all_known_is_measured_and_none_known_is_estimated() -> None:
    """The two ends of what comes in between."""
    likely = np.linspace(0.5, 0.9, 400)
    right = (np.arange(400) % 3 > 0).astype(float)

    assert partly_measured(likely, right).value == pytest.approx(right.mean())
    none = partly_measured(likely, np.full(400, np.nan), spread=0.02)
    assert (none.value, none.not_covered) == (pytest.approx(likely.mean()), 400)
