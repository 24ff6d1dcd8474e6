"""The pure parts of the gateway: addresses, headers, what requests and replies say."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.runtime.call import Call, Caller
from proveout.runtime.gateway.addresses import read_address, target
from proveout.runtime.gateway.asked import Asked, protocol_of, read_asked
from proveout.runtime.gateway.callers import Callers, UnknownKeyError
from proveout.runtime.gateway.headers import of_reply, request_head
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.gateway.usage import counted, unpacked, usage_in, usage_in_stream
from proveout.runtime.gateway.words import manual_answer, refusal
from proveout.systems.exchange import Tokens


@pytest.mark.parametrize(
    ("url", "path", "query", "wanted"),
    [
        # The gateway's root, and the base's own path, both reach the base.
        ("https://a.example/v1", b"/chat/completions", b"", b"/v1/chat/completions"),
        ("https://a.example/v1", b"/v1/chat/completions", b"", b"/v1/chat/completions"),
        ("https://a.example/v1/", b"/v1", b"", b"/v1"),
        # A path that only begins with the same letters is another one.
        ("https://a.example/v1", b"/v10/x", b"", b"/v1/v10/x"),
        # A charter may name the whole path of a chat.
        ("https://a.example/v1/chat/completions", b"/models", b"a=%2F", b"/v1/models?a=%2F"),
        # What the base asks with, goes with every request.
        ("https://a.example/o?v=7", b"/x", b"y=1", b"/o/x?y=1&v=7"),
        ("http://a.example", b"//x/../%E4", b"", b"//x/../%E4"),
    ],
)
def test_both_ways_to_write_a_base_reach_the_system(
    url: str, path: bytes, query: bytes, wanted: bytes
) -> None:
    """Path and query stay as they are encoded."""
    assert target(read_address(url), path, query) == wanted


@pytest.mark.parametrize(
    "url", ["a.example", "ftp://a.example", "http://", "http://a:b:c", "http://a b", "http://a/\n"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    """With how it is written."""
    with pytest.raises(InputError, match="is no address of a service"):
        read_address(url)


def test_an_address_keeps_its_secrets_to_itself() -> None:
    """Neither its label nor its repr holds the password or the query."""
    address = read_address("https://ann:pass-word@a.example:8443/v1?key=secret")

    assert address.label == "https://a.example:8443/v1"
    assert address.authority == b"a.example:8443"
    assert "secret" not in repr(address)
    assert "pass-word" not in repr(address)


def test_hop_by_hop_headers_end_here() -> None:
    """Those of the standard, and those that a Connection header names."""
    given_headers = [
        (b"Content-Type", b"a"), (b"Connection", b"X-Mine, close"), (b"X-Mine", b"1"),
        (b"Keep-Alive", b"timeout=5"), (b"Transfer-Encoding", b"chunked"), (b"X-Other", b"2"),
    ]  # fmt: skip

    assert of_reply(given_headers) == [(b"content-type", b"a"), (b"x-other", b"2")]


def test_the_connection_header_cannot_take_away_what_frames_and_names() -> None:
    """Else a client could make the gateway drop the length, or a key."""
    head = request_head(
        b"POST", b"/", b"h",
        [(b"connection", b"authorization, content-type, x"), (b"authorization", b"k"),
         (b"content-type", b"t"), (b"x", b"1")],
        body_length=3,
    )  # fmt: skip

    assert head == (
        b"POST / HTTP/1.1\r\nhost: h\r\nauthorization: k\r\ncontent-type: t\r\n"
        b"content-length: 3\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        (
            b"/v1/chat/completions",
            {"model": "m", "stream": True, "max_tokens": 5, "n": 2, "user": "ann", "more": [1]},
            Asked("m", True, 2, 10, "ann"),
        ),
        (
            b"/v1/chat/completions",
            {"model": 7, "stream": "yes", "max_tokens": -1},
            Asked(most_output_tokens=16_384),
        ),
        # each of several answers may be as long as one that nobody limits
        (b"/v1/chat/completions", {"n": 3}, Asked(rows=3, most_output_tokens=3 * 16_384)),
        # which of two limits a system goes by is not known here: the larger is held
        (
            b"/v1/chat/completions",
            {"max_completion_tokens": 1, "max_tokens": 900},
            Asked(most_output_tokens=900),
        ),
        (b"/v1/completions", {"max_tokens": 7}, Asked(most_output_tokens=7)),
        (b"/v1/responses", {"model": "m"}, Asked("m", most_output_tokens=16_384)),
        (b"/v2/models/iris/infer", {"inputs": [{"shape": [4, 2]}]}, Asked("iris", rows=4)),
        (b"/invocations", {"dataframe_split": {"columns": [], "data": [[1], [2]]}}, Asked(rows=2)),
        (b"/invocations", {"inputs": [[1], [2], [3]]}, Asked(rows=3)),
        (b"/invocations", {"inputs": {"a": [1]}}, Asked()),
        (b"/score", {"rows": [{}, {}]}, Asked(rows=2)),
        (b"/v1/embeddings", {"model": "e", "input": "x"}, Asked("e")),
        (b"/score", [1, 2], Asked()),
    ],
)
def test_what_must_be_known_is_read(path: bytes, body: Any, wanted: Asked) -> None:
    """Of each protocol; what is not understood passes, for the system to refuse."""
    assert read_asked(protocol_of(path), path, json.dumps(body).encode()) == wanted


@given(st.binary(max_size=60))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    """Whatever comes, something is read of it."""
    for path in (b"/chat/completions", b"/v2/models/m/infer", b"/invocations", b"/x", b"/v1/x"):
        for prefix in (b"", b'{"model":', b'{"inputs":[{"shape":'):
            assert read_asked(protocol_of(path), path, prefix + body).rows >= 1


@pytest.mark.parametrize(
    ("usage", "wanted"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 3}, Tokens(input=9, output=3)),
        # What the model thought is left out by some, and billed.
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 20},
            Tokens(input=9, output=11),
        ),
        ({"input_tokens": 9, "output_tokens": 3}, Tokens(input=9, output=3)),
        ({"prompt_tokens": 9, "total_tokens": 9}, Tokens(input=9, output=0)),
        (
            {"prompt_tokens": 9, "completion_tokens": 0,
             "prompt_tokens_details": {"cached_tokens": 4}},
            Tokens(input=9, output=0, cached_input=4),
        ),
        ({"prompt_tokens": "many"}, None),
        (None, None),
    ],
)  # fmt: skip
def test_usage_is_read_as_services_write_it(usage: Any, wanted: Tokens | None) -> None:
    """Whole, and as the last event of a stream that tells anything."""
    body = json.dumps({"choices": [], "usage": usage}).encode()
    stream = b"data: " + body + b'\n\ndata: {"usage": null}\n\ndata: [DONE]\n\n'

    assert usage_in(body) == wanted
    assert usage_in_stream(stream) == wanted


@given(st.binary(max_size=80))
def test_no_reply_breaks_the_reading(body: bytes) -> None:
    """Whatever a system sends."""
    for text in (body, b'data: {"usage":' + body, b'{"usage":' + body):
        usage_in(text)
        usage_in_stream(text)
        counted(b"", text)


def test_compressed_replies_are_read_and_unknown_ones_are_not_guessed() -> None:
    """None is no text: nothing is read of it."""
    assert unpacked(gzip.compress(b"abc"), b"gzip") == b"abc"
    assert unpacked(b"abc", None) == b"abc"
    assert unpacked(b"no gzip", b"gzip") is None
    assert unpacked(b"abc", b"zstd") is None


def test_ids_rise_whatever_the_clock_does() -> None:
    """Within a millisecond, and when the clock is set back."""
    ids = Ids()
    made = [ids.next(at) for at in (5.0, 5.0, 5.001, 4.0, 1.7e9, 1.7e9)]

    assert made == sorted(made)
    assert len(set(made)) == 6
    assert {len(each) for each in made} == {26}


def test_a_team_of_the_charter_cannot_be_changed_by_a_header() -> None:
    """What is charged to a team is the charter's word."""
    import hashlib

    digest = hashlib.sha256(b"a-long-key").hexdigest()
    callers = Callers({digest: Caller(client="desk", key=digest[:12], team="claims")})
    key = (b"authorization", b"Bearer a-long-key")

    found = callers.of([key, (b"proveout-team", b"sales"), (b"proveout-user", b"ann")])

    assert (found.client, found.team, found.user) == ("desk", "claims", "ann")
    for headers in ([], [(b"authorization", b"Bearer another")], [(b"authorization", b"")]):
        with pytest.raises(UnknownKeyError):
            callers.of(headers)


