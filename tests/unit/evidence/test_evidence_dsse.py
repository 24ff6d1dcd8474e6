"""Envelopes: what is signed, byte for byte, and what a changed one is worth."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proveout.evidence.export.dsse import IN_TOTO, Envelope, pre_authentication_encoding
from proveout.evidence.export.keys import key_id

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def parse(encoded: bytes) -> tuple[bytes, bytes]:
    """Take an encoding apart by the rules of the protocol, independently of how it is made."""
    version, n, rest = encoded.split(b" ", 2)
    assert version == b"DSSEv1"
    kind, rest = rest[: int(n)], rest[int(n) :]
    blank, n_body, body = rest.split(b" ", 2)
    assert (blank, int(n_body)) == (b"", len(body))
    assert (n, n_body) == (b"%d" % int(n), b"%d" % int(n_body))  # no leading zeros
    return kind, body


def test_the_example_of_the_protocol() -> None:
    """The test vector that the DSSE protocol gives."""
    assert pre_authentication_encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary())
def test_type_and_payload_can_be_told_apart(kind: str, payload: bytes) -> None:
    """Lengths count bytes, so that no two pairs share an encoding."""
    assert parse(pre_authentication_encoding(kind, payload)) == (kind.encode(), payload)


def test_a_signature_is_over_the_encoding_and_not_over_the_payload() -> None:
    """Any other implementation with the public key comes to the same result."""
    plain = Envelope.seal(b'{"a":1}', KEY).as_dict()

    assert plain == {
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64.b64encode(b'{"a":1}').decode(),
        "signatures": [
            {
                "keyid": key_id(KEY.public_key()),
                "sig": base64.b64encode(
                    KEY.sign(b'DSSEv1 28 application/vnd.in-toto+json 7 {"a":1}')
                ).decode(),
            }
        ],
    }


def test_without_a_key_an_envelope_has_no_signatures() -> None:
    """It is written all the same, and is worth no more than its content."""
    envelope = Envelope.seal(b"{}", None)

    assert envelope.as_dict()["signatures"] == []
    assert not envelope.is_signed_by(KEY.public_key())


@given(st.binary(min_size=1), st.data())
def test_an_envelope_is_signed_until_a_byte_changes(payload: bytes, data: st.DataObject) -> None:
    """Payload, type and signature are all bound."""
    envelope = Envelope.from_dict(Envelope.seal(payload, KEY).as_dict())
    assert envelope.is_signed_by(KEY.public_key())
    assert not envelope.is_signed_by(OTHER.public_key())

    at = data.draw(st.integers(0, len(payload) - 1))
    changed = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
    assert not replace(envelope, payload=changed).is_signed_by(KEY.public_key())
    assert not replace(envelope, payload_type=IN_TOTO + "x").is_signed_by(KEY.public_key())
    signature = replace(envelope.signatures[0], value=b"\0" * 64)
    assert not replace(envelope, signatures=(signature,)).is_signed_by(KEY.public_key())


def test_one_valid_signature_among_several_is_enough() -> None:
    """Others may have signed too, and key ids are only hints."""
    mine, theirs = Envelope.seal(b"{}", KEY), Envelope.seal(b"{}", OTHER)
    both = replace(mine, signatures=(*theirs.signatures, *mine.signatures))

    assert both.is_signed_by(KEY.public_key())


def test_both_alphabets_of_base64_are_read() -> None:
    """The protocol allows either."""
    plain = Envelope.seal(b"\xfb\xff\xfe", KEY).as_dict()
    plain["payload"] = base64.urlsafe_b64encode(b"\xfb\xff\xfe").decode()

    assert Envelope.from_dict(plain).is_signed_by(KEY.public_key())


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"payloadType": "x", "payload": "e30=", "signatures": None},
        {"payloadType": "x", "payload": "not base64!", "signatures": []},
        {"payloadType": "x", "payload": 7, "signatures": []},
        {"payloadType": "x", "payload": "e30=", "signatures": [{"keyid": "k"}]},
        {"payloadType": "x", "payload": "e30=", "signatures": ["sig"]},
    ],
)
def test_what_is_no_envelope_is_refused(plain: dict[str, Any]) -> None:
    """One error for every way to be none."""
    with pytest.raises(ValueError, match=r"^it is not a DSSE envelope$"):
        Envelope.from_dict(plain)
