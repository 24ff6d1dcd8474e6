"""Slips of the finger: words one or two edits apart."""

from __future__ import annotations

from itertools import combinations

SHORTEST_FOR_ONE = 5
"""Letters from which one edit is a slip rather than another word ('Iran', 'Iraq')."""
SHORTEST_FOR_TWO = 9
"""Letters from which two edits are ('Slovakia' and 'Slovenia' have eight)."""
SHORTEST_WITHOUT_INITIAL = 10
"""Letters from which the first one may be wrong ('Cortland' and 'Portland' are two cities)."""

_LONGEST = 24
"""Longer words are cut for blocking: their deletions are too many, and they are rare."""


def edits_allowed(word: str, other: str) -> int:
    """Return how many edits may lie between two words that are meant to be the same."""
    shorter = min(len(word), len(other))
    if not (word.isalpha() and other.isalpha()) or shorter < SHORTEST_FOR_ONE:
        return 0
    if word[0] != other[0]:
        return 1 if shorter >= SHORTEST_WITHOUT_INITIAL and len(word) == len(other) else 0
    return 2 if shorter >= SHORTEST_FOR_TWO else 1


def edit_distance(word: str, other: str) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours between two words.

    Optimal string alignment: Damerau 1964 restricted to edits that do not overlap, by dynamic
    programming over three rows.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(word, start=1):
        current = [i]
        for j, beside in enumerate(other, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (char != beside))
            if i > 1 and j > 1 and char == other[j - 2] and word[i - 2] == beside:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]


def deletions(word: str) -> set[str]:
    """Return what is left of a word when as many letters as may be wrong are taken out.

    Two words within k edits of one another share a member (symmetric deletion, Garbe 2012), so a
    dictionary of these finds every pair without comparing all with all.
    """
    if not word.isalpha() or len(word) < SHORTEST_FOR_ONE - 1:
        return {word}
    cut = word[:_LONGEST]
    # A word one letter short of the limit can still pair with a longer one.
    most = 2 if len(cut) >= SHORTEST_FOR_TWO else 1
    left = {cut}
    for n in range(1, most + 1):
        for gone in combinations(range(len(cut)), n):
            left.add("".join(char for at, char in enumerate(cut) if at not in gone))
    return left
