"""Find the cells of a table that are probably wrong: the use case of this package.

Columns are gone through one at a time, so that what is known of its rows is held for one column;
with labels twice, since what they say of a detector in one column counts in the others too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from proveout.checks.readiness.cells.detectors.conflict import Belief
from proveout.checks.readiness.cells.features import features
from proveout.checks.readiness.cells.grid import Column, Grid, Scores
from proveout.checks.readiness.cells.labels import (
    Known,
    Labels,
    code_of,
    known_cells,
    known_truth,
)
from proveout.checks.readiness.cells.learning import (
    Tally,
    classify,
    edit_signal,
    gap_signal,
    spared,
    tally,
    trusted,
)
from proveout.checks.readiness.cells.pairs import votes
from proveout.checks.readiness.cells.shapes import Shapes
from proveout.checks.readiness.cells.sharing import share_interval
from proveout.checks.readiness.cells.signal import Kind, Signal
from proveout.checks.readiness.cells.suspects import THRESHOLD, ColumnSuspects, suspects
from proveout.checks.readiness.cells.suspicion import Detection, combined

_MANY_REPORTS = 30


def detect(grid: Grid, *, labels: Labels | None = None, seed: int = 0) -> Iterator[ColumnSuspects]:
    """Yield the suspected cells, column by column.

    Equal tables, labels and seeds give equal results.
    """
    detection = Detection(grid, seed)
    if labels is None or not labels.rows:
        for at, column in enumerate(grid.columns):
            signals = detection.signals(at)
            yield suspects(column, signals, combined(column, signals))
        return
    learner = _Learner(detection, labels, seed)
    learner.look()
    for at in range(len(grid.columns)):
        yield learner.suspects(at)


@dataclass
class _Learner:
    """Goes through the columns twice: to judge the detectors, and to judge the cells."""

    detection: Detection
    labels: Labels
    seed: int
    everywhere: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """By kind of detector: how often it was right, over all columns."""
    in_row: Scores = field(default_factory=lambda: np.zeros(0, np.float32))
    """By row: the suspicion of all its cells, added up."""

    def look(self) -> None:
        """Count how often each detector is right on labelled cells."""
        grid = self.detection.grid
        self.in_row = np.zeros(grid.n_rows, np.float32)
        for at, column in enumerate(grid.columns):
            known, belief = self._known(at), self._belief(at)
            signals = self.detection.signals(at, belief=belief)
            self.in_row += combined(column, signals)
            if known is not None:
                for signal in signals:
                    self.everywhere[signal.kind] += tally(signal, column, known)

    def suspects(self, at: int) -> ColumnSuspects:
        """Judge the cells of one column."""
        column, said = self.detection.grid.columns[at], self.labels.of(at)
        known, belief = self._known(at), self._belief(at)
        signals = self.detection.signals(at, belief=belief)
        unsharpened = combined(column, signals)
        if known is None:
            return suspects(column, signals, unsharpened)
        signals = self._sharpened(column, signals, known, dict(said))
        scores = combined(column, signals)
        if known.has_both:
            doubt = self.in_row - unsharpened
            scores = self._classified(at, known, signals, scores, doubt=doubt, belief=belief)
        scores = scores.copy()
        scores[known.rows] = known.wrong
        wrong = {row: right for row, right in said.items() if right != column.at(row)}
        interval = share_interval(
            unsharpened > THRESHOLD, rows=list(said), wrong=set(wrong),
            found=float((scores > THRESHOLD).mean()),
        )  # fmt: skip
        return suspects(column, signals, scores, wrong, interval)

    def _sharpened(
        self, column: Column, signals: Sequence[Signal], known: Known, said: dict[int, str]
    ) -> list[Signal]:
        sharp = [
            trusted(
                spared(signal, column, known),
                tally(signal, column, known),
                self.everywhere[signal.kind],
            )
            for signal in signals
        ]
        taught = edit_signal(column, said), gap_signal(column, said)
        return [*sharp, *(each for each in taught if each is not None)]

    def _classified(
        self, at: int, known: Known, signals: Sequence[Signal], prior: Scores, *,
        doubt: Scores, belief: Belief | None,
    ) -> Scores:  # fmt: skip
        column = self.detection.grid.columns[at]
        others = max(len(self.detection.grid.columns) - 1, 1)
        about: list[Scores] = [doubt / np.float32(others), *self._reports(column, belief)]
        return classify(
            known, features(column, Shapes(column), signals, about), prior, seed=self.seed
        )

    def _reports(self, column: Column, belief: Belief | None) -> list[Scores]:
        """Return what is known of a cell as one of several reports on the same thing."""
        reports, columns = self.detection.reports, self.detection.grid.columns
        if belief is None or reports is None:
            return []
        vote = votes(columns[reports.key], column)
        others = np.maximum(vote.others, 1).astype(np.float32)
        return [
            belief.probability,
            belief.trust[columns[reports.source].codes],
            (belief.n_reports / _MANY_REPORTS).astype(np.float32),
            (belief.best == column.codes).astype(np.float32),
            (vote.agreed / others).astype(np.float32),
            (vote.top / others).astype(np.float32),
            (vote.expected == column.codes).astype(np.float32),
        ]

    def _known(self, at: int) -> Known | None:
        reports = self.detection.reports
        deciding = [reports.key] if reports is not None and at in reports.of else []
        return known_cells(self.detection.grid, self.labels, at, deciding)

    def _belief(self, at: int) -> Belief | None:
        reports, grid = self.detection.reports, self.detection.grid
        if reports is None or at not in reports.of:
            return None
        truth = known_truth(grid, self.labels, at, reports.key) or {}
        column = grid.columns[at]
        return self.detection.belief(
            at, {key: code_of(column, right) for key, right in truth.items()}
        )
