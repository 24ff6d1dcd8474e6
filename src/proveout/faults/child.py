"""The proxy in a process of its own: `python -m proveout.faults.child`.

It takes orders as JSON lines on standard input and answers on standard output. When standard input
ends, whoever gave the orders is gone, however they went: all faults end at once, and bytes pass
unchanged for a while, so that clients that were pointed here are not cut off. It can be told to
stop through a Unix socket in the meantime.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from proveout.faults.effects import Fault
from proveout.faults.proxy import Proxy
from proveout.faults.upstream import Upstream


async def main() -> int:
    """Serve until told to stop. Return 2 where it cannot listen."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # those are for whoever gives the orders
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    orders = _orders()
    plan = await anext(orders)
    proxy = Proxy(
        Upstream(host=plan["host"], port=plan["port"], is_tls=plan["is_tls"]),
        [(host, port) for host, port in plan["addresses"]],
    )
    try:
        async with proxy, _door(Path(plan["door"]), stop):
            _say({"ports": proxy.ports, "pid": os.getpid()})
            if await _obey(orders, proxy, stop):
                return 0
            proxy.board.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(plan["linger_s"]):
                    await stop.wait()
    except OSError as error:
        _say({"error": error.strerror or type(error).__name__})
        return 2
    return 0


async def _obey(orders: AsyncIterator[dict[str, Any]], proxy: Proxy, stop: asyncio.Event) -> bool:
    """Follow orders; True: told to stop. False: there is nobody any more who gives any."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(orders, None))
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                return True
            order = coming.result()
            if order is None:
                return False
            if order["do"] == "stop":
                return True
            _say(_done(order, proxy))
    finally:
        stopping.cancel()


def _done(order: dict[str, Any], proxy: Proxy) -> dict[str, Any]:
    match order["do"]:
        case "on":
            proxy.board.on(Fault.model_validate(order["fault"]), for_s=order["for_s"])
        case "off":
            proxy.board.off(order["name"])
        case "clear":
            proxy.board.clear()
        case _:
            pass
    return {"tally": proxy.board.tally(), "connections": proxy.n_connections}


async def _orders() -> AsyncIterator[dict[str, Any]]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    while line := await reader.readline():
        yield json.loads(line)


@contextlib.asynccontextmanager
async def _door(path: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Listen for 'stop' from the same user, for when nobody gives orders any more."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline() == b"stop\n":
            stop.set()
        writer.close()

    server = await asyncio.start_unix_server(hear, path)
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def _say(what: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
