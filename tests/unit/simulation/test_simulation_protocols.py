"""Whatever is sent is read, or refused in the words of the protocol."""

import contextlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.simulation import chat, tabular, tokens
from proveout.simulation.behaviour import Behaviour
from proveout.simulation.chat import NotUnderstoodError
from proveout.simulation.responder import Filler

PLAIN = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
KEYS = ("response_format", "stream_options", "n", "temperature", "max_tokens", "messages", "model")
TABLES = ("dataframe_split", "dataframe_records", "inputs", "instances", "rows")


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
@settings(max_examples=40)
def test_chat_request_is_read_or_refused(asked: dict[str, object]) -> None:
    """No body brings the service down."""
    with contextlib.suppress(NotUnderstoodError):
        chat.read_request(orjson.dumps(asked))


def test_a_limit_that_is_null_leaves_the_other_one() -> None:
    """Clients send the names of both, with nothing under the one that they do not use."""
    asked = {"model": "m", "messages": [{"role": "user", "content": "?"}], "max_tokens": 5}

    read = chat.read_request(orjson.dumps({**asked, "max_completion_tokens": None}))

    assert read.max_tokens == 5


@given(
    st.dictionaries(st.sampled_from(TABLES), JSON) | JSON,
    st.sampled_from(["/", "/invocations", "/v2/models/m/infer"]),
)
@settings(max_examples=40)
def test_rows_are_read_or_refused(body: object, path: str) -> None:
    """Nor does one with rows."""
    protocol = tabular.protocol_at(path)
    assert protocol is not None

    with contextlib.suppress(NotUnderstoodError):
        assert all(isinstance(row, dict) for row in tabular.rows_of(protocol, orjson.dumps(body)))


@given(st.lists(st.sampled_from([b"[", b'{"a":', b"1", b"}", b"]", b"\xff"])).map(b"".join))
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """As a mistake of the caller."""
    with contextlib.suppress(orjson.JSONDecodeError):
        orjson.loads(body)
        return
    with pytest.raises(NotUnderstoodError):
        chat.read_request(body)


@given(st.text())
def test_tokens_put_together_are_the_text(text: str) -> None:
    """Nothing is lost between them."""
    assert "".join(tokens.pieces(text)) == text
    assert tokens.count(text) == len(tokens.pieces(text))


def test_a_schema_is_filled_in_where_no_answers_are_known() -> None:
    """Every property, of its type."""
    import random

    properties = {
        "kind": {"enum": ["a", "b"]},
        "n": {"type": "integer"},
        "share": {"type": "number"},
        "is_open": {"type": ["null", "boolean"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
    asked = chat.ChatRequest(
        model="m", text="?", wants_json=True, schema={"type": "object", "properties": properties}
    )

    filled = orjson.loads(Filler(Behaviour()).chat(asked, random.Random(1)).text)

    kinds = {name: type(value) for name, value in filled.items()}
    assert kinds == {"kind": str, "n": int, "share": float, "is_open": bool, "tags": list}
