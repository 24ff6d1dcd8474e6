"""How often an answer of a stated confidence is right, learnt from answers whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 200
"""Confidences are rounded to so many levels, equally filled in the reference: for speed alone."""
FEWEST_OF_AN_ANSWER = 300
"""An answer that was given less often shares its curve with the other rare ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Each answer as one of a few cells: which answer (or group of rare ones), which confidence."""

    edges: Floats
    answers: tuple[str, ...]
    """Those with a curve of their own; all others are of the last group."""

    @classmethod
    def of(cls, confidence: Floats, answer: NDArray[np.object_] | None) -> Levels:
        """Find them on the reference."""
        edges = np.unique(np.quantile(confidence, np.linspace(0, 1, BINS + 1)[1:-1]))
        if answer is None:
            return cls(edges=edges, answers=())
        names, counts = np.unique(answer.astype(str), return_counts=True)
        return cls(edges=edges, answers=tuple(names[counts >= FEWEST_OF_AN_ANSWER].tolist()))

    @property
    def shape(self) -> tuple[int, int]:
        """Groups of answers, levels of confidence."""
        return len(self.answers) + 1, len(self.edges) + 1

    def cells(self, confidence: Floats, answer: NDArray[np.object_] | None) -> NDArray[np.intp]:
        """Return the cell of each answer, as a number."""
        level = np.searchsorted(self.edges, confidence, side="right")
        group = np.full(len(confidence), len(self.answers))
        if answer is not None and self.answers:
            names = np.asarray(self.answers)
            text = answer.astype(str)
            at = np.minimum(np.searchsorted(names, text), len(names) - 1)
            group = np.where(names[at] == text, at, group)
        return np.asarray(group * self.shape[1] + level)


def curves(shape: tuple[int, int], rows: Floats, right: Floats) -> Floats:
    """Return how often the answers of each cell are right: isotonic in confidence, by group.

    `rows` and `right` are counts per cell. A group without rows takes the curve of all together.
    Isotonic regression (Zadrozny and Elkan, KDD 2002) by scikit-learn, weighted by rows.
    """
    from sklearn.isotonic import IsotonicRegression

    n, k = rows.reshape(shape), right.reshape(shape)

    def curve(of: Floats, ok: Floats) -> Floats:
        has = np.flatnonzero(of > 0)
        model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        model.fit(has.astype(float), ok[has] / of[has], sample_weight=of[has])
        return np.asarray(model.predict(np.arange(shape[1], dtype=float)))

    together = curve(n.sum(axis=0), k.sum(axis=0))
    found = [curve(a, b) if a.sum() > 0 else together for a, b in zip(n, k, strict=True)]
    return np.concatenate(found)
