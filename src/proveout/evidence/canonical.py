"""The one JSON encoding that hashes are taken of."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Encode as JSON with sorted keys, no spaces and no NaN, so that equal values encode equally.

    Raises ValueError on NaN or infinity and TypeError on what JSON cannot hold.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
