"""A glance at a chat answer: most are plainly sound, and need not be taken apart. Pure.

To read an answer with all that may be wrong with it costs as much as a fifth of all that a gateway
does for a request; where nothing but its soundness is asked, this tells it of most in a tenth.
"""

from __future__ import annotations

from typing import Any

import msgspec

from proveout.systems.dialects.refusals import is_refusal


class _Message(msgspec.Struct, gc=False):
    content: str
    refusal: Any = None


class _Choice(msgspec.Struct, gc=False):
    message: _Message
    finish_reason: str


class _Completion(msgspec.Struct, gc=False):
    choices: list[_Choice]


_decode = msgspec.json.Decoder(_Completion).decode


def is_plainly_sound(answer: bytes) -> bool:
    """Tell whether an answer is one whole text that declines nothing; False where in doubt.

    >>> is_plainly_sound(b'{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}')
    True
    """
    try:
        choices = _decode(answer).choices
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    if len(choices) != 1:
        return False
    [choice] = choices
    said = choice.message
    return (
        choice.finish_reason == "stop"
        and not said.refusal
        and bool(said.content.strip())
        and not is_refusal(said.content)
    )
