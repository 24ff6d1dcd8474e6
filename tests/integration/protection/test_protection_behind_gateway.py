"""Slots, queue and hedging behind the real gateway: no slot is lost, whoever goes or breaks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways import (
    COMPLETION,
    Gateway,
    RawSystem,
    ask,
    charter_of,
    chunked,
    post,
    running,
    system,
    whole,
)

EVENT = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
PATH = b"/v1/chat/completions"
HEAD, PART, DONE, END = chunked(EVENT, b"data: [DONE]\n\n")


def _reply(_head: bytes, body: bytes) -> Any:
    """Answer as the question says."""
    question = json.loads(body)["messages"][0]["content"]
    return {
        "a whole answer": whole(),
        "a stream": [HEAD, PART, DONE, END],
        "a stream that stops": [HEAD, PART, None, DONE, END],
        "a stream that breaks off": b"".join([HEAD, PART, b"connection: close"]),
        "silence": [None],
        "an error": whole(b"{}", status="500 Internal Server Error"),
        "a refusal": whole(b"{}", status="400 Bad Request"),
    }[question]


@contextmanager
def _serving(
    folder: Path, answers: Callable[[bytes, bytes], Any] = _reply, **gateway: Any
) -> Iterator[tuple[RawSystem, Gateway]]:
    with system(answers) as up:
        plain = {
            "system": {"chat": {"url": f"{up.url}/v1", "model": "m", "user": "{text}"}},
            "gateway": {"concurrency": 1, "queue": 0, **gateway},
        }
        with running(charter_of(folder, plain, **KEYS)) as made:
            yield up, made


KEYS = {"DESK": "desk-key-1", "BATCH": "batch-key-1"}


def _standing(gateway: Gateway) -> dict[str, Any]:
    reply = gateway.say(b"GET /proveout/health HTTP/1.1\r\nhost: gateway\r\n\r\n")
    told = json.loads(reply.partition(b"\r\n\r\n")[2])
    version: dict[str, Any] = told["pilots"]["tickets"]["versions"]["current"]
    return version


def _until(gateway: Gateway, **wanted: Any) -> None:
    """Wait until the gateway says that it stands so."""
    pause = threading.Event()
    for _ in range(500):
        standing = _standing(gateway)
        if {name: standing[name] for name in wanted} == wanted:
            return
        pause.wait(0.02)
    raise AssertionError(standing)


def _whole(gateway: Gateway, question: str) -> None:
    gateway.say(post(PATH, ask(question, stream="stream" in question)), until_closed=False)


def _going_away(gateway: Gateway, question: str) -> None:
    """Ask, see the beginning where there is one, and hang up."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(post(PATH, ask(question, stream="stream" in question)))
        seen = b""
        while "stream" in question and EVENT not in seen:
            seen += client.recv(65536)
        _until(gateway, busy=1)


WAYS = {
    "answered": (_whole, "a whole answer"),
    "streamed": (_whole, "a stream"),
    "refused by the system": (_whole, "a refusal"),
    "failed": (_whole, "an error"),
    "late": (_whole, "silence"),
    "a stream that stalls": (_whole, "a stream that stops"),
    "a stream that breaks off": (_whole, "a stream that breaks off"),
    "the client goes away as it streams": (_going_away, "a stream that stops"),
    "the client goes away as it waits": (_going_away, "silence"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_slot_is_free_again_however_a_request_ends(tmp_path: Path, way: str) -> None:
    """With one slot and no queue, the next request is let through each time."""
    act, question = WAYS[way]
    with _serving(tmp_path, deadline_s=0.5, breaker={"of": 50}) as (up, gateway):
        for _ in range(3):
            act(gateway, question)
            _until(gateway, busy=0)
        answer = gateway.say(post(PATH, ask("a whole answer")))

    assert len(up.requests) == 4
    assert answer.endswith(COMPLETION)


def test_a_higher_priority_takes_the_place_of_a_lower_one_that_waits(tmp_path: Path) -> None:
    """One slot and one place: who matters less is told at once, with when to come again."""
    clients = [
        {"name": "desk", "key": "${DESK}", "priority": 9},
        {"name": "batch", "key": "${BATCH}", "priority": 1},
    ]

    def say(key: str, question: str) -> bytes:
        header = f"authorization: Bearer {KEYS[key.upper()]}".encode()
        return gateway.say(post(PATH, ask(question), header))

    def slow(head: bytes, body: bytes) -> Any:
        return [None, whole()] if b"silence" in body else _reply(head, body)

    with (
        _serving(tmp_path, slow, queue=1, clients=clients) as (up, gateway),
        ThreadPoolExecutor(3) as pool,
    ):
        first = pool.submit(say, "batch", "silence")
        _until(gateway, busy=1)
        low = pool.submit(say, "batch", "a whole answer")
        _until(gateway, waiting=1)
        high = pool.submit(say, "desk", "a whole answer")
        turned_away = low.result(20)
        up.hold.set()
        answers = [first.result(20), high.result(20)]

    assert turned_away.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in turned_away
    assert b"The queue is full." in turned_away
    assert all(answer.endswith(COMPLETION) for answer in answers)


@pytest.mark.parametrize("hedge_after_s", [None, 0.1])
def test_hedging_asks_a_second_time_where_it_is_on(
    tmp_path: Path, hedge_after_s: float | None
) -> None:
    """The first request hangs: with hedging the second answers, without it the deadline passes."""
    asked: list[bytes] = []

    def answers(head: bytes, body: bytes) -> Any:
        asked.append(body)
        return [None] if len(asked) == 1 else whole()

    how = {} if hedge_after_s is None else {"hedge_after_s": hedge_after_s}
    with _serving(tmp_path, answers, concurrency=2, deadline_s=1.0, **how) as (up, gateway):
        answer = gateway.say(post(PATH, ask("anything")))
        _until(gateway, busy=0)
        assert up.gone.wait(20)

    (record,) = gateway.records()
    if hedge_after_s is None:
        assert (record.outcome, record.attempts, record.status) == ("timed-out", 1, 504)
    else:
        assert answer.endswith(COMPLETION)
        assert (record.outcome, record.attempts, record.status) == ("answered", 2, 200)


def test_a_stream_that_runs_keeps_its_slot(tmp_path: Path) -> None:
    """While it lasts, nobody else is let through."""
    with (
        _serving(tmp_path) as (up, gateway),
        socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
    ):
        client.sendall(post(PATH, ask("a stream that stops", stream=True)))
        seen = b""
        while EVENT not in seen:
            seen += client.recv(65536)
        refused = gateway.say(post(PATH, ask("a whole answer")))
        up.hold.set()
        _until(gateway, busy=0)

    assert b"The queue is full." in refused
