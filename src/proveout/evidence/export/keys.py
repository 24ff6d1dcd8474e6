"""Ed25519 keys in PEM files."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from proveout.errors import InputError

MAKE_ONE = "Make one: proveout ledger key --out signing.pem"


def key_id(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of the public key in DER form, in hexadecimal."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def public_pem(key: Ed25519PublicKey) -> str:
    """Return the public key as PEM text."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def make_key(path: Path) -> tuple[Ed25519PublicKey, Path]:
    """Write a new private key, readable by its owner only, and `<name>.pub` beside it.

    Raises InputError where either file is there already or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = path.with_name(path.name + ".pub")
    for taken in (path, public):
        if taken.exists():
            raise InputError(
                f"{taken} is there already; a key is never overwritten.",
                hint="Give another name with --out, or move the file away.",
            )
    _write_new(path, private, mode=0o600)
    _write_new(public, public_pem(key.public_key()).encode(), mode=0o644)
    return key.public_key(), public


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key. Raises InputError where there is none of the right kind."""
    key = _load(path, lambda pem: load_pem_private_key(pem, None), "private")
    if not isinstance(key, Ed25519PrivateKey):
        raise _wrong_kind(path, "private")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key. Raises InputError where there is none of the right kind."""
    key = _load(path, load_pem_public_key, "public")
    if not isinstance(key, Ed25519PublicKey):
        raise _wrong_kind(path, "public")
    return key


def is_open_to_others(path: Path) -> bool:
    """Tell whether other users may read a key file."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _load(path: Path, parse: Callable[[bytes], object], which: str) -> object:
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"The {which} key {path} cannot be read: {error.strerror}.", hint=MAKE_ONE
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # The parser's own words may quote the file.
        raise InputError(
            f"{path} holds no {which} key that can be used: "
            f"an Ed25519 key in PEM form, without a passphrase, is needed.",
            hint=MAKE_ONE,
        ) from error


def _wrong_kind(path: Path, which: str) -> InputError:
    return InputError(f"{path} holds a {which} key, but not an Ed25519 one.", hint=MAKE_ONE)


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise InputError(f"The key cannot be written to {path}: {error.strerror}.") from error
