"""Values written in another form than the rest of their column, and values of another type."""

from __future__ import annotations

from collections import Counter

from proveout.checks.readiness.cells.grid import Column
from proveout.checks.readiness.cells.shapes import Shapes, figure, fine, number_within
from proveout.checks.readiness.cells.signal import Signal, Told, by_value

_NUMERIC = 0.5
"""Share of plain numbers from which a column is one of numbers."""
_FEW_ZEROS = 0.2
_SOME_DIGITS = 0.3
_STRUCTURED = 0.8
"""Share of values with digits from which a column has a form (dates, codes, phone numbers)."""
_DOMINANT = 0.5
_CATEGORY = 0.05
"""Share of the records from which one value is a category, whatever its form."""
_ODD = frozenset("?*_#@^~|\\`$%=<>{}[]")
"""Marks that hardly belong into a text of words."""
_RARE_ODD = 0.03
_RARE_MARK = 0.005
_LONGEST_CODE = 30
_ONE_MASK = 0.95
_ODD_MASK = 0.01
_MOST_SHAPES = 40
"""More shapes than this, and a column has no form of its own."""


def formats(column: Column, shapes: Shapes) -> list[Signal | None]:
    """Find values that are not of the column's type, or not in its form."""
    if not column.n_filled:
        return []
    if shapes.numeric_share >= _NUMERIC:
        return [
            by_value("type", column, _no_numbers(column, shapes)),
            by_value("format", column, _needless_zeros(column, shapes)),
        ]
    # One word that often stands beside the codes or figures, such as 'none', takes no part.
    others = 1 - _usual_word_share(column, shapes)
    if shapes.digit_share >= max(_STRUCTURED * others, _SOME_DIGITS):
        units = _units(column)
        if units:
            return [by_value("format", column, units)]
        return [by_value("format", column, _other_forms(column, shapes, others))]
    return [
        by_value("format", column, _digits_in_words(column, shapes)),
        by_value("format", column, _odd_characters(column)),
    ]


def other_lengths(column: Column) -> Signal | None:
    """Find codes and figures that differ, digit by digit, from the one mask of nearly all."""
    if column.n_filled < 200:
        return None
    masks = {code: fine(value) for code, value, _ in column.filled()}
    counted: Counter[str] = Counter()
    for code, _, n in column.filled():
        counted[masks[code]] += n
    usual, most = counted.most_common(1)[0]
    is_code = len(usual) >= 2 and " " not in usual and ("9" in usual or "a" not in usual)
    if most < _ONE_MASK * column.n_filled or not is_code or len(usual) > _LONGEST_CODE:
        return None
    example = next(value for code, value, _ in column.filled() if masks[code] == usual)
    told = Told(reason=f"not of the form of nearly all {column.name}, such as '{example}'")
    odd = {code: (0.65, told) for code, mask in masks.items()
           if counted[mask] < _ODD_MASK * column.n_filled}  # fmt: skip
    return by_value("format", column, odd)


def _no_numbers(column: Column, shapes: Shapes) -> dict[int, tuple[float, Told]]:
    """Find texts in a column of numbers. Codes, such as 'A12' among numbers, are doubtful."""
    share_of = shapes.shares
    found = {}
    for code, value, _ in column.filled():
        if figure(value) is not None:
            continue
        share = share_of[shapes.coarse[code]]
        inner = number_within(value)
        affix = "" if inner is None else value.strip()[len(inner) :].strip()
        score = 0.95 if share < 0.1 else 0.85 if affix and len(affix) <= 6 and share < 0.45 else 0.6
        suggestion = inner if inner and affix and not any(map(str.isdigit, affix)) else None
        found[code] = (
            score * min(1.0, 0.5 + shapes.numeric_share / 2 + 0.1),
            Told(
                reason=f"not a number, as {100 * shapes.numeric_share:.1f} % of {column.name} are",
                suggestion=suggestion,
            ),
        )
    return found


def _needless_zeros(column: Column, shapes: Shapes) -> dict[int, tuple[float, Told]]:
    """Find whole numbers written as '12.0' among whole numbers written as '12'."""
    zeros: dict[int, str] = {}
    n_zeros = n_broken = 0
    for code, value, n in column.filled():
        whole, point, fraction = value.strip().partition(".")
        if figure(value) is None or not point:
            continue
        if fraction.strip("0"):
            n_broken += n
        else:
            n_zeros += n
            zeros[code] = whole
    if not 0 < n_zeros < _FEW_ZEROS * column.n_filled or n_broken > _ODD_MASK * column.n_filled:
        return {}
    share = shapes.numeric_share - (n_zeros + n_broken) / column.n_filled
    reason = f"a whole number with decimals, as {100 * share:.1f} % of {column.name} are without"
    return {code: (0.65, Told(reason=reason, suggestion=whole)) for code, whole in zeros.items()}


