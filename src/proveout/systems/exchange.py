"""One request to a service and what came back, apart from who sends it and when.

A dialect knows a protocol and nothing of sockets or clocks, so that the same one serves a batch of
test rows, ten thousand users at once, and a proxy in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from proveout.systems.answering import RawAnswers

SIMULATED_HEADER = "proveout-simulated"
"""A reply that carries it comes from a simulation; nothing found through it is a measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    """Secrets included: never to be logged or shown."""
    body: bytes
    rows: int
    """How many answers are asked for."""
    is_stream: bool = False
    """The reply comes token by token (server-sent events)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What one reply says that it took; None where it does not say."""

    input: int | None = None
    output: int | None = None
    cached_input: int | None = None
    counted: bool = False
    """Counted here rather than reported by the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a reply means: one answer per row that was asked."""

    answers: RawAnswers
    tokens: Tokens = field(default_factory=Tokens)
    refused: bool = False
    """The service declined to answer (a refusal in words, a content filter)."""


class Dialect(Protocol):
    """How one protocol writes a request and reads a reply. Pure."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of every request. Secrets included."""
        ...

    @property
    def rows_per_request(self) -> int:
        """How many rows go into one request at most."""
        ...

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Write a request for some rows (column → value; None where missing)."""
        ...

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:
        """Read a reply with a status of success. Raises NotAnswersError.

        `asked` is the request, from which input tokens are counted where the service is silent.
        """
        ...

    def holds_token(self, received: bytes) -> bool:
        """Tell whether what has come of a stream until now holds the first token of an answer."""
        ...
