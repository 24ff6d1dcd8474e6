"""Takes one request to a service and brings back what came, within a time limit."""

from __future__ import annotations

import asyncio
import math
import os
import ssl
import threading
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

from proveout.errors import MissingExtraError
from proveout.systems.dialects import FirstToken
from proveout.systems.exchange import Dialect, Reply, Request

MOST_BYTES = 1 << 26
"""A longer response, unpacked where it came packed, is not read to its end."""

_KINDS = {
    "RemoteProtocolError": "it is no HTTP, or ended too early",
    "ReadError": "the connection was closed",
    "WriteError": "the connection was closed",
    "DecodingError": "its compression is damaged",
}

_HUNG_UP = ("RemoteProtocolError", "ReadError", "WriteError")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came of one request."""

    reply: Reply | None
    """None where no response came, or none in time."""
    fault: str | None
    """Why there is none. It never holds an address, which may hold secrets."""
    has_timed_out: bool
    ended: float
    """Moment, by the monotonic clock, at which it was all there or had failed."""
    was_hung_up: bool = False
    """The connection was an earlier one, which the service closed before it could take this."""
    first_token_s: float
    """Since the request was sent; NaN where it was no stream or no token came."""


class Courier:
    """One client with its connections, used by many threads at a time.

    Requests run in an event loop of their own, because only there does a limit hold for all of a
    request: connecting, sending, waiting, and a response that drips in, its headers included.
    """

    def __init__(self, *, connections: int, wanted_for: str) -> None:
        try:
            import httpx
        except ImportError:
            raise MissingExtraError(extra="http", wanted_for=wanted_for) from None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        # Each row is another user's: a cookie that came with one answer is not sent with the next.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(timeout=None, limits=limits, cookies=no_cookies)  # noqa: S113  # ours holds

    def close(self) -> None:
        """End what is under way, and leave no connection or thread behind."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def knock(self, url: str, headers: Mapping[str, str], timeout_s: float) -> str | None:
        """Say why nobody is there; None for any response at all, be it 404 or 405.

        Who takes the call and hangs up is there as well: some servers do so for a method that
        they do not know.
        """
        import httpx

        async def ask() -> None:
            async with asyncio.timeout(timeout_s):
                async with self._client.stream("OPTIONS", url, headers=headers):
                    pass

        try:
            self._run(ask())
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
            return None
        except (httpx.TransportError, httpx.InvalidURL, TimeoutError) as error:
            return _why(error, timeout_s)
        return None

    def deliver(self, dialect: Dialect, request: Request, timeout_s: float) -> Delivery:
        """Send a request and wait for the whole response."""
        return self._run(self._deliver(dialect, request, timeout_s))

    async def _deliver(self, dialect: Dialect, request: Request, timeout_s: float) -> Delivery:
        import httpx

        began = time.monotonic()
        received = bytearray()
        is_reused = True

        async def trace(event: str, _: Any) -> None:
            nonlocal is_reused
            is_reused = is_reused and not event.startswith("connection.connect")

        first = FirstToken(dialect) if request.is_stream else None
        first_token_s = math.nan

        def nothing(
            fault: str, *, has_timed_out: bool = False, was_hung_up: bool = False
        ) -> Delivery:
            return Delivery(
                was_hung_up=was_hung_up,
                reply=None,
                fault=fault,
                has_timed_out=has_timed_out,
                ended=time.monotonic(),
                first_token_s=first_token_s,
            )

        try:
            async with (
                asyncio.timeout(timeout_s),
                self._client.stream(
                    request.method,
                    request.url,
                    headers=request.headers,
                    content=request.body,
                    extensions={"trace": trace},
                ) as response,
            ):
                async for part in response.aiter_bytes():
                    received += part
                    if first is not None and math.isnan(first_token_s) and first.feed(part):
                        first_token_s = time.monotonic() - began
                    if len(received) > MOST_BYTES:
                        return nothing(f"the response is longer than {MOST_BYTES >> 20} MB")
        except (httpx.TimeoutException, TimeoutError):
            return nothing(f"no response within {timeout_s:g} s", has_timed_out=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The kind alone: the text of such an error may hold the URL with its secrets.
            how = "the response broke off" if received else "no response"
            kind = type(error).__name__
            hung_up = is_reused and not received and kind in _HUNG_UP
            return nothing(f"{how}: {_KINDS.get(kind, kind)}", was_hung_up=hung_up)
        ended = time.monotonic()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Delivery(
            reply=Reply(status=response.status_code, headers=headers, body=bytes(received)),
            fault=None,
            has_timed_out=False,
            ended=ended,
            first_token_s=first_token_s,
        )

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()

    def _run(self, what: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()


def _why(error: Exception, timeout_s: float) -> str:
    """Say in words why nobody answered; an address, which may hold secrets, is not repeated."""
    import httpx

    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return f"no response within {timeout_s:g} s"
    said = _network_words(error) if isinstance(error, httpx.NetworkError) else ""
    return said or type(error).__name__


def _network_words(error: Exception) -> str:
    """Find what the operating system said: the client's own words are but 'all failed'."""
    cause: BaseException | None = error
    while cause is not None:
        for each in _parts_of(cause):
            if isinstance(each, ssl.SSLError):  # whose number is none of the operating system's
                return _tls_words(each)
            if isinstance(each, OSError) and each.errno and each.strerror:
                # asyncio's own words name the address; those of a failed look-up have no number
                said = os.strerror(each.errno) if each.errno > 0 else each.strerror
                return said[0].lower() + said[1:].rstrip(".")
        cause = cause.__cause__ or cause.__context__
    return ""


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return f"its certificate is not trusted ({why}), nor by SSL_CERT_FILE"
    if error.reason == "WRONG_VERSION_NUMBER":
        return "it speaks no TLS there; without TLS the address begins with http://"
    return f"no TLS connection came about ({(error.reason or 'no reason').lower()})"


def _parts_of(error: BaseException) -> list[BaseException]:
    return [error, *error.exceptions] if isinstance(error, BaseExceptionGroup) else [error]
