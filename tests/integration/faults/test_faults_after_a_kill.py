"""Whoever switches the faults is killed in the middle of one: nothing stays injected."""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from proveout.errors import InputError, UnreachableError
from proveout.faults.effects import Fault, Outage
from proveout.faults.supervised import SupervisedProxy, stop_left_behind
from proveout.faults.upstream import Upstream
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

ASK = {"model": "m", "messages": [{"role": "user", "content": "Which gate?"}]}

OWNER = """
import sys, time
from pathlib import Path
from proveout.faults.effects import Fault, Outage
from proveout.faults.supervised import SupervisedProxy
from proveout.faults.upstream import Upstream

with SupervisedProxy(Upstream.of(sys.argv[1]), [("127.0.0.1", 0)], Path(sys.argv[2])) as proxy:
    proxy.on(Fault(name="down", effect=Outage()), for_s=600)
    print(proxy.ports[0], flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A language model that answers at once."""
    quick = Behaviour(service=ServiceTime(mean_s=0.002, shape="constant"))
    with running(quick) as simulator:
        yield simulator.url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="pv-") as name:
        yield Path(name)


def answered(port: int, *, within_s: float) -> bool:
    """Tell whether a question is answered in time."""
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    try:
        return httpx.post(url, json=ASK, timeout=within_s).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_killed_owner_leaves_no_fault_and_a_proxy_that_passes(service: str, folder: Path) -> None:
    """Killed with -9 during an outage: within a second clients are answered by the service."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, service, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    port = int(owner.stdout.readline())
    assert not answered(port, within_s=0.5)

    owner.send_signal(signal.SIGKILL)
    owner.wait()
    killed = time.monotonic()
    owner.stdout.close()
    while not answered(port, within_s=1):
        assert time.monotonic() - killed < 10
    took = time.monotonic() - killed

    assert took < 1
    assert stop_left_behind(folder / "proxy.sock")
    assert not answered(port, within_s=1)
    assert not stop_left_behind(folder / "proxy.sock")


def test_a_proxy_nobody_owns_ends_by_itself(service: str, folder: Path) -> None:
    """It passes bytes for the time that was set, and is then gone."""
    proxy = SupervisedProxy(Upstream.of(service), [("127.0.0.1", 0)], folder, linger_s=0.3)
    with proxy:
        proxy.on(Fault(name="down", effect=Outage(how="refused")), for_s=600)
        port = proxy.ports[0]
        proxy.leave()
        assert proxy._left is not None
        assert proxy._left.wait(10) == 0

    assert not answered(port, within_s=1)


def test_an_address_that_is_taken_is_told(service: str, folder: Path) -> None:
    """Two proxies on one port would each get half of the clients."""
    with SupervisedProxy(Upstream.of(service), [("127.0.0.1", 0)], folder) as first:
        taken = ("127.0.0.1", first.ports[0])
        with (
            pytest.raises(InputError) as refused,
            SupervisedProxy(Upstream.of(service), [taken], folder),
        ):
            pass

    assert str(refused.value) == (
        f"The proxy cannot listen on 127.0.0.1:{taken[1]}: Address already in use.\n"
        "Choose another address with --listen, or stop what listens there."
    )


def test_the_proxy_counts_what_it_struck(service: str, folder: Path) -> None:
    """Requests that a fault saw, those that it struck, and connections by address."""
    both = [("127.0.0.1", 0), ("127.0.0.1", 0)]
    with SupervisedProxy(Upstream.of(service), both, folder) as proxy:
        proxy.on(Fault(name="down", effect=Outage(how="refused"), share=0.99), for_s=600)

        async def ask() -> None:
            async with httpx.AsyncClient() as client:
                for _ in range(3):
                    await client.post(f"http://127.0.0.1:{proxy.ports[1]}/x", json=ASK)

        with pytest.raises(httpx.HTTPError):
            asyncio.run(ask())
        proxy.look()

        assert proxy.tally == {"down": (1, 1)}
        assert proxy.connections == (0, 1)


def test_a_proxy_that_was_killed_is_no_outage_of_the_system(service: str, folder: Path) -> None:
    """Whoever holds the drill is told, instead of taking it for what he injected."""
    with SupervisedProxy(Upstream.of(service), [("127.0.0.1", 0)], folder) as proxy:
        assert proxy._process is not None
        proxy._process.kill()
        with pytest.raises(UnreachableError) as told:
            proxy.on(Fault(name="down", effect=Outage()), for_s=600)

    assert str(told.value) == (
        "The proxy's process has ended in the middle of the drill.\n"
        f"See what it complained of: {folder / 'proxy.log'}"
    )
