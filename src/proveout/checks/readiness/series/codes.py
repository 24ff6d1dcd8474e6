"""A change of vocabulary: codes that are new, gone, or written otherwise."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from proveout.checks.readiness.series.profile import ColumnProfile

_LEAST_SHARE = 0.005
"""Of the records: what is rarer comes and goes by chance, or with the season."""
_EXPECTED = 8.0
"""Records that should be there before their absence means something: by chance it is 1 in 3,000."""
_RECENT, _ENOUGH = 12, 3
"""Deliveries that tell how steady the shares are: at most, and at least."""
_LIKELY = 0.5
"""Likeness of letters from which a code may stand for another one that is as frequent."""
_ALIKE = 1.5
"""How many times as frequent a code may be under its new name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWords:
    """What became of a vocabulary."""

    renamed: tuple[tuple[str, str], ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.renamed or self.new or self.gone)


@dataclass(slots=True)
class Vocabulary:
    """The codes of a column in deliveries of one vocabulary."""

    profiles: Sequence[ColumnProfile | None]
    counts: Counter[str] = field(default_factory=Counter)
    recent: deque[Counter[str]] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def add(self, at: int) -> None:
        """Take in one more delivery."""
        values = _values(self.profiles[at])
        self.recent.append(values)
        self.counts.update(values)

    @property
    def unsteadiness(self) -> float:
        """How many times as much shares vary as chance would have it: chi-squared by its degrees.

        Two of three customers order once a year: what they order is no sample of the same whole.
        """
        whole: Counter[str] = Counter()
        for values in self.recent:
            whole.update(values)
        cells = [
            (values[code], k * values.total() / whole.total())
            for values in self.recent
            for code, k in whole.items()
        ]
        apart = [(seen - usual) ** 2 / usual for seen, usual in cells if usual >= 1]
        degrees = len(apart) * (1 - 1 / max(2, len(self.recent)))
        least = 1.0 if len(self.recent) >= _ENOUGH else 3.0
        return max(least, sum(apart) / degrees) if degrees else least

    def differs(self, at: int) -> bool:
        """Tell whether a delivery has other codes."""
        return bool(self.changed(at))

    def changed(self, at: int) -> NewWords:
        """Say which codes are new and which are gone in a delivery; nothing rare counts."""
        values = _values(self.profiles[at])
        if values.keys() == self.counts.keys():
            return NewWords()
        return changed(self.counts, values, unsteadiness=self.unsteadiness)


def is_vocabulary(profiles: Sequence[ColumnProfile | None]) -> bool:
    """Tell whether a column holds codes: few of them, each of which comes again and again."""
    known = [each for each in profiles if each is not None and each.n_filled]
    if not known or any(each.values is None for each in known if each.kind == "text"):
        return False
    counts: Counter[str] = Counter()
    for each in known:
        counts.update(_values(each))
    return bool(counts) and len(counts) <= 0.1 * counts.total()


def changed(before: Counter[str], now: Counter[str], *, unsteadiness: float = 1.0) -> NewWords:
    """Compare the codes of a delivery with those that were usual, unsteady among themselves."""
    n_before, n_now = before.total(), now.total()
    if not n_before or not n_now:
        return NewWords()
    new = _missed(now, before, unsteadiness)
    gone = _missed(before, now, unsteadiness)
    pairs = _pairs(gone, new, before, now)
    olds, news = {old for old, _ in pairs}, {name for _, name in pairs}
    return NewWords(
        renamed=tuple(pairs),
        new=tuple(code for code in new if code not in news),
        gone=tuple(code for code in gone if code not in olds),
    )


def _missed(there: Counter[str], here: Counter[str], unsteadiness: float) -> list[str]:
    """List the codes of one side that the other one would surely show if it had them."""
    total, n = there.total(), here.total()
    return [
        code
        for code, k in there.most_common()
        if code not in here
        and (share := _low(k, total)) >= _LEAST_SHARE
        and share * n >= _EXPECTED * unsteadiness
    ]


def _low(k: int, n: int) -> float:
    """Lower bound of a share: roughly Wilson's, without numpy for so many small questions."""
    share, z2 = k / n, 3.84
    centre = share + z2 / (2 * n)
    half = float((z2 * (share * (1 - share) + z2 / (4 * n)) / n) ** 0.5)
    return max(0.0, (centre - half) / (1 + z2 / n))


def _pairs(
    gone: Sequence[str], new: Sequence[str], before: Counter[str], now: Counter[str]
) -> list[tuple[str, str]]:
    """Find which new code stands for which old one: alike in letters, and as frequent."""
    from rapidfuzz.fuzz import ratio

    found: list[tuple[float, str, str]] = []
    for old in gone:
        for name in new:
            times = (now[name] / now.total()) / (before[old] / before.total())
            mine, theirs = _plain(old), _plain(name)
            if mine != theirs and not 1 / _ALIKE <= times <= _ALIKE:
                continue
            # 'UA' for 'United' too: an abbreviation begins alike.
            begins = bool(mine) and bool(theirs) and mine[0] == theirs[0]
            likeness = 1.0 if mine == theirs else ratio(mine, theirs) / 100 + 0.3 * begins
            alone = len(gone) == len(new) == 1
            if likeness >= _LIKELY or alone:
                found.append((-likeness, old, name))
    pairs: list[tuple[str, str]] = []
    for _, old, name in sorted(found):
        if old not in {a for a, _ in pairs} and name not in {b for _, b in pairs}:
            pairs.append((old, name))
    return pairs


def _plain(code: str) -> str:
    return re.sub(r"[\W_]+", "", code).casefold()


def _values(profile: ColumnProfile | None) -> Counter[str]:
    return Counter() if profile is None or profile.values is None else profile.values
