"""Beginnings of notes that are sentences of ours and quote nothing of request or answer. Pure."""

from __future__ import annotations

import re

_N = r"[\d,]+"
_SENTENCES = (
    r"the system declined to answer$",
    r"an answer came without a confidence$",
    r"no usable answer$",
    r"the response is not JSON$",
    r"the answer is empty$",
    r"the answer was cut off at the limit of tokens \(length\)$",
    r"the service sent no log probabilities$",
    r"a confidence was not a number from 0 to 1$",
    r"some probabilities are no numbers from 0 to 1$",
    r"the fallback did not answer either$",
    rf"(?:only )?{_N} answers came for {_N} rows$",
    rf"{_N} confidences were not a number from 0 to 1$",
    rf"{_N} of {_N} answers do not fit the task '[a-z]+'"
    r"(?:: (?:at system\.http\.answer_path '[^']*' )?there was an? (?:object|text|number)"
    r"(?: with )?)?",
    # The confidence stands in the record as well.
    r"confidence [\d.e+-]+ is below [\d.e+-]+ ",
)
_OWN = re.compile("|".join(f"(?:{each})" for each in _SENTENCES))


def own_part(note: str) -> int:
    """Return how many letters of a note are ours, from its beginning.

    Values of a request may be words that we use: 'system' is a role of a chat. What is not ours may
    quote them, and is for others to clean.

    >>> own_part("the system declined to answer"), own_part("the answer says Jane")
    (29, 0)
    """
    found = _OWN.match(note)
    return 0 if found is None else found.end()
