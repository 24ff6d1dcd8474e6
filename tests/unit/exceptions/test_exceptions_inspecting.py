"""What makes an answer go to a person before anybody relies on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.runtime.call import ANYBODY, Call, Protocol_
from proveout.runtime.exceptions.inspecting import AnswerInspector, open_inspector
from proveout.runtime.ports import Found

CHAT = {"url": "http://model.example/v1", "model": "m", "user": "{text}"}
HTTP = {"url": "http://model.example", "confidence_path": "confidence", "batch_rows": 1}
SOURCE = "system.confident_at, since no check has recommended one"


def call(
    protocol: Protocol_ = "json",
    body: bytes = b'{"rows": []}',
    *,
    rows: int = 1,
    stream: bool = False,
) -> Call:
    return Call(
        id="01JD0000000000000000000000", pilot="claims", protocol=protocol, caller=ANYBODY,
        received_at=0.0, began=0.0, deadline=30.0, body=body, is_stream=stream, rows=rows,
    )  # fmt: skip


def inspector(folder: Path = Path(), **charter: Any) -> AnswerInspector:
    return open_inspector(
        Charter.model_validate({"pilot": "claims", **charter}), folder=folder, clock=lambda: 0.0
    )


def completion(content: str | None, **message: Any) -> bytes:
    choice = {"message": {"content": content, **message}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice]}).encode()


def test_a_sure_answer_goes_out_with_its_confidence() -> None:
    """At the threshold an answer is sure enough."""
    looks = inspector(system={"http": HTTP, "confident_at": 0.8})

    found = looks.inspect(call(), b'{"answers": ["pay"], "confidence": [0.8]}', is_stream=False)

    assert found == Found(confidence=0.8)


def test_the_least_sure_of_many_answers_counts() -> None:
    """One doubtful answer of a batch sends the request to a person, and says from where."""
    looks = inspector(system={"http": {**HTTP, "batch_rows": 9}, "confident_at": 0.8})
    answer = b'{"answers": ["pay", "ask", "pay"], "confidence": [0.95, 0.41, 0.9]}'

    found = looks.inspect(call(rows=3), answer, is_stream=False)

    note = f"confidence 0.41 is below 0.8 ({SOURCE})"
    assert found == Found(("low-confidence",), (note,), confidence=0.41)


@pytest.mark.parametrize(
    ("system", "answer", "reason", "note"),
    [
        ({"http": HTTP}, b"<html>", "malformed", "the response is not JSON"),
        ({"http": HTTP}, b'{"answers": [], "confidence": []}', "malformed",
         "only 0 answers came for 1 rows"),
        ({"http": HTTP}, b'{"answers": ["a", "b"], "confidence": [0.9, 0.9]}', "malformed",
         "2 answers came for 1 rows"),
        ({"http": HTTP}, b'{"answers": [null], "confidence": [0.9]}', "failure",
         "the system declined to answer"),
        ({"http": HTTP}, b'{"answers": ["a"], "confidence": [7]}', "malformed",
         "1 confidences were not a number from 0 to 1"),
        ({"http": HTTP}, b'{"answers": ["a"], "confidence": [null]}', "low-confidence",
         "an answer came without a confidence"),
        ({"http": HTTP, "task": "regression"}, b'{"answers": ["Jane"], "confidence": [0.9]}',
         "malformed", "1 of 1 answers do not fit the task 'regression': at system.http.answer_path "
         "'answers' there was a text"),
        ({"http": {**HTTP, "answer_path": "answers"}, "task": "classification"},
         b'{"answers": [{"answer": "pay", "confidence": 0.9, "Jane Doe": 1}], "confidence": [0.9]}',
         "malformed", "1 of 1 answers do not fit the task 'classification': at "
         "system.http.answer_path 'answers' there was an object with 'answer', 'confidence'"),
    ],
)  # fmt: skip
def test_what_is_no_answer_goes_to_a_person(
    system: dict[str, Any], answer: bytes, reason: str, note: str
) -> None:
    """The same answers are unusable in production as in the checks before it."""
    found = inspector(system=system).inspect(call(), answer, is_stream=False)

    assert (found.reasons, found.notes) == ((reason,), (note,))


@pytest.mark.parametrize(
    "system", [{"http": HTTP}, {"chat": CHAT}, {"mlflow": {"url": "http://m"}}]
)
@pytest.mark.parametrize(
    "answer", [b"", b"\xff\xfe", b"[" * 100_000, b'{"choices": 7}', b"null", b'{"answers": {}}']
)
def test_no_answer_whatever_makes_an_inspection_fail(system: dict[str, Any], answer: bytes) -> None:
    """An answer may be anything; that is a finding and never an accident of the gateway."""
    looks = inspector(system=system)
    protocols: tuple[Protocol_, ...] = ("chat", "json", "mlflow", "open_inference", "python")

    found = [looks.inspect(call(each), answer, is_stream=False) for each in protocols]

    assert all(set(each.reasons) <= {"malformed", "failure"} for each in found)


def test_rows_are_counted_where_the_charter_puts_them() -> None:
    """The gateway counts them where most clients do; a template may have them elsewhere."""
    http = {"url": "http://model.example", "request_template": {"claims": "$rows"}}
    looks = inspector(system={"http": http})
    asked = call(body=b'{"claims": [{"a": 1}, {"a": 2}]}')

    both = looks.inspect(asked, b'{"answers": ["pay", "ask"]}', is_stream=False)
    one = looks.inspect(asked, b'{"answers": ["pay"]}', is_stream=False)

    assert both == Found()
    assert one == Found(("malformed",), ("only 1 answers came for 2 rows",))


def test_a_refusal_in_words_is_a_failure() -> None:
    """A model that declines leaves somebody without an answer."""
    said = completion("I'm sorry, but I can't help with that.")

    found = inspector(system={"chat": CHAT}).inspect(call("chat"), said, is_stream=False)

    assert found == Found(("failure",), ("the system declined to answer",))


def test_an_answer_asked_for_without_log_probabilities_is_not_doubted() -> None:
    """A client that did not ask for them cannot be sent any; one that did can."""
    looks = inspector(system={"chat": {**CHAT, "confidence": "logprobs"}})

    without = looks.inspect(call("chat", b"{}"), completion("yes"), is_stream=False)
    with_it = looks.inspect(call("chat", b'{"logprobs": true}'), completion("yes"), is_stream=False)

    assert without == Found()
    assert with_it == Found(("low-confidence",), ("an answer came without a confidence",))


def test_a_call_of_a_tool_is_no_answer_yet() -> None:
    """Where tools were offered, a call of one is a step on the way, and rules wait for the end."""
    tool = completion(None, tool_calls=[{"function": {"name": "f", "arguments": "{}"}}])
    looks = inspector(system={"chat": CHAT})

    offered = looks.inspect(call("chat", b'{"tools": [{}]}'), tool, is_stream=False)
    not_offered = looks.inspect(call("chat", b"{}"), tool, is_stream=False)

    assert offered == Found()
    assert not_offered.reasons == ("malformed",)


def test_a_stream_is_looked_at_as_a_whole() -> None:
    """What came piece by piece is put together first, each of several choices by itself."""
    parts = [(0, "I'm sorry, but "), (1, "Paid."), (0, "I can't help with that.")]
    stream = b"".join(
        b"data: %s\n\n"
        % json.dumps(
            {"choices": [{"index": i, "delta": {"content": t}, "finish_reason": "stop"}]}
        ).encode()
        for i, t in parts
    )
    looks = inspector(system={"chat": CHAT})

    found = looks.inspect(call("chat", rows=2, stream=True), stream, is_stream=True)

    assert found == Found(("failure",), ("the system declined to answer",))


def test_the_answer_must_keep_the_schema_that_it_was_asked_for() -> None:
    """The note says which field and what was wanted, and nothing of what the answer holds."""
    schema = {"type": "object", "properties": {"total": {"type": "number"}}}
    looks = inspector(system={"chat": {**CHAT, "response_schema": schema}, "task": "extraction"})

    kept = looks.inspect(call("chat"), completion('{"total": 3}'), is_stream=False)
    broken = looks.inspect(call("chat"), completion('{"total": "Jane"}'), is_stream=False)

    note = "system.chat.response_schema is not kept at 'total' (type: \"number\")"
    assert (kept, broken) == (Found(), Found(("schema",), (note,)))


@pytest.mark.parametrize(
    ("task", "told"),
    [("extraction", {"total": 3}), ("classification", {"answer": "pay"}), ("regression", {"n": 3})],
)
def test_the_schema_is_of_what_the_system_wrote(task: str, told: dict[str, Any]) -> None:
    """Neither the stated confidence nor the object around one answer is taken out before."""
    wanted = [*told, "confidence"]
    schema = {"type": "object", "required": wanted, "properties": {"confidence": {"maximum": 1}}}
    looks = inspector(
        system={"chat": {**CHAT, "response_schema": schema, "confidence": "stated"}, "task": task}
    )

    content = json.dumps({**told, "confidence": 0.95})
    event = {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": "stop"}]}

    kept = looks.inspect(call("chat"), completion(content), is_stream=False)
    streamed = looks.inspect(
        call("chat", stream=True), f"data: {json.dumps(event)}\n\n".encode(), is_stream=True
    )

    assert kept == Found(confidence=0.95)
    assert streamed == Found(confidence=0.95)


def test_the_schema_misses_a_confidence_that_was_not_stated() -> None:
    """It is told as what it is: a field that the schema asks for."""
    schema = {"type": "object", "required": ["total", "confidence"]}
    looks = inspector(
        system={
            "chat": {**CHAT, "response_schema": schema, "confidence": "stated"},
            "task": "extraction",
        }
    )

    found = looks.inspect(call("chat"), completion('{"total": 3}'), is_stream=False)

    assert found == Found(
        ("low-confidence", "schema"),
        (
            "an answer came without a confidence",
            "system.chat.response_schema is not kept ('confidence' is a required property)",
        ),
    )


def test_without_a_charter_a_chat_is_still_looked_at() -> None:
    """Refusals and broken replies are known without being told anything."""
    looks = AnswerInspector(None)

    found = looks.inspect(call("chat"), b'{"choices": []}', is_stream=False)
    unknown = looks.inspect(call("json"), b"anything", is_stream=False)

    assert found == Found(("malformed",), ("the response has no 'choices'",))
    assert unknown == Found()
