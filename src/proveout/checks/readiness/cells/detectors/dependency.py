"""Broken dependencies between columns: the rows that agree elsewhere say something else here.

Which cell of a broken pair is the wrong one is settled by vote: a wrong zip code breaks every
column that depends on it, and these agree with each other. So a cell that most of its
determinants speak against loses its own say in a second round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.pairs import Dependency, Vote, votes
from proveout.checks.readiness.cells.signal import Signal, Told

STRONG = 0.7
"""Strength from which a dependency is taken as a rule of the data."""
_VERY_STRONG = 0.9
_SOME_SCATTER = 0.25
_MUCH_SCATTER = 0.5
"""What share of the broken rows must be scattered, for a very strong and a strong dependency."""
_COVERED = 0.15
"""Share of the rows that a rule must say something about."""
_WITNESS = 0.5
"""Strength from which a dependency that is no rule can speak for a value."""
_MOST_DETERMINANTS = 5
_MOST_WITNESSES = 2
_SURE = 0.8
_DOUBT = 1.0
"""Share of the companions that must agree before they speak against a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Say:
    """What one determinant says of a column."""

    on: int
    weight: float
    against: Scores
    """By row, 0 to 1."""
    in_favour: Scores
    vote: Vote


def rules_among(found: Sequence[Dependency]) -> list[Dependency]:
    """Keep the dependencies that are rules: strong, and on enough of the rows."""
    return [each for each in found if is_rule(each)]


def is_rule(found: Dependency) -> bool:
    """Tell whether a dependency is a rule of the data, and what breaks it an error."""
    if found.covered < _COVERED:
        return False
    if found.strength >= _VERY_STRONG:
        return found.scattered is None or found.scattered >= _SOME_SCATTER
    return found.strength >= STRONG and (found.scattered or 0.0) >= _MUCH_SCATTER


def witnesses_among(found: Sequence[Dependency]) -> list[Dependency]:
    """Keep the dependencies that are no rules, but whose agreement speaks for a value."""
    return [each for each in found if each.strength >= _WITNESS and not is_rule(each)]


def determinants(of: int, rules: Sequence[Dependency]) -> list[Dependency]:
    """Return the strongest rules about one column."""
    return _strongest(of, rules, _MOST_DETERMINANTS)


def _strongest(of: int, among: Sequence[Dependency], most: int) -> list[Dependency]:
    mine = [each for each in among if each.of == of]
    mine.sort(key=lambda each: (-each.strength * min(each.covered, 0.9), each.on))
    return mine[:most]


def distrust(
    columns: Sequence[Column], rules: Sequence[Dependency], witnesses: Sequence[Dependency]
) -> dict[int, Scores]:
    """Return, by column, how far each row's value is at odds with the rest of its row.

    A value is at odds where its determinants outvote it, and where what it foretells is not there:
    a wrong zip code is outvoted by the street, and foretells the wrong city, area and state.
    """
    outvoted: dict[int, Scores] = {}
    foretold: dict[int, Scores] = {}
    weight: dict[int, float] = {}
    for of in sorted({each.of for each in rules}):
        says = [_say(columns, each) for each in determinants(of, rules)]
        outvoted[of] = _outvoted(says, columns[of], {}, _support(columns, of, witnesses))
        for say in says:
            before = foretold.get(say.on, np.zeros(columns[of].n_rows, np.float32))
            foretold[say.on] = before + say.weight * say.against
            weight[say.on] = weight.get(say.on, 0.0) + say.weight
    scores: dict[int, Scores] = {}
    for at in sorted({*outvoted, *foretold}):
        none = np.zeros(columns[at].n_rows, np.float32)
        missed = foretold.get(at, none) / weight.get(at, 1.0)
        scores[at] = ((outvoted.get(at, none) + missed) / 2).astype(np.float32)
    return scores


