"""What people are told to do where the system does not answer: the manual process. Pure."""

from __future__ import annotations

from proveout.charter.schema import Charter
from proveout.charter.schema.gateway import MANUAL


def by_hand(charter: Charter) -> str | None:
    """Return what the charter says to do: gateway.fallback, or else rollback.procedure.

    `fallback: manual` names the manual process, and is no text for anybody.
    """
    fallback = None if charter.gateway is None else charter.gateway.fallback
    if fallback is not None and fallback.manual not in (None, MANUAL):
        return fallback.manual
    return None if charter.rollback is None else charter.rollback.procedure
