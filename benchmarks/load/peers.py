"""The same by plain Locust (its fast client), and by wrk where that is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

SCRIPT = """
import json, resource, sys, time
from locust import FastHttpUser, between, constant, constant_throughput, events, task
import gevent
from locust.env import Environment
import random

url, users, seconds, wait = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
kind, _, figure = wait.partition(":")
BODY = sys.argv[5].encode()

class Asker(FastHttpUser):
    host = url.rstrip("/")
    if kind == "throughput":
        wait_time = constant_throughput(float(figure))
    elif kind == "think":
        wait_time = lambda self: random.expovariate(1 / float(figure))
    else:
        wait_time = constant(0)

    def on_start(self):
        if kind == "think":
            gevent.sleep(random.expovariate(1 / float(figure)))

    @task
    def ask(self):
        self.client.post("/", data=BODY, headers={"content-type": "application/json"})

environment = Environment(user_classes=[Asker])
runner = environment.create_local_runner()
took = []
began = [None]

@environment.events.request.add_listener
def note(response_time, exception, **more):
    if began[0] is not None:
        took.append(response_time)

runner.start(users, spawn_rate=users)
while runner.user_count < users:
    gevent.sleep(0.1)
gevent.sleep(5)
began[0] = time.monotonic()
cpu = time.process_time()
gevent.sleep(seconds)
n = len(took)
span = time.monotonic() - began[0]
cpu = time.process_time() - cpu
import numpy as np
quantiles = np.quantile(took, [0.5, 0.95, 0.99]).tolist()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"n": n, "span": span, "cpu": cpu, "ms": quantiles, "memory": memory}))
sys.stdout.flush()
import os
os._exit(0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What another tool reports."""

    rate_per_s: float
    ms: tuple[float, float, float]
    """50, 95 and 99 %."""
    memory_mb: float
    cores: float


def locust(url: str, *, users: int, seconds: float, wait: str, body: str) -> Peer:
    """Run users of plain Locust; `wait` is 'throughput:7.6', 'think:10' or 'none'."""
    command = [sys.executable, "-c", SCRIPT, url, str(users), str(seconds), wait, body]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return Peer(
        rate_per_s=told["n"] / told["span"],
        ms=tuple(told["ms"]),
        memory_mb=told["memory"],
        cores=told["cpu"] / told["span"],
    )


def wrk(url: str, *, connections: int, seconds: int) -> float | None:
    """Return requests per second by wrk; None where it is not installed."""
    if shutil.which("wrk") is None:
        return None
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    assert found is not None
    return float(found[1])


def in_ms(seconds: np.ndarray) -> tuple[float, float, float]:
    """Return 50, 95 and 99 % of latencies in milliseconds."""
    p50, p95, p99 = np.quantile(seconds, [0.5, 0.95, 0.99]) * 1e3
    return float(p50), float(p95), float(p99)
