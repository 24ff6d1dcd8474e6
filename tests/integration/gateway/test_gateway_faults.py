"""Every fault of the drill's proxy, behind the real gateway as it is installed.

Whatever the system does, clients have an answer or the fallback in time, each call is on record,
each exception in the queue, and the breaker that opened closes again.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from proveout.faults.effects import (
    KINDS,
    ChangedSchema,
    Cut,
    Effect,
    Errors,
    ExpiredCredentials,
    Fault,
    Garbage,
    Latency,
    Outage,
    RateLimit,
    Refused,
    Reset,
    Slow,
    WrongContentType,
)
from proveout.faults.supervised import SupervisedProxy
from proveout.faults.upstream import Upstream
from proveout.runtime.call import Reason
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.log import read_records
from proveout.runtime.record import Record
from proveout.runtime.store.opening import open_store
from proveout.simulation.behaviour import Behaviour, ServiceTime
from proveout.simulation.running import running

DEADLINE_S = 0.8
TOLERANCE_S = 3.0
"""For a machine that is busy with other tests; the faults last for a minute."""
CLIENTS = 6
BY_HAND = "Ask the desk on extension 12."

CHARTER = f"""
pilot: tickets
system:
  chat: {{url: "URL/v1", model: simulated, user: "{{text}}"}}
  task: text
gateway:
  listen: "127.0.0.1:0"
  deadline_s: {DEADLINE_S}
  concurrency: 4
  breaker: {{failures: 0.5, of: 4, open_s: 0.5}}
  fallback: {{manual: "{BY_HAND}"}}
"""


@dataclass
class Answered:
    """What one client met."""

    seconds: float
    status: int
    id: str | None
    fallback: str | None
    text: bytes
    is_whole: bool


@dataclass
class Service:
    """A gateway with a proxy and a language model behind it."""

    url: str
    folder: Path
    proxy: SupervisedProxy
    seen: set[str] = field(default_factory=set)

    def ask(self, *, is_stream: bool) -> Answered:
        """Ask as any client, with a patience that the gateway must not need."""
        body = {
            "model": "simulated",
            "messages": [{"role": "user", "content": "Which gate?"}],
            "stream": is_stream,
        }
        began, text, is_whole = time.monotonic(), b"", True
        url = f"{self.url}/v1/chat/completions"
        with httpx.stream("POST", url, json=body, timeout=30) as reply:
            try:
                for part in reply.iter_raw():
                    text += part
            except httpx.HTTPError:
                is_whole = False
            return Answered(
                seconds=time.monotonic() - began,
                status=reply.status_code,
                id=reply.headers.get("proveout-id"),
                fallback=reply.headers.get("proveout-fallback"),
                text=text,
                is_whole=is_whole,
            )

    def ask_at_once(self) -> list[Answered]:
        """Ask in whole and streaming, several at once."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda n: self.ask(is_stream=n % 2 == 1), range(CLIENTS)))

    def breaker(self) -> str:
        """Say how it stands."""
        health = httpx.get(f"{self.url}/proveout/health", timeout=10).json()
        (version,) = health["pilots"]["tickets"]["versions"].values()
        return str(version["breaker"])

    def recover(self) -> Answered:
        """Ask until the system answers again."""
        pause = threading.Event()
        for _ in range(200):
            answered = self.ask(is_stream=False)
            if answered.fallback is None and answered.status == 200:
                return answered
            pause.wait(0.05)
        raise AssertionError("the system is sound again, and nobody is let through")

    def records(self) -> dict[str, Record]:
        """Read what came into the log since the last time."""
        found = {each.id: each for each in read_records(self.folder / "prediction-log", "tickets")}
        fresh = {key: each for key, each in found.items() if key not in self.seen}
        self.seen |= found.keys()
        return fresh

    def queued(self, wanted: set[str]) -> set[str]:
        """Wait until these calls are in the queue of exceptions, and return all that are."""
        pause = threading.Event()
        for _ in range(200):
            with open_store(str(self.folder / "proveout-runtime.db"), create=False) as store:
                found = {each.call for each in ExceptionQueue(store, "tickets").entries(now=0.0)}
            if wanted <= found:
                break
            pause.wait(0.05)
        return found


