"""Texts compared as people compare them: but for case, accents, punctuation and spaces."""

from __future__ import annotations

import re
import unicodedata

_MARKS_KEPT = "%#&@°"
"""Punctuation that makes another word: C# is not C, and 5 % is not 5."""

_NO_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese are written without spaces between words."""


def normalised(text: str, *, joins_digits: str = ".,") -> str:
    """Return a text in small letters, without accents and punctuation, with single spaces.

    Marks in `joins_digits` stay where they stand between digits, and a minus stays before one:
    1.5 is not 15, and -5 is not 5. Articles stay. Accents go from Latin and Greek letters only;
    in other scripts what looks like an accent is a letter.

    >>> normalised("  Müller & Söhne, GmbH. "), normalised("The Answer: -1.5!")
    ('muller & sohne gmbh', 'the answer -1.5')
    """
    plain = unicodedata.normalize("NFKC", text.translate(_NO_APOSTROPHES)).casefold()
    folded = _without_accents(plain.translate(_NO_APOSTROPHES)).replace("\u2212", "-")
    kept = []
    for at, each in enumerate(folded):
        if each.isalnum() or each in _MARKS_KEPT or unicodedata.category(each)[0] in "MS":
            kept.append(each)
        else:
            kept.append(each if _belongs_to_figure(folded, at, joins_digits) else " ")
    return " ".join("".join(kept).split())


def contains(answer: str, wanted: str) -> bool:
    """Tell whether one of the alternatives in `wanted`, split at '|', stands in the answer.

    Whole words only, both normalised: 'art' is not in 'party', nor 4 in 1.4 or in 3-4.

    >>> contains("It is in Köln, on the Rhine.", "Cologne|Koeln|Köln")
    True
    """
    text = normalised(answer, joins_digits=".,:/-")
    return any(
        _stands_in(text, normalised(each, joins_digits=".,:/-")) for each in wanted.split("|")
    )


def _stands_in(text: str, words: str) -> bool:
    if not words:
        return False
    if not _SPACELESS.search(text):  # both have single spaces between their words
        return f" {words} " in f" {text} "
    # Words of ours stand among theirs without a space: 'GPU' in a Japanese sentence.
    start = "" if _SPACELESS.match(words[0]) else r"(?<![a-z0-9])"
    end = "" if _SPACELESS.match(words[-1]) else r"(?![a-z0-9])"
    return re.search(start + re.escape(words) + end, text) is not None


def _belongs_to_figure(text: str, at: int, joins: str) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not after.isdigit():
        return False
    if text[at] == "-" and (not before or before.isspace() or before in "(:="):
        return True
    return text[at] in joins and before.isdigit()


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    kept, base = [], ""
    for each in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(each):
            base = each
        elif _loses_accents(base):
            continue
        kept.append(each)
    return unicodedata.normalize("NFC", "".join(kept))


def _loses_accents(letter: str) -> bool:
    return letter.isalpha() and (letter < "\u0250" or "\u0370" <= letter < "\u0400")
