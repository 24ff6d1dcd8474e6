"""The shape of a text: what it is made of, at three depths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column

NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_PROSE = re.compile(r"a(?:[ '’&./-]+a)+")
_LEADING = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")


def figure(text: str) -> float | None:
    """Return the number that a text is; None where it is none."""
    text = text.strip()
    if not text or not text[-1].isdigit() or NUMBER.fullmatch(text) is None:
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def coarse(text: str) -> str:
    """Return what kinds of pieces a text is made of.

    >>> coarse("12.0 oz"), coarse("0.05"), coarse("10 Barrel Brewing"), coarse("2011-12-02")
    ('9 a', '9', '9 a', '9-9-9')
    """
    if figure(text) is not None:
        return "9"
    mask = _WORDS.sub("a", _DIGITS.sub("9", text.strip()))
    mask = mask.replace("9.9", "9").replace("a.a.", "a")
    return _PROSE.sub("a", " ".join(mask.split()))


def fine(text: str) -> str:
    """Return letters as a or A and digits as 9, one for one, long ones cut.

    >>> fine("AB-12")
    'AA-99'
    """
    return "".join(
        "9" if char.isdigit() else ("A" if char.isupper() else "a") if char.isalpha() else char
        for char in text[:40]
    )


def number_within(text: str) -> str | None:
    """Return the number that a text begins with: '12.0 oz' holds '12.0'."""
    found = _LEADING.match(text.strip())
    return None if found is None else found.group()


@dataclass(frozen=True)
class Shapes:
    """The shapes of one column's values, and what the column mostly is."""

    column: Column

    @cached_property
    def coarse(self) -> tuple[str, ...]:
        """By value; empty for the empty value."""
        return tuple(coarse(value) for value in self.column.values)

    @cached_property
    def shares(self) -> dict[str, float]:
        """Share of the filled cells by coarse shape, the most frequent first."""
        counted: dict[str, int] = {}
        for code, _, n in self.column.filled():
            counted[self.coarse[code]] = counted.get(self.coarse[code], 0) + n
        total = max(self.column.n_filled, 1)
        ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        return {shape: n / total for shape, n in ranked}

    @cached_property
    def figures(self) -> NDArray[np.float64]:
        """By value: the number it is; nan where it is none."""
        return np.array(
            [np.nan if (f := figure(value)) is None else f for value in self.column.values]
        )

    @cached_property
    def numeric_share(self) -> float:
        """Share of the filled cells that are plain numbers."""
        is_number = ~np.isnan(self.figures)
        return float(self.column.counts[is_number].sum() / max(self.column.n_filled, 1))

    @cached_property
    def digit_share(self) -> float:
        """Share of the filled cells with a digit in them."""
        with_digit = sum(n for code, _, n in self.column.filled() if "9" in self.coarse[code])
        return with_digit / max(self.column.n_filled, 1)