def _units(column: Column) -> dict[int, tuple[float, Told]]:
    """Find numbers with a unit that is written in several ways.

    Where none of the ways is used by most, the unit has no place in the column at all.
    """
    units: Counter[str] = Counter()
    unit_of: dict[int, tuple[str, str]] = {}
    for code, value, n in column.filled():
        number = number_within(value)
        rest = "" if number is None else value.strip()[len(number) :].strip()
        if number is not None and len(rest) <= 12 and not any(map(str.isdigit, rest)):
            unit_of[code] = number, rest
            units[rest] += n
    total = units.total()
    if total < 0.9 * column.n_filled or len(units) < 2 or len(units) > 20:
        return {}
    usual, n_usual = units.most_common(1)[0]
    found = {}
    for code, (number, unit) in unit_of.items():
        if unit == usual and n_usual >= _DOMINANT * total:
            continue
        reason = f"the unit is written in {len(units)} ways in {column.name}: " + ", ".join(
            f"'{each}'" for each, _ in units.most_common(4)
        )
        found[code] = 0.7, Told(reason=reason, suggestion=number)
    return found


def _usual_word_share(column: Column, shapes: Shapes) -> float:
    """Return the share of the most frequent value without a digit, where it is frequent."""
    plain = (n for code, _, n in column.filled() if "9" not in shapes.coarse[code])
    share = max(plain, default=0) / column.n_filled
    return share if share >= _CATEGORY else 0.0


def _other_forms(column: Column, shapes: Shapes, others: float) -> dict[int, tuple[float, Told]]:
    """Find the rare forms of a column that has a usual one.

    `others` is the share of the values that take part.
    """
    shares = shapes.shares
    usual, most = next(pair for pair in shares.items() if "9" in pair[0])
    if len(shares) > _MOST_SHAPES or most < _DOMINANT * others:
        return {}
    example = next(v for code, v, _ in column.filled() if shapes.coarse[code] == usual)
    found = {}
    for code, _, n in column.filled():
        share = shares[shapes.coarse[code]]
        if n >= _CATEGORY * column.n_filled:
            continue
        score = _oddity(shapes.coarse[code], usual, share)
        if shapes.coarse[code] == usual or share > 0.5 * most or not score:
            continue
        reason = (
            f"written in another form than {100 * most:.1f} % of {column.name}, such as '{example}'"
        )
        found[code] = score, Told(reason=reason)
    return found


def _oddity(shape: str, usual: str, share: float) -> float:
    """Return how odd a shape is. Codes that end in a letter or not are no other form."""
    marks, usual_marks = (sorted(set(each) - {"a", "9", " "}) for each in (shape, usual))
    if marks == usual_marks:
        return 0.6 if share < 0.01 else 0.0
    return 0.9 if share < 0.02 else 0.8 if share < 0.1 else 0.6


def _digits_in_words(column: Column, shapes: Shapes) -> dict[int, tuple[float, Told]]:
    """Find digits in a column of words, where hardly any value has one."""
    if shapes.digit_share > 0.02:
        return {}
    found = {}
    for code, _, _ in column.filled():
        if "9" in shapes.coarse[code]:
            reason = f"holds a digit, as only {100 * shapes.digit_share:.2f} % of {column.name} do"
            found[code] = 0.65, Told(reason=reason)
    return found


def _odd_characters(column: Column) -> dict[int, tuple[float, Told]]:
    """Find marks that hardly any other value of the column has."""
    seen: Counter[str] = Counter()
    for _, value, n in column.filled():
        for char in set(value):
            if not char.isalnum() and char not in " .,'-&()/":
                seen[char] += n
    # Titles and remarks have all sorts of marks; lists of names do not.
    is_list = column.n_distinct < 0.5 * column.n_filled
    rare = {
        char
        for char, n in seen.items()
        if n < (_RARE_ODD if is_list and char in _ODD else _RARE_MARK) * column.n_filled
    }
    found = {}
    for code, value, _ in column.filled():
        odd = sorted(rare.intersection(value))
        if odd and column.n_filled >= 200:
            kind = f"holds '{odd[0]}', as hardly any other {column.name} does"
            score = 0.6 if set(odd) & _ODD else 0.3
            found[code] = score, Told(reason=kind)
    return found
