"""The meaning of a charter as plain JSON, and its hash."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from proveout.charter.schema import Charter
from proveout.evidence.canonical import canonical_json

HIDDEN = "***"
"""Stands in the place of a secret."""

_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@:\s]*):(?:[^/@\s]|@(?=[^/\s]*@))+(?=@)")
_SECRET_HEADER = re.compile(r"auth|token|key|secret|cookie|password|credential", re.IGNORECASE)


def content(charter: Charter) -> dict[str, Any]:
    """Return what the charter says, without what it leaves at the default, and without secrets.

    Defaults are left out so that a key which a later version adds changes no existing hash.
    Secrets are hidden because this goes into the ledger, which keeps it for ever: to change a
    password is no change of what was agreed.
    """
    plain: dict[str, Any] = _hidden(charter.model_dump(mode="json", exclude_defaults=True))
    headers = plain.get("system", {}).get("http", {}).get("headers", {})
    for name, value in headers.items():
        if _SECRET_HEADER.search(name) and "${" not in value:
            headers[name] = HIDDEN
    return plain


def content_hash(charter: Charter) -> str:
    """Return 'sha256:…' over the meaning; comments, order of keys and layout do not count."""
    digest = hashlib.sha256(canonical_json(content(charter)).encode()).hexdigest()
    return f"sha256:{digest}"


def _hidden(value: Any) -> Any:
    """Hide passwords in URLs, wherever they stand."""
    if isinstance(value, str):
        return _PASSWORD_IN_URL.sub(rf"\1:{HIDDEN}", value) if "://" in value else value
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return value
