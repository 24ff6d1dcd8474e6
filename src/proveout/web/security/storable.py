"""What no database, page or document can hold is refused before anything is done with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from proveout.errors import InputError

LARGEST = 2**63 - 1
"""Of whole numbers, in both databases."""
_CANNOT_BE_KEPT = re.compile("[\0\ud800-\udfff]")


def refuse_unstorable(given: object) -> None:
    """Raise InputError for a NUL, half a letter, a number beyond 64 bit or none, wherever it is."""
    for path, value in _leaves(given, ""):
        why = _why_not(value)
        if why is not None:
            raise InputError(f"{path or 'What was sent'} holds {why}.", hint="Take it out.")


def is_storable(text: str) -> bool:
    """Tell whether a text can be kept and shown."""
    return _CANNOT_BE_KEPT.search(text) is None


def shown(text: str) -> str:
    """Return a text that can be sent, whatever it quotes."""
    return _CANNOT_BE_KEPT.sub("\N{REPLACEMENT CHARACTER}", text)


def _why_not(value: object) -> str | None:
    if isinstance(value, str) and not is_storable(value):
        return "a character that is none (NUL, or half of a surrogate pair)"
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return "a number that is too large"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that is none (NaN or infinite)"
    return None


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield every single value with where it is; the keys of documents are values, too."""
    if isinstance(value, BaseModel):
        more: Mapping[Any, Any] = {**dict(value), **(value.model_extra or {})}
    elif isinstance(value, Mapping):
        more = value
        yield from ((f"{path} (a name in it)".strip(), key) for key in value)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _leaves(item, path)
        return
    else:
        yield path, value
        return
    for key, item in more.items():
        yield from _leaves(item, shown(f"{path}.{key}" if path else str(key)))
