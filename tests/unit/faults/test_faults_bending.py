"""What a bent answer holds, and which requests a fault strikes. No sockets."""

import json
import random

import pytest

from proveout.faults.bending import bend_body, bend_line
from proveout.faults.effects import (
    ChangedSchema,
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
)
from proveout.faults.framing import (
    NotHttpError,
    RequestFrame,
    ResponseFrame,
    with_host,
    without_compression,
)
from proveout.faults.responses import response_for
from proveout.faults.switchboard import Switchboard, delay_s
from proveout.faults.upstream import Upstream

ANSWER = {"id": "x1", "choices": [{"index": 0, "message": {"content": "Gate 7"}}], "created": 5}


def bent(effect: Effect, answer: object = ANSWER) -> object:
    """The JSON that arrives."""
    return json.loads(bend_body(effect, json.dumps(answer).encode(), random.Random(1)))


def test_the_key_that_holds_the_answer_is_renamed() -> None:
    """Unless one is named, it is the list at the top, or what is longest there."""
    assert bent(ChangedSchema()) == {
        "id": "x1",
        "choices_v2": ANSWER["choices"],
        "created": 5,
    }
    assert bent(ChangedSchema(), {"answers": ["yes"], "note": "a much longer text"}) == {
        "answers_v2": ["yes"],
        "note": "a much longer text",
    }


def test_a_named_key_is_changed_wherever_it_stands() -> None:
    """Renamed, left out, or of another type."""
    renamed = bent(ChangedSchema(key="content", to="text"))
    dropped = bent(ChangedSchema(key="message", change="drop"))
    retyped = bent(ChangedSchema(key="content", change="retype"))
    number = bent(ChangedSchema(key="created", change="retype"))

    assert renamed == {**ANSWER, "choices": [{"index": 0, "message": {"text": "Gate 7"}}]}
    assert dropped == {**ANSWER, "choices": [{"index": 0}]}
    assert retyped == {**ANSWER, "choices": [{"index": 0, "message": {"content": 6}}]}
    assert number == {**ANSWER, "created": "5"}


@pytest.mark.parametrize("body", [b"not JSON", b"[1, 2]", b"", b"7"])
def test_what_has_no_key_stays_as_it_is(body: bytes) -> None:
    """A schema can only change where there is one."""
    assert bend_body(ChangedSchema(), body, random.Random(1)) == body


def test_a_stream_is_bent_event_by_event() -> None:
    """Each 'data:' line is JSON of its own; its end, and the last line of all, stay."""
    draw = random.Random(1)
    line = bend_line(ChangedSchema(key="delta"), b'data: {"delta": {"content": "a"}}\n', draw)

    assert line == b'data: {"delta_v2": {"content": "a"}}\n'
    assert bend_line(ChangedSchema(key="delta"), b"data: [DONE]\n", draw) == b"data: [DONE]\n"
    assert bend_line(ChangedSchema(key="delta"), b"\n", draw) == b"\n"


def test_garbage_has_the_length_of_what_it_replaces_and_is_no_text() -> None:
    """Random bytes that are neither ASCII nor, by chance, what was there."""
    body = b"a perfectly sound answer"
    garbled = bend_body(Garbage(), body, random.Random(1))

    assert len(garbled) == len(body)
    assert all(byte >= 0x80 for byte in garbled)
    assert bend_body(Garbage(), body, random.Random(1)) == garbled


def test_errors_are_written_as_openai_writes_them() -> None:
    """Type and code tell a client what to raise."""
    head, _, body = response_for(RateLimit(per_minute=1), random.Random(1)).partition(b"\r\n\r\n")

    assert head.split(b"\r\n") == [
        b"HTTP/1.1 429 Too Many Requests",
        b"content-type: application/json",
        b"content-length: 110",
        b"retry-after: 20",
    ]
    assert json.loads(body) == {
        "error": {
            "message": "Too Many Requests.",
            "type": "requests",
            "param": None,
            "code": "rate_limit_exceeded",
        }
    }
    assert response_for(Errors(status=(503,), body="plain"), random.Random(1)).endswith(
        b"\r\n\r\n503 Service Unavailable\n"
    )
    assert b"401 Unauthorized" in response_for(ExpiredCredentials(), random.Random(1))


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def fault(effect: Effect, share: float = 1.0, name: str = "f") -> Fault:
    """A fault of this kind."""
    return Fault(name=name, effect=effect, share=share, seed=3)


def test_what_ends_a_request_comes_after_what_delays_it_and_leaves_nothing_to_bend() -> None:
    """One request may meet several faults; the first that ends it counts."""
    board = Switchboard(Clock())
    for number, effect in enumerate((Slow(bytes_per_s=5), Outage(), Errors(), Latency(seconds=2))):
        board.on(fault(effect, name=str(number)), for_s=9)
    hits = board.draw()

    assert [delay_s(each) for each in hits.delays] == [2]
    assert hits.ending is not None
    assert isinstance(hits.ending.fault.effect, Outage)
    assert [each.fault.name for each in hits.bending] == ["0"]


