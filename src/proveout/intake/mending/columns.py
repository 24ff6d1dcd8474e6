"""What the values of a column look like, and how well a text fits among them.

The costs are negative logarithms of smoothed frequencies, added as if shape, length and edges were
independent (naive Bayes); they serve to compare ways to cut the same row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
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
    return _shape(text if len(text) <= _LONG else f"{text[:2]}\x7f{text[-2:]}")


@lru_cache(1 << 14)
def _shape(text: str) -> str:
    if text.isascii():
        return text.translate(_SHAPE)
    return "".join(_class_of(each) for each in text)


def _shapes_of(texts: Sequence[str]) -> list[str]:
    """Return the shape of each text: all at once where that is possible, which is quicker."""
    joined = "\0".join([t if len(t) <= _LONG else f"{t[:2]}\x7f{t[-2:]}" for t in texts])
    if joined.isascii():
        shapes = joined.translate(_SHAPE).split("\0")
        if len(shapes) == len(texts):
            return shapes
    return [shape_of(text) for text in texts]


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

    __slots__ = ("_costs", "_filled", "_values", "n", "n_empty", "runs", "shapes")

    def __init__(self, values: Sequence[str]) -> None:
        self._costs: _Costs | None = None
        self._values: Counter[str] | None = None
        self.n = len(values)
        self._filled = [value for value in values if value]
        self.n_empty = self.n - len(self._filled)
        self.shapes = Counter(_shapes_of(self._filled))
        self.runs: Counter[str] = Counter()
        for shape, count in self.shapes.items():
            self.runs[run_shape(shape)] += count

    @property
    def values(self) -> Counter[str]:
        """How often each value comes; none where there are many."""
        if self._values is None:
            counted = Counter(self._filled)
            self._values = counted if len(counted) <= _KEPT_VALUES else Counter[str]()
        return self._values

    @property
    def costs(self) -> Mapping[str, float]:
        """How unlikely each value is in this column, in nats; found when it is asked for."""
        if self._costs is None:
            self._costs = _Costs(self, self._filled)
        return self._costs

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
        return self.costs[text]

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


class _Costs(dict[str, float]):
    """What each value costs in a column; a cost is found once, when it is first asked for."""

    __slots__ = (
        "_column", "_firsts", "_forms", "_is_category", "_lasts", "_lengths", "_n_with_quote",
        "_new_run", "_new_shape", "_new_value",
    )  # fmt: skip

    def __init__(self, column: Profile, filled: Sequence[str]) -> None:
        super().__init__()
        self._column = column
        self._forms: dict[tuple[str, int, bool], float] = {}
        shapes, n = column.shapes, column.n_filled
        self._firsts, self._lasts = Counter[str](), Counter[str]()
        for shape, count in shapes.items():
            self._firsts[shape[0]] += count
            self._lasts[shape[-1]] += count
        self._lengths = Counter([len(value).bit_length() for value in filled])
        self._n_with_quote = sum(['"' in value for value in filled])
        counted = Counter(filled)
        # How likely the next value has a form not seen so far: the share of those seen only once
        # (Good and Turing).
        self._new_shape = (list(shapes.values()).count(1) + 0.5) / (n + 1)
        self._new_run = (list(column.runs.values()).count(1) + 0.5) / (n + 1)
        self._new_value = (list(counted.values()).count(1) + 0.5) / (n + 1)
        self._is_category = 3 * len(counted) <= n

    def __missing__(self, text: str) -> float:
        column = self._column
        # Few values are weak evidence of what the next one looks like.
        cost = self[text] = self._cost(text) * column.n / (column.n + _SHRINK)
        return cost

    def _cost(self, text: str) -> float:
        if not text:
            return -log((self._column.n_empty + 0.3) / (self._column.n + 0.6))
        shape, has_quote = shape_of(text), '"' in text
        bits = len(text).bit_length()
        if self._is_category and (again := self._column.values[text]):
            return self._of_form(shape, bits, has_quote, again)
        # All values of a form that are new to the column cost the same.
        form = shape, bits, has_quote
        cost = self._forms.get(form)
        if cost is None:
            cost = self._forms[form] = self._of_form(*form, 0)
        return cost

    def _of_form(self, shape: str, bits: int, has_quote: bool, again: int) -> float:
        """Return the cost of a value that comes `again` so many times, before it is shrunk."""
        column = self._column
        n, filled = column.n, column.n_filled
        certain = -log((filled + 0.3) / (n + 0.6))
        if has_quote:
            certain -= log((self._n_with_quote + 0.3) / (filled + 0.6))
        likely = float(column.shapes[shape])
        if not likely:
            known = column.runs[run_shape(shape)]
            likely = 0.5 * self._new_shape * known if known else 0.05 * filled * self._new_run
        if self._is_category:
            # A value that is not one of the few weighs as a new one.
            likely = 0.8 * again + (0.2 + self._new_value) / 1.2 * likely * (
                1.0 if again else self._new_value
            )
        certain -= _SHAPE_WEIGHT * log(likely / (filled + 1) + 0.0005)
        cost = 0.0
        cost -= log((self._firsts[shape[0]] + 0.2) / (filled + 2))
        cost -= log((self._lasts[shape[-1]] + 0.2) / (filled + 2))
        near = self._lengths[bits] + 0.3 * (self._lengths[bits - 1] + self._lengths[bits + 1])
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
