"""Dead Simple Signing Envelope (DSSE v1.0.2): sign a payload without touching its bytes.

Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md and envelope.md
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proveout.evidence.export.keys import key_id

IN_TOTO = "application/vnd.in-toto+json"
"""Payload type of an in-toto statement."""


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return what is signed: type and payload, each preceded by its length in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature on an envelope."""

    key_id: str
    """Which key, as a hint; never trusted."""
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload with its signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def seal(cls, payload: bytes, key: Ed25519PrivateKey | None) -> Self:
        """Put an in-toto statement into an envelope; without a key it stays unsigned."""
        if key is None:
            return cls(payload_type=IN_TOTO, payload=payload)
        value = key.sign(pre_authentication_encoding(IN_TOTO, payload))
        signature = Signature(key_id=key_id(key.public_key()), value=value)
        return cls(payload_type=IN_TOTO, payload=payload, signatures=(signature,))

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the JSON form. Raises ValueError where it is no envelope."""
        try:
            return cls(
                payload_type=str(plain["payloadType"]),
                payload=_decode(plain["payload"]),
                signatures=tuple(
                    Signature(key_id=str(item.get("keyid", "")), value=_decode(item["sig"]))
                    for item in plain["signatures"]
                ),
            )
        except (KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise ValueError("it is not a DSSE envelope") from error

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode(),
            "signatures": [
                {"keyid": item.key_id, "sig": base64.b64encode(item.value).decode()}
                for item in self.signatures
            ],
        }

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Tell whether one of the signatures is by this key."""
        signed = pre_authentication_encoding(self.payload_type, self.payload)
        return any(_verifies(key, item.value, signed) for item in self.signatures)


def _verifies(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _decode(text: str) -> bytes:
    # Both alphabets of base64 are allowed.
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
