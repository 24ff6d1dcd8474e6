"""Who asks: as fast as it goes, or so many a second, whatever comes back."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httptools

QUESTION = (
    b'{"model":"instant","messages":[{"role":"system","content":"You answer in one sentence."},'
    b'{"role":"user","content":"What will the weather be like in the north and in the south?"}],'
    b'"temperature":0,"user":"ann"}'
)
PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Speed:
    """What was reached with all connections busy."""

    per_second: float
    failed: int
    """Replies of another status than 200."""


def request(port: int) -> bytes:
    """Write one request."""
    return (
        b"POST %b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer sk-benchmark\r\nContent-Length: %d\r\n\r\n"
        % (PATH.encode(), port, len(QUESTION))
    ) + QUESTION


def as_fast_as_it_goes(port: int, *, seconds: float, connections: int, core: int | None) -> Speed:
    """Ask with wrk where it is installed, else with sockets of our own."""
    if shutil.which("wrk") is None:
        return asyncio.run(_busy(port, seconds, connections))
    script = (
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        'wrk.headers["Authorization"] = "Bearer sk-benchmark"\n'
        f"wrk.body = [==[{QUESTION.decode()}]==]\n"
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "post.lua"
        file.write_text(script)
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        said = subprocess.run(
            [*pinned, "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}", "-s", str(file),
             f"http://127.0.0.1:{port}{PATH}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate is not None, said
    return Speed(float(rate[1]), 0 if failed is None else int(failed[1]))


class _Asker(asyncio.Protocol):
    """Asks over one connection; tells of each reply when it is whole."""

    def __init__(self, done: asyncio.Queue[tuple[_Asker, float]]) -> None:
        self._done = done
        self.asked_at = 0.0
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.failed += self.parser.get_status_code() != 200
        self._done.put_nowait((self, time.perf_counter() - self.asked_at))

    def ask(self, data: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.transport.write(data)


async def _connected(port: int, n: int) -> tuple[list[_Asker], asyncio.Queue[tuple[_Asker, float]]]:
    done: asyncio.Queue[tuple[_Asker, float]] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: _Asker(done), "127.0.0.1", port))[1] for _ in range(n)
    ]
    return made, done


async def _busy(port: int, seconds: float, connections: int) -> Speed:
    askers, done = await _connected(port, connections)
    data = request(port)
    until, n = time.perf_counter() + seconds, 0
    for asker in askers:
        asker.ask(data)
    while time.perf_counter() < until:
        asker, _ = await done.get()
        n += 1
        asker.ask(data)
    return Speed(n / seconds, sum(asker.failed for asker in askers))


async def at_a_rate(
    port: int, *, per_second: float, seconds: float, connections: int = 64
) -> list[float]:
    """Ask at even distances; return the seconds until each answer, from when it was due.

    What is asked late because this process was late counts from when it was asked.
    """
    askers, done = await _connected(port, connections)
    free, data, took = list(askers), request(port), []
    gap, due = 1 / per_second, time.perf_counter() + 0.05
    n = int(per_second * seconds)
    asked = 0
    while len(took) < n:
        while asked < n and free and time.perf_counter() >= due:
            free.pop().ask(data)
            asked, due = asked + 1, due + gap
        wait = due - time.perf_counter() if asked < n and free else 5.0
        try:
            async with asyncio.timeout(max(0.0, wait)):
                asker, seconds_taken = await done.get()
        except TimeoutError:
            continue
        took.append(seconds_taken)
        free.append(asker)
    assert not sum(asker.failed for asker in askers)
    for asker in askers:
        asker.transport.close()
    return took
