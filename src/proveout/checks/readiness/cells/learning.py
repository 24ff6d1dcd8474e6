"""A few labelled rows make the detectors sharper.

Three things are learned from them: how far each detector can be trusted in each column, the edits
by which wrong values were put right, and, where a column has wrong and right ones, a classifier
over all that is known of a cell. Beside the labelled cells it is given cells that the detectors
are sure of, at a small weight, so that it departs from them only where a label says so. After
Mahdavi et al., Raha (SIGMOD 2019), with trees in place of clusters, and with labels carried over
to the rows that share a deciding key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.edits import corrected, learned
from proveout.checks.readiness.cells.features import Features
from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.labels import Known, Labels
from proveout.checks.readiness.cells.signal import Kind, Signal, Told

_PRIOR_SAYS = 3.0
"""How many labelled cells a detector's own confidence counts as."""
_PSEUDO_CELLS = 400
_PSEUDO_WEIGHT = 6.0
"""Weight of all cells that only the detectors speak for, in labelled cells."""
_TREES = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a detector was right and wrong on labelled cells, by weight."""

    right: float = 0.0
    wrong: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong)


def tally(signal: Signal, column: Column, known: Known) -> Tally:
    """Count how often a detector's suspicion was confirmed."""
    fired = signal.on_rows(column)[known.rows] > 0.5
    right = float(known.weight[fired & known.wrong].sum())
    return Tally(right, float(known.weight[fired & ~known.wrong].sum()))


def trusted(signal: Signal, here: Tally, everywhere: Tally) -> Signal:
    """Return a signal whose scores are scaled by how often it was right, here and elsewhere."""
    sure = float(signal.scores[signal.scores > 0.5].mean()) if (signal.scores > 0.5).any() else 0.6
    general = (sure * _PRIOR_SAYS + everywhere.right) / (
        _PRIOR_SAYS + everywhere.right + everywhere.wrong
    )
    now = (general * _PRIOR_SAYS + here.right) / (_PRIOR_SAYS + here.right + here.wrong)
    scale = now / max(sure, 1e-6)
    return replace(signal, scores=np.clip(signal.scores * scale, 0, 0.99).astype(np.float32))


def edit_signal(column: Column, said: dict[int, str]) -> Signal | None:
    """Find the values that a learned edit would change."""
    pairs = [(column.at(row), right) for row, right in said.items()]
    edits = learned(
        [(wrong, right) for wrong, right in pairs if wrong != right],
        [wrong for wrong, right in pairs if wrong == right],
    )
    if not edits:
        return None
    done = corrected(dict(enumerate(column.values)), edits)
    scores = np.zeros(len(column.values), np.float32)
    for code in done:
        scores[code] = 0.9
    if not scores.any():
        return None

    def told(code: int) -> Told:
        return Told(reason="as in the rows that were corrected by hand", suggestion=done[code])

    return Signal(kind="edit", scores=scores, by_row=False, tell=told)


def classify(
    known: Known, features: Features, prior: Scores, *, seed: int
) -> Scores:
    """Return the chance that each cell is wrong, from labelled cells and the detectors' say."""
    from sklearn.ensemble import ExtraTreesClassifier

    rng = np.random.default_rng(seed)
    prior_of = prior[features.first]
    drawn = _drawn(features, prior_of, rng)
    x = features.vectors
    rows = features.of_row[known.rows]
    sure = np.maximum(prior_of[drawn], 1 - prior_of[drawn])
    pseudo = (sure - 0.5) * 2
    pseudo *= _PSEUDO_WEIGHT / max(pseudo.sum(), 1e-9)
    trees = ExtraTreesClassifier(
        _TREES, random_state=seed, min_samples_leaf=1, max_features=0.5, n_jobs=1
    )
    prior_column = prior_of[:, None].astype(np.float32)
    x = np.concatenate([x, prior_column], axis=1)
    trees.fit(
        np.concatenate([x[rows], x[drawn]]),
        np.concatenate([known.wrong, prior_of[drawn] > 0.5]),
        sample_weight=np.concatenate([known.weight, pseudo]),
    )
    if len(trees.classes_) < 2:
        return prior
    return np.asarray(trees.predict_proba(x)[:, 1], np.float32)[features.of_row]


def _drawn(features: Features, prior: Scores, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw vectors for the detectors to speak for: half of the suspected, half of the others."""
    suspected = prior > 0.5
    parts = [
        rng.choice(at, min(len(at), _PSEUDO_CELLS // 2), replace=False)
        for at in (np.flatnonzero(suspected), np.flatnonzero(~suspected)) if len(at)
    ]  # fmt: skip
    return np.concatenate(parts)
