"""What the gateway does when something goes wrong: with the system, the budget, the client."""

import hashlib
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways import (
    CLOSE,
    Gateway,
    ask,
    before,
    charter_of,
    chunked,
    post,
    read_reply,
    running,
    system,
    whole,
)
from proveout.runtime.rollout.keeping import insist
from proveout.runtime.rollout.state import initial
from proveout.runtime.rollout.transitions import By, kill
from proveout.runtime.store.opening import open_store

CHAT = b"/v1/chat/completions"
NEVER: list[Any] = [None, b"never"]
"""An answer that does not come."""


def status_of(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


def header(reply: bytes, name: str) -> str | None:
    for line in reply.partition(b"\r\n\r\n")[0].decode().split("\r\n"):
        if line.lower().startswith(f"{name}: "):
            return line.partition(": ")[2]
    return None


def error_of(reply: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply.partition(b"\r\n\r\n")[2])["error"]
    return found


def wait_for_record(gateway: Gateway) -> Any:
    """Return the first record once it is there, without waiting longer than a test may."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = gateway.records()
        if found:
            return found[0]
        threading.Event().wait(0.02)
    raise AssertionError("no record came")


def test_a_reached_budget_is_a_clear_429(tmp_path: Path) -> None:
    """It says which limit; clients that try again by themselves are told not to."""
    with (
        system(whole()) as up,
        running(before(up.url, tmp_path, budget_requests=2)) as gateway,
    ):
        got = [gateway.say(post(CHAT, ask())) for _ in range(3)]

    assert [status_of(each) for each in got] == [200, 200, 429]
    assert error_of(got[2]) == {
        "message": "The budget is used up: the pilot, 2 requests in all.",
        "type": "budget_exceeded",
        "param": None,
        "code": "budget_exceeded",
    }
    assert header(got[2], "x-should-retry") == "false"
    assert len(up.requests) == 2
    assert [record.outcome for record in gateway.records()] == [
        "answered", "answered", "over-budget",
    ]  # fmt: skip


def test_a_budget_of_a_day_tells_when_it_begins_anew(tmp_path: Path) -> None:
    """Retry-After holds the seconds until then."""
    budget = {"currency": "EUR", "per_month": 100, "on_exceeded": "block",
              "limits": [{"period": "day", "requests": 1}]}  # fmt: skip
    with system(whole()) as up:
        settings = charter_of(tmp_path, {"system": {"http": up.url}, "budget": budget})
        with running(settings) as gateway:
            gateway.say(post(b"/", b"{}"))
            refused = gateway.say(post(b"/", b"{}"))

    assert status_of(refused) == 429
    assert 0 < int(header(refused, "retry-after") or "") <= 86_400
    assert "It begins anew at " in error_of(refused)["message"]


def test_a_model_without_a_price_cannot_be_held_in_a_budget_of_money(tmp_path: Path) -> None:
    """Missing prices are not taken for none."""
    with (
        system(whole()) as up,
        running(before(up.url, tmp_path, budget=("1USD/day",))) as gateway,
    ):
        unknown = gateway.say(post(CHAT, ask()))
        known = gateway.say(post(CHAT, ask(max_tokens=5).replace(b'"m"', b'"gpt-4o-mini"')))

    assert status_of(unknown) == 400
    assert "What the model 'm' costs is not known here" in error_of(unknown)["message"]
    assert status_of(known) == 200
    assert [record.cost for record in gateway.records()] == [0, 1_500 + 3_000]


ANA = By(who="Ana Ruiz", why="wrong sums", now=1.0)
FALLBACK = "Answer by hand: list in the office."


@pytest.mark.parametrize(
    ("answers", "reason", "outcome"),
    [
        (whole(b"{}", status="500 Broken"), "failed", "failed"),
        (b"no http at all\r\n\r\n", "failed", "failed"),
        ([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", CLOSE], "failed", "failed"),
        (NEVER, "late", "timed-out"),
    ],
    ids=["error", "no http", "broken off", "late"],
)
def test_the_fallback_answers_in_the_systems_place(
    tmp_path: Path, answers: Any, reason: str, outcome: str
) -> None:
    """Whatever fails: the client is told what to do, in its protocol, and by whom."""
    with (
        system(answers) as up,
        running(before(up.url, tmp_path, fallback=FALLBACK, deadline_s=1.0)) as gateway,
    ):
        reply = gateway.say(post(CHAT, ask()))

    assert status_of(reply) == 503
    assert header(reply, "proveout-fallback") == reason
    assert error_of(reply)["message"] == FALLBACK
    [record] = gateway.records()
    assert (record.outcome, record.fallback, record.status) == (outcome, True, 503)
    assert record.reasons == (("timeout",) if reason == "late" else ("failure",))


@pytest.mark.parametrize("is_late", [False, True])
def test_another_service_answers_in_the_systems_place(tmp_path: Path, is_late: bool) -> None:
    """It gets the request as it was, without any key of the system's, and in time where the
    system is late."""
    answer = whole(b'{"choices":[{"message":{"content":"from the other"}}]}')
    with (
        system(NEVER if is_late else whole(b"{}", status="503 Busy")) as up,
        system(answer) as other,
    ):
        plain = {
            "system": {"chat": {"url": up.url + "/v1", "model": "m", "user": "{q}",
                                "api_key": "${KEY}"}},
            "gateway": {"fallback": other.url + "/v1", "deadline_s": 4.0},
        }  # fmt: skip
        with running(charter_of(tmp_path, plain, KEY="sk-of-the-system")) as gateway:
            reply = gateway.say(post(CHAT, ask(), b"authorization: Bearer sk-of-the-client"))

    assert status_of(reply) == 200
    assert reply.endswith(b'{"choices":[{"message":{"content":"from the other"}}]}')
    assert header(reply, "proveout-fallback") == ("late" if is_late else "failed")
    assert other.requests[0][1] == ask()
    assert b"sk-of" not in other.requests[0][0]


def test_a_stream_that_breaks_off_is_never_taken_for_whole(tmp_path: Path) -> None:
    """The client's own connection breaks as well, and what came is in the log."""
    head, one, *_ = chunked(b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n')

    def answer(_head: bytes, _body: bytes) -> Any:
        return b"".join([head, one]) + b"no chunk\r\n"

    with system(answer) as up, running(before(up.url, tmp_path)) as gateway:
        got = gateway.say(post(CHAT, ask(stream=True)), until_closed=True)

    assert b"0\r\n\r\n" not in got
    [record] = gateway.records()
    assert (record.outcome, record.reasons) == ("failed", ("failure",))


@pytest.mark.parametrize("stream", [False, True])
def test_whoever_goes_away_ends_the_request_to_the_system(tmp_path: Path, stream: bool) -> None:
    """The system learns of it, and the log has it as cancelled, with what was used so far."""
    head, one, *_ = chunked(b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n')
    pieces: list[Any] = [head, one, None] if stream else [None]

    with system(lambda _h, _b: pieces) as up, running(before(up.url, tmp_path)) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
            client.sendall(post(CHAT, ask(stream=stream, max_tokens=7)))
            if stream:
                client.recv(65536)
            else:
                while not up.requests:
                    threading.Event().wait(0.01)
        assert up.gone.wait(20)
        record = wait_for_record(gateway)

    assert (record.outcome, record.status) == ("cancelled", 0)
    assert record.output_tokens == (1 if stream else 7)
    assert record.tokens_counted is True


def test_clients_are_known_by_their_key(tmp_path: Path) -> None:
    """An unknown key is refused in the words of the protocol; a known one gives team and name,
    goes no further, and stands nowhere."""
    clients = [{"name": "desk", "key": "${DESK}", "team": "claims", "groups": ["volunteers"]}]
    with system(whole()) as up:
        plain = {"system": {"http": up.url}, "gateway": {"clients": clients}}
        with running(charter_of(tmp_path, plain, DESK="key-of-the-claims-desk")) as gateway:
            none = gateway.say(post(CHAT, ask()))
            wrong = gateway.say(post(CHAT, ask(), b"authorization: Bearer key-of-somebody"))
            right = gateway.say(
                post(
                    CHAT, ask(), b"authorization: Bearer key-of-the-claims-desk",
                    b"proveout-team: sales", b"proveout-user: ann",
                )
            )  # fmt: skip

    assert [status_of(each) for each in (none, wrong, right)] == [401, 401, 200]
    assert error_of(wrong)["type"] == "authentication_error"
    assert [b"authorization" in head for head, _ in up.requests] == [False]
    [record] = gateway.records()
    assert (record.client, record.team, record.user) == ("desk", "claims", "ann")
    assert record.key == hashlib.sha256(b"key-of-the-claims-desk").hexdigest()[:12]
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"key-of-" not in kept


def test_what_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    """By its length at once, and in chunks as soon as it is known."""
    with system(whole()) as up:
        plain = {"system": {"http": up.url}, "gateway": {"max_body_mb": 0.001}}
        with running(charter_of(tmp_path, plain)) as gateway:
            told = gateway.say(b"POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 5000\r\n\r\n")
            head = b"POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n"
            found = gateway.say(head + b"800\r\n" + b"x" * 2048 + b"\r\n")

    assert [status_of(each) for each in (told, found)] == [413, 413]
    assert error_of(told)["message"] == "The request is larger than 0.001 MB."
    assert header(told, "connection") == "close"
    assert up.requests == []


def test_no_answer_is_released_that_is_not_in_the_log(tmp_path: Path) -> None:
    """Where the log cannot be written, the client gets 503 and not the system's answer."""

    def answer(_head: bytes, _body: bytes) -> bytes:
        return whole()

    with system(answer) as up, running(before(up.url, tmp_path, log="log")) as gateway:
        assert status_of(gateway.say(post(CHAT, ask()))) == 200
        _break_log()
        try:
            reply = gateway.say(post(CHAT, ask()))
        finally:
            _mend_log()

    assert status_of(reply) == 503
    assert b"hello" not in reply
    assert "The prediction log" in error_of(reply)["message"]


def _break_log() -> None:
    import os

    from proveout.runtime.log import segment

    def full(*_: Any) -> int:
        raise OSError(28, os.strerror(28))

    segment.Segment.write_, segment.Segment.write = segment.Segment.write, full  # type: ignore


def _mend_log() -> None:
    from proveout.runtime.log import segment

    segment.Segment.write = segment.Segment.write_  # type: ignore


def test_the_kill_switch_holds_for_the_next_request(tmp_path: Path) -> None:
    """The manual process answers, from the very next request on."""
    with system(whole()) as up:
        plain = {
            "system": {"chat": {"url": up.url + "/v1", "model": "m", "user": "{q}"}},
            "gateway": {"fallback": {"manual": FALLBACK, "status": 200}},
        }
        settings = charter_of(tmp_path, plain)
        [pilot] = settings.pilots
        with running(settings) as gateway:
            assert b"hello" in gateway.say(post(CHAT, ask()))
            with open_store(pilot.store) as store:
                insist(store, pilot.pilot, initial(pilot.charter), lambda now: kill(now, ANA))
            reply = gateway.say(post(CHAT, ask()))

    assert status_of(reply) == 200
    assert header(reply, "proveout-fallback") == "switched-off"
    answer = json.loads(reply.partition(b"\r\n\r\n")[2])
    assert answer["choices"][0]["message"]["content"] == FALLBACK
    assert [record.outcome for record in gateway.records()] == ["answered", "switched-off"]
    assert len(up.requests) == 1


def test_the_kill_switch_cuts_streams_that_run(tmp_path: Path) -> None:
    """Who reads sees his stream break off, soon and never as a whole one."""
    head, one, *_ = chunked(b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n')

    with system(lambda _h, _b: [head, one, None]) as up:
        settings = before(up.url, tmp_path)
        [pilot] = settings.pilots
        with (
            running(settings) as gateway,
            socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
        ):
            client.sendall(post(CHAT, ask(stream=True)))
            client.recv(65536)
            with open_store(pilot.store) as store:
                insist(store, pilot.pilot, initial(pilot.charter), lambda now: kill(now, ANA))
            rest = read_reply(client, until_closed=True)
            assert up.gone.wait(20)

    assert not rest.endswith(b"0\r\n\r\n")
    [record] = gateway.records()
    assert record.outcome == "switched-off"
    assert record.notes == ("the version was taken back while it answered",)


def test_health_metrics_and_feedback(tmp_path: Path) -> None:
    """How it stands, in figures, and a way to say that an answer was wrong."""
    with system(whole()) as up, running(before(up.url, tmp_path)) as gateway:
        reply = gateway.say(post(CHAT, ask()))
        health = gateway.say(b"GET /proveout/health HTTP/1.1\r\nhost: g\r\n\r\n")
        metrics = gateway.say(b"GET /proveout/metrics HTTP/1.1\r\nhost: g\r\n\r\n")
        told = json.dumps({"id": header(reply, "proveout-id"), "said": "not so"}).encode()
        feedback = gateway.say(post(b"/proveout/feedback", told))

    found = json.loads(health.partition(b"\r\n\r\n")[2])
    assert (found["live"], found["ready"]) == (True, True)
    version = found["pilots"]["gateway"]["versions"]["current"]
    assert (version["system"], version["breaker"]) == (up.url, "closed")
    assert status_of(metrics) == 200
    assert b'pilot="gateway"' in metrics
    assert status_of(feedback) == 201
