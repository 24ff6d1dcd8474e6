"""Values of named fields never reach the log, wherever they stand."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.prediction_log import record
from proveout.charter.schema.gateway import Payload
from proveout.runtime.log.payload import hash_of
from proveout.runtime.log.policy import policy_of
from proveout.runtime.log.redaction import NotReadableError, Redactor

SECRET = "ada@example.com"


def redacted(body: Any, *fields: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return json.loads(Redactor(fields).body(text))


def chunks(*pieces: str) -> str:
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("body", "fields", "kept"),
    [
        # a key at any depth, whatever its value is
        ({"a": [{"email": SECRET}]}, ["email"], {"a": [{"email": "[redacted]"}]}),
        ({"email": {"work": SECRET}}, ["email"], {"email": "[redacted]"}),
        # capitals do not matter
        ({"EMail": SECRET}, ["email"], {"EMail": "[redacted]"}),
        # several keys, from the outer to the inner; lists in between do not count
        (
            {"messages": [{"role": "user", "content": SECRET}], "content": "open"},
            ["messages.content"],
            {"messages": [{"role": "user", "content": "[redacted]"}], "content": "open"},
        ),
        # JSON in a text, such as the arguments of a tool
        (
            {"arguments": json.dumps({"email": SECRET, "n": 1})},
            ["email"],
            {"arguments": '{"email":"[redacted]","n":1}'},
        ),
        # a text that names the field and cannot be read goes as a whole
        ({"content": 'Here: {"email": "' + SECRET}, ["email"], {"content": "[redacted]"}),
        # names apart from values: Open Inference Protocol, dataframe_split
        (
            {"inputs": [{"name": "email", "data": [SECRET]}, {"name": "n", "data": [1]}]},
            ["email"],
            {"inputs": [{"name": "email", "data": "[redacted]"}, {"name": "n", "data": [1]}]},
        ),
        (
            {"dataframe_split": {"columns": ["n", "email"], "data": [[1, SECRET], [2, None]]}},
            ["email"],
            {
                "dataframe_split": {
                    "columns": ["n", "email"],
                    "data": [[1, "[redacted]"], [2, None]],
                }
            },
        ),
        # a text with a backslash and nothing to hide stays as it is
        ({"content": "a \\ b"}, ["email"], {"content": "a \\ b"}),
    ],
)
def test_a_field_is_replaced_wherever_it_stands(body: Any, fields: list[str], kept: Any) -> None:
    """The value goes, the rest stays."""
    assert redacted(body, *fields) == kept


def test_the_first_of_two_equal_keys_goes_too() -> None:
    """A body is written anew, so that a value which JSON readers pass over is not kept either."""
    assert Redactor(["email"]).body(f'{{"email": "{SECRET}", "email": null}}') == '{"email":null}'


def test_a_stream_is_looked_into_event_by_event() -> None:
    """Fields in the JSON of events are replaced, and the end of the stream stays."""
    assert Redactor(["content"]).body(chunks("my mail", "")) == (
        'data: {"choices":[{"index":0,"delta":{"content":"[redacted]"}}]}\n\n' * 2
        + "data: [DONE]\n\n"
    )


def test_what_a_stream_brings_in_pieces_is_put_together_first() -> None:
    """A field whose name and value are spread over events is found."""
    kept = Redactor(["email"]).body(chunks('{"em', 'ail": "ada@exam', 'ple.com"}'))

    assert json.loads(json.loads(kept[6 : kept.index("\n")])["choices"][0]["delta"]["content"]) == {
        "email": "[redacted]"
    }
    assert kept.count('"content":""') == 2


@pytest.mark.parametrize("body", ["email=ada", "data: half {\n\n", "\x00", "[" * 5000])
def test_what_cannot_be_read_is_told(body: str) -> None:
    """Neither JSON nor events: nobody can say where the fields are."""
    with pytest.raises(NotReadableError):
        Redactor(["email"]).body(body)


def test_a_body_that_cannot_be_read_is_kept_as_its_hash_only() -> None:
    """It is never kept in clear."""
    kept = record(
        "a", request=f"email={SECRET}", answer="base64:" + base64.b64encode(b"\xff").decode()
    )

    policy = policy_of(Payload(keep="redacted", redact=("email",)))
    assert policy is not None
    policy(kept)

    assert (kept.request, kept.answer) == (None, None)
    assert (kept.request_hash, kept.answer_hash) == (
        hash_of(f"email={SECRET}".encode()),
        hash_of(b"\xff"),
    )


def test_hashes_only_keep_no_body_and_no_quotation_of_it() -> None:
    """A note that quotes the answer says what is wrong without it."""
    kept = record(
        "a",
        answer=json.dumps({"email": SECRET}),
        notes=(f"rule 'mail' says: {SECRET} is unknown", f"failed: {SECRET}"),
    )

    policy = policy_of(Payload(keep="hashes"))
    assert policy is not None
    policy(kept)

    assert (kept.request, kept.answer) == (None, None)
    assert kept.answer_hash == hash_of(json.dumps({"email": SECRET}).encode())
    assert kept.notes == ("rule 'mail' says: [redacted]", "failed: [redacted]")


def test_the_user_of_a_body_is_known_by_a_name_of_ours_only() -> None:
    """Where the field 'user' is redacted, requests of one user can still be told to be his."""
    kept = record("a", user=SECRET)

    policy = policy_of(Payload(keep="redacted", redact=("user",)))
    assert policy is not None
    policy(kept)

    assert kept.user == "user-b5fc85e55755"


secrets = st.text(alphabet="abcdefghij0123456789", min_size=12, max_size=20).map("zq".__add__)
plain = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8)


@st.composite
def hidden(draw: st.DrawFn, secret: str) -> Any:
    """A body with the secret in the field, somewhere."""
    value: Any = draw(st.sampled_from([secret, [secret], {"x": secret}, {"email": secret}]))
    inner: Any = {"email": value, "other": draw(plain)}
    for _ in range(draw(st.integers(0, 4))):
        wrap = draw(st.sampled_from(["list", "object", "text", "columns", "named"]))
        if wrap == "list":
            inner = [draw(plain), inner]
        elif wrap == "object":
            inner = {draw(st.text(max_size=5)): inner, "more": draw(plain)}
        elif wrap == "text":
            inner = {"arguments": json.dumps(inner)}
        elif wrap == "columns":
            inner = {"columns": ["email", "b"], "data": [[secret, inner]]}
        else:
            inner = {"name": "email", "data": [secret], "rest": inner}
    return inner


@given(st.data())
def test_a_redacted_value_is_nowhere_in_what_is_written(data: st.DataObject) -> None:
    """Whatever the body looks like, as a whole or as a stream, the record is free of it."""
    secret = data.draw(secrets)
    body = json.dumps(data.draw(hidden(secret)), ensure_ascii=data.draw(st.booleans()))
    pieces = data.draw(st.integers(1, 30))
    stream = chunks(*[body[i : i + pieces] for i in range(0, len(body), pieces)])
    cut = body[: data.draw(st.integers(0, len(body)))]
    kept = record("a", request=data.draw(st.sampled_from([body, stream, cut])), answer=stream)
    kept.notes = (f"failed at {secret}",)

    policy = policy_of(Payload(keep="redacted", redact=("email",)))
    assert policy is not None
    policy(kept)

    assert secret.encode() not in msgspec.json.encode(kept)
