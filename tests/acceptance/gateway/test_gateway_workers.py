"""Several processes behind one port: they end in order, and one that dies is started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from fixtures.gateways import ask, chunked, post, read_reply, system, whole
from proveout.runtime.log import read_records

PROVEOUT = Path(sys.executable).with_name("proveout")


@contextmanager
def gateway(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run one; yield its process and address."""
    process = subprocess.Popen(
        [PROVEOUT, "gateway", *arguments, "--port", "0", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_what_runs_is_finished_before_a_gateway_leaves(tmp_path: Path) -> None:
    """A stream that runs when the gateway is told to stop comes to its end, and is logged."""
    head, one, end = chunked(b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n')
    with system(lambda _h, _b: [head, one, None, end]) as up:
        options = ("--upstream", up.url, "--workers", "2")
        with gateway(tmp_path, *options) as (process, url):
            port = httpx.URL(url).port
            with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
                client.sendall(post(b"/v1/chat/completions", ask(stream=True)))
                begun = client.recv(65536)
                process.send_signal(signal.SIGTERM)
                threading.Timer(0.3, up.hold.set).start()
                reply = begun + read_reply(client, until_closed=True)
            out, _ = process.communicate(timeout=60)

    assert reply.endswith(b"0\r\n\r\n")
    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1]) == {"ok": True, "event": "stopped", "served": 1}
    assert [record.outcome for record in read_records(tmp_path / "prediction-log", "gateway")] == [
        "answered"
    ]


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    """The others go on meanwhile, and what the dead one answered is in the log once."""
    with (
        system(whole()) as up,
        gateway(tmp_path, "--upstream", up.url, "--workers", "2") as (
            process,
            url,
        ),
    ):
        before_it = [httpx.post(f"{url}/v1/chat/completions", content=ask()) for _ in range(4)]
        workers = _workers(process)
        os.kill(min(workers), signal.SIGKILL)
        until = time.monotonic() + 60
        while len(_workers(process) - workers) < 1 and time.monotonic() < until:
            threading.Event().wait(0.05)
        after_it = [_asked(url) for _ in range(4)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert process.returncode == 130
    ids = [reply.headers["proveout-id"] for reply in (*before_it, *after_it)]
    kept = [record.id for record in read_records(tmp_path / "prediction-log", "gateway")]
    assert sorted(kept) == sorted(ids)


def _workers(process: subprocess.Popen[str]) -> set[int]:
    """Return the processes that serve."""
    children = psutil.Process(process.pid).children()
    return {
        each.pid
        for each in children
        if each.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(each.cmdline())
    }


def _asked(url: str) -> httpx.Response:
    """Ask until a worker takes it: a connection that the dead one had not taken is refused."""
    for _ in range(200):
        try:
            return httpx.post(f"{url}/v1/chat/completions", content=ask())
        except httpx.TransportError:
            threading.Event().wait(0.05)
    raise AssertionError("nobody answers")
