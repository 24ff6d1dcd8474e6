"""Who calls: by a client's key, where the charter names clients, and by what requests say."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace

from proveout.runtime.call import ANYBODY, Caller
from proveout.runtime.gateway.headers import Headers

_TEAM, _USER, _KEY = b"proveout-team", b"proveout-user", b"authorization"
LONGEST_NAME = 200


class UnknownKeyError(Exception):
    """No client has this key, or none was given."""


class Callers:
    """Knows the clients of a pilot by the SHA-256 of their keys."""

    __slots__ = ("_clients", "is_asked")

    def __init__(self, clients: Mapping[str, Caller]) -> None:
        self._clients = tuple((digest.encode(), caller) for digest, caller in clients.items())
        self.is_asked = bool(clients)
        """A key is asked for."""

    def of(self, headers: Headers, *, user: str | None = None) -> Caller:
        """Tell who calls. Raises UnknownKeyError."""
        key = team = None
        for name, value in headers:
            if name == _KEY:
                key = value
            elif name == _USER:
                user = _name(value) or user
            elif name == _TEAM:
                team = _name(value)
        user = user[:LONGEST_NAME] if user else None
        if self.is_asked:
            known = self._known(key)
            # A key's team is the charter's word; what a request says cannot take its place.
            team = known.team or team
            return (
                known
                if (user, team) == (None, known.team)
                else replace(known, user=user, team=team)
            )
        if key is None and user is None and team is None:
            return ANYBODY
        digest = None if key is None else hashlib.sha256(_bare(key)).hexdigest()[:12]
        return Caller(key=digest, team=team, user=user)

    def _known(self, key: bytes | None) -> Caller:
        """Compare with every key, each time as long, so that time tells nothing."""
        digest = hashlib.sha256(_bare(key or b"")).hexdigest().encode()
        found: Caller | None = None
        for each, caller in self._clients:
            if hmac.compare_digest(digest, each):
                found = caller
        if found is None or key is None:
            raise UnknownKeyError
        return found


def _bare(key: bytes) -> bytes:
    return key[7:].strip() if key[:7].lower() == b"bearer " else key.strip()


def _name(value: bytes) -> str | None:
    return value.decode("utf-8", "replace").strip()[:LONGEST_NAME] or None


def allows(callers: Sequence[Callers], headers: Headers) -> bool:
    """Tell whether the caller is a client of any pilot."""
    for each in callers:
        try:
            each.of(headers)
        except UnknownKeyError:
            continue
        if each.is_asked:
            return True
    return False
