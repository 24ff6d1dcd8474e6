"""The form in which two spellings of one thing are equal."""

from __future__ import annotations

import re
import unicodedata

_LETTERS_WITHOUT_DECOMPOSITION = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h",
}  # fmt: skip

_LOOK_ALIKES = {
    # Cyrillic and Greek letters that are drawn like Latin ones (Unicode TR 39 calls these
    # confusables); the part of them that is met on European keyboards.
    "а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "і": "i", "ј": "j", "к": "k", "м": "m",
    "о": "o", "р": "p", "ѕ": "s", "т": "t", "х": "x", "у": "y",
    "α": "a", "β": "b", "ε": "e", "η": "h", "ι": "i", "κ": "k", "μ": "m", "ν": "n", "ο": "o",
    "ρ": "p", "τ": "t", "χ": "x", "υ": "y", "ζ": "z",
}  # fmt: skip

_FOLD = str.maketrans({**_LETTERS_WITHOUT_DECOMPOSITION, **_LOOK_ALIKES})

_QUIET = str.maketrans(dict.fromkeys(".,;:!?'\"`´’‘“”()[]{}*_|¿¡", " "))
"""Punctuation without a meaning of its own. '+', '#', '&', '%', '<' and their kin stay: 'C++' is
not 'C', and '<=50K' is not '>50K'."""

_QUIET_IN_WORDS = re.compile(r"(?<=[^\W\d_])\.(?=\w)|['’`´](?=\w)")
"""A full stop or apostrophe inside a word joins: 'U.S.' is 'US', 'O'Hare' is 'OHare'."""

_NUMBER_MARK = re.compile(r"(?<=\d)[.,:](?=\d)")
"""Between digits, punctuation is part of the number: '1.5' is not '15'."""

_HYPHEN = re.compile(r"(?<=\w)\s*[-‐‑–—/]\s*(?=\w)")
"""A hyphen between words joins them; one at the end says something ('A-' is not 'A')."""

_HYPHEN_IN_NUMBER = re.compile(r"(?<=\d)\s*[-‐‑–—/]\s*(?=\d)")

_TOKEN = re.compile(r"\d[\d\x00\x01]*|[^\W\d_]+|[^\w\s]+")


def collapse(text: str) -> str:
    """Return the text without spaces at its ends, and with single ordinary spaces inside."""
    return " ".join(text.split())


def unaccented(text: str) -> str:
    """Return the text in lower case without accents, look-alike letters written in Latin."""
    return _fold(text.casefold())


def tokens(text: str) -> tuple[str, ...]:
    """Split into words, numbers and marks that mean something; case and accents are gone.

    >>> tokens("St. Mary's  Hospital-2")
    ('st', 'marys', 'hospital', '2')
    """
    plain = unaccented(text)
    plain = _NUMBER_MARK.sub("\x00", plain)
    plain = _HYPHEN_IN_NUMBER.sub("\x01", plain)
    plain = _QUIET_IN_WORDS.sub("", plain)
    plain = _HYPHEN.sub(" ", plain.translate(_QUIET))
    return tuple(_TOKEN.findall(plain))


def joined(words: tuple[str, ...]) -> str:
    """Return one text in which spaces do not count, except between two numbers.

    >>> joined(("wal", "mart")) == joined(("walmart",))
    True
    """
    parts: list[str] = []
    for word in words:
        if parts and parts[-1][-1:].isdigit() and word[0].isdigit():
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.translate(_FOLD)
