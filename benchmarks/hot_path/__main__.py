"""Microseconds a request, best of three rounds: `python -m benchmarks.hot_path`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pandas as pd
import uvloop
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import proveout
from proveout.runtime.call import ANYBODY, Call
from proveout.runtime.protection import Limits, Shield
from proveout.runtime.record import Record
from proveout.runtime.telemetry import Telemetry, TelemetrySettings

ROUNDS = 3
RECORD = Record(
    id="01M7ZNR91E084WXHV6R7954XE1", pilot="tickets", protocol="chat", at=1_795_000_000.0,
    seconds=0.2, outcome="answered", status=200, version="v1", team="claims", attempts=1,
    system_s=0.1, first_token_s=0.05, input_tokens=100, output_tokens=20, cost=1_000,
    currency="EUR", model="m",
)  # fmt: skip
HEADERS = [
    (b"host", b"gateway"), (b"content-type", b"application/json"), (b"accept", b"*/*"),
    (b"authorization", b"Bearer x"), (b"user-agent", b"y"), (b"content-length", b"4"),
]  # fmt: skip
SAMPLED = [
    *HEADERS, (b"traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
]  # fmt: skip


def best(work: Callable[[], object], n: int) -> float:
    """Return the microseconds of one, in the quickest round."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(n):
            work()
        rounds.append(time.perf_counter() - began)
    return min(rounds) / n * 1e6


async def _shield() -> float:
    """Through slots, breaker and deadline, less what asking takes without them."""
    shield = Shield(Limits())

    async def ask() -> int:
        return 1

    def call() -> Call:
        now = time.monotonic()
        return Call("id", "p", "json", ANYBODY, 0.0, now, now + 30, b"")

    async def one(through: Callable[[], Awaitable[int]]) -> float:
        began = time.perf_counter()
        for _ in range(50_000):
            await through()
        return (time.perf_counter() - began) / 50_000 * 1e6

    async def bare() -> int:
        call()
        return await ask()

    without = min([await one(bare) for _ in range(ROUNDS)])
    return min([await one(lambda: shield.run(call(), ask)) for _ in range(ROUNDS)]) - without


def main() -> None:
    """Measure and say."""
    found = {"protection: slots, breaker, deadline": uvloop.run(_shield())}
    plain = Telemetry(TelemetrySettings(), environment={})
    found["metrics of a request"] = best(lambda: plain.observe(RECORD), 50_000)
    found["trace context, none given"] = best(lambda: plain.trace(HEADERS), 50_000)
    found["trace context, passed on"] = best(lambda: plain.trace(SAMPLED), 50_000)
    plain.close()
    with tempfile.TemporaryDirectory() as folder:
        events = Telemetry(
            TelemetrySettings(events=Path(folder) / "events", requests="all"), environment={}
        )
        found["metrics and an event of each request"] = best(lambda: events.observe(RECORD), 5_000)
        events.close()
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
        spans = Telemetry(
            TelemetrySettings(), environment=environment, exporter=InMemorySpanExporter()
        )
        found["metrics and two spans"] = best(
            lambda: spans.observe(RECORD, spans.trace(SAMPLED)), 1_000
        )
        spans.close()
        batch = pd.DataFrame({"x": [1, 2, 3]})
        place = Path(folder)
        with proveout.guard(
            lambda rows: [0] * len(rows), pilot="p", store=place / "s.db", log=place / "log",
            budget="1000000 requests",
        ) as guarded:  # fmt: skip
            found["a guarded call of three rows, one thread"] = best(lambda: guarded(batch), 500)
    for what, cost_us in found.items():
        print(f"{what:45} {cost_us:10,.1f} µs")


if __name__ == "__main__":
    main()
