"""`python -m benchmarks.drill`: the same requests with and without the proxy, in turns.

The server answers at once with 1 KiB and is a process of its own, as the proxy is; the client is a
plain socket that keeps its connection, so that what is left is the proxy. Each pair is one request
directly and one through the proxy, in random order, so that whatever else the machine does meets
both alike.
"""

from __future__ import annotations

import argparse
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from proveout.faults.effects import Errors, Fault
from proveout.faults.supervised import SupervisedProxy
from proveout.faults.upstream import Upstream

_SERVER = """
import asyncio
ANSWER = b"HTTP/1.1 200 OK\\r\\ncontent-length: 1024\\r\\n\\r\\n" + b"x" * 1024

class Answers(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(ANSWER)

async def main():
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
_BODY = b'{"rows": [' + b"1, " * 300 + b"1]}"
_REQUEST = (
    b"POST /answers HTTP/1.1\r\nhost: service\r\ncontent-length: %d\r\n\r\n" % len(_BODY) + _BODY
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=5_000)
    pairs = parser.parse_args().pairs
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    try:
        with tempfile.TemporaryDirectory(prefix="pv-") as folder:
            upstream = Upstream(host="127.0.0.1", port=port)
            with SupervisedProxy(upstream, [("127.0.0.1", 0)], Path(folder)) as proxy:
                _tell("no fault on", *_measured(port, proxy.ports[0], pairs))
                proxy.on(Fault(name="never", effect=Errors(), share=0), for_s=3600)
                _tell("a fault on that strikes nobody", *_measured(port, proxy.ports[0], pairs))
    finally:
        server.kill()
        server.wait()


def _measured(direct: int, proxied: int, pairs: int) -> tuple[list[float], list[float]]:
    """Return the times in ms, directly and through the proxy."""
    draw = random.Random(0)  # noqa: S311
    times: tuple[list[float], list[float]] = ([], [])
    lines = [socket.create_connection(("127.0.0.1", port)) for port in (direct, proxied)]
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(200):
            _ask(line)
    for _ in range(pairs):
        for which in draw.sample((0, 1), 2):
            times[which].append(_ask(lines[which]) * 1000)
    for line in lines:
        line.close()
    return times


def _ask(line: socket.socket) -> float:
    began = time.perf_counter()
    line.sendall(_REQUEST)
    got = b""
    while b"\r\n\r\n" not in got or len(got) < got.index(b"\r\n\r\n") + 4 + 1024:
        got += line.recv(65536)
    return time.perf_counter() - began


def _tell(what: str, direct: list[float], proxied: list[float]) -> None:
    added = [through - without for through, without in zip(proxied, direct, strict=True)]
    print(
        f"{what}: {len(added):,} pairs; directly {statistics.median(direct):.3f} ms, "
        f"through the proxy {statistics.median(proxied):.3f} ms (medians); "
        f"added: median {statistics.median(added):.3f} ms, "
        f"90 % {statistics.quantiles(added, n=10)[8]:.3f} ms"
    )


if __name__ == "__main__":
    main()
