"""Ask 20,000 rows of a service that answers some requests with a 500, in batches of 100.

python -m benchmarks.flaky_service
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pandas as pd

from proveout.charter import schema
from proveout.systems import open_system

ROWS = 20_000
WORK_S = 0.02


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fails: Callable[[], bool]
    requests: list[int]

    def do_OPTIONS(self) -> None:
        self._send(405, b"")

    def do_POST(self) -> None:
        rows = json.loads(self.rfile.read(int(self.headers["content-length"])))["rows"]
        self.requests.append(len(rows))
        time.sleep(WORK_S)
        if self.fails():
            self._send(500, b"{}")
        else:
            self._send(200, json.dumps({"answers": ["a"] * len(rows)}).encode())

    def _send(self, code: int, content: bytes) -> None:
        self.send_response(code)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


def main() -> None:
    """Print a line for each kind of service."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    for name in ("sound", "every seventh", "one in seven, at random"):
        _measure(name)


def _measure(name: str) -> None:
    requests: list[int] = []
    random, lock = Random(1), threading.Lock()  # noqa: S311  # a seeded fault, no secret

    def fails() -> bool:
        with lock:
            if name == "sound":
                return False
            return len(requests) % 7 == 0 if name == "every seventh" else random.random() < 1 / 7

    members = {"fails": staticmethod(fails), "requests": requests}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_H", (_Handler,), members))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    charter = schema.System.model_validate({"http": {"url": url}, "task": "classification"})
    with open_system(charter, folder=Path()) as system:
        answers = system.answer(pd.DataFrame({"x": range(ROWS)}))
    failed = int((answers.status != 0).sum())
    print(f"{name}: {answers.elapsed_s:.1f} s, {len(requests):,} requests, {failed:,} rows failed")
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
