"""Text that is mistyped, badly spaced, cut or wrongly decoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import Hit, Operator, each_text

if TYPE_CHECKING:
    from numpy.random import Generator

TEXT: frozenset[Kind] = frozenset({"text"})

_LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_DIGITS = "1234567890"


def neighbours(letters: tuple[str, str, str]) -> dict[str, str]:
    """Return the keys beside, above and below each key of a keyboard; of digits those beside.

    A row stands half a key to the right of the one above it.
    """
    near: dict[str, str] = {}
    for level, keys in enumerate((*letters, _DIGITS)):
        for place, key in enumerate(keys):
            beside = keys[max(0, place - 1) : place] + keys[place + 1 : place + 2]
            if level < 3:
                for other in (level - 1, level + 1):
                    if 0 <= other < 3:
                        beside += letters[other][max(0, place - 1) : place + 1]
            near[key] = beside
    return near


NEIGHBOURS = neighbours(_LETTERS)


def changing(
    change: Callable[[str, Generator], str],
) -> Callable[[Hit, Generator], list[pd.DataFrame]]:
    """Make damage of a change to a text: every text of the rows that are hit is changed."""

    def damage(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
        return [each_text(hit.rows, hit.columns, lambda text: change(text, rng))]

    return damage


def misspell(text: str, rng: Generator, near: dict[str, str] = NEIGHBOURS) -> str:
    """Make one typing error: a neighbouring key, two letters swapped, or one left out."""
    if not text:
        return text
    place, way = int(rng.integers(len(text))), int(rng.integers(3))
    key = text[place]
    if way == 0 and (keys := near.get(key.lower())):
        typed = keys[int(rng.integers(len(keys)))]
        return text[:place] + (typed.upper() if key.isupper() else typed) + text[place + 1 :]
    if way == 1 and len(text) > 1:
        place = min(place, len(text) - 2)
        one, other = text[place], text[place + 1]
        if one != other:
            return text[:place] + other + one + text[place + 2 :]
    return text[:place] + text[place + 1 :] if len(text) > 1 else text + text


def _recase(text: str, rng: Generator) -> str:
    ways = [text.upper(), text.lower(), text.title(), text.swapcase()]
    different = [way for way in ways if way != text]
    return different[int(rng.integers(len(different)))] if different else text


def _respace(text: str, rng: Generator) -> str:
    ways = (f" {text}", f"{text} ", f"  {text} ", f"{text}\t", f"\N{NO-BREAK SPACE}{text}")
    return ways[int(rng.integers(len(ways)))]


def _truncate(text: str, rng: Generator) -> str:
    return text[: int(rng.integers(1, len(text)))] if len(text) > 1 else text


def _misdecode(text: str, rng: Generator) -> str:
    """Read UTF-8 as Windows text; where no letter shows it, give one letter an accent before."""
    if text.isascii():
        letters = [place for place, key in enumerate(text) if key in _ACCENTED]
        if not letters:
            return text + "\N{REPLACEMENT CHARACTER}"
        place = letters[int(rng.integers(len(letters)))]
        text = text[:place] + _ACCENTED[text[place]] + text[place + 1 :]
    return text.encode().decode("latin-1")


_ACCENTED = dict(zip("aeiounycsAEIOUNYCS", "áéíóúñýçšÁÉÍÓÚÑÝÇŠ", strict=True))

MISSPELLING = Operator(
    name="misspelling",
    stands_for="values that people type in by hand",
    does="one typing error per value: a neighbouring key, two letters swapped, or one left out",
    kinds=TEXT,
    damage=changing(misspell),
)

WRONG_CASE = Operator(
    name="wrong-case",
    stands_for="systems and people that write the same name in capitals or small letters",
    does="upper, lower, title or swapped case, whichever differs",
    kinds=TEXT,
    damage=changing(_recase),
)

WHITESPACE = Operator(
    name="whitespace",
    stands_for="fixed-width exports and copied cells",
    does="blanks, a tab or a no-break space before or after the value",
    kinds=TEXT,
    damage=changing(_respace),
)

TRUNCATED_TEXT = Operator(
    name="truncated-text",
    stands_for="fields that are shorter in the other system",
    does="the value is cut after a random number of characters, at least one",
    kinds=TEXT,
    damage=changing(_truncate),
)

ENCODING_DAMAGE = Operator(
    name="encoding-damage",
    stands_for="UTF-8 files opened as Windows text",
    does="UTF-8 read as Latin-1; a value without such letters gets an accent first",
    kinds=TEXT,
    damage=changing(_misdecode),
)
