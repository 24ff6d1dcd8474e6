"""Characters that are not the ones that were meant: typed, scanned, copied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import Operator
from proveout.checks.stress.operators.texts import TEXT, changing, misspell, neighbours

if TYPE_CHECKING:
    from numpy.random import Generator

PROSE: frozenset[Kind] = frozenset({"prose"})

WORD = re.compile(r"\S+")

LAYOUTS = tuple(
    neighbours(letters)
    for letters in (
        ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
        ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
        ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    )
)
"""QWERTY, QWERTZ, AZERTY: which key is beside which."""

TYPED_WRONG = 0.1
"""Share of the words with a slip of the fingers: what hurried mail has, not what a test has."""

SCANNED_WRONG = 0.12
"""Share of the words that a poor scan spoils."""

LOOKS_LIKE = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("0", "O"),
    ("O", "0"), ("1", "l"), ("l", "1"), ("I", "l"), ("5", "S"), ("S", "5"), ("8", "B"),
    ("B", "8"), ("2", "Z"), ("6", "G"), ("e", "c"), ("c", "e"), ("h", "b"), ("ü", "ii"),
    ("ä", "a"), ("ß", "B"), (".", ","), (",", "."),
)  # fmt: skip
"""What a scanner takes for what."""

TWINS = dict(
    zip(
        "aceopxyiABEHKMOPTXjs",
        "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0410\u0412\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0458\u0455",
        strict=True,
    )
)
"""Latin letters and the Cyrillic ones that look the same."""

UNSEEN = ("\u200b", "\u200c", "\u00ad", "\ufeff", "\u2060")
"""Zero-width blank and joiner, soft hyphen, byte order mark, word joiner."""

PICTURES = ("🙂", "👍", "😀", "🙏", "🎉", "😕", "✅", "🔥")


def some_words(
    text: str, rng: Generator, share: float, among: slice = slice(None)
) -> list[tuple[int, int]]:
    """Pick about such a share of the words, one at least; where they begin and end, last first."""
    words = [match.span() for match in WORD.finditer(text)][among]
    if not words:
        return []
    count = max(1, round(share * len(words)))
    chosen = rng.permutation(len(words))[:count]
    return sorted((words[place] for place in chosen.tolist()), reverse=True)


AFTER_THE_FIRST, BEFORE_THE_LAST = slice(1, None), slice(None, -1)
"""Words that have one before them, and words that have one after them."""


def _type(text: str, rng: Generator) -> str:
    near = LAYOUTS[int(rng.integers(len(LAYOUTS)))]
    for start, end in some_words(text, rng, TYPED_WRONG):
        text = text[:start] + misspell(text[start:end], rng, near) + text[end:]
    return text


def _scan(text: str, rng: Generator) -> str:
    for start, end in some_words(text, rng, SCANNED_WRONG):
        text = text[:start] + _misread(text[start:end], rng) + text[end:]
    return text


def _misread(word: str, rng: Generator) -> str:
    fitting = [pair for pair in LOOKS_LIKE if pair[0] in word]
    if fitting and rng.random() < 0.8:
        seen, taken = fitting[int(rng.integers(len(fitting)))]
        return word.replace(seen, taken, 1)
    if len(word) > 2:  # a word that falls apart
        place = int(rng.integers(1, len(word)))
        return f"{word[:place]} {word[place:]}"
    return f"{word} ." if rng.random() < 0.5 else f"'{word}"


def _look_alike(text: str, rng: Generator) -> str:
    places = [place for place, key in enumerate(text) if key in TWINS]
    if not places:
        return text + "\u0430"
    count = max(1, len(places) // 8)
    letters = list(text)
    for place in rng.permutation(places)[:count].tolist():
        letters[place] = TWINS[text[place]]
    return "".join(letters)


def _hide(text: str, rng: Generator) -> str:
    count = max(1, len(text) // 40)
    for place in sorted(rng.integers(len(text) + 1, size=count).tolist(), reverse=True):
        text = text[:place] + UNSEEN[int(rng.integers(len(UNSEEN)))] + text[place:]
    return text


def _run_together(text: str, rng: Generator) -> str:
    for start, _ in some_words(text, rng, 0.15, AFTER_THE_FIRST):
        text = text[:start].rstrip() + text[start:]
    return text


def _lose_punctuation(text: str, rng: Generator) -> str:  # noqa: ARG001  # nothing random
    """Drop punctuation, but for what stands within numbers and words: 12.50 stays 12.50."""
    return re.sub(r"(?<!\w)[^\w\s]+|[^\w\s]+(?!\w)", "", text)


def _add_pictures(text: str, rng: Generator) -> str:
    picture = PICTURES[int(rng.integers(len(PICTURES)))]
    return re.sub(r"([.!?])(?=\s|$)", rf"\1 {picture}", text, count=2) + f" {picture}"


def _wrap(text: str, rng: Generator) -> str:
    """Break lines within words, as narrow columns of a document do."""
    width = int(rng.integers(24, 48))
    pieces = [text[start : start + width] for start in range(0, len(text), width)]
    joined = pieces[0] if pieces else text
    for piece in pieces[1:]:
        within = joined[-1:].isalpha() and piece[:1].isalpha()
        joined += ("-\n" if within else "\n") + piece
    return joined if len(pieces) > 1 else f"{text}\n\n\t"


TYPING_ERRORS = Operator(
    name="typing-errors",
    stands_for="people who write in a hurry, on three kinds of keyboard",
    does="one slip in a tenth of the words, one at least: QWERTY, QWERTZ or AZERTY",
    kinds=PROSE,
    damage=changing(_type),
)

OCR_DAMAGE = Operator(
    name="ocr-damage",
    stands_for="scans and faxes that are read by machine",
    does="0 for O, l for 1, rn for m and the like, or a word in two, in an eighth of the words",
    kinds=TEXT,
    damage=changing(_scan),
)

HOMOGLYPHS = Operator(
    name="homoglyphs",
    stands_for="text copied from elsewhere, or written so that a filter does not see it",
    does="an eighth of the letters that have a Cyrillic twin are that twin, one at least",
    kinds=TEXT,
    damage=changing(_look_alike),
)

ZERO_WIDTH = Operator(
    name="zero-width",
    stands_for="text copied out of web pages and word processors",
    does="characters that nobody sees (zero-width blank, soft hyphen, byte order mark)",
    kinds=TEXT,
    damage=changing(_hide),
)

JOINED_WORDS = Operator(
    name="joined-words",
    stands_for="text taken out of PDF files, where blanks are only distance",
    does="the blank before one word in seven is gone",
    kinds=PROSE,
    damage=changing(_run_together),
)

LOST_PUNCTUATION = Operator(
    name="lost-punctuation",
    stands_for="dictation, chats and interfaces that clean too much",
    does="all punctuation but that within words and numbers is gone",
    kinds=PROSE,
    damage=changing(_lose_punctuation),
)

EMOJI = Operator(
    name="emoji",
    stands_for="messages from telephones",
    does="a picture after the first two sentences and at the end",
    kinds=PROSE,
    damage=changing(_add_pictures),
)

BROKEN_LINES = Operator(
    name="broken-lines",
    stands_for="documents in narrow columns, and mail that was wrapped on its way",
    does="a new line every 24 to 47 characters, with a hyphen within words",
    kinds=PROSE,
    damage=changing(_wrap),
)