def call(protocol: Any, *, is_stream: bool = False, rows: int = 1) -> Call:
    return Call(
        id="01", pilot="p", protocol=protocol, caller=Caller(), received_at=1.0, began=0.0,
        deadline=1.0, body=b"", model="m", is_stream=is_stream, rows=rows,
    )  # fmt: skip


def test_a_refusal_speaks_the_protocol() -> None:
    """So that each client's library raises its own error."""
    said = refusal("chat", "budget_exceeded", "used up", retry_after_s=3.2, is_final=True)

    assert said.status == 429
    assert json.loads(said.body) == {
        "error": {"message": "used up", "type": "budget_exceeded", "param": None,
                  "code": "budget_exceeded"},
    }  # fmt: skip
    assert (b"retry-after", b"4") in said.headers
    assert json.loads(refusal("open_inference", "timeout", "late").body) == {"error": "late"}
    assert json.loads(refusal("mlflow", "timeout", "late").body) == {
        "error_code": "TIMEOUT", "message": "late",
    }  # fmt: skip


def test_the_manual_process_answers_in_the_protocol() -> None:
    """One text for each row that was asked for; a stream ends as streams do."""
    text = "Do it by hand."

    chat = json.loads(manual_answer(call("chat"), text, status=200).body)
    stream = manual_answer(call("chat", is_stream=True), text, status=200).body
    rows = json.loads(manual_answer(call("json", rows=2), text, status=200).body)
    tensor = json.loads(manual_answer(call("open_inference", rows=2), text, status=200).body)

    assert chat["choices"][0]["message"] == {"role": "assistant", "content": text}
    assert stream.endswith(b"data: [DONE]\n\n")
    assert rows == {"answers": [text, text]}
    assert tensor["outputs"][0]["data"] == [text, text]
    assert manual_answer(call("chat"), text, status=503).status == 503
