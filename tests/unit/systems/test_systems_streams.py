"""Server-sent events, and the first token among them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter import schema
from proveout.systems.dialects import FirstToken, open_dialect
from proveout.systems.dialects.sse import events
from proveout.systems.exchange import Reply

CHAT = open_dialect(
    schema.System(
        chat=schema.ChatSystem(url="http://127.0.0.1:9/v1", model="m", user="{q}", stream=True),
        task="text",
    ),
    variables={},
)
assert CHAT is not None


def stream(parts: list[str], *, line_end: str, beginning: str) -> bytes:
    """Write a stream as a service would: comments, an empty delta, tokens, an end, the usage."""
    told = [{"choices": [{"delta": {"role": "assistant", "content": ""}}]}]
    told += [{"choices": [{"delta": {"content": part}}]} for part in parts]
    told += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    told += [{"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7}}]
    lines = [f": keep-alive{line_end}{line_end}", f"event: x{line_end}"]
    lines += [f"data: {json.dumps(each)}{line_end}{line_end}" for each in told]
    return (beginning + "".join([*lines, f"data: [DONE]{line_end}{line_end}"])).encode()


STREAMS = st.builds(
    stream,
    st.lists(st.text(min_size=1), min_size=1, max_size=5),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    beginning=st.sampled_from(["", "\ufeff"]),
)


@given(STREAMS, st.data())
def test_the_first_token_is_there_at_the_same_byte_however_the_stream_is_cut(
    whole: bytes, data: st.DataObject
) -> None:
    """What a network does to a stream changes nothing."""
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=8).map(sorted))
    watch, seen = FirstToken(CHAT), 0
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        is_there = watch.feed(whole[start:end])
        seen = end

        assert is_there == CHAT.holds_token(whole[:seen])

    assert is_there


@given(STREAMS, st.data())
def test_what_has_come_of_a_stream_is_a_beginning_of_it(whole: bytes, data: st.DataObject) -> None:
    """An event counts once its empty line is there, never before, and never changes after."""
    cut = data.draw(st.integers(0, len(whole)))

    before, after = list(events(whole[:cut])), list(events(whole))

    assert after[: len(before)] == before


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_reads_the_answer_of_a_stream(parts: list[str], line_end: str) -> None:
    """The parts put together, and the tokens that the service reports."""
    body = stream(parts, line_end=line_end, beginning="")
    decoded = CHAT.decode(Reply(status=200, headers={}, body=body), 1)

    assert (decoded.tokens.input, decoded.tokens.output, decoded.tokens.counted) == (5, 7, False)
    answer = "".join(parts).strip()
    assert decoded.answers.text[0] == (answer or None)


@pytest.mark.parametrize("text", ["data: a\ndata: b\n\n", "data:a\r\ndata:b\r\n\r\n"])
def test_lines_of_one_event_belong_together(text: str) -> None:
    """As the standard says: joined by a line break, one space after the colon left out."""
    assert list(events(text.encode())) == ["a\nb"]
