"""The process that leads: it goes through the levels, alone or with workers, and merges."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
import numpy as np
from gevent.event import Event
from gevent.queue import Queue
from locust.env import Environment

from proveout.checks.load.engine import node as messages
from proveout.checks.load.engine.node import BROKEN_SHARE, Node
from proveout.checks.load.spec import LevelPlan, LoadSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TO_BREAK = 50
"""Requests that must have ended before a level is called broken beyond doubt."""

WORKERS_WAIT_S = 60.0


class WorkersError(Exception):
    """Workers did not come, or were lost."""


class Leader:
    """Tells the nodes what to do, and the parent what came of it (JSON lines)."""

    def __init__(self, spec: LoadSpec, folder: Path) -> None:
        self._spec = spec
        self._folder = folder
        self._environment = Environment(user_classes=[])
        self._answers: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, dict[str, Any]] = {}
        self._all_there = Event()
        self._began = 0.0
        self._plans: Queue[LevelPlan] = Queue()
        self._is_stopping = False
        self._workers: list[subprocess.Popen[bytes]] = []
        if spec.workers == 0:
            self._runner: Any = self._environment.create_local_runner()
            Node(self._runner)
        else:
            host, port = spec.listen or ("127.0.0.1", _free_port())
            self._runner = self._environment.create_master_runner(host, port)
            if spec.listen is None:
                self._workers = [_start_worker(host, port) for _ in range(spec.workers)]
        for kind in (messages.READY, messages.DONE):
            self._runner.register_message(kind, self._hear)
        self._runner.register_message(messages.COUNTS, self._count)

    @property
    def _n_nodes(self) -> int:
        return max(1, self._spec.workers)

    def add(self, plan: LevelPlan) -> None:
        """Have a level run next."""
        self._plans.put(plan)

    def run(self) -> None:
        """Run level after level as they are added, until somebody ends us. Raises WorkersError."""
        if not self._prepare():
            return
        tell(ready=True)
        for number in itertools.count():
            self._run_level(number, self._plans.get())

    def close(self) -> None:
        """Let the workers go."""
        for worker in self._workers:
            assert worker.stdin is not None  # noqa: S101
            worker.stdin.close()
        if self._spec.workers:
            self._runner.quit()
        for worker in self._workers:
            try:
                worker.wait(5)
            except subprocess.TimeoutExpired:
                worker.kill()

    def _prepare(self) -> bool:
        began = time.monotonic()
        while self._spec.workers and self._runner.worker_count < self._spec.workers:
            if time.monotonic() - began > WORKERS_WAIT_S:
                raise WorkersError(
                    f"{self._runner.worker_count} of {self._spec.workers} workers reported within "
                    f"{WORKERS_WAIT_S:g} s"
                )
            gevent.sleep(0.1)
        for answer in self._ask_all(messages.SPEC, {"spec": self._spec.as_json()}).values():
            if answer["fault"] is not None:
                tell(error=answer["fault"])
                return False
        return True

    def _run_level(self, number: int, plan: LevelPlan) -> None:
        self._counts = {}
        self._began, self._is_stopping = time.monotonic(), False
        users = _shares(plan.users, self._n_nodes)
        parts = self._ask_all(
            messages.LEVEL,
            *(
                {
                    "plan": asdict(
                        replace(
                            plan,
                            users=share,
                            rate_per_s=None
                            if plan.rate_per_s is None
                            else plan.rate_per_s * share / plan.users,
                        )
                    ),
                    "seed": [self._spec.seed, number, node],
                }
                for node, share in enumerate(users)
            ),
        )
        file = self._folder / f"level-{number}.npy"
        np.save(file, _merged([part["columns"] for part in parts.values()]))
        faults: Counter[str] = Counter()
        for part in parts.values():
            faults.update(part["faults"])
        tell(
            file=str(file),
            faults=dict(faults),
            simulated=any(part["simulated"] for part in parts.values()),
            unread=sum(part["unread"] for part in parts.values()),
            stopped=self._is_stopping,
        )

    def _ask_all(self, kind: str, *data: dict[str, Any]) -> Mapping[str, dict[str, Any]]:
        """Send to every node (its own, or the same to all), and wait until all have answered."""
        self._answers = {}
        self._all_there.clear()
        if self._spec.workers == 0:
            self._runner.send_message(kind, data[0])
        else:
            nodes = sorted(self._runner.clients)[: self._spec.workers]
            for place, node in enumerate(nodes):
                self._runner.send_message(kind, data[min(place, len(data) - 1)], node)
        while not self._all_there.wait(1.0):
            if self._spec.workers and self._runner.worker_count < self._spec.workers:
                raise WorkersError("a worker was lost")
        return self._answers

    def _hear(self, environment: Any, msg: Any) -> None:
        del environment
        self._answers[msg.node_id] = msg.data
        if len(self._answers) == self._n_nodes:
            self._all_there.set()

    def _count(self, environment: Any, msg: Any) -> None:
        del environment
        self._counts[msg.node_id] = msg.data
        n = sum(each["n"] for each in self._counts.values())
        bad = sum(each["bad"] for each in self._counts.values())
        tell(elapsed_s=time.monotonic() - self._began, n=n, bad=bad)
        settled = sum(each["settled"] for each in self._counts.values())
        settled_bad = sum(each["settled_bad"] for each in self._counts.values())
        is_broken = settled >= FEWEST_TO_BREAK and settled_bad / settled >= BROKEN_SHARE
        if is_broken and self._spec.stops_when_broken and not self._is_stopping:
            self._is_stopping = True
            self._runner.send_message(messages.STOP, {})


def tell(**line: Any) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _shares(users: int, nodes: int) -> list[int]:
    """Share users out.

    >>> _shares(10, 3)
    [4, 3, 3]
    """
    return [users // nodes + (node < users % nodes) for node in range(nodes)]


def _merged(parts: list[bytes]) -> NDArray[np.float64]:
    """Put the columns of all nodes together, in the order in which requests were due."""
    joined = np.concatenate([np.load(io.BytesIO(part)) for part in parts], axis=1)
    ordered: NDArray[np.float64] = joined[:, np.argsort(joined[0], kind="stable")]
    return ordered


def _start_worker(host: str, port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-P",
        "-m",
        "proveout.checks.load.engine",
        "worker",
        f"{host}:{port}",
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603


def _free_port() -> int:
    from gevent import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
