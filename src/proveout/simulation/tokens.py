"""Text cut into tokens, and text of a wanted number of them.

The cut is our own and simple: a word of up to six letters with the space before it is a token, a
longer word is several, and so is every sign. English text comes out near four and a half letters
a token, as with the tokenizers in use; no bill should rest on it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from statistics import NormalDist

from proveout.simulation.behaviour import Tokens
from proveout.simulation.seeds import source

_PIECE = re.compile(r"\s?[^\W_]{1,6}|\s?[^\w\s]|_|\s")

WORDS: tuple[str, ...] = tuple(
    re.findall(
        r"\w+",
        """
        the of and to in a is that for it was on are as with be by at this from have or had not
        but what some we can out other were all there when up use your how each which they then
        many order team case item report office answer value record line please check note next
        step open close send wait plan cost part time week day rule
        """,
    )
)
"""All of one token each, with the space before them."""


@lru_cache(maxsize=1024)
def pieces(text: str) -> tuple[str, ...]:
    """Cut text into tokens; joined, they are the text again."""
    return tuple(_PIECE.findall(text))


def count(text: str) -> int:
    """Count the tokens of a text."""
    return len(_PIECE.findall(text))


class FillerTexts:
    """Answers of the wanted lengths for a system that knows no right ones.

    The lengths are the middles of equal parts of a lognormal distribution, so that their mean is
    right however many are used; a text is made when it is first wanted.
    """

    SIZE = 256

    def __init__(self, wanted: Tokens, seed: int) -> None:
        self._lengths = _lengths(wanted, self.SIZE)
        self._seed = seed
        self._made: dict[int, str] = {}

    def length(self, which: int) -> int:
        """Tokens of a text."""
        return self._lengths[which % self.SIZE]

    def text(self, which: int) -> str:
        """Give a text; the same number gives the same one."""
        which %= self.SIZE
        if which not in self._made:
            words = source(f"filler {which}", self._seed).choices(WORDS, k=self._lengths[which])
            self._made[which] = " ".join([words[0].capitalize(), *words[1:]])
        return self._made[which]


def _lengths(wanted: Tokens, size: int) -> list[int]:
    sigma = math.sqrt(math.log1p(wanted.output_cv**2))
    normal = NormalDist()
    raw = [math.exp(sigma * normal.inv_cdf((i + 0.5) / size)) for i in range(size)]
    scale = wanted.output_mean * size / sum(raw)
    return [max(1, round(length * scale)) for length in raw]
