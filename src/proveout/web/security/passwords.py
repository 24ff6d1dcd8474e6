"""Passwords: how they are kept, and which are too weak to be taken."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from proveout.errors import InputError

SHORTEST, LONGEST = 12, 256
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_TURNS = threading.BoundedSemaphore(4)
"""Each takes 64 MiB while it is worked on: a flood of attempts must not take all memory."""
_REST = 4
"""So many characters must be left of a password when all that is easily guessed is taken away."""

_COMMON = (
    "password", "passwort", "passphrase", "passw", "qwertyuiop", "qwertzuiop", "azertyuiop",
    "asdfghjkl", "zxcvbnm", "qwerty", "qwertz", "azerty", "asdf", "1q2w3e4r5t", "1q2w3e4r",
    "1qaz2wsx", "qazwsx", "letmein", "welcome", "iloveyou", "admin", "administrator", "login",
    "changeme", "secret", "master", "dragon", "monkey", "sunshine", "princess", "football",
    "baseball", "superman", "batman", "trustno", "shadow", "whatever", "starwars", "freedom",
    "hello", "charlie", "michael", "jordan", "liverpool", "chelsea", "pokemon", "computer",
    "internet", "samsung", "google", "company", "default", "guest", "user", "root", "test",
    "temp", "summer", "winter", "spring", "autumn", "january", "monday", "proveout", "pilot",
    "dashboard", "correcthorsebatterystaple", "abcdefghijkl", "abcdef", "abcd", "abc",
)  # fmt: skip
"""What the commonest passwords are made of."""
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a",
                       "$": "s", "!": "i"})  # fmt: skip
_NUMBERS = re.compile(r"(?:19|20)\d\d|0?123456789?0?|(\d)\1+|\d{1,4}(?!\d)|\W+|_+")


def hashed_password(password: str) -> str:
    """Return the Argon2id hash, with the parameters of RFC 9106 for little memory."""
    with _TURNS:
        return _HASHER.hash(_normal(password))


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether it is the password. It takes as long where there is none."""
    with _TURNS:
        try:
            _HASHER.verify(kept or _nobodys(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_password(password: str, *, about: tuple[str, ...]) -> None:
    """Raise InputError where it is too easily guessed; `about` are name and e-mail."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise InputError(
            f"The password has {len(text)} characters; it needs at least {SHORTEST}.",
            hint="Four or five words that have nothing to do with each other are easy to keep.",
        )
    if len(text) > LONGEST:
        raise InputError(f"The password has more than {LONGEST} characters.", hint="Shorten it.")
    if len(set(text)) < 6 or _is_row(text):
        raise InputError(
            "The password is the same few characters again and again, or a row of them.",
            hint="Take several words that have nothing to do with each other.",
        )
    own = [part for each in about for part in re.split(r"[\W_]+", each.casefold())]
    for words, what in ((own, "your name or address"), (_COMMON, "words that everybody tries")):
        if _rest(text.casefold(), [each for each in words if len(each) >= 3]) < _REST:
            raise InputError(
                f"The password is made of {what}.",
                hint="Take several words that have nothing to do with each other or with you.",
            )


def _rest(text: str, words: list[str]) -> int:
    """Return how much is left of a text without some words, as they are or with 3 for e."""
    left = []
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    for form in (text, bare.translate(_LEET)):
        rest = form
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, " ")
        left.append(len(text) if rest == form else len(_NUMBERS.sub("", rest)))
    return min(left)


def _is_row(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len({step % 10 for step in steps} if text.isdigit() else steps) == 1


def _normal(password: str) -> str:
    # As NIST SP 800-63B 5.1.1.2 has it: the same password typed on another keyboard is the same.
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
