"""Whole answers that are under way when a switch is thrown, and keys that the system refuses."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways import Gateway, RawSystem, ask, charter_of, post, running, system, whole
from proveout.evidence.ledger import open_ledger
from proveout.runtime.rollout.keeping import insist
from proveout.runtime.rollout.state import State, initial
from proveout.runtime.rollout.transitions import By, kill, roll_back, start
from proveout.runtime.store.opening import open_store

CHAT = b"/v1/chat/completions"
ANA = By(who="Ana Ruiz", why="wrong sums", now=time.time())
NEVER: list[Any] = [None, b"never"]


def status_of(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


def message_of(reply: bytes) -> str:
    return str(json.loads(reply.partition(b"\r\n\r\n")[2])["error"]["message"])


def switched_under_way(
    tmp_path: Path, up: RawSystem, plain: dict[str, Any], transition: Any, then: Any = None
) -> tuple[bytes, Gateway]:
    """Ask; throw a switch while the system has the request; return what the client was told."""
    settings = charter_of(tmp_path, plain)
    replies: list[bytes] = []
    with running(settings) as gateway:
        client = threading.Thread(target=lambda: replies.append(gateway.say(post(CHAT, ask()))))
        client.start()
        until = time.monotonic() + 20
        while not up.requests and time.monotonic() < until:
            threading.Event().wait(0.01)
        with open_store(settings.pilots[0].store) as store:
            insist(store, "tickets", initial(settings.pilots[0].charter), transition)
        if then is not None:
            then()
        client.join(20)
    return replies[0], gateway


def test_the_kill_switch_holds_back_whole_answers_that_are_under_way(tmp_path: Path) -> None:
    """The system still has the request; the client is told what to do, and it is charged."""
    plain = {
        "system": {"chat": {"url": "", "model": "m", "user": "{q}"}, "version": "v1"},
        "rollback": {"procedure": "Decide by hand: form 7."},
        "budget": {"currency": "EUR", "per_month": 9, "price": {"per_request": 0.5}},
    }
    with system(NEVER) as up:
        plain["system"]["chat"]["url"] = f"{up.url}/v1"
        reply, gateway = switched_under_way(tmp_path, up, plain, lambda state: kill(state, ANA))
        assert up.gone.wait(20)
    (record,) = gateway.records()

    assert (status_of(reply), message_of(reply)) == (503, "Decide by hand: form 7.")
    assert b"proveout-fallback: switched-off" in reply
    assert (record.outcome, record.version, record.attempts, record.cost) == (
        "switched-off", "v1", 1, 500_000_000,
    )  # fmt: skip
    assert record.notes == ("the version was taken back while it answered",)


@pytest.mark.parametrize("in_flight", ["cut", "finish"])
def test_a_rollback_holds_whole_answers_back_where_it_cuts(tmp_path: Path, in_flight: Any) -> None:
    """Where what is under way may finish, it is answered by the version that was asked."""
    plain = {
        "system": {"chat": {"url": "", "model": "m", "user": "{q}"}, "version": "v1"},
        "gateway": {
            "versions": [
                {
                    "name": "v2",
                    "system": {"chat": {"url": "http://127.0.0.1:1/v1", "model": "m", "user": "q"}},
                }
            ]
        },
    }

    def back(state: State) -> State:
        return roll_back(state, ANA, to="v2", in_flight=in_flight)

    with system([None, whole()]) as up:
        plain["system"]["chat"]["url"] = f"{up.url}/v1"
        finish = in_flight == "finish"
        reply, gateway = switched_under_way(
            tmp_path, up, plain, back, then=up.hold.set if finish else None
        )
    (record,) = gateway.records()

    if finish:
        assert (status_of(reply), record.outcome) == (200, "answered")
        return
    assert status_of(reply) == 503
    assert message_of(reply) == "The version was taken back while it answered."
    assert b"retry-after: 1" in reply
    assert record.outcome == "switched-off"


def test_what_is_only_held_is_not_said_to_be_used_up(tmp_path: Path) -> None:
    """Who comes while the last call is under way may come again in a moment."""
    budget = {"currency": "EUR", "per_month": 9, "limits": [{"period": "day", "requests": 1}],
              "on_exceeded": "block"}  # fmt: skip
    with system(NEVER) as up:
        settings = charter_of(tmp_path, {"system": {"http": up.url}, "budget": budget})
        with running(settings) as gateway:
            first = threading.Thread(target=lambda: gateway.say(post(b"/", b"{}")))
            first.start()
            until = time.monotonic() + 20
            while not up.requests and time.monotonic() < until:
                threading.Event().wait(0.01)
            refused = gateway.say(post(b"/", b"{}"))
            up.hold.set()
            first.join(20)

    assert (status_of(refused), message_of(refused)) == (
        429,
        "Calls under way hold what is left of the budget: the pilot, 1 request a day.",
    )
    assert b"retry-after: 1\r\n" in refused
    assert b"x-should-retry" not in refused


def test_a_shadow_that_does_not_answer_is_charged_as_any_other(tmp_path: Path) -> None:
    """Nobody knows what it did with the request: all that was held is taken for used."""
    v2 = {"chat": {"url": "", "model": "m", "user": "{q}"}}
    plain: dict[str, Any] = {
        "system": {"chat": {"url": "", "model": "m", "user": "{q}"}, "version": "v1"},
        "gateway": {"deadline_s": 0.5, "versions": [{"name": "v2", "system": v2}]},
        "budget": {"currency": "EUR", "per_month": 9, "price": {"per_request": 0.5}},
    }
    with system(whole()) as up, system(NEVER) as silent:
        plain["system"]["chat"]["url"], v2["chat"]["url"] = f"{up.url}/v1", f"{silent.url}/v1"
        settings = charter_of(tmp_path, plain)
        with open_store(settings.pilots[0].store) as store:
            first = initial(settings.pilots[0].charter)
            insist(store, "tickets", first, lambda state: start(state, "v2", (), ANA, shadow=True))
        with running(settings) as gateway:
            gateway.say(post(CHAT, ask(max_tokens=7)))
    records = {each.version: each for each in gateway.records()}

    assert (records["v1"].outcome, records["v1"].cost) == ("answered", 500_000_000)
    unheard = records["v2"]
    assert (unheard.outcome, unheard.attempts, unheard.cost) == ("timed-out", 1, 500_000_000)
    assert (unheard.output_tokens, unheard.tokens_counted) == (7, True)


def test_a_gateway_that_starts_writes_missing_switches_to_the_ledger(tmp_path: Path) -> None:
    """Who threw them had no ledger at hand; where there is none, none is made."""
    place = tmp_path / "ledger.db"
    settings = charter_of(tmp_path, {"system": {"http": "http://127.0.0.1:1/"}})
    pilot = replace(settings.pilots[0], ledger=str(place))
    settings = replace(settings, pilots=(pilot,))
    with open_store(pilot.store) as store:
        insist(store, "tickets", initial(pilot.charter), lambda state: kill(state, ANA))

    with running(settings):
        pass
    assert not place.exists()
    with open_ledger(str(place)):
        pass
    for _ in range(2):
        with running(settings):
            pass

    with open_ledger(str(place)) as ledger:
        (entry,) = ledger.entries(kinds=["switch"])
    assert (entry.body["act"], entry.body["who"]) == ("kill", "Ana Ruiz")


KEYS = {"clients": [{"name": "desk", "key": "desk-key-1"}]}


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_key_of_ours_that_is_refused_is_a_failure_of_the_system(
    tmp_path: Path, status: str
) -> None:
    """The client's own key is good: he is not told otherwise, and a person hears of it."""
    said = whole(b'{"error":{"message":"Incorrect API key provided: sk-ge***im"}}', status=status)
    with system(said) as up:
        settings = charter_of(tmp_path, {"system": {"http": up.url}, "gateway": KEYS})
        with running(settings) as gateway:
            reply = gateway.say(post(b"/", b"{}", b"authorization: Bearer desk-key-1"))
    (record,) = gateway.records()

    code = int(status[:3])
    assert (status_of(reply), b"sk-ge" in reply) == (502, False)
    assert message_of(reply) == f"The system answered {code} to the gateway's own key."
    assert (record.outcome, record.reasons, record.system_status) == ("failed", ("failure",), code)


def test_a_key_of_the_client_that_is_refused_is_his_own_affair(tmp_path: Path) -> None:
    """It went to the system as it was; he is told what the system says, byte for byte."""
    said = whole(b'{"error":"no"}', status="401 Unauthorized")
    with system(said) as up:
        settings = charter_of(tmp_path, {"system": {"http": up.url}})
        with running(settings) as gateway:
            reply = gateway.say(post(b"/", b"{}", b"authorization: Bearer mine"))
    (record,) = gateway.records()

    assert (status_of(reply), reply.endswith(b'{"error":"no"}')) == (401, True)
    assert (record.outcome, record.reasons) == ("refused", ())
    assert record.key == hashlib.sha256(b"mine").hexdigest()[:12]
