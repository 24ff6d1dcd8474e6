"""What a chat completion says, whether it came whole or token by token."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects.replies import json_of
from proveout.systems.dialects.sse import events
from proveout.systems.exchange import Reply, Tokens

_HIGHEST = 0.1
"""Log probabilities are at most 0, but for rounding."""
_LOWEST = -9999.0
"""What services send for a token that is next to impossible."""
_MOST = 10**12
"""More tokens than that no answer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer as it came."""

    content: str
    refusal: str
    """What the service put where refusals go; empty where it answers."""
    finish_reason: str | None
    logprobs: tuple[float, ...]
    """Natural logarithm of each token's probability; empty where none came."""
    usage: Tokens
    chunks: int | None = None
    """Parts of the content that came one by one; None where it came whole."""


def read_completion(reply: Reply) -> Completion:
    """Read a reply, streamed or not. Raises NotAnswersError."""
    if reply.body.lstrip()[:1] == b"{":  # also from a service that knows no streams
        return _read_whole(json_of(reply))
    return _read_stream(reply.body)


def holds_content(received: bytes) -> bool:
    """Tell whether a token of an answer is among the events that have come whole."""
    if b'"content"' not in received and b'"refusal"' not in received:
        return False
    for event in events(received):
        try:
            choice = _first_choice(json.loads(event))
        except (ValueError, RecursionError):
            continue
        delta = choice.get("delta") if choice else None
        if isinstance(delta, dict) and (_text(delta.get("content")) or delta.get("refusal")):
            return True
    return False


def _read_whole(decoded: Any) -> Completion:
    choice = _first_choice(decoded)
    if choice is None:
        raise NotAnswersError(_without_choices(decoded))
    message = choice.get("message")
    if not isinstance(message, dict):
        raise NotAnswersError("the response's first choice has no 'message'")
    return Completion(
        content=_text(message.get("content")),
        refusal=_text(message.get("refusal")),
        finish_reason=_reason(choice),
        logprobs=tuple(_logprobs(choice)),
        usage=_usage(decoded),
    )


def _read_stream(body: bytes) -> Completion:
    content: list[str] = []
    refusal: list[str] = []
    logprobs: list[float] = []
    usage, finish_reason, is_done, has_come = Tokens(), None, False, False
    for event in events(body + b"\n\n"):
        if event.strip() == "[DONE]":
            is_done = True
            break
        try:
            decoded = json.loads(event)
        except (ValueError, RecursionError):
            raise NotAnswersError("the stream holds what is no JSON, or broke off") from None
        has_come = True
        if isinstance(decoded, dict) and decoded.get("error") is not None:
            raise NotAnswersError("the stream ended with an error of the service")
        told = _usage(decoded)
        usage = told if told != Tokens() else usage
        choice = _first_choice(decoded)
        if choice is None or not isinstance(delta := choice.get("delta"), dict):
            continue
        if part := _text(delta.get("content")):
            content.append(part)
        if part := _text(delta.get("refusal")):
            refusal.append(part)
        logprobs += _logprobs(choice)
        finish_reason = _reason(choice) or finish_reason
    if not has_come:
        raise NotAnswersError("the response is neither JSON nor a stream of events")
    if not is_done and finish_reason is None:
        raise NotAnswersError("the stream broke off before its end")
    return Completion(
        content="".join(content),
        refusal="".join(refusal),
        finish_reason=finish_reason,
        logprobs=tuple(logprobs),
        usage=usage,
        chunks=len(content),
    )


def _first_choice(decoded: Any) -> dict[str, Any] | None:
    choices = decoded.get("choices") if isinstance(decoded, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    return choices[0]


def _without_choices(decoded: Any) -> str:
    if isinstance(decoded, dict) and "error" in decoded:
        return "the response holds an error instead of an answer"
    return "the response has no 'choices'"


def _reason(choice: dict[str, Any]) -> str | None:
    reason = choice.get("finish_reason")
    return reason if isinstance(reason, str) else None


def _text(content: Any) -> str:
    """Return text that came as such, or as a list of parts, as some services send it."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def _logprobs(choice: dict[str, Any]) -> Iterator[float]:
    told = choice.get("logprobs")
    tokens = told.get("content") if isinstance(told, dict) else None
    for token in tokens if isinstance(tokens, list) else ():
        figure = token.get("logprob") if isinstance(token, dict) else None
        if isinstance(figure, int | float) and -math.inf < figure <= _HIGHEST:
            yield max(float(figure), _LOWEST)


def _usage(decoded: Any) -> Tokens:
    usage = decoded.get("usage") if isinstance(decoded, dict) else None
    if not isinstance(usage, dict):
        return Tokens()
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Tokens(
        input=_count(usage.get("prompt_tokens")),
        output=_count(usage.get("completion_tokens")),
        cached_input=_count(cached),
    )


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return value if is_count else None
