"""Texts compared as people compare them: but for case, accents, punctuation and spaces."""

from __future__ import annotations

import re
import unicodedata

_MARKS_KEPT = "%#&@°"
"""Punctuation that makes another word: C# is not C, and 5 % is not 5."""

_NO_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese are written without spaces between words."""


_INITIALS = re.compile(r"(?<![\w.])[^\W\d_](?:[./][^\W\d_](?![^\W_]))+\.?")
"""S.A.R.L., A/S: letters that are one word."""
UNITS = (
    "kg|mg|g|km|cm|mm|m|ml|cl|l|min|ms|s|h|kwh|kw|mwh|mw|w|kv|v|mah|ma|a|ghz|mhz|khz|hz|gb|mb|tb|kb|"
    "pcs|psi|bar|rpm|nm|lbs|lb|oz|ft"
)
"""What stands behind a figure with a blank or without."""
_FIGURE_AND_UNIT = re.compile(rf"(?<!\w)(\d(?:[\d.,]{{0,30}}\d)?)(?=(?:{UNITS})(?![^\W_])|°)")
_BEFORE_PER_CENT = re.compile(r"(?<=\d)\s+(?=[%‰])")
_OTHER_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe"})
_IN_TWO_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
     "Å": "Aa", "Ø": "Oe"}
)  # fmt: skip
_CODE = re.compile(r"[a-z]{0,4}[0-9]{2}[0-9a-z]*")
_DIGITS_OF_A_CODE = 8


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
    folded = _INITIALS.sub(_joined, folded)
    kept = []
    for at, each in enumerate(folded):
        if each.isalnum() or each in _MARKS_KEPT or unicodedata.category(each)[0] in "MS":
            kept.append(each)
        else:
            kept.append(each if _belongs_to_figure(folded, at, joins_digits) else " ")
    words = _FIGURE_AND_UNIT.sub(r"\1 ", "".join(kept).replace("&", " & "))
    return " ".join(_BEFORE_PER_CENT.sub("", words).split())


def _joined(found: re.Match[str]) -> str:
    return found[0].replace(".", "").replace("/", "")


def in_two_letters(text: str) -> str:
    """Write umlauts as who has no key for them does: Mueller, Oersted, Aarhus."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_IN_TWO_LETTERS)


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts say the same but for case, accents, punctuation and spaces.

    Codes such as an IBAN are the same in whatever groups they are written.

    >>> same_words("Müller S.A.", "MUELLER SA"), same_words("DE89 3704 0044", "DE8937040044")
    (True, True)
    """
    short = normalised(one)
    if not short:  # a text of nothing but punctuation is compared as it is
        return False
    if short == normalised(other):
        return True
    long, their_long = in_two_letters(one), in_two_letters(other)
    if (long, their_long) != (one, other) and normalised(long) == normalised(their_long):
        return True
    code = code_of(one)
    return code is not None and code == code_of(other)


def code_of(text: str) -> str | None:
    """Return a code of letters and digits, such as an IBAN or a VAT number, without its blanks.

    None where a text is none: at least eight digits, and letters before them only four.
    """
    code = re.sub(r"(?<=[^\W_])(?:\s+|-)(?=[^\W_])", "", text.strip()).casefold()
    n_digits = sum(each.isdigit() for each in code)
    return code if n_digits >= _DIGITS_OF_A_CODE and _CODE.fullmatch(code) else None


def contains(answer: str, wanted: str) -> bool:
    """Tell whether one of the alternatives in `wanted`, split at '|', stands in the answer.

    Whole words only, both normalised: 'art' is not in 'party', nor 4 in 1.4 or in 3-4.
    A code such as an IBAN stands in it in whatever groups it is written.

    >>> contains("It is in Köln, on the Rhine.", "Cologne|Koeln|Köln")
    True
    """
    alternatives = wanted.split("|")
    if _contains(answer, alternatives) or any(_has_code(answer, each) for each in alternatives):
        return True
    if answer.isascii() and wanted.isascii():
        return False
    return _contains(in_two_letters(answer), [in_two_letters(each) for each in alternatives])


def _contains(answer: str, alternatives: list[str]) -> bool:
    text = normalised(answer, joins_digits=".,:/-")
    return any(_stands_in(text, normalised(each, joins_digits=".,:/-")) for each in alternatives)


def _has_code(answer: str, wanted: str) -> bool:
    code = code_of(wanted)
    if code is None:
        return False
    anyhow = r"(?<![^\W_])" + r"[\s-]?".join(code) + r"(?![^\W_])"
    return re.search(anyhow, answer, re.IGNORECASE) is not None


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
    return unicodedata.normalize("NFC", "".join(kept)).translate(_OTHER_LETTERS)


def _loses_accents(letter: str) -> bool:
    return letter.isalpha() and (letter < "\u0250" or "\u0370" <= letter < "\u0400")
