"""The one JSON encoding that hashes are taken of."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Encode as JSON with sorted keys, no spaces and no NaN, so that equal values encode equally.

    What was decoded from the result encodes to the same text again, whatever the keys were. Half
    a character (an unpaired surrogate, as broken data hold it) is written as its escape, such as
    '\\ud800', because nothing could store it as it is.
    Raises ValueError on NaN or infinity and TypeError on what JSON cannot hold.
    """
    # Keys that are numbers sort differently before and after they have become text.
    plain = _writable(json.loads(json.dumps(value, allow_nan=False)))
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _writable(value: Any) -> Any:
    """Replace unpaired surrogates, in keys too."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    return value
