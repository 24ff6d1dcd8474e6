"""What every dialect keeps to, whatever the service answers."""

from __future__ import annotations

import contextlib
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter import schema
from proveout.systems.answering import NotAnswersError, settle
from proveout.systems.dialects import open_dialect
from proveout.systems.exchange import Reply
from proveout.systems.port import AnswerStatus

URL = "http://127.0.0.1:9"
SYSTEMS: list[dict[str, Any]] = [
    {"http": {"url": URL, "confidence_path": "p"}},
    {"http": {"url": URL, "batch_rows": 1, "answer_path": "answers.0.a"}},
    {"chat": {"url": URL, "model": "m", "user": "x"}, "task": "extraction"},
    {"chat": {"url": URL, "model": "m", "user": "x", "confidence": "logprobs"}},
    {"chat": {"url": URL, "model": "m", "user": "x", "confidence": "stated"}},
    {"open_inference": {"url": URL, "model": "m", "classes": ["a", "b"]}},
    {"open_inference": {"url": URL, "model": "m", "answer": "a", "confidence": "p"}},
    {
        "open_inference": {
            "url": URL,
            "model": "m",
            "answer": "a",
            "confidence": "p",
            "classes": ["a", "b"],
        }
    },
    {"mlflow": {"url": URL, "confidence_field": "p"}},
    {"mlflow": {"url": URL, "classes": ["a", "b"]}},
]
WORDS = st.sampled_from(
    [
        "answers", "a", "p", "choices", "message", "content", "delta", "finish_reason", "logprobs",
        "logprob", "usage", "prompt_tokens", "completion_tokens", "prompt_tokens_details",
        "refusal", "error", "outputs", "name", "shape", "data", "predictions", "answer",
        "confidence", "text",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-2, 0, 1, 3, 10**400]),
    st.floats(),
    WORDS,
    st.just('{"answer": 1}'),
)
JSON = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=25,
)


def wrapped(inner: Any) -> st.SearchStrategy[Any]:
    """Put it where a dialect looks first, so that it gets further."""
    message = {"choices": [{"message": inner, "logprobs": inner, "finish_reason": "stop"}]}
    content = {"choices": [{"message": {"content": inner}}], "usage": inner}
    tensors = {
        "outputs": [{"name": "a", "shape": [2], "data": inner}, {"name": "p", "data": inner}]
    }
    return st.sampled_from(
        [inner, {"answers": inner, "p": inner}, message, content, tensors, {"predictions": inner}]
    )


BODIES = st.one_of(
    st.binary(),
    JSON.flatmap(wrapped).map(lambda body: json.dumps(body).encode()),
    st.lists(JSON.flatmap(wrapped)).map(
        lambda told: b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in told)
    ),
)


@pytest.mark.parametrize("charter", SYSTEMS)
@given(body=BODIES)
def test_a_reply_is_answers_or_a_reason_why_not(charter: Any, body: bytes) -> None:
    """Whatever comes, nothing else is raised, and every row gets a status."""
    dialect = open_dialect(schema.System.model_validate(charter), variables={})
    assert dialect is not None
    rows = min(2, dialect.rows_per_request)
    asked = dialect.encode([{"x": 1}] * rows)

    dialect.holds_token(body)
    with contextlib.suppress(NotAnswersError):
        raw = dialect.decode(Reply(status=200, headers={}, body=body), rows, asked=asked).answers
        found = settle(raw, rows=rows, latency_s=0, task=charter.get("task"))

        assert len(found.status) == rows
        for value, status in zip(found.value, found.status, strict=True):
            assert (value is None) == (status != AnswerStatus.OK)


@pytest.mark.parametrize("charter", SYSTEMS)
def test_a_dialect_can_be_made_again_elsewhere(charter: Any) -> None:
    """From the charter's words as JSON, or by travelling itself: as load tests need it."""
    system = schema.System.model_validate(charter)
    dialect = open_dialect(system, variables={})

    again = schema.System.model_validate_json(system.model_dump_json())

    assert open_dialect(again, variables={}) == dialect
    assert pickle.loads(pickle.dumps(dialect)) == dialect  # noqa: S301  # our own