def test_a_share_is_drawn_from_the_seed_and_the_name() -> None:
    """The same requests are struck again, whatever other faults are on."""

    def struck(*names: str) -> list[bool]:
        board = Switchboard(Clock())
        for name in names:
            board.on(fault(Slow(bytes_per_s=5), share=0.3, name=name), for_s=9)
        return [any(each.fault.name == "f" for each in board.draw().bending) for _ in range(400)]

    assert struck("f") == struck("g", "f")
    assert 0.22 < sum(struck("f")) / 400 < 0.38


def test_a_rate_limit_lets_so_many_pass_in_any_minute() -> None:
    """Those beyond are turned away, until the first is a minute old."""
    clock = Clock()
    board = Switchboard(clock)
    board.on(fault(RateLimit(per_minute=2)), for_s=600)

    def passes() -> bool:
        return board.draw().ending is None

    assert [passes(), passes(), passes()] == [True, True, False]
    clock.now = 61
    assert passes()


def test_a_fault_goes_off_by_itself_and_its_count_stays() -> None:
    """Whoever switched it on may be gone by then."""
    clock = Clock()
    board = Switchboard(clock)
    board.on(fault(Refused()), for_s=5)
    assert board.refuses
    board.draw()
    clock.now = 5

    assert not board.refuses
    assert not board
    assert board.tally() == {"f": (1, 1)}


@pytest.mark.parametrize(
    ("effect", "refuses"),
    [(Refused(), True), (Outage(how="refused"), True), (Outage(), False), (Reset(), False)],
)
def test_only_what_refuses_shuts_the_door(effect: Effect, refuses: bool) -> None:
    """And only for all requests: a share of them cannot be refused before they are made."""
    board = Switchboard(Clock())
    board.on(fault(effect), for_s=5)
    assert board.refuses is refuses
    board.on(fault(effect, share=0.5), for_s=5)
    assert not board.refuses


def test_delays_are_drawn_by_their_shape() -> None:
    """Constant, up and down, or with a long tail."""
    board = Switchboard(Clock())
    for shape in ("constant", "uniform", "exponential"):
        board.on(fault(Latency(seconds=2, jitter_s=1, shape=shape), name=shape), for_s=9)
    drawn = {each.fault.name: [delay_s(each) for _ in range(300)] for each in board.draw().delays}

    assert set(drawn["constant"]) == {2}
    assert 1 <= min(drawn["uniform"]) < 1.1
    assert 2.9 < max(drawn["uniform"]) <= 3
    assert 2.8 < sum(drawn["exponential"]) / 300 < 3.2
    assert max(drawn["exponential"]) > 4


def test_only_the_host_is_rewritten() -> None:
    """For a service by TLS, which answers under its own name only."""
    head = b"GET /x HTTP/1.1\r\nhOsT:\t127.0.0.1:8601\r\nX-Host: a\r\nAccept-Encoding: gzip\r\n\r\n"

    assert with_host(head, "api.example") == head.replace(b"127.0.0.1:8601", b"api.example")
    assert without_compression(head) == head.replace(b"gzip", b"identity")
    assert with_host(b"GET / HTTP/1.0\r\n\r\n", "api.example") == b"GET / HTTP/1.0\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "authority", "is_tls"),
    [
        ("https://api.example/v1", "api.example", True),
        ("https://api.example:8443/v1", "api.example:8443", True),
        ("http://[::1]:80/", "[::1]", False),
        ("http://user:pw@a.example:81", "a.example:81", False),
    ],
)
def test_the_upstream_is_read_from_the_url(url: str, authority: str, is_tls: bool) -> None:
    """Without what may be secret in it."""
    upstream = Upstream.of(url)

    assert (upstream.authority, upstream.is_tls) == (authority, is_tls)


def test_frames_find_the_end_of_a_request_and_of_its_response() -> None:
    """What has come behind it belongs to the next one."""
    first = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\nabc"
    frame = RequestFrame.new()

    assert frame.feed(first + b"GET /b") == len(first)
    assert (frame.is_done, frame.left_over) == (True, b"GET /b")
    assert frame.request is not None
    response = ResponseFrame.to(frame.request)
    assert response.feed(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhix") == b"hi"
    assert (response.is_done, response.keeps_open, response.left_over) == (True, True, b"x")
    with pytest.raises(NotHttpError):
        RequestFrame.new().feed(b"GET / HTTP/1.1\r\n bad\r\n\r\n")
