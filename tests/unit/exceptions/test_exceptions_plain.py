"""A glance at an answer says no more than reading it does."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proveout.runtime.call import ANYBODY, Call
from proveout.runtime.exceptions.answers import Reader
from proveout.runtime.exceptions.plain import is_plainly_sound
from proveout.systems.answering import NotAnswersError

_CALL = Call("id", "claims", "chat", ANYBODY, 0.0, 0.0, 30.0, b"{}")
_READER = Reader(None)
_CONTENTS = st.sampled_from(
    ["yes", "", " ", "7", "I'm sorry, but I can't help with that.", "{}", "I cannot say", None, 4]
)
_MESSAGES = st.fixed_dictionaries(
    {"content": _CONTENTS},
    optional={
        "refusal": st.sampled_from([None, "", "I will not"]),
        "tool_calls": st.sampled_from([None, [], [{"id": "a"}]]),
    },
)
_CHOICES = st.fixed_dictionaries(
    {"message": _MESSAGES},
    optional={"finish_reason": st.sampled_from(["stop", "length", "content_filter", None])},
)
_ANSWERS = st.fixed_dictionaries(
    {"choices": st.lists(_CHOICES, max_size=2)},
    optional={"error": st.sampled_from([None, {"message": "no"}]), "usage": st.just({})},
)


def is_sound(answer: bytes) -> bool:
    try:
        read = _READER.read(_CALL, answer, is_stream=False)
    except NotAnswersError:
        return False
    return read is not None and not read.faults and not read.refused


@given(_ANSWERS)
def test_what_looks_plainly_sound_is_sound(told: dict[str, Any]) -> None:
    """Whatever reading finds wrong is not passed over by the glance."""
    answer = json.dumps(told).encode()

    assert not is_plainly_sound(answer) or is_sound(answer)


def test_an_ordinary_answer_needs_no_reading() -> None:
    """That is what the glance is for."""
    choice = {"message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}

    assert is_plainly_sound(json.dumps({"id": "c", "choices": [choice]}).encode())
    assert not is_plainly_sound(b"no JSON")
    assert not is_plainly_sound(b"[" * 100_000)
