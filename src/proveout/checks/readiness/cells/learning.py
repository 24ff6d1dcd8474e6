"""A few labelled rows make the detectors sharper.

Three things are learned from them: how far each detector can be trusted in each column, the edits
by which wrong values were put right, and, where a column has wrong and right ones, a classifier
over all that is known of a cell. Beside the labelled cells it is given cells that the detectors
are sure of, at a small weight, so that it departs from them only where a label says so. After
Mahdavi et al., Raha (SIGMOD 2019), with trees in place of clusters, and with labels carried over
to the rows that share a deciding key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.edits import corrected, learned
from proveout.checks.readiness.cells.features import Features
from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.labels import Known
from proveout.checks.readiness.cells.signal import Signal, Told, by_value

_PRIOR_SAYS = 4.0
"""How many labelled cells a detector's own confidence counts as."""
_PSEUDO_CELLS = 500
"""Cells that only the detectors speak for, suspected ones and others each."""
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
    general = _updated(sure, everywhere.right - here.right, everywhere.wrong - here.wrong)
    now = _updated(general, here.right, here.wrong)
    # Confirmed elsewhere, a detector gains no say over what it left open here.
    scale = min(now / max(sure, 1e-6), 1.0 if not here.right else 1.2)
    return replace(signal, scores=np.clip(signal.scores * scale, 0, 0.99).astype(np.float32))


def _updated(chance: float, right: float, wrong: float) -> float:
    """Update a chance by what labels say, the chance counting as a few labels itself."""
    return (chance * _PRIOR_SAYS + right) / (_PRIOR_SAYS + right + wrong)


def spared(signal: Signal, column: Column, known: Known) -> Signal:
    """Return a signal on values without those that a label says are right."""
    if signal.by_row:
        return signal
    right = np.unique(column.codes[known.rows[~known.wrong]])
    wrong = np.unique(column.codes[known.rows[known.wrong]])
    only_right = np.setdiff1d(right, wrong)
    if not signal.scores[only_right].any():
        return signal
    scores = signal.scores.copy()
    scores[only_right] = 0
    return replace(signal, scores=scores)


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


def gap_signal(column: Column, said: dict[int, str]) -> Signal | None:
    """Take all empty cells for gaps where most of those that were looked at are."""
    empty = [right for row, right in said.items() if not column.at(row).strip()]
    n_gaps = sum(bool(right.strip()) for right in empty)
    if 2 * n_gaps <= len(empty):
        return None
    chance = (n_gaps + 0.5) / (len(empty) + 1)
    told = Told(reason="empty, and the empty cells that were looked at by hand should not be")
    codes = column.is_empty.nonzero()[0].tolist()
    return by_value("missing", column, dict.fromkeys(codes, (chance, told)))


def classify(known: Known, features: Features, prior: Scores, *, seed: int) -> Scores:
    """Return the chance that each cell is wrong, from labelled cells and the detectors' say."""
    from sklearn.ensemble import ExtraTreesClassifier

    if bool(((prior[known.rows] > 0.5) == known.wrong).all()):
        return prior  # nothing to learn: the detectors are right wherever a label can tell
    drawn = _drawn(prior, np.random.default_rng(seed))
    sure = np.abs(prior[drawn] - 0.5)
    pseudo = sure * (_PSEUDO_WEIGHT / max(float(sure.sum()), 1e-9))
    by_vector = np.concatenate([features.vectors, prior[features.first][:, None]], axis=1)
    at = features.of_row
    trees = ExtraTreesClassifier(_TREES, random_state=seed, max_features=0.5, n_jobs=1)
    trees.fit(
        np.concatenate([by_vector[at[known.rows]], by_vector[at[drawn]]]),
        np.concatenate([known.wrong, prior[drawn] > 0.5]),
        sample_weight=np.concatenate([known.weight, pseudo]),
    )
    return np.asarray(trees.predict_proba(by_vector)[:, 1], np.float32)[at]


def _drawn(prior: Scores, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw rows for the detectors to speak for: some of the suspected, more of the others."""
    suspected = prior > 0.5
    parts = [
        rng.choice(at, min(len(at), _PSEUDO_CELLS), replace=False)
        for at in (np.flatnonzero(suspected), np.flatnonzero(~suspected)) if len(at)
    ]  # fmt: skip
    return np.concatenate(parts)
