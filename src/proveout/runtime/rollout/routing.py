"""Which version answers a call: the same one at every request of a caller, on every host. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from proveout.charter.schema.gateway import MANUAL
from proveout.runtime.call import Call
from proveout.runtime.ports import Route
from proveout.runtime.rollout.state import State

_WHOLE = 2**64


@dataclass(frozen=True, slots=True)
class Routes:
    """A state, laid out for quick choice."""

    plain: Route
    """Where calls go that get nothing else."""
    new: Route | None = None
    """Where the callers go who are brought in."""
    salt: bytes = b""
    below: int = 0
    """Callers whose place is below are brought in."""
    groups: frozenset[str] = frozenset()

    def of(self, call: Call) -> Route:
        """Choose for one call."""
        new = self.new
        if new is None:
            return self.plain
        caller = call.caller
        if self.groups and (
            caller.team in self.groups or not self.groups.isdisjoint(caller.groups)
        ):
            return new
        return new if self.below and place(self.salt, identity(call)) < self.below else self.plain


def lay_out(state: State, pilot: str, known: Collection[str] | None = None) -> Routes:
    """Prepare the choice. A version that this host does not know is done by hand: never guessed."""

    def here(version: str) -> str:
        return version if known is None or version in known else MANUAL

    if not state.is_on:
        return Routes(Route(MANUAL))
    coming, current = state.coming, here(state.current)
    if coming is None:
        return Routes(Route(current))
    if coming.step is None:
        is_known = here(coming.version) == coming.version
        return Routes(Route(current, coming.version if is_known else None))
    reaches = coming.reaches
    return Routes(
        plain=Route(current),
        new=Route(here(coming.version)),
        salt=f"{pilot}\x1f{coming.version}\x1f".encode(),
        below=round(reaches.share * _WHOLE),
        groups=frozenset(reaches.groups),
    )


def identity(call: Call) -> str:
    """Say who is always to get the same: user, else client, else key; else it is this call."""
    caller = call.caller
    if caller.user is not None:
        return f"user:{caller.user}"
    if caller.client is not None:
        return f"client:{caller.client}"
    return f"key:{caller.key}" if caller.key is not None else f"call:{call.id}"


def place(salt: bytes, who: str) -> int:
    """Return the fixed place of a caller, evenly spread from 0 to 2^64.

    SHA-256 over pilot, version and caller: no host needs to ask another, and who is first with one
    version is not first with the next.
    """
    digest = hashlib.sha256(salt + who.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")