@pytest.fixture(scope="module", name="service")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("faults")
    quick = Behaviour(service=ServiceTime(mean_s=0.002, shape="constant"))
    with running(quick) as simulator:
        proxy = SupervisedProxy(Upstream.of(simulator.url), [("127.0.0.1", 0)], folder)
        with proxy:
            text = CHARTER.replace("URL", f"http://127.0.0.1:{proxy.ports[0]}")
            (folder / "pilot.yaml").write_text(text)
            with _gateway(folder) as url:
                yield Service(url, folder, proxy)


@contextmanager
def _gateway(folder: Path) -> Iterator[str]:
    """The installed command, in a process of its own; yields its URL."""
    command = [Path(sys.executable).with_name("proveout"), "gateway", "--json", "pilot.yaml"]
    with (
        (folder / "gateway.log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, (folder / "gateway.log").read_text()
            yield str(json.loads(line)["url"])
        finally:
            process.terminate()
            assert process.wait(30) == 0


@dataclass(frozen=True)
class Expected:
    """What clients and people are to see of a fault."""

    effect: Effect
    opens: bool
    """The breaker is to open: the system fails."""
    reasons: set[Reason]
    """Among them are those of every call that a person has to look at."""


CASES = {
    "latency": Expected(Latency(seconds=60), opens=True, reasons={"timeout"}),
    "errors": Expected(Errors(status=(500, 503)), opens=True, reasons={"failure"}),
    "reset": Expected(Reset(), opens=True, reasons={"failure"}),
    "refused": Expected(Refused(), opens=True, reasons={"failure"}),
    "slow": Expected(Slow(bytes_per_s=20), opens=True, reasons={"timeout"}),
    "cut": Expected(Cut(after_share=0.5, after_bytes=60), opens=True, reasons={"failure"}),
    "garbage": Expected(Garbage(), opens=False, reasons={"malformed"}),
    "schema": Expected(ChangedSchema(), opens=False, reasons={"malformed"}),
    "content_type": Expected(WrongContentType(), opens=False, reasons=set()),
    "outage": Expected(Outage(), opens=True, reasons={"timeout"}),
    "rate_limit": Expected(RateLimit(per_minute=0.001), opens=True, reasons={"failure"}),
    "expired_credentials": Expected(ExpiredCredentials(), opens=False, reasons=set()),
}


def test_every_kind_has_its_case() -> None:
    """A new kind of fault needs a line here."""
    assert tuple(CASES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_costs_nobody_more_than_the_deadline(service: Service, kind: str) -> None:
    """In time, on record, in the queue; left alone when it fails, and asked again afterwards."""
    expected = CASES[kind]
    service.recover()
    service.records()
    service.proxy.on(Fault(name=kind, effect=expected.effect), for_s=60)
    met = [*service.ask_at_once(), *service.ask_at_once()]
    breaker = service.breaker()
    for _ in range(4):  # on a busy machine a probe may meet what was under way before the fault
        if expected.opens and breaker == "closed":
            met += service.ask_at_once()
            breaker = service.breaker()
    service.proxy.off(kind)
    service.recover()
    records = service.records()
    to_people = {key for key, each in records.items() if each.reasons}

    late = [each.seconds for each in met if each.seconds > DEADLINE_S + TOLERANCE_S]
    assert late == []
    assert all(each.id in records for each in met)
    assert (breaker != "closed") == expected.opens
    if expected.opens:
        assert all(BY_HAND.encode() in each.text for each in met if each.fallback)
        assert any(each.fallback for each in met)
    assert expected.reasons <= {reason for each in records.values() for reason in each.reasons}
    assert to_people <= service.queued(to_people)
    assert service.breaker() == "closed"


def test_metrics_tell_what_the_log_tells(service: Service) -> None:
    """Requests by outcome are the records by outcome, and the protection is told of."""
    service.recover()
    records = read_records(service.folder / "prediction-log", "tickets")
    counted = Counter(each.outcome for each in records)
    text = httpx.get(f"{service.url}/proveout/metrics", timeout=10).text
    told: Counter[str] = Counter()
    for line in text.splitlines():
        if found := re.match(r'proveout_requests_total\{outcome="([a-z-]+)".* (\S+)$', line):
            told[found[1]] += int(float(found[2]))

    assert told == counted
    assert 'proveout_slots_taken{pilot="tickets",version="current",worker="0"} 0.0' in text
    assert 'proveout_breaker_state{pilot="tickets",version="current",worker="0"} 0.0' in text
