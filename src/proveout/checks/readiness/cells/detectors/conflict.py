"""Several sources report the same thing, and disagree: whom to believe is learned from the data.

A source that is often confirmed by others weighs more (truth discovery; accuracy model after Dong,
Berti-Equille & Srivastava, VLDB 2009: a source's vote is the log-odds of its accuracy). Sources
that share values which nobody else confirms copy from one another, and share one vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.pairs import Dependency
from proveout.checks.readiness.cells.signal import Signal, Told

_LEAST_STRENGTH = 0.3
"""Gain by the key from which a column is taken as a report on it."""
_LEAST_REPORTS = 3.0
"""Mean number of records of a thing from which its sources can be weighed."""
_MOST_SOURCES = 500
_ONCE = 0.95
"""Share of records that are their source's only one of a thing."""
_ROUNDS = 20
_FALSE_VALUES = 10.0
"""How many wrong values a source can choose from, in the accuracy model."""
_KNOWN_COUNTS = 10.0
"""How many believed values one known value counts as, in judging a source."""
_UNEVEN = 3.0
"""How much more the sources' agreement must vary than chance would have it (variance ratio)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The structure of a table in which sources report on the same things."""

    key: int
    """The column that names the thing."""
    source: int
    """The column that names who says so."""
    of: tuple[int, ...]
    """The columns that are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of one column after weighing its sources."""

    probability: Scores
    """By row: how likely its value is the true one; 0 for empty cells of things with reports."""
    best: NDArray[np.int32]
    """By row: the code of the value believed; -1 where none is known."""
    n_reports: NDArray[np.int32]
    """By row: how many records of the same thing have a value."""
    trust: Scores
    """By code of the source column: how often it is believed right."""


def find_reports(columns: Sequence[Column], found: Sequence[Dependency]) -> Reports | None:
    """Find key, source and reported columns; None where the table has no such structure."""
    best: tuple[float, Reports] | None = None
    for key in sorted({each.on for each in found}):
        mine = [d for d in found if d.on == key and d.strength >= _LEAST_STRENGTH]
        if len(mine) < 1 or columns[key].n_distinct * _LEAST_REPORTS > columns[key].n_filled:
            continue
        for source in range(len(columns)):
            of = tuple(d.of for d in mine if d.of != source)
            if source == key or not of or not _is_source(columns[source], columns[key]):
                continue
            if not any(_is_uneven(columns, key, source, each) for each in of):
                continue
            gain = sum(d.strength for d in mine if d.of != source)
            if best is None or gain > best[0]:
                best = gain, Reports(key=key, source=source, of=of)
    return None if best is None else best[1]


def _is_source(source: Column, key: Column) -> bool:
    """Tell whether a column holds names, each of which comes once per thing."""
    if not 3 <= source.n_distinct <= min(_MOST_SOURCES, source.n_filled / 5):
        return False
    named = sum(n for _, value, n in source.filled() if any(map(str.isalpha, value)))
    if named < 0.9 * source.n_rows:
        return False
    both = np.unique(key.codes.astype(np.int64) * len(source.values) + source.codes)
    return len(both) >= _ONCE * source.n_rows


