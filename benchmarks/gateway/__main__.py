"""Measure the gateway beside a bare pass-through and what else is installed, in turns.

    python -m benchmarks.gateway
    python -m benchmarks.gateway --requests 1000000

What is measured runs on one core (0), who asks and who answers on another (1).
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.gateway.asking import as_fast_as_it_goes, at_a_rate

CONNECTIONS = 32
WANTED_PER_SECOND, WANTED_RATIO = 3_000, 0.4
RATE = 500
HERE, THERE = 0, 1
"""Cores: of what is measured, and of all else."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--requests", type=int, default=0, help="also send so many; tell memory")
    given = parser.parse_args()
    n_cores = psutil.cpu_count() or 1
    print(f"{n_cores} cores; load {psutil.getloadavg()[0]:.1f}; {CONNECTIONS} connections")
    with TemporaryDirectory(prefix="proveout-bench-") as text, ExitStack() as stack:
        folder = Path(text)
        instant = stack.enter_context(server(folder, "benchmarks.gateway.instant"))
        url = f"http://127.0.0.1:{instant.port}"
        gateway = stack.enter_context(of_proveout(folder, url))
        measured = {
            "proveout gateway": gateway,
            "bare Python": stack.enter_context(server(folder, "benchmarks.gateway.bare", url)),
        }
        if shutil.which("nginx") is not None:
            measured["nginx"] = stack.enter_context(of_nginx(folder, instant.port))
        else:
            print("nginx: not installed")
        speeds(measured, given.rounds, given.seconds)
        latencies({"the system itself": instant, **measured}, given.rounds, given.seconds)
        if given.requests:
            memory(gateway, given.requests)


class Running:
    """A server that listens, in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, said: Path) -> None:
        self.process, self.port, self.said = process, port, said

    def must_live(self) -> None:
        """Say how it ended, where it should not have."""
        ended = self.process.poll()
        assert ended is None, f"ended with {ended}: …{self.said.read_text()[-3000:]}"

    @property
    def rss_mib(self) -> float:
        """Memory that it holds."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20


@contextmanager
def run(command: list[str], port: int, folder: Path, *, core: int) -> Iterator[Running]:
    """Start a server, pinned to a core, and wait until it listens."""
    pinned = ["taskset", "-c", str(core)] if shutil.which("taskset") else []
    with (folder / f"{port}.txt").open("wb") as said:
        process = subprocess.Popen([*pinned, *command], cwd=Path.cwd(), stdout=said, stderr=said)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Running(process, port, folder / f"{port}.txt")
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def server(folder: Path, module: str, *arguments: str) -> Iterator[Running]:
    port = free_port()
    core = THERE if module.endswith("instant") else HERE
    command = [sys.executable, "-m", module, str(port), *arguments]
    with run(command, port, folder, core=core) as running:
        yield running


@contextmanager
def of_proveout(folder: Path, url: str) -> Iterator[Running]:
    """The gateway as it is used: the log on disk, a budget in money, tokens and requests."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("proveout")), "gateway", "--upstream", url,
        "--port", str(port), "--log", str(folder / "log"), "--store", str(folder / "store.db"),
        "--budget", "1000000USD/day", "--budget-requests", "1000000000",
        "--price", "gpt-4o-mini",
    ]  # fmt: skip
    with run(command, port, folder, core=HERE) as running:
        yield running


@contextmanager
def of_nginx(folder: Path, upstream: int) -> Iterator[Running]:
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; keepalive_requests 100000000;\n"
        f"  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"  upstream u {{ server 127.0.0.1:{upstream}; keepalive 64;"
        " keepalive_requests 100000000; }\n"
        f"  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://u;\n"
        '    proxy_http_version 1.1; proxy_set_header Connection ""; } } }\n'
    )
    command = ["nginx", "-c", str(config), "-p", str(folder)]
    with run(command, port, folder, core=HERE) as running:
        yield running


def speeds(measured: dict[str, Running], rounds: int, seconds: float) -> None:
    """As fast as it goes, in turns A B C A B C …, after one for practice."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(rounds + 1):
        for name, running in measured.items():
            speed = as_fast_as_it_goes(
                running.port, seconds=seconds if number else 1.0, connections=CONNECTIONS,
                core=THERE,
            )  # fmt: skip
            assert not speed.failed, f"{name}: {speed.failed:,} failed"
            if number:
                found[name].append(speed.per_second)
    print(f"\nRequests a second, {rounds} rounds of {seconds:g} s in turns")
    for name, each in found.items():
        print(f"  {name:<18} {statistics.median(each):>8,.0f}  ({min(each):,.0f}-{max(each):,.0f})")
    pairs = zip(found["proveout gateway"], found["bare Python"], strict=True)
    ratios = sorted(ours / bare for ours, bare in pairs)
    ours = statistics.median(found["proveout gateway"])
    ratio = statistics.median(ratios)
    print(
        f"  gateway over bare, pair by pair: {ratio:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}), "
        f"wanted {WANTED_RATIO}: {_said(ratio >= WANTED_RATIO)}"
    )
    print(f"  wanted {WANTED_PER_SECOND:,} a second: {_said(ours >= WANTED_PER_SECOND)}")


def latencies(measured: dict[str, Running], rounds: int, seconds: float) -> None:
    """At a rate that all of them bear, in turns."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    psutil.Process().cpu_affinity([THERE])
    for number in range(rounds + 1):
        for name, running in measured.items():
            took = asyncio.run(
                at_a_rate(running.port, per_second=RATE, seconds=seconds if number else 1.0)
            )
            if number:
                found[name] += took
    print(f"\nMilliseconds at {RATE} a second, {len(found['bare Python']):,} requests each")
    print(f"  {'':<18} {'median':>8} {'p95':>8} {'p99':>8} {'p99.9':>8}")
    for name, each in found.items():
        each.sort()
        shares = [each[int(len(each) * share)] * 1e3 for share in (0.5, 0.95, 0.99, 0.999)]
        print(f"  {name:<18} " + " ".join(f"{ms:>8.2f}" for ms in shares))
    added = statistics.median(found["proveout gateway"]) - statistics.median(
        found["the system itself"]
    )
    p99 = found["proveout gateway"][int(len(found["proveout gateway"]) * 0.99)]
    print(
        f"  median added: {added * 1e3:.2f} ms (wanted below 1: {_said(added < 1e-3)}); "
        f"p99 wanted below 3 ms: {_said(p99 < 3e-3)}"
    )


def memory(gateway: Running, n: int) -> None:
    """Send many requests and tell the memory on the way."""
    print(f"\nMemory over {n:,} requests")
    sent = 0
    print(f"  {'before':>12}  {gateway.rss_mib:,.0f} MiB")
    while sent < n:
        gateway.must_live()
        began = time.perf_counter()
        speed = as_fast_as_it_goes(gateway.port, seconds=10, connections=CONNECTIONS, core=THERE)
        sent += int(speed.per_second * (time.perf_counter() - began))
        print(f"  {sent:>12,}  {gateway.rss_mib:,.0f} MiB", flush=True)


def _said(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


if __name__ == "__main__":
    main()
