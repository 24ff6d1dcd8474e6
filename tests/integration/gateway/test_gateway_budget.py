"""The budget behind the real gateway: exact with several processes and hosts, and after kill -9."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from fixtures.budget_clients import account, rows
from proveout.runtime.log import count
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

CLIENTS = 64
BODY = {"model": "m", "messages": [{"role": "user", "content": "How much?"}], "max_tokens": 8}
QUICK = Behaviour(slots=256, service=ServiceTime(mean_s=0.002, shape="constant"))


@dataclass(frozen=True)
class Gateway:
    """A gateway that runs."""

    process: subprocess.Popen[str]
    url: str


@contextmanager
def gateway(folder: Path, upstream: str, *options: str) -> Iterator[Gateway]:
    """Start the command, and stop it at the end."""
    folder.mkdir(exist_ok=True)
    command = [
        Path(sys.executable).with_name("proveout"),
        "gateway",
        "--upstream",
        upstream,
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [*command, "--price", "0.5", "--json", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Gateway(process, ready["url"])
    finally:
        process.terminate()
        process.communicate(timeout=60)


async def ask(urls: list[str], *, calls: int, kill: Gateway | None = None) -> Counter[int]:
    """Let 64 clients ask at the same time, each of its gateway; count the statuses.

    A gateway may be killed in the middle of it.
    """
    seen: Counter[int] = Counter()

    async def client(number: int, http: httpx.AsyncClient) -> None:
        url = f"{urls[number % len(urls)]}/v1/chat/completions"
        headers = {"proveout-team": f"team{number % 3}"}
        for _ in range(calls):
            with suppress(httpx.HTTPError):  # the gateway was killed
                answer = await http.post(url, headers=headers, json=BODY)
                seen[answer.status_code] += 1
                if kill is not None and seen[200] == 150:
                    os.killpg(kill.process.pid, signal.SIGKILL)

    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(limits=limits, timeout=60) as http:
        await asyncio.gather(*(client(number, http) for number in range(CLIENTS)))
    return seen


@pytest.mark.slow
def test_four_workers_let_exactly_as_many_through_as_the_budget_says(tmp_path: Path) -> None:
    """64 clients ask 1,088 times, and 1,000 are answered."""
    with running(QUICK) as upstream:
        options = ("--budget-requests", "1000", "--workers", "4")
        with gateway(tmp_path, upstream.url, *options) as opened:
            seen = asyncio.run(ask([opened.url], calls=17))

    assert seen == {200: 1_000, 429: 88}
    store = str(tmp_path / "proveout-runtime.db")
    assert account(store)[:3] == (0, 0, 0)
    assert account(store)[3::2] == (500 * 10**9, 1_000)
    teams = [account(store, f"team:team{number}")[5] for number in range(3)]
    assert sum(teams) == 1_000


@pytest.mark.postgres
def test_two_hosts_let_exactly_as_many_through_as_the_budget_says(
    tmp_path: Path, postgres_url: str
) -> None:
    """Two gateways that share nothing but PostgreSQL, and a limit in money: 500 halves."""
    with running(QUICK) as upstream:
        options = ("--budget", "250USD/month", "--store", postgres_url)
        with (
            gateway(tmp_path / "here", upstream.url, *options) as here,
            gateway(tmp_path / "there", upstream.url, *options) as there,
        ):
            seen = asyncio.run(ask([here.url, there.url], calls=9))

    assert seen == {200: 500, 429: 76}
    assert account(postgres_url)[:4] == (0, 0, 0, 250 * 10**9)


def test_a_killed_gateway_leaks_nothing_that_its_next_start_does_not_find(tmp_path: Path) -> None:
    """Killed under load; then the account is what the log tells, and the rest may be spent."""
    store, log = str(tmp_path / "proveout-runtime.db"), tmp_path / "prediction-log"
    options = ("--budget-requests", "600")
    with running(QUICK) as upstream:
        with gateway(tmp_path, upstream.url, *options) as opened:
            seen = asyncio.run(ask([opened.url], calls=10, kill=opened))
        _, _, held, _, _, used = account(store)
        assert seen[200] <= held + used <= 600
        with gateway(tmp_path, upstream.url, *options) as opened:
            again = account(store)
            rest = asyncio.run(ask([opened.url], calls=10))

    assert again[:3] == (0, 0, 0)
    assert again[5] <= held + used
    assert rest == {200: 600 - again[5], 429: 640 - (600 - again[5])}
    sent = rows(store, "SELECT used_requests FROM budget_accounts WHERE account = 'pilot'")
    assert set(sent) == {(600,)}
    assert count(log, "gateway") >= 600
