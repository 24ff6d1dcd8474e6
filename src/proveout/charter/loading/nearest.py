"""'Did you mean': the allowed word nearest to the one that was written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word most like this one, or None when none is near.

    >>> nearest("treshold", ["metric", "threshold"])
    'threshold'
    """
    by_plain = {_plain(item): item for item in allowed}
    plain = _plain(word)
    if plain in by_plain:
        return by_plain[plain]
    near = difflib.get_close_matches(plain, by_plain, n=1, cutoff=0.65)
    if near:
        return by_plain[near[0]]
    around = [item for item in by_plain if len(item) > 3 and (plain in item or item in plain)]
    return by_plain[around[0]] if len(around) == 1 else None


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
