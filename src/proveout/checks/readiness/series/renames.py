"""A column that vanishes while another one appears: is it the same under another name?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from proveout.checks.readiness.series.profile import ColumnProfile

_CERTAIN = 0.9
"""Likeness of values that is enough by itself, where names do not contradict."""
_LIKELY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two columns are, 0 to 1."""

    names: float
    values: float
    same_kind: bool = True
    """Both hold figures, or both text, or both moments."""

    @property
    def is_rename(self) -> bool:
        """Values alike, and names that could mean the same; or the same name written otherwise."""
        if self.names >= 0.99:
            return self.same_kind
        if self.names >= 0.55:
            return self.values >= _LIKELY
        return self.values >= _CERTAIN

    @property
    def total(self) -> float:
        """One figure to rank by."""
        return 0.6 * self.values + 0.4 * self.names


def likeness(
    old: str, new: str, before: Sequence[ColumnProfile], after: Sequence[ColumnProfile]
) -> Likeness:
    """Compare the columns by name, and by what they held before and hold since."""
    return Likeness(
        names=_names(old, new),
        values=_values(before, after),
        same_kind=_broad(before[-1]) == _broad(after[0]),
    )


def _broad(profile: ColumnProfile) -> str:
    return "figures" if profile.quantiles is not None else profile.kind


def _names(old: str, new: str) -> float:
    from rapidfuzz.fuzz import ratio, token_set_ratio

    one, other = _words(old), _words(new)
    if one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    pairs = [*zip(one.split(), other.split(), strict=False)]
    # 'dep' for 'departure', 'qty' for 'quantity': an abbreviation keeps the order of letters.
    if len(one.split()) == len(other.split()) and all(_short_for(a, b) for a, b in pairs):
        return 0.9
    return max(ratio(one, other), 0.9 * token_set_ratio(one, other)) / 100


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", spaced.casefold()))


def _short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return short[:1] == long[:1] and all(letter in letters for letter in short)


def _values(before: Sequence[ColumnProfile], after: Sequence[ColumnProfile]) -> float:
    """Say how alike the values are; the last deliveries before with the first ones since."""
    one, other = before[-1], after[0]
    filled = 1 - abs(one.filled - other.filled)
    if not one.n_filled or not other.n_filled:
        return 0.0
    if one.quantiles is not None and other.quantiles is not None:
        return filled * _figures(one.quantiles, other.quantiles)
    if (one.kind == "text") != (other.kind == "text"):
        return 0.0
    if one.values and other.values:
        return filled * _overlap(_pooled(before, "values"), _pooled(after, "values"))
    if one.masks and other.masks:
        # Texts that are all different: only how they are written can be compared.
        return 0.95 * filled * _overlap(_pooled(before, "masks"), _pooled(after, "masks"))
    return 0.8 * filled if one.kind == other.kind else 0.0


def _figures(one: Sequence[float], other: Sequence[float]) -> float:
    width = max(one[3] - one[1], other[3] - other[1], 0.1 * abs(one[2]), 1e-12)
    apart = sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
    return max(0.0, 1 - apart / width)


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    n, m = one.total(), other.total()
    return sum(min(one[key] / n, other[key] / m) for key in {*one, *other})


def _pooled(profiles: Sequence[ColumnProfile], what: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for profile in profiles:
        found.update(getattr(profile, what) or {})
    return found
