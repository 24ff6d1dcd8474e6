"""A body that is sent as it is, and of whose answer the status alone is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proveout.systems.answering import read_list
from proveout.systems.exchange import Decoded, Reply, Request


class RawBytes:
    """The plainest dialect: for services that no other one fits."""

    def __init__(self, *, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.headers = headers
        """Sent with every request."""
        self._request = Request(method=method, url=url, headers=headers, body=body, rows=1)

    @property
    def rows_per_request(self) -> int:
        """One."""
        return 1

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Give the same request, whatever the rows."""
        del rows
        return self._request

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:  # noqa: ARG002
        """Take the body for the answer."""
        return Decoded(answers=read_list([reply.body.decode("utf-8", "replace")] * rows))

    def holds_token(self, received: bytes) -> bool:
        """Tell whether anything came."""
        return bool(received)
