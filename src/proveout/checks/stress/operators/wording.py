"""The same said in other words: abbreviations, spellings, another language, words that are gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from proveout.checks.stress.operators.operator import Operator
from proveout.checks.stress.operators.slips import BEFORE_THE_LAST, PROSE, some_words
from proveout.checks.stress.operators.texts import TEXT, changing

if TYPE_CHECKING:
    from numpy.random import Generator

SHORT = {
    "invoice": "inv.", "number": "no.", "amount": "amt", "quantity": "qty", "please": "pls",
    "department": "dept.", "street": "st.", "account": "acct", "company": "co.",
    "customer": "cust.", "delivery": "dlvry", "payment": "pmt", "received": "rcvd", "with": "w/",
    "without": "w/o", "and": "&", "because": "b/c", "approximately": "approx.",
    "information": "info", "management": "mgmt", "manager": "mgr", "order": "ord.",
    "reference": "ref.", "total": "tot.", "January": "Jan", "February": "Feb", "August": "Aug",
    "September": "Sept", "October": "Oct", "November": "Nov", "December": "Dec", "monday": "Mon",
    "tuesday": "Tue", "thanks": "thx", "you": "u", "are": "r", "tomorrow": "tmrw",
    "regards": "rgds", "password": "pw", "Rechnung": "Rg.", "Nummer": "Nr.", "Straße": "Str.",
    "Betrag": "Betr.", "und": "u.", "oder": "od.", "Abteilung": "Abt.", "Kunde": "Kd.",
    "zum Beispiel": "z. B.", "bitte": "bt.",
}  # fmt: skip

SPELLINGS = {
    "colour": "color", "centre": "center", "organisation": "organization", "cheque": "check",
    "organise": "organize", "recognise": "recognize", "cancelled": "canceled", "litre": "liter",
    "licence": "license", "programme": "program", "catalogue": "catalog", "grey": "gray",
    "travelled": "traveled", "behaviour": "behavior", "favour": "favor", "labour": "labor",
    "authorise": "authorize", "metre": "meter", "neighbour": "neighbor", "judgement": "judgment",
    "do not": "don't", "does not": "doesn't", "is not": "isn't", "cannot": "can't",
    "will not": "won't", "it is": "it's", "I am": "I'm", "we have": "we've", "you are": "you're",
    "e-mail": "email", "on-line": "online", "per cent": "percent",
}  # fmt: skip

PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "é": "e",
    "è": "e", "ê": "e", "à": "a", "á": "a", "â": "a", "ç": "c", "ñ": "n", "ó": "o", "ô": "o",
    "í": "i", "î": "i", "ú": "u", "û": "u", "ø": "o", "å": "a", "ł": "l", "ś": "s", "ž": "z",
    "É": "E", "Ç": "C", "Ñ": "N", "Ø": "O", "Å": "A", "Š": "S", "š": "s", "č": "c", "ý": "y",
})  # fmt: skip

OTHER_TONGUE = {
    "the": ("der", "le", "el"), "and": ("und", "et", "y"), "of": ("von", "de", "de"),
    "for": ("für", "pour", "para"), "with": ("mit", "avec", "con"), "is": ("ist", "est", "es"),
    "not": ("nicht", "pas", "no"), "from": ("von", "de", "desde"), "to": ("zu", "à", "a"),
    "please": ("bitte", "merci de", "por favor"), "thank you": ("danke", "merci", "gracias"),
    "but": ("aber", "mais", "pero"), "our": ("unser", "notre", "nuestro"),
    "in": ("im", "dans", "en"), "your": ("Ihr", "votre", "su"), "by": ("bis", "avant", "por"),
    "this": ("dies", "ce", "este"), "or": ("oder", "ou", "o"), "we": ("wir", "nous", "nosotros"),
    "on": ("am", "le", "el"), "hello": ("hallo", "bonjour", "hola"),
    "today": ("heute", "aujourd'hui", "hoy"), "der": ("the", "le", "el"),
    "die": ("the", "la", "la"), "und": ("and", "et", "y"), "mit": ("with", "avec", "con"),
    "ist": ("is", "est", "es"), "nicht": ("not", "pas", "no"), "für": ("for", "pour", "para"),
    "von": ("of", "de", "de"), "bitte": ("please", "svp", "por favor"),
}  # fmt: skip
"""Words that carry no fact, in three other languages."""

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

FILLERS = ("uh", "um", "well", "you know", "I mean", "actually", "like", "so", "basically")

_BLANK_AND_WORD = re.compile(r"(\s+)(\S+)")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def _exchanged(text: str, words: Mapping[str, str]) -> str:
    """Put one word in place of another wherever it stands as a whole, in its capitals."""

    def other(match: re.Match[str]) -> str:
        found = match.group()
        new = folded[found.casefold()]
        return new.capitalize() if found[0].isupper() and new[0].isalpha() else new

    folded = {word.casefold(): new for word, new in words.items()}
    longest = sorted(words, key=len, reverse=True)
    pattern = r"\b(" + "|".join(re.escape(word) for word in longest) + r")\b"
    return re.sub(pattern, other, text, flags=re.IGNORECASE)


def _abbreviate(text: str, rng: Generator) -> str:
    short = _exchanged(text, SHORT)
    return short if short != text else _cut_a_word(text, rng)


def _cut_a_word(text: str, rng: Generator) -> str:
    """Cut the longest words to their first letters, as people do who make up abbreviations."""
    longest = sorted(re.findall(r"\b[^\W\d_]{6,}\b", text), key=len, reverse=True)[:2]
    for word in longest:
        text = text.replace(word, word[: int(rng.integers(3, 5))] + ".", 1)
    return text


def _respell(text: str, rng: Generator) -> str:  # noqa: ARG001  # nothing random
    there = _exchanged(text, SPELLINGS)
    if there == text:
        there = _exchanged(text, {new: old for old, new in SPELLINGS.items() if new.isalpha()})
    return there.translate(PLAIN) if there == text else there


def _unaccent(text: str, rng: Generator) -> str:
    plain = text.translate(PLAIN)
    if plain != text:
        return plain
    # Nothing to lose: a letter of plain text was one that the other system did not know.
    letters = [place for place, key in enumerate(text) if key.isalpha()]
    if not letters:
        return text
    place = letters[int(rng.integers(len(letters)))]
    return f"{text[:place]}?{text[place + 1 :]}"


def _mix_tongues(text: str, rng: Generator) -> str:
    which = int(rng.integers(3))
    return _exchanged(text, {word: others[which] for word, others in OTHER_TONGUE.items()})


def _spell_numbers(text: str, rng: Generator) -> str:  # noqa: ARG001  # nothing random
    return re.sub(r"(?<![\w.,:/-])\d{1,3}(?![\w.,:/-]*\d)(?!\w)", _in_words, text)


def _in_words(match: re.Match[str]) -> str:
    return number_in_words(int(match.group()))


def number_in_words(number: int) -> str:
    """Write a number below a thousand in English words.

    >>> number_in_words(342)
    'three hundred forty-two'
    """
    hundreds, rest = divmod(number, 100)
    small = (
        ONES[rest] if rest < 20 else TENS[rest // 10] + (f"-{ONES[rest % 10]}" * (rest % 10 > 0))
    )
    if not hundreds:
        return small
    return f"{ONES[hundreds]} hundred" + (f" {small}" if rest else "")


def _drop_words(text: str, rng: Generator) -> str:
    for start, end in some_words(text, rng, 0.1):
        text = text[:start].rstrip() + text[end:]
    return text


def _double_words(text: str, rng: Generator) -> str:
    for start, end in some_words(text, rng, 0.1):
        text = f"{text[:end]} {text[start:end]}{text[end:]}"
    return text


def _swap_words(text: str, rng: Generator) -> str:
    for start, end in some_words(text, rng, 0.1, BEFORE_THE_LAST):
        following = _BLANK_AND_WORD.match(text, end)
        if following:
            swapped = following.group(2) + following.group(1) + text[start:end]
            text = text[:start] + swapped + text[following.end() :]
    return text


def _fill(text: str, rng: Generator) -> str:
    for start, _ in some_words(text, rng, 0.12):
        text = f"{text[:start]}{FILLERS[int(rng.integers(len(FILLERS)))]}, {text[start:]}"
    return text


def _shuffle_sentences(text: str, rng: Generator) -> str:
    sentences = [each for each in SENTENCE.split(text) if each]
    if len(sentences) < 2:
        half = len(text) // 2
        place = text.find(" ", half)
        return text if place < 0 else f"{text[place + 1 :]} {text[:place]}"
    turn = int(rng.integers(1, len(sentences)))
    return " ".join([*sentences[turn:], *sentences[:turn]])


def _repeat(text: str, rng: Generator) -> str:  # noqa: ARG001  # nothing random
    return f"{text}\n\n{text}"


ABBREVIATIONS = Operator(
    name="abbreviations",
    stands_for="notes of people who know what they mean",
    does="inv., no., amt, pls and the like; where no such word stands, the longest words are cut",
    kinds=PROSE,
    damage=changing(_abbreviate),
)

SPELLING_VARIANTS = Operator(
    name="spelling-variants",
    stands_for="British and American offices, contractions, and keyboards without umlauts",
    does="colour or color, do not or don't, whichever is not there; else ae for ä and e for é",
    kinds=PROSE,
    damage=changing(_respell),
)

LOST_ACCENTS = Operator(
    name="lost-accents",
    stands_for="systems that know only the letters of English",
    does="ae for ä, ss for ß, e for é; text without any of them gets a '?' for one letter",
    kinds=TEXT,
    damage=changing(_unaccent),
)

MIXED_LANGUAGE = Operator(
    name="mixed-language",
    stands_for="people who write in two languages at once",
    does="words that carry no fact (the, and, with, please) in German, French or Spanish",
    kinds=PROSE,
    damage=changing(_mix_tongues),
)

NUMBERS_AS_WORDS = Operator(
    name="numbers-as-words",
    stands_for="letters and dictation, where a number is spoken",
    does="whole numbers up to 999 in English words; amounts, dates and codes stay",
    kinds=PROSE,
    damage=changing(_spell_numbers),
)

DROPPED_WORDS = Operator(
    name="dropped-words",
    stands_for="texts that were cut together, and speech that was not understood",
    does="a tenth of the words are gone, one at least",
    kinds=PROSE,
    damage=changing(_drop_words),
)

DOUBLED_WORDS = Operator(
    name="doubled-words",
    stands_for="slow connections, dictation and careless editing",
    does="a tenth of the words stand twice, one at least",
    kinds=PROSE,
    damage=changing(_double_words),
)

SWAPPED_WORDS = Operator(
    name="swapped-words",
    stands_for="writers in another language than their own, and columns read across",
    does="a tenth of the words change places with the next one, one at least",
    kinds=PROSE,
    damage=changing(_swap_words),
)

FILLER_WORDS = Operator(
    name="filler-words",
    stands_for="speech that was written down as it was spoken",
    does="uh, well, you know before an eighth of the words",
    kinds=PROSE,
    damage=changing(_fill),
)

SHUFFLED_SENTENCES = Operator(
    name="shuffled-sentences",
    stands_for="pages in the wrong order, and columns read one after the other",
    does="the text begins with a later sentence, and its beginning follows at the end",
    kinds=PROSE,
    damage=changing(_shuffle_sentences),
)

REPEATED_TEXT = Operator(
    name="repeated-text",
    stands_for="documents that were scanned or pasted twice",
    does="the whole text stands twice",
    kinds=PROSE,
    damage=changing(_repeat),
)
