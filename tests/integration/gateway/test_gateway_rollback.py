"""Two hosts, two gateways, one store: a rollback holds for the very next request on both."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fixtures.gate_makers import fact, interval
from proveout.charter.loading import load_charter
from proveout.evidence.ledger import open_ledger
from proveout.runtime.rollout.acting import act_on
from proveout.runtime.rollout.keeping import standing, switch
from proveout.runtime.rollout.recording import record_switches
from proveout.runtime.rollout.state import State, Step, initial
from proveout.runtime.rollout.transitions import By, promote, start
from proveout.runtime.store import open_store
from proveout.runtime.store.schema import ACCOUNTS

PROVEOUT = Path(sys.executable).with_name("proveout")
CHARTER = """\
pilot: claims
system: {chat: {url: '%(v1)s/v1', model: m, user: '{q}'}, version: v1}
gateway:
  store: '%(store)s'
  deadline_s: 60
  versions: [{name: v2, system: {chat: {url: '%(v2)s/v1', model: m, user: '{q}'}}}]
  fallback: {manual: 'Decide by hand: form 7.'}
rollout: {version: v2, rollback_when: quality.accuracy <= 0.8}
"""
ASKED = {"model": "m", "messages": [{"role": "user", "content": "pay?"}], "user": "u1"}
BY = By(who="Ana Ruiz", why="gate: go", now=time.time() - 7200)
WHO = ("--who", "Ana Ruiz", "--why", "wrong totals")


class Model(ThreadingHTTPServer):
    """A chat service that says its name; a stream waits for `go_on` before its last word."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Chat)
        self.name = name
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Chat(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Model

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not asked.get("stream"):
            message = {"role": "assistant", "content": self.server.name}
            body = json.dumps({"choices": [{"message": message}]}).encode()
            self._head("application/json", ("content-length", str(len(body))))
            self.wfile.write(body)
            return
        self._head("text/event-stream", ("transfer-encoding", "chunked"))
        try:
            self._say({"choices": [{"delta": {"content": self.server.name}}]})
            self.server.go_on.wait(60)
            self._say({"choices": [{"delta": {"content": "!"}}]})
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
        except OSError:
            self.close_connection = True

    def _head(self, kind: str, length: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header(*length)
        self.end_headers()

    def _say(self, event: dict[str, Any]) -> None:
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Company:
    """A charter in a folder, a store, two hosts with a gateway each, and the model v2."""

    folder: Path
    store: str
    hosts: tuple[int, ...]
    new_model: Model
    gateways: tuple[subprocess.Popen[str], ...]

    def stop(self) -> None:
        """Stop both hosts, once all that they do is done."""
        for process in self.gateways:
            process.terminate()
        for process in self.gateways:
            process.wait(30)

    def answers(self) -> list[str]:
        """Ask every host once; return what each says."""
        return [ask(port) for port in self.hosts]

    def command(self, *arguments: str) -> str:
        """Run the installed command; return what it says."""
        done = subprocess.run(
            [str(PROVEOUT), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring_in(self) -> None:
        """Bring v2 to everybody."""
        charter = load_charter(self.folder / "pilot.yaml").charter
        with open_store(self.store) as store:
            for transition in (_start, _promote):
                seen = standing(store, "claims", initial(charter))
                switch(store, "claims", seen, transition)


def _start(state: State) -> State:
    return start(state, "v2", (Step(share=1.0),), BY, shadow=False)


def _promote(state: State) -> State:
    return promote(state, BY)


def ask(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        response = _post(connection, ASKED)
        said = json.loads(response.read())
    finally:
        connection.close()
    if response.getheader("proveout-fallback") == "switched-off":
        return str(said["error"]["message"])
    return str(said["choices"][0]["message"]["content"])


def _post(
    connection: http.client.HTTPConnection, asked: dict[str, Any]
) -> http.client.HTTPResponse:
    body = json.dumps(asked)
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    return connection.getresponse()


class Stream:
    """A stream that has begun."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._response = _post(self._connection, {**ASKED, "stream": True})
        self.begins = self._response.readline()

    def rest(self) -> bytes:
        """Read to its end, whether or not that is the end of an answer."""
        try:
            return self._response.read()
        except (http.client.IncompleteRead, ConnectionError) as error:
            return getattr(error, "partial", b"")
        finally:
            self._connection.close()


@pytest.fixture(params=["sqlite"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    """Two hosts on one store, with v2 brought to everybody."""
    is_file = request.param == "sqlite"
    location = str(tmp_path / "store.db") if is_file else request.getfixturevalue("postgres_url")
    with ExitStack() as stack:
        old, new = (stack.enter_context(_served(Model(name))) for name in ("v1", "v2"))
        written = CHARTER % {"v1": old.url, "v2": new.url, "store": location}
        (tmp_path / "pilot.yaml").write_text(written)
        started = [stack.enter_context(_gateway(tmp_path)) for _ in range(2)]
        hosts = tuple(_port(process) for process in started)
        made = Company(
            folder=tmp_path, store=location, hosts=hosts, new_model=new, gateways=tuple(started)
        )
        assert made.answers() == ["v1", "v1"]
        made.bring_in()
        yield made
        new.go_on.set()
        made.stop()


@contextmanager
def _served(model: Model) -> Iterator[Model]:
    thread = threading.Thread(target=model.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield model
    finally:
        model.go_on.set()
        model.shutdown()
        model.server_close()
        thread.join()


@contextmanager
def _gateway(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [str(PROVEOUT), "gateway", "--port", "0", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if '"ready"' in line:
            return int(json.loads(line)["url"].rpartition(":")[2])
    pytest.fail("the gateway did not start")


@pytest.mark.parametrize("company", ["sqlite", "postgresql"], indirect=True)
def test_a_rollback_by_command_holds_for_the_next_request_on_every_host(company: Company) -> None:
    """What runs may finish: the stream goes on to its end, though v2 gets nobody new."""
    assert company.answers() == ["v2", "v2"]
    streams = [Stream(port) for port in company.hosts]

    company.command("rollback", *WHO)

    assert company.answers() == ["v1", "v1"]
    company.new_model.go_on.set()
    assert [b"v2" in stream.begins for stream in streams] == [True, True]
    assert [stream.rest().endswith(b"data: [DONE]\n\n") for stream in streams] == [True, True]


def test_the_kill_switch_cuts_what_runs_and_says_what_to_do(company: Company) -> None:
    """The model still holds the streams; they end all the same, on hosts where nobody asks, too."""
    streams = [Stream(port) for port in company.hosts]

    company.command("kill", *WHO)
    rests = [stream.rest() for stream in streams]

    assert [b"[DONE]" in rest for rest in rests] == [False, False]
    assert not company.new_model.go_on.is_set()
    assert company.answers() == ["Decide by hand: form 7."] * 2
    company.command("restore", *WHO)
    assert company.answers() == ["v2", "v2"]


def test_a_rule_rolls_back_without_people_and_is_in_the_ledger(company: Company) -> None:
    """One run of the monitor finds v2 bad for certain: the next request is v1's, on both hosts."""
    charter = load_charter(company.folder / "pilot.yaml").charter
    now = datetime.now(UTC)
    begins = datetime.fromtimestamp(BY.now, UTC)
    bad = fact(
        pilot="claims",
        value=0.75,
        interval=interval(0.7, 0.8),
        inputs={"window": f"{begins.isoformat()}/{now.isoformat()}"},
        observed_at=now,
    )

    with open_store(company.store) as store:
        act_on(store, charter, evidence=[bad], verdicts={}, answered=_none, now=now)
        answers = company.answers()
        with open_ledger(str(company.folder / "ledger.db")) as ledger:
            record_switches(store, ledger, "claims")
            *_, last = ledger.entries(kinds=["switch"])

    assert answers == ["v1", "v1"]
    assert (last.body["act"], last.body["rule"]) == ("roll-back", "quality.accuracy <= 0.8")


def test_a_version_in_the_shadow_is_heard_by_nobody_and_compared(company: Company) -> None:
    """Users get v2 alone; what v1 says beside it is in the log, and charged to the pilot alone."""
    company.command("rollout", "start", "v1", "--shadow", *WHO)

    answers = [*company.answers(), *company.answers()]
    company.stop()
    shown = json.loads(company.command("rollout", "--json"))["shadow"]
    with open_store(company.store) as store, store.reading() as connection:
        used = select(ACCOUNTS.c.account, func.sum(ACCOUNTS.c.used_requests))
        found = connection.execute(
            used.where(ACCOUNTS.c.period.like("____-__-__")).group_by(ACCOUNTS.c.account)
        )
        booked = {account: int(n) for account, n in found}

    assert answers == ["v2"] * 4
    assert {name: shown[name] for name in ("version", "n", "same", "not_compared")} == {
        "version": "v1",
        "n": 4,
        "same": 0,
        "not_compared": 0,
    }
    assert shown["examples"][0]["seen"] == "v2"
    assert shown["examples"][0]["shadow"] == "v1"
    assert booked == {"pilot": 10, "user:u1": 6}  # with the two that each host was asked at first


def _none(version: str, since: float) -> int:
    del version, since
    return 0
