"""A change of form: another way to write numbers, dates or texts, or another kind of value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from proveout.checks.readiness.series.profile import NUMBER, WHOLE, ColumnProfile

TEXT, NOTHING = "text", "nothing"
_MOSTLY = 0.5
_SURELY = 0.3
"""By how much the share of a form must have changed."""
_APART = 0.4
"""Distance of the shares of ways to write, from which they are another habit."""
_FEW = 10
_FREE = 0.5
"""Share of the most frequent way to write below which texts have no form."""


@dataclass(slots=True)
class Forms:
    """What the values of a column are, in deliveries that are alike."""

    profiles: Sequence[ColumnProfile | None]
    counts: Counter[str] = field(default_factory=Counter)
    n: int = 0

    def add(self, at: int) -> None:
        """Take in one more delivery."""
        profile = self.profiles[at]
        if profile is not None:
            self.counts.update(profile.forms)
            self.n += profile.n_filled

    @property
    def usual(self) -> str:
        """The form that most values have; 'text' where there is none."""
        return _main(self.counts, self.n)

    def differs(self, at: int) -> bool:
        """Tell whether most values of a delivery have another form."""
        profile = self.profiles[at]
        if profile is None or not self.n:
            return False
        usual, now = self.usual, _main(profile.forms, profile.n_filled)
        if usual == now or (WHOLE in (usual, now) and "number" in usual and "number" in now):
            return False
        form = now if usual == TEXT else usual
        before, after = self.counts[form] / self.n, profile.forms.get(form, 0) / profile.n_filled
        return abs(after - before) >= _SURELY


def enough(profile: ColumnProfile | None) -> bool:
    """Tell whether a delivery has values enough to say what they are."""
    return profile is not None and profile.n_filled >= _FEW and profile.kind != "other"


def _main(counts: Mapping[str, int], n: int) -> str:
    if not counts or not n:
        return TEXT
    whole = counts.get(WHOLE, 0)
    if whole and len(counts) > 1:
        # Whole numbers are written alike in all forms: they go with the others.
        counts = {
            form: k + whole * ("number" in form) for form, k in counts.items() if form != WHOLE
        }
    # Where two readings fit all the same (05/04/2013), the order is the list's: it is kept.
    best = max(counts, key=lambda form: counts[form])
    return best if counts[best] >= _MOSTLY * n else TEXT


def is_of_writing(before: str, after: str) -> bool:
    """Tell whether two forms are ways to write the same: both of numbers, or both of dates."""
    return all("number" in form for form in (before, after)) or all(
        "YYYY" in form and ("hh" in before) == ("hh" in after) for form in (before, after)
    )


_PARTS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}


def as_written(text: str, form: str) -> str:
    """Write a moment that the reader has converted as it stood: '2013-06-07' as '07/06/2013'."""
    pattern = form
    for part, directive in _PARTS.items():
        pattern = pattern.replace(part, directive)
    if re.search("[A-Za-z]", re.sub("%[A-Za-z]", "", pattern)) or "%" not in pattern:
        return text  # a form that has words, or is none of moments
    try:
        return datetime.fromisoformat(text).strftime(pattern)
    except ValueError:
        return text


@dataclass(slots=True)
class Writing:
    """How the texts of a column are written, in deliveries that are alike."""

    profiles: Sequence[ColumnProfile | None]
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, at: int) -> None:
        """Take in one more delivery."""
        self.counts.update(_shapes(self.profiles[at]))

    def differs(self, at: int) -> bool:
        """Tell whether the texts of a delivery are written in other shares."""
        now = _shapes(self.profiles[at])
        if not now or not self.counts:
            return False
        if max(_top(now), _top(self.counts)) < _FREE:
            return False
        return _distance(self.counts, now) >= _APART


def is_written(profile: ColumnProfile | None) -> bool:
    """Tell whether there are texts with digits, whose form can change."""
    if profile is None or profile.kind != "text" or profile.n_filled < _FEW:
        return False
    is_number = profile.forms.get(NUMBER, 0) >= _MOSTLY * profile.n_filled
    return bool(profile.masks) and not is_number


def _shapes(profile: ColumnProfile | None) -> Counter[str]:
    """Masks without the length of runs, where lengths vary; those of fixed length keep them."""
    if profile is None:
        return Counter()
    coarse: Counter[str] = Counter()
    for mask, n in profile.masks.items():
        coarse[re.sub("9+", "9", mask)] += n
    return coarse


def _top(counts: Counter[str]) -> float:
    return max(counts.values()) / counts.total()


def _distance(one: Counter[str], other: Counter[str]) -> float:
    """Total variation distance between two sets of shares."""
    n, m = one.total(), other.total()
    return sum(abs(one[key] / n - other[key] / m) for key in {*one, *other}) / 2