def _is_uneven(columns: Sequence[Column], key: int, source: int, of: int) -> bool:
    """Tell whether sources differ in how often they agree with the majority."""
    from proveout.checks.readiness.cells.pairs import votes

    y, s = columns[of], columns[source]
    vote = votes(columns[key], y)
    asked = (vote.others >= 2) & ~y.is_empty[y.codes]
    if asked.sum() < 30:
        return False
    agrees = (vote.expected == y.codes)[asked]
    who = s.codes[asked]
    n = np.bincount(who, minlength=len(s.values))
    share = np.bincount(who, weights=agrees, minlength=len(s.values)) / np.maximum(n, 1)
    whole = agrees.mean()
    known = n >= 5
    if known.sum() < 3 or not 0 < whole < 1:
        return False
    chi = (n * (share - whole) ** 2 / (whole * (1 - whole)))[known].sum()
    return bool(chi / (known.sum() - 1) >= _UNEVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    """Who says what: a claim is one value of one key; reports are the rows that make it."""

    filled: NDArray[np.bool_]
    """By row of the table: whether it reports anything."""
    source: NDArray[np.int64]
    """By report."""
    claim: NDArray[np.int64]
    """By report."""
    key: NDArray[np.int64]
    """By claim; in order."""
    value: NDArray[np.int64]
    """By claim."""
    n_keys: int
    n_sources: int


def _claims(key: Column, source: Column, column: Column) -> _Claims:
    filled = ~(column.is_empty[column.codes] | key.is_empty[key.codes])
    k, s, v = (each.codes[filled].astype(np.int64) for each in (key, source, column))
    found, claim = np.unique(k * len(column.values) + v, return_inverse=True)
    return _Claims(
        filled=filled, source=s, claim=claim.reshape(-1), key=found // len(column.values),
        value=found % len(column.values), n_keys=len(key.values), n_sources=len(source.values),
    )  # fmt: skip


def believe(
    key: Column, source: Column, column: Column, *, known: dict[int, int] | None = None
) -> Belief:
    """Weigh the sources of one column.

    `known` gives the true value's code by code of the key, where it is known.
    """
    claims = _claims(key, source, column)
    fixed = _fixed(claims, known or {})
    counts_as = np.where(np.isnan(fixed), 1.0, _KNOWN_COUNTS)[claims.claim]
    per_source = np.bincount(claims.source, counts_as, claims.n_sources)
    trust = np.full(claims.n_sources, 0.7)
    share = np.ones(claims.n_sources)
    chance = np.zeros(len(claims.key))
    for _ in range(_ROUNDS):
        weight = np.clip(np.log(_FALSE_VALUES * trust / (1 - trust)), 0, 6) * share
        chance = np.where(np.isnan(fixed), _likely(claims, weight), fixed)
        right = np.bincount(claims.source, chance[claims.claim] * counts_as, claims.n_sources)
        trust = np.clip((right + 1.4) / (per_source + 2), 0.02, 0.98)
        share = _independence(claims, chance)
    return _belief(column, key, claims, chance, trust)


def _fixed(claims: _Claims, known: dict[int, int]) -> NDArray[np.float64]:
    """Return 1 and 0 for claims that are known to be true and false, nan for the others."""
    fixed = np.full(len(claims.key), np.nan)
    for key, true in known.items():
        low, high = np.searchsorted(claims.key, [key, key + 1])
        fixed[low:high] = claims.value[low:high] == true
    return fixed


def _likely(claims: _Claims, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each claim is, of all claims on its key."""
    scores = np.bincount(claims.claim, weight[claims.source], len(claims.key)).astype(np.float64)
    top = np.full(claims.n_keys, -np.inf)
    np.maximum.at(top, claims.key, scores)
    odds = np.exp(scores - top[claims.key])
    return np.asarray(odds / np.bincount(claims.key, odds, claims.n_keys)[claims.key])


def _independence(claims: _Claims, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each source's share of a vote: less, the more of its false values others repeat."""
    from scipy.sparse import csr_matrix

    doubt = (1 - chance[claims.claim]).astype(np.float32)
    once = np.ones(len(doubt), np.float32)
    by_claim = claims.n_sources, len(claims.key)
    by_key = claims.n_sources, claims.n_keys
    of_key = claims.key[claims.claim]
    says = csr_matrix((once, (claims.source, claims.claim)), by_claim)
    falsely = csr_matrix((doubt, (claims.source, claims.claim)), by_claim)
    about = csr_matrix((once, (claims.source, of_key)), by_key)
    false_about = csr_matrix((doubt, (claims.source, of_key)), by_key)
    shared = np.asarray((falsely @ says.T).todense())
    comparable = np.asarray((false_about @ about.T).todense())
    alike = shared / (comparable + 1)
    np.fill_diagonal(alike, 0)
    return np.asarray(1 / (1 + (alike**2).sum(axis=1)))


def _belief(
    column: Column, key: Column, claims: _Claims, chance: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> Belief:  # fmt: skip
    best = np.full(len(key.values), -1, np.int32)
    order = np.argsort(chance, kind="stable")
    best[claims.key[order]] = claims.value[order]  # the last one written is the likeliest
    n_reports = np.bincount(key.codes[claims.filled], minlength=len(key.values))
    probability = np.zeros(column.n_rows, np.float32)
    probability[claims.filled] = chance[claims.claim]
    return Belief(
        probability=probability, best=best[key.codes],
        n_reports=n_reports.astype(np.int32)[key.codes], trust=trust.astype(np.float32),
    )  # fmt: skip


def conflicts(columns: Sequence[Column], reports: Reports, of: int, belief: Belief) -> list[Signal]:
    """Find the cells that the sources together speak against, and those that only they can fill."""
    key, source, column = columns[reports.key], columns[reports.source], columns[of]
    empty = column.is_empty[column.codes]
    others = belief.n_reports - ~empty
    contested = ~empty & (others >= 1) & (belief.best >= 0)
    scores = np.where(contested, 1 - belief.probability, 0).astype(np.float32)
    missing = np.where(empty & (others >= 1), 0.9, 0).astype(np.float32)

    def told(row: int) -> Told:
        best = column.values[belief.best[row]]
        who = source.at(row)
        return Told(
            reason=f"the {int(others[row]):,} other reports on {key.name} '{key.at(row)}', weighed "
            f"by how far each {source.name} can be trusted, say '{best}' ('{who}' is believed in "
            f"{100 * belief.trust[source.codes[row]]:.0f} % of what it says)",
            suggestion=best,
        )

    def told_missing(row: int) -> Told:
        best = column.values[belief.best[row]]
        return Told(
            reason=f"empty, while {int(others[row]):,} other reports on {key.name} "
            f"'{key.at(row)}' have a value",
            suggestion=best,
        )

    return [
        Signal(kind="conflict", scores=scores, by_row=True, tell=told),
        Signal(kind="missing", scores=missing, by_row=True, tell=told_missing),
    ]
