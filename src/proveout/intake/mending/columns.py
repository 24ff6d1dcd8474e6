"""What the values of a column look like, and how well a text fits among them.

The costs are negative logarithms of smoothed frequencies, added as if shape, length and edges were
independent (naive Bayes); they serve to compare ways to cut the same row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

_SHAPE = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\t\n\r",
    "9" * 10 + "a" * 26 + "A" * 26 + "   ",
)
_LONG = 48
"""A longer text is prose: its shape says nothing beyond its edges and its length."""
_RUNS = re.compile(r"(.)\1+")
_NUMBER = re.compile(r"[+-]?[\d., '\u00a0]*\d[%]?|[+-]?[\d.,]*\d[eE][+-]?\d+")
_KEPT_VALUES = 64
_SHRINK = 3.0
_SHAPE_WEIGHT, _EDGE_WEIGHT = 1.0, 0.4
"""Shape, length and edges of a value are not independent: what they say beyond it counts less."""


def shape_of(text: str) -> str:
    """Write digits as 9, letters as a or A; all else stays as it is."""
    if len(text) > _LONG:
        text = f"{text[:2]}\x7f{text[-2:]}"
    if text.isascii():
        return text.translate(_SHAPE)
    return "".join(_class_of(each) for each in text)


@lru_cache(1 << 14)
def run_shape(shape: str) -> str:
    """Write each run of the same sign once: 'AA-9999' becomes 'A-9'."""
    return _RUNS.sub(r"\1", shape)


def is_number(text: str) -> bool:
    """Tell whether this is a number in any usual notation."""
    return bool(_NUMBER.fullmatch(text.strip()))


def has_digit(text: str) -> bool:
    """Tell whether a digit stands in it."""
    return any(map(str.isdigit, text))


class Profile:
    """The values of one column."""

    __slots__ = (
        "_cache", "_is_category", "_new_run", "_new_shape", "_new_value", "firsts", "lasts",
        "lengths", "n", "n_empty", "n_with_quote", "runs", "shapes", "values",
    )  # fmt: skip

    def __init__(self, values: Sequence[str]) -> None:
        self._cache: dict[str, float] = {}
        self.n = len(values)
        filled = [value for value in values if value]
        self.n_empty = self.n - len(filled)
        shapes = [shape_of(value) for value in filled]
        self.shapes = Counter(shapes)
        self.runs: Counter[str] = Counter()
        for shape, count in self.shapes.items():
            self.runs[run_shape(shape)] += count
        self.firsts = Counter([shape[0] for shape in shapes])
        self.lasts = Counter([shape[-1] for shape in shapes])
        self.lengths = Counter([len(value).bit_length() for value in filled])
        # How likely the next value has a form not seen so far: the share of those seen only once
        # (Good and Turing).
        once = list(self.shapes.values()).count(1)
        self._new_shape = (once + 0.5) / (self.n_filled + 1)
        once = list(self.runs.values()).count(1)
        self._new_run = (once + 0.5) / (self.n_filled + 1)
        self.n_with_quote = sum(['"' in value for value in filled])
        counted = Counter(filled)
        once = list(counted.values()).count(1)
        self._new_value = (once + 0.5) / (self.n_filled + 1)
        self._is_category = 3 * len(counted) <= self.n_filled
        self.values = counted if len(counted) <= _KEPT_VALUES else Counter[str]()

    @property
    def may_be_empty(self) -> bool:
        """Tell whether some value is."""
        return self.n_empty > 0

    @property
    def n_filled(self) -> int:
        """How many values are not empty."""
        return self.n - self.n_empty

    def cost(self, text: str) -> float:
        """Return how unlikely a value is in this column, in nats."""
        found = self._cache.get(text)
        if found is None:
            # Few values are weak evidence of what the next one looks like.
            found = self._cache[text] = self._cost(text) * self.n / (self.n + _SHRINK)
        return found

    def has_form(self) -> bool:
        """Tell whether most values have one form with digits in it: dates, codes, amounts."""
        if not self.n_filled:
            return False
        top = self.runs.most_common(2)
        share = sum(count for _, count in top) / self.n_filled
        return share >= 0.6 and all("9" in shape for shape, _ in top[:1])

    def is_text(self) -> bool:
        """Tell whether there are values, and most of them hold a letter and no fixed form."""
        return bool(self.n_filled) and not self.has_form()

    def fits(self, text: str) -> bool:
        """Tell whether a value of this form occurs, or it is a number among numbers."""
        shape = run_shape(shape_of(text))
        if shape in self.runs:
            return True
        return is_number(text) and any(is_number(each.replace("9", "0")) for each in self.runs)

    def _cost(self, text: str) -> float:
        n, filled = self.n, self.n_filled
        if not text:
            return -log((self.n_empty + 0.3) / (n + 0.6))
        certain = -log((filled + 0.3) / (n + 0.6))
        if '"' in text:
            certain -= log((self.n_with_quote + 0.3) / (filled + 0.6))
        shape = shape_of(text)
        cost = 0.0
        likely = float(self.shapes[shape])
        if not self.shapes[shape]:
            known = self.runs[run_shape(shape)]
            likely = 0.5 * self._new_shape * known if known else 0.05 * filled * self._new_run
        if self._is_category:
            # A value that is not one of the few weighs as a new one.
            likely = 0.8 * self.values[text] + (0.2 + self._new_value) / 1.2 * likely * (
                1.0 if self.values[text] else self._new_value
            )  # fmt: skip
        certain -= _SHAPE_WEIGHT * log(likely / (filled + 1) + 0.0005)
        cost -= log((self.firsts[shape[0]] + 0.2) / (filled + 2))
        cost -= log((self.lasts[shape[-1]] + 0.2) / (filled + 2))
        bits = len(text).bit_length()
        near = self.lengths[bits] + 0.3 * (self.lengths[bits - 1] + self.lengths[bits + 1])
        cost -= log((near + 0.1) / (1.6 * filled + 1))
        return certain + _EDGE_WEIGHT * cost


def _class_of(sign: str) -> str:
    if sign.isdigit():
        return "9"
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return " " if sign.isspace() else sign


_FEW_ROWS = 24
"""As many rows tell a header from a record."""
MANY_ROWS = 120
"""As many rows tell in which column a value stands."""


def profiles_of(
    rows: Sequence[Sequence[str]], width: int, *, most: int = _FEW_ROWS
) -> list[Profile]:
    """Profile each column over an even choice of the rows."""
    step = -(-len(rows) // most)
    chosen = rows[::step] if step > 1 else rows
    if not chosen:
        return [Profile(()) for _ in range(width)]
    return [Profile(values) for values in zip(*chosen, strict=True)]
