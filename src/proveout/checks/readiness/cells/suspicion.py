"""All detectors on one table: what each says of each column's cells, and how likely an error is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from proveout.checks.readiness.cells.detectors.absent import gaps, own_null, stand_ins
from proveout.checks.readiness.cells.detectors.conflict import (
    Belief,
    Reports,
    believe,
    conflicts,
    find_reports,
)
from proveout.checks.readiness.cells.detectors.dependency import (
    broken_dependencies,
    distrust,
    rules_among,
    witnesses_among,
)
from proveout.checks.readiness.cells.detectors.formats import formats, other_lengths
from proveout.checks.readiness.cells.detectors.misplaced import misplaced, word_list
from proveout.checks.readiness.cells.detectors.numbers import outliers
from proveout.checks.readiness.cells.detectors.writing import slips, slips_in_words, wrong_encoding
from proveout.checks.readiness.cells.grid import Column, Grid, Scores
from proveout.checks.readiness.cells.joint import Pair, pairs_that_decide
from proveout.checks.readiness.cells.pairs import Dependency, dependencies
from proveout.checks.readiness.cells.shapes import Shapes
from proveout.checks.readiness.cells.signal import Signal

_WEAKEST = 0.3
"""Strength below which a dependency is not even looked at."""


@dataclass(frozen=True)
class Detection:
    """The detectors, ready for a table."""

    grid: Grid
    seed: int = 0

    @cached_property
    def found(self) -> list[Dependency]:
        """All dependencies between columns, also weak ones."""
        return dependencies(self.grid.columns, least=_WEAKEST, seed=self.seed)

    @cached_property
    def reports(self) -> Reports | None:
        """The sources and what they report on, where the table is of this kind."""
        return find_reports(self.grid.columns, self.found)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, and after them the pairs of columns that only together decide another."""
        return (*self.grid.columns, *(each.column for each in self._pairs))

    @cached_property
    def _pairs(self) -> list[Pair]:
        return pairs_that_decide(self.grid.columns, self.found, seed=self.seed)

    @cached_property
    def rules(self) -> list[Dependency]:
        """The dependencies that hold but for few rows."""
        reported = () if self.reports is None else self.reports.of
        single = [
            each for each in rules_among(self.found)
            if each.of not in reported and each.on not in reported
        ]  # fmt: skip
        width = len(self.grid.columns)
        double = [
            replace(rule, on=width + at)
            for at, pair in enumerate(self._pairs)
            for rule in pair.decides
            if rule.of not in reported
        ]
        return [*single, *double]

    @cached_property
    def witnesses(self) -> list[Dependency]:
        """The dependencies that are no rules, but can speak for a value."""
        return witnesses_among(self.found)

    @cached_property
    def _first_round(self) -> dict[int, Scores]:
        scores = distrust(self.columns, self.rules, self.witnesses)
        none = np.zeros(self.grid.n_rows, np.float32)
        for at, pair in enumerate(self._pairs, start=len(self.grid.columns)):
            # Two columns as one are as doubtful as the more doubtful of them.
            scores[at] = np.maximum.reduce([scores.get(each, none) for each in (at, *pair.of)])
        return scores

    @cached_property
    def _word_lists(self) -> list[frozenset[str]]:
        return [word_list(column) for column in self.grid.columns]

    @cached_property
    def _own_null(self) -> str | None:
        return own_null(self.grid.columns)

    def _but_null(self, column: Column, signal: Signal | None) -> Signal | None:
        """Take the table's own way to write 'no value' out of a signal on values."""
        if signal is None or self._own_null is None:
            return signal
        is_null = [value.strip().casefold() == self._own_null for value in column.values]
        return replace(signal, scores=np.where(is_null, np.float32(0), signal.scores))

    def belief(self, of: int, known: dict[int, int] | None = None) -> Belief | None:
        """Weigh the sources of one column; None where it is not a reported one."""
        reports, columns = self.reports, self.grid.columns
        if reports is None or of not in reports.of:
            return None
        return believe(columns[reports.key], columns[reports.source], columns[of], known=known)

    def signals(self, at: int, *, belief: Belief | None = None) -> list[Signal]:
        """Return what the detectors say of one column."""
        columns = self.grid.columns
        column, shapes = columns[at], Shapes(columns[at])
        said: list[Signal | None] = [
            stand_ins(column, shapes, null=self._own_null),
            gaps(column),
            *(self._but_null(column, each) for each in formats(column, shapes)),
            self._but_null(column, other_lengths(column)),
            outliers(column, shapes),
            *slips(column),
            slips_in_words(column),
            wrong_encoding(column),
            *misplaced(columns, at, self._word_lists),
            *broken_dependencies(self.columns, at, self.rules, self.witnesses, self._first_round),
        ]
        belief = belief or self.belief(at)
        if belief is not None and self.reports is not None:
            said += conflicts(columns, self.reports, at, belief)
        return [each for each in said if each is not None]


def combined(column: Column, signals: list[Signal]) -> Scores:
    """Put the detectors of one column together: the surest counts, others that agree add to it."""
    best = np.zeros(column.n_rows, np.float32)
    doubt = np.ones(column.n_rows, np.float32)
    for signal in signals:
        scores = signal.on_rows(column)
        best = np.maximum(best, scores)
        doubt *= 1 - 0.6 * scores
    return np.maximum(best, 1 - doubt)