def broken_dependencies(
    columns: Sequence[Column], of: int, rules: Sequence[Dependency],
    witnesses: Sequence[Dependency], first: dict[int, Scores],
) -> list[Signal]:  # fmt: skip
    """Find the cells of a column that its determinants speak against, and those left empty."""
    mine = determinants(of, rules)
    if not mine:
        return []
    says = [_say(columns, each) for each in mine]
    scores = _outvoted(says, columns[of], first, _support(columns, of, witnesses))
    missing, missing_from = _missing(says, columns[of])
    column = columns[of]
    signals = []
    if scores.any():
        signals.append(
            Signal(
                kind="dependency", scores=scores, by_row=True,
                tell=lambda row: _told(row, says, columns, column),
            )
        )  # fmt: skip
    if missing.any():
        signals.append(
            Signal(
                kind="missing", scores=missing, by_row=True,
                tell=lambda row: _told_missing(row, says[missing_from[row]], columns, column),
            )
        )  # fmt: skip
    return signals


def _say(columns: Sequence[Column], rule: Dependency) -> _Say:
    x, y = columns[rule.on], columns[rule.of]
    vote = votes(x, y)
    others = np.maximum(vote.others, 1).astype(np.float32)
    speaks = (vote.expected >= 0) & (vote.expected != y.codes) & ~y.is_empty[y.codes]
    sure = vote.top >= _SURE * others
    # Of two that differ, neither is the likelier: one companion alone convinces nobody.
    against = np.where(speaks & sure, (vote.top - vote.agreed) / (others + _DOUBT), 0)
    in_favour = (vote.agreed / others).astype(np.float32)
    return _Say(
        on=rule.on,
        weight=rule.strength,
        against=against.astype(np.float32),
        in_favour=in_favour,
        vote=vote,
    )


def _support(columns: Sequence[Column], of: int, witnesses: Sequence[Dependency]) -> Scores:
    """Return how far those who only speak for a value do so, by row."""
    support = np.full(columns[of].n_rows, 1e-6, np.float32)
    for each in _strongest(of, witnesses, _MOST_WITNESSES):
        vote = votes(columns[each.on], columns[of])
        support += each.strength * vote.agreed / (vote.others + _DOUBT)
    return support


def _outvoted(
    says: Sequence[_Say], column: Column, first: dict[int, Scores], support: Scores
) -> Scores:
    """Return the share of the say that is against each row's value, 0 to 1."""
    against = np.zeros(column.n_rows, np.float32)
    in_favour = support.copy()
    for say in says:
        trust = (1 - 0.95 * first[say.on]) ** 2 if say.on in first else np.float32(1)
        against += say.weight * trust * say.against
        # A companion or two are a chance agreement of wrong values, or of right ones.
        in_favour += say.weight * trust * say.in_favour
    best = np.maximum.reduce([say.weight * say.against for say in says])
    scores = np.where(against > 0, best * against / (against + in_favour), 0)
    return scores.astype(np.float32)


def _missing(says: Sequence[_Say], column: Column) -> tuple[Scores, NDArray[np.int64]]:
    """Return how surely an empty cell should hold what rows with the same key hold."""
    empty = column.is_empty[column.codes]
    by_say = np.stack([
        np.where(
            empty & (say.vote.others > 0),
            say.weight * say.vote.top / np.maximum(say.vote.others, 1), 0,
        )
        for say in says
    ])  # fmt: skip
    return by_say.max(axis=0).astype(np.float32), by_say.argmax(axis=0)


def _told(row: int, says: Sequence[_Say], columns: Sequence[Column], column: Column) -> Told:
    say = max(says, key=lambda each: each.weight * each.against[row])
    return _told_of_others(row, say, columns, column)


def _told_of_others(row: int, say: _Say, columns: Sequence[Column], column: Column) -> Told:
    other = columns[say.on]
    expected = column.values[say.vote.expected[row]]
    n, of = int(say.vote.top[row]), int(say.vote.others[row])
    return Told(
        reason=f"{_those(n, of)} with {other.name} '{other.at(row)}' "
        f"{'has' if n == 1 else 'have'} '{expected}'",
        suggestion=expected,
    )


def _told_missing(row: int, say: _Say, columns: Sequence[Column], column: Column) -> Told:
    told = _told_of_others(row, say, columns, column)
    return Told(reason=f"empty, while {told.reason}", suggestion=told.suggestion)


def _those(n: int, of: int) -> str:
    if of == 1:
        return "the only other record"
    return f"all {of:,} other records" if n == of else f"{n:,} of {of:,} other records"
