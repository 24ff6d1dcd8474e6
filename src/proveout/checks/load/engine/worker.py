"""A process that sends what another one, maybe on another host, tells it to."""

from __future__ import annotations

import sys

from locust.env import Environment

from proveout.checks.load.engine.node import Node


def work(master: str) -> None:
    """Work until the one who leads says that it is over, or is no longer heard of."""
    host, _, port = master.rpartition(":")
    runner = Environment(user_classes=[]).create_worker_runner(host, int(port))
    Node(runner)
    runner.greenlet.join()
    sys.exit(0)
