"""Is a figure or a day, which the data hold as such, mentioned somewhere in an answer?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from proveout.scoring.values import as_text
from proveout.scoring.words import UNITS
from proveout.spelling.days import read_day
from proveout.spelling.figures import read_figure
from proveout.spelling.names import CURRENCY
from proveout.spelling.readings import agree

_CORE = r"[-\u2212]?\d(?:[\d.,'\u2019\u00a0\u202f]*\d)?"
_ENDS = rf"(?:(?=(?:{UNITS})(?![^\W_]))|(?![\w/:]|-(?![^\W\d_])|[.,]\d))"
_FIGURE = re.compile(rf"(?<![\w.,/:-]){_CORE}(?:\s?[%\u2030])?{_ENDS}", re.IGNORECASE)
"""A figure by itself: not within a word, a range, a time of day or a fraction. Its unit may stand
right behind it, and so may a word after a hyphen: '5kg', '30-day'."""
_PRICE = re.compile(
    rf"(?<![\w.,/:-])(?:(?:{CURRENCY})\s?{_CORE}|{_CORE}\s?(?:{CURRENCY}|%|\u2030))(?![^\W_]|[.,]\d)"
)
"""A figure with its currency or per cent."""

_MOST_WORDS = 6
"""'4 de marzo de 2024' and a day of the week before it."""
_LONGEST = 5_000
"""Characters of an answer in which days are looked for."""
_AROUND_WORDS = ".,;:!?()[]\"'“”„«»"


def figures_in(text: str) -> Iterator[str]:
    """Yield every figure of a text."""
    yield from _FIGURE.findall(text)


def mentions_price(wanted: str, answer: str, same: Callable[[str, str], bool]) -> bool:
    """Tell whether a figure with its currency or per cent stands in an answer however spelled."""
    figure = read_figure(wanted)
    if figure is None or not (figure.currency or figure.parts_of_one > 1):
        return False
    return any(same(wanted, found[0]) for found in _PRICE.finditer(answer))


def mentions_day(truth: Any, answer: Any) -> bool:
    """Tell whether some words of an answer mean the day."""
    wanted = read_day(truth)
    words = as_text(answer)[:_LONGEST].split()
    if wanted is None:
        return False
    for first, word in enumerate(words):
        if not any(each.isalnum() for each in word):
            continue
        for last in range(first + 1, min(first + _MOST_WORDS, len(words)) + 1):
            read = read_day(" ".join(words[first:last]).strip(_AROUND_WORDS))
            if read is not None and agree(wanted, read, lambda one, other: bool(one == other)):
                return True
    return False


def is_held_as_day(truth: Any) -> bool:
    """Tell a day or a moment of the data from a text."""
    return hasattr(truth, "isoformat") and read_day(truth) is not None


def is_held_as_figure(truth: Any) -> bool:
    """Tell a number of the data from a text."""
    return not isinstance(truth, str) and read_figure(truth) is not None
