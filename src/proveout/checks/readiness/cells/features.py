"""What a classifier sees of a cell: its value, its shape, and what the detectors say of its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.shapes import Shapes, fine
from proveout.checks.readiness.cells.signal import Signal

_SHAPES = 8
_MARKS = 12
_STEPS = 20
"""Row figures are rounded to this many steps, so that many rows share one feature vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The different feature vectors of a column's cells."""

    vectors: NDArray[np.float32]
    """One row per different vector."""
    of_row: NDArray[np.int64]
    """By row of the table: which vector is its own."""
    first: NDArray[np.int64]
    """By vector: a row that has it."""


def features(
    column: Column, shapes: Shapes, signals: Sequence[Signal], about_rows: Sequence[Scores]
) -> Features:
    """Make the feature vectors of a column; `about_rows` are further figures by row, 0 to 1."""
    by_value = _of_values(column, shapes, [s.scores for s in signals if not s.by_row])
    rows = [s.scores for s in signals if s.by_row] + list(about_rows)
    rounded = [np.round(np.clip(r, 0, 1) * _STEPS).astype(np.int8) for r in rows]
    rng = np.random.default_rng(0)
    _, value_key = np.unique(by_value, axis=0, return_inverse=True)
    mixed = value_key.reshape(-1)[column.codes].astype(np.int64)
    for each in rounded:
        # A sum of large random multiples: two different vectors share it next to never.
        mixed = mixed * np.int64(1_000_003) + each.astype(np.int64) * int(rng.integers(1, 2**62))
    _, first, of_row = np.unique(mixed, return_index=True, return_inverse=True)
    parts = [by_value[column.codes[first]]]
    parts += [(each[first] / _STEPS).astype(np.float32)[:, None] for each in rounded]
    return Features(
        vectors=np.concatenate(parts, axis=1).astype(np.float32), of_row=of_row, first=first
    )


def _of_values(column: Column, shapes: Shapes, scores: Sequence[Scores]) -> NDArray[np.float32]:
    """Return one vector per different value."""
    counts = column.counts
    n = max(column.n_filled, 1)
    lengths = np.array([len(value) for value in column.values], float)
    shares = np.array([shapes.shares.get(shape, 0.0) for shape in shapes.coarse])
    fine_share = _fine_shares(column)
    figures = np.nan_to_num(shapes.figures, nan=0.0)
    given: list[NDArray[Any]] = [
        np.round(np.log2(counts.clip(1))), np.round(np.log10(counts.clip(1) / n), 1),
        lengths.clip(0, 50),
        np.round(shares, 3), np.round(np.log10(fine_share.clip(1e-6)), 1),
        column.is_empty.astype(float), (~np.isnan(shapes.figures)).astype(float),
        np.round(np.sign(figures) * np.log2(1 + np.abs(figures)), 1),
        np.array([sum(map(str.isdigit, v)) for v in column.values], float),
        np.array([sum(map(str.isupper, v)) for v in column.values], float).clip(0, 10),
        np.array([len(v.split()) for v in column.values], float).clip(0, 10),
    ]  # fmt: skip
    top = list(shapes.shares)[:_SHAPES]
    given += [np.array([shape == each for shape in shapes.coarse], float) for each in top]
    given += [np.array([mark in v for v in column.values], float) for mark in _marks(column)]
    given += [score.astype(float) for score in scores]
    return np.stack(given, axis=1).astype(np.float32)


def _fine_shares(column: Column) -> NDArray[np.float64]:
    masks = [fine(value) for value in column.values]
    counted: Counter[str] = Counter()
    for mask, n in zip(masks, column.counts.tolist(), strict=True):
        counted[mask] += n
    return np.array([counted[mask] / max(column.n_rows, 1) for mask in masks])


def _marks(column: Column) -> list[str]:
    """Return the characters, other than letters and digits, that tell values apart best."""
    seen: Counter[str] = Counter()
    for _, value, n in column.filled():
        for char in set(value):
            if not char.isalnum():
                seen[char] += n
    half = column.n_filled / 2
    return sorted(seen, key=lambda char: (abs(seen[char] - half), char))[:_MARKS]
