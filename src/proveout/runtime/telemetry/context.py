"""W3C Trace Context (Recommendation of 2021, and level 2): read, continued, passed on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Headers = Iterable[tuple[bytes, bytes]]
"""Names in lower case."""

TRACE_HEADERS = frozenset({b"traceparent", b"tracestate"})
"""The client's own do not pass as they are; `passed_on` says what goes in their place."""

SAMPLED = 0x01
_KNOWN_FLAGS = 0x03
"""Sampled, and (level 2) that the trace id is random; others are to be set to zero."""
_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_MOST_STATE = 4096
"""Bytes of tracestate; the standard asks for at least 512."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a request belongs: lower-case hexadecimal digits."""

    trace_id: str
    span_id: str
    flags: int

    @property
    def is_sampled(self) -> bool:
        """Whoever came before records it."""
        return bool(self.flags & SAMPLED)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


def read_parent(value: bytes) -> Parent | None:
    """Read a traceparent; None where it is not valid."""
    found = _PARENT.fullmatch(value.strip(b" \t"))
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == b"ff" or (version == b"00" and more is not None):
        return None
    if trace_id == b"0" * 32 or span_id == b"0" * 16:
        return None
    return Parent(trace_id.decode(), span_id.decode(), int(flags, 16) & _KNOWN_FLAGS)


def parent_in(headers: Headers) -> Parent | None:
    """Return where a request belongs; None where it does not say, or says it twice or wrongly."""
    values = [value for name, value in headers if name == b"traceparent"]
    return read_parent(values[0]) if len(values) == 1 else None


def passed_on(headers: Headers, trace: str | None) -> list[tuple[bytes, bytes]]:
    """Return the trace headers for the system, in the place of the client's.

    The client's tracestate goes on with the trace that it belongs to, and with no other.
    """
    if trace is None:
        return []
    passing = [(b"traceparent", trace.encode())]
    pairs = list(headers)
    theirs = parent_in(pairs)
    if theirs is None or theirs.trace_id != trace_id_of(trace):
        return passing
    state = b",".join(value for name, value in pairs if name == b"tracestate" and value)
    if state and len(state) <= _MOST_STATE:
        passing.append((b"tracestate", state))
    return passing


def trace_id_of(trace: str) -> str:
    """Return the trace id of a traceparent of ours."""
    return trace[3:35]
