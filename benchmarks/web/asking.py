"""Start `proveout serve` as a process, sign in as a browser does, and ask its pages."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.web.said_and_used import EMAIL, PASSWORD

LIMIT_MS = 100


@dataclass(frozen=True)
class Took:
    """How long one page took."""

    path: str
    status: int
    median_ms: float
    p95_ms: float
    first_ms: float
    kilobytes: float

    @property
    def is_over(self) -> bool:
        """Whether it misses what is wanted."""
        return self.median_ms > LIMIT_MS


@contextmanager
def served(folder: Path, ledger: str, desk: str) -> Iterator[tuple[str, float]]:
    """Start the dashboard; give its address, and the seconds until it was ready."""
    command = [
        str(Path(sys.executable).with_name("proveout")), "serve", str(folder / "pilots"),
        "--ledger", ledger, "--database", desk, "--port", "0", "--json",
    ]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield ready["url"], time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def signed_in(url: str) -> httpx.Client:
    """Sign in by the form."""
    client = httpx.Client(base_url=url, timeout=60)
    page = client.get("/sign-in").text
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)
    fields = {"csrf": csrf[1] if csrf else "", "email": EMAIL, "password": PASSWORD, "next": "/"}
    answer = client.post("/sign-in", data=fields, headers={"origin": url})
    if answer.status_code != 303:
        message = f"signing in gave {answer.status_code}: {answer.text[:500]}"
        raise SystemExit(message)
    return client


def ask(client: httpx.Client, path: str, rounds: int) -> Took:
    """Ask for a page several times; the first time is told apart."""
    took, answer = [], None
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1_000)
    assert answer is not None
    first, later = took[0], sorted(took[1:])
    return Took(
        path=path,
        status=answer.status_code,
        median_ms=statistics.median(later),
        p95_ms=later[min(len(later) - 1, round(0.95 * len(later)))],
        first_ms=first,
        kilobytes=len(answer.content) / 1_000,
    )
