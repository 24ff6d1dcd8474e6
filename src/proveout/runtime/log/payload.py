"""Bodies as they are kept: as text, by hash."""

from __future__ import annotations

import base64
import hashlib

BASE64 = "base64:"


def text_of(body: bytes) -> str:
    """Return a body as a record holds it: text, or base64 where it is no text."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return BASE64 + base64.b64encode(body).decode()


def hash_of(body: bytes) -> str:
    """Return 'sha256:…' over the bytes."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def bytes_of(text: str) -> bytes:
    """Return the bytes of a body that a record holds."""
    if text.startswith(BASE64):
        return base64.b64decode(text.removeprefix(BASE64))
    return text.encode()
