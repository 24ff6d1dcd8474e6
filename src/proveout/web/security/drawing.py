"""What cannot be guessed: drawn at random, kept as a hash, or signed."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def drawn() -> str:
    """Draw 256 bit, as text for a cookie or a link."""
    return secrets.token_urlsafe(32)


def hashed(text: str) -> str:
    """Return the SHA-256 of what was drawn; drawn values need no slower hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def signed(secret: str, purpose: str, text: str) -> str:
    """Return the signature of a text for one purpose: it proves nothing for another."""
    told = f"{purpose}\n{text}".encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare in constant time, whatever characters somebody sent."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
