"""The one JSON encoding that hashes are taken of."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Encode as JSON with sorted keys, no spaces and no NaN, so that equal values encode equally.

    What was decoded from the result encodes to the same text again, whatever the keys were.
    Raises ValueError on NaN or infinity and TypeError on what JSON cannot hold.
    """
    # Keys that are numbers sort differently before and after they have become text.
    plain = json.loads(json.dumps(value, allow_nan=False))
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
