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
CALLS_TOOL = "a call of a tool came instead of an answer"
"""The fault of a completion that is no answer, but a step on the way to one."""


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
    thoughts: int = 0
    """Bytes of what the model wrote before it answered, which is paid for as well."""
    fault: str | None = None
    """Why it is no answer although some of it came; what came is paid for."""


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
        thoughts=_thoughts(message),
        fault=CALLS_TOOL if _calls_tool(message) else None,
    )


def _read_stream(body: bytes) -> Completion:
    stream = _Stream()
    for event in events(body + b"\n\n"):
        if not stream.goes_on_after(event):
            break
    return stream.completion()


class _Stream:
    """What has come of an answer, event by event."""

    def __init__(self) -> None:
        self._content: list[str] = []
        self._refusal: list[str] = []
        self._logprobs: list[float] = []
        self._usage = Tokens()
        self._thoughts = 0
        self._finish_reason: str | None = None
        self._fault: str | None = None
        self._is_done = self._has_come = False

    def goes_on_after(self, event: str) -> bool:
        """Take in an event; tell whether another is to be read."""
        if event.strip() == "[DONE]":
            self._is_done = self._has_come = True
            return False
        try:
            decoded = json.loads(event)
        except (ValueError, RecursionError):
            self._fault = "the stream holds what is no JSON, or broke off"
            return False
        self._has_come = True
        if _is_error(decoded):
            self._fault = "the stream ended with an error of the service"
            return False
        told = _usage(decoded)
        self._usage = told if told != Tokens() else self._usage
        choice = _first_choice(decoded)
        if choice is not None and isinstance(delta := choice.get("delta"), dict):
            self._take(choice, delta)
        return True

    def _take(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        if part := _text(delta.get("content")):
            self._content.append(part)
        if part := _text(delta.get("refusal")):
            self._refusal.append(part)
        self._logprobs += _logprobs(choice)
        self._thoughts += _thoughts(delta)
        self._finish_reason = _reason(choice) or self._finish_reason

    def completion(self) -> Completion:
        """Return what came. Raises NotAnswersError where nothing did that would be paid for."""
        fault = self._fault
        if fault is None and not self._has_come:
            fault = "the response is neither JSON nor a stream of events"
        elif fault is None and not self._is_done and self._finish_reason is None:
            fault = "the stream broke off before its end"
        elif fault is None and self._finish_reason == "tool_calls" and not self._content:
            fault = CALLS_TOOL
        if fault not in (None, CALLS_TOOL) and not (
            self._content or self._thoughts or self._has_usage
        ):
            raise NotAnswersError(fault)
        return Completion(
            content="".join(self._content),
            refusal="".join(self._refusal),
            finish_reason=self._finish_reason,
            logprobs=tuple(self._logprobs),
            usage=self._usage,
            chunks=len(self._content),
            thoughts=self._thoughts,
            fault=fault,
        )

    @property
    def _has_usage(self) -> bool:
        return self._usage != Tokens()


def _first_choice(decoded: Any) -> dict[str, Any] | None:
    choices = decoded.get("choices") if isinstance(decoded, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    return choices[0]


def _is_error(decoded: Any) -> bool:
    """Tell an error from an answer: {"error": …}, or as older servers write it."""
    if not isinstance(decoded, dict):
        return False
    return decoded.get("error") is not None or decoded.get("object") == "error"


def _without_choices(decoded: Any) -> str:
    if _is_error(decoded):
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


def _thoughts(said: dict[str, Any]) -> int:
    """Return the length of what the model thought aloud, where the service shows it."""
    told = _text(said.get("reasoning_content")) or _text(said.get("reasoning"))
    return len(told.encode("utf-8", "replace"))


def _calls_tool(message: dict[str, Any]) -> bool:
    return bool(message.get("tool_calls")) and not _text(message.get("content"))


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
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    given, produced = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    total = _count(usage.get("total_tokens"))
    if given is not None and produced is not None and total is not None:
        # Some services leave what the model thought out of the completion, and bill it as output.
        produced = max(produced, total - given)
    if given is not None and cached is not None and cached > given:
        given += cached  # counted apart: of a prompt no more can be cached than it has
    return Tokens(input=given, output=produced, cached_input=cached)


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return value if is_count else None
