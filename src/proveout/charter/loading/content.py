"""The meaning of a charter as plain JSON, and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

from proveout.charter.schema import Charter
from proveout.evidence.canonical import canonical_json


def content(charter: Charter) -> dict[str, Any]:
    """Return what the charter says, without what it leaves at the default.

    Defaults are left out so that a key which a later version adds changes no existing hash.
    """
    return charter.model_dump(mode="json", exclude_defaults=True)


def content_hash(charter: Charter) -> str:
    """Return 'sha256:…' over the meaning; comments, order of keys and layout do not count."""
    digest = hashlib.sha256(canonical_json(content(charter)).encode()).hexdigest()
    return f"sha256:{digest}"
