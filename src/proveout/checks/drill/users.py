"""The drill's own users: they think, ask, wait as long as users do, and go to the fallback."""

from __future__ import annotations

import asyncio
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from proveout.checks.drill.record import Asked, ServedBy
from proveout.errors import InputError, MissingExtraError
from proveout.systems.answering import NotAnswersError
from proveout.systems.exchange import SIMULATED_HEADER, Dialect, Reply, Request
from proveout.systems.port import AnswerStatus

THINK_S = 10.0
"""A user asks again so long after the last answer, on average; shorter in a drill of minutes."""

ASKS_AT_LEAST = 60
"""So often each user asks in a drill, however short it is."""

TRIES = 3

MOST_BYTES = 1 << 24

_SECRET = re.compile(r"auth|token|key|secret|cookie|password|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where requests go."""

    base: str
    """Takes the place of scheme, host and port of the charter's URL; where it has a path, of that
    path too."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_trusted: bool = True
    """It is whom the charter's keys are meant for."""


def fallback_way(url: str, charter_url: str) -> Way:
    """Return the way to the fallback. The system's keys are not given to another host."""
    base = url if urlsplit(url).path else f"{url}/"  # its own path, be it none
    there, system = urlsplit(base), urlsplit(charter_url)
    return Way(base=base, is_trusted=_place(there) == _place(system))


def pause_s(seconds: float) -> float:
    """Return how long a user thinks, on average, in a drill of this length."""
    return min(THINK_S, seconds / ASKS_AT_LEAST)


@dataclass(slots=True, kw_only=True)
class Users:
    """All of them; `asked` grows as requests end."""

    dialect: Dialect
    rows: Sequence[Mapping[str, Any]]
    charter_url: str
    system: Way
    fallback: Way | None
    n: int
    give_up_after_s: float
    seconds: float
    """How long the drill lasts."""
    seed: int
    busy: Callable[[float], float]
    """How often users ask at a moment of the drill, as a multiple of the usual."""
    began: float = 0.0
    """On the monotonic clock."""
    asked: list[Asked] = field(default_factory=list)
    simulated: bool = False

    async def work(self) -> None:
        """Let all of them work until cancelled."""
        async with self._client() as client, asyncio.TaskGroup() as group:
            for number in range(self.n):
                group.create_task(self._user(client, number))

    async def try_first(self) -> str:
        """Ask before anything begins; return what went wrong, empty where a question was served.

        A few questions are tried, because a system may err now and then by itself.
        """
        trouble = ""
        async with self._client() as client:
            for at in range(min(TRIES, len(self.rows))):
                trouble = await self._trouble(client, self._written(at), self.system)
                if not trouble:
                    break
        return trouble

    def _client(self) -> Any:
        try:
            import httpx
        except ImportError:
            raise MissingExtraError(extra="http", wanted_for="A drill") from None
        limits = httpx.Limits(max_connections=self.n + 1, max_keepalive_connections=self.n + 1)
        # Not through a proxy of the environment: it would be a second one, and not ours. Who is
        # trusted is said by the machine and by SSL_CERT_FILE, as it is for the proxy.
        return httpx.AsyncClient(
            timeout=None,  # noqa: S113 - ours holds
            limits=limits,
            trust_env=False,
            follow_redirects=False,
            verify=ssl.create_default_context(),
        )

    async def _user(self, client: Any, number: int) -> None:
        draw = random.Random(f"{self.seed}:user:{number}")  # noqa: S311 - not for secrets
        think_s = pause_s(self.seconds)
        await asyncio.sleep(draw.uniform(0, think_s))
        while True:
            due = time.monotonic()
            request = self._written(draw.randrange(len(self.rows)))
            trouble = await self._trouble(client, request, self.system)
            served: ServedBy | None = None if trouble else "system"
            if trouble and self.fallback is not None:
                served = None if await self._trouble(client, request, self.fallback) else "fallback"
            self.asked.append(
                Asked(
                    due_s=due - self.began,
                    done_s=time.monotonic() - self.began,
                    served_by=served,
                    trouble=trouble,
                )
            )
            busy = self.busy(time.monotonic() - self.began)
            await asyncio.sleep(draw.expovariate(busy / think_s))

    def _written(self, at: int) -> Request:
        # One row in one request, as one user asks; where a batch goes in one, it holds one row.
        return self.dialect.encode([self.rows[at]])

    async def _trouble(self, client: Any, request: Request, way: Way) -> str:
        """Send it, and say why it was of no use; empty where it was answered."""
        import httpx

        try:
            async with asyncio.timeout(self.give_up_after_s):
                reply = await self._reply(client, request, way)
        except TimeoutError:
            return f"no answer within {self.give_up_after_s:g} s"
        except (httpx.HTTPError, httpx.StreamError):
            return "the connection broke off"
        if way is self.system and reply.headers.get(SIMULATED_HEADER) == "1":
            self.simulated = True
        if not 200 <= reply.status < 300:
            return f"HTTP {reply.status}"
        try:
            decoded = self.dialect.decode(reply, request.rows, asked=request)
        except NotAnswersError as error:
            return str(error)
        status = decoded.answers.status
        # A refusal is an answer of the system as it is; what a fault does is something else.
        unusable = len(status) < 1 or int(status[0]) == AnswerStatus.MALFORMED
        return "an answer that is no answer" if unusable else ""

    async def _reply(self, client: Any, request: Request, way: Way) -> Reply:
        url = retargeted(request.url, self.charter_url, way)
        headers = {
            name: value
            for name, value in {**request.headers, **way.headers}.items()
            if way.is_trusted or not _SECRET.search(name)
        }
        body = bytearray()
        async with client.stream(
            request.method, url, headers=headers, content=request.body
        ) as response:
            async for part in response.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    break
            named = {name.lower(): value for name, value in response.headers.items()}
            return Reply(status=response.status_code, headers=named, body=bytes(body))


def retargeted(url: str, charter_url: str, way: Way) -> str:
    """Put another base in the place of the charter's URL.

    The query, in which services take keys, goes to nobody but whom it is meant for.
    Raises InputError for a request that would go anywhere else than the charter says.
    """
    asked, agreed, base = urlsplit(url), urlsplit(charter_url), urlsplit(way.base)
    root = agreed.path.rstrip("/")
    is_below = asked.path == root or asked.path.startswith(f"{root}/")
    if _place(asked) != _place(agreed) or not is_below:
        raise InputError(
            f"A request would go to {_place(asked)[1]}, which the charter does not name.",
            hint="A drill reaches nothing but system.*.url and drill.fallback.",
        )
    path = asked.path
    if base.path:
        path = base.path.rstrip("/") + path[len(root) :]
    query = base.query or (asked.query if way.is_trusted else "")
    return urlunsplit((base.scheme, base.netloc, path or "/", query, ""))


def _place(url: SplitResult) -> tuple[str, str]:
    """Scheme, host and port; user and password are not part of the place."""
    return url.scheme, url.netloc.rpartition("@")[2]
