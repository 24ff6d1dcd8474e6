"""The OpenAI-compatible chat protocol, from the side of the service. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from proveout.simulation import tokens


class NotUnderstoodError(Exception):
    """The request makes no sense; `param` names the key that is to blame."""

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What of a request decides about its answer."""

    model: str
    text: str
    """All messages, one after the other."""
    n: int = 1
    temperature: float = 1.0
    max_tokens: int | None = None
    stream: bool = False
    include_usage: bool = False
    logprobs: bool = False
    top_logprobs: int = 0
    schema: dict[str, Any] | None = None
    """JSON Schema that the answer is to follow."""
    wants_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer."""

    text: str
    confidence: float | None = None
    is_refusal: bool = False
    is_malformed: bool = False


def read_request(body: bytes) -> ChatRequest:
    """Read the body of a request. Raises NotUnderstoodError."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotUnderstoodError(f"The body is not JSON: {error}.") from None
    if not isinstance(asked, dict):
        raise NotUnderstoodError("The body is not a JSON object.")
    form = _object(asked, "response_format")
    schema = _object(form, "json_schema").get("schema")
    options = _object(asked, "stream_options")
    limits = (asked.get(key) for key in ("max_completion_tokens", "max_tokens"))
    limit = next((each for each in limits if each is not None), None)
    return ChatRequest(
        model=_text(asked, "model"),
        text=_messages(asked.get("messages")),
        n=_number(asked, "n", 1, low=1, high=128),
        temperature=float(_number(asked, "temperature", 1.0, low=0, high=2)),
        max_tokens=None if limit is None else _number({"max_tokens": limit}, "max_tokens", 1, 1),
        stream=bool(asked.get("stream")),
        include_usage=bool(options.get("include_usage")),
        logprobs=bool(asked.get("logprobs")),
        top_logprobs=_number(asked, "top_logprobs", 0, low=0, high=20),
        schema=schema if isinstance(schema, dict) else None,
        wants_json=form.get("type") in ("json_object", "json_schema"),
    )


def _object(asked: dict[str, Any], key: str) -> dict[str, Any]:
    value = asked.get(key)
    if value is not None and not isinstance(value, dict):
        raise NotUnderstoodError(f"'{key}' is no JSON object.", param=key)
    return value or {}


def _text(asked: dict[str, Any], key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or not value:
        raise NotUnderstoodError(f"'{key}' is missing; it is a text.", param=key)
    return value


def _number(asked: dict[str, Any], key: str, default: Any, low: float, high: float = 1e9) -> Any:
    value = asked.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise NotUnderstoodError(f"'{key}' is no number from {low:g} to {high:g}.", param=key)
    return value if isinstance(default, float) else int(value)


def _messages(messages: Any) -> str:
    if not isinstance(messages, list) or not messages:
        raise NotUnderstoodError("'messages' is missing; it is a list.", param="messages")
    found: list[str] = []
    for message in messages:
        if not isinstance(message, dict):
            raise NotUnderstoodError("A message is a JSON object.", param="messages")
        content = message.get("content")
        if isinstance(content, str):
            found.append(content)
        elif isinstance(content, list):  # parts, of which a simulation reads the text
            found += [str(part.get("text", "")) for part in content if isinstance(part, dict)]
    return "\n".join(found)


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer in tokens, as many as it may have."""

    said: Said
    pieces: Sequence[str]
    was_cut: bool

    @property
    def text(self) -> str:
        """The text that is given."""
        return "".join(self.pieces) if self.was_cut else self.said.text

    @property
    def finish_reason(self) -> str:
        """Why it ends."""
        return "length" if self.was_cut else "stop"


def cut(said: Said, max_tokens: int | None) -> Cut:
    """Cut an answer into tokens, and off where it may not be longer."""
    found = tokens.pieces(said.text)
    if max_tokens is None or len(found) <= max_tokens:
        return Cut(said, found, was_cut=False)
    return Cut(said, found[:max_tokens], was_cut=True)


def usage(asked: ChatRequest, answers: Sequence[Cut]) -> dict[str, Any]:
    """Tell what a request took."""
    prompt_tokens = tokens.count(asked.text)
    output = sum(len(answer.pieces) for answer in answers)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": output,
        "total_tokens": prompt_tokens + output,
    }


def completion(asked: ChatRequest, answers: Sequence[Cut], *, name: str, created: int) -> bytes:
    """Write the reply that comes as a whole."""
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": answer.text, "refusal": None},
            "logprobs": _logprobs(asked, answer, answer.pieces),
            "finish_reason": answer.finish_reason,
        }
        for index, answer in enumerate(answers)
    ]
    return orjson.dumps(
        {
            "id": name,
            "object": "chat.completion",
            "created": created,
            "model": asked.model,
            "choices": choices,
            "usage": usage(asked, answers),
        }
    )


class Stream:
    """Writes a reply as server-sent events, whose pieces put together are the answer."""

    def __init__(self, asked: ChatRequest, *, name: str, created: int) -> None:
        self._asked = asked
        self._head = {
            "id": name,
            "object": "chat.completion.chunk",
            "created": created,
            "model": asked.model,
        }

    def opening(self, index: int) -> bytes:
        """Write who speaks."""
        return self._event(index, {"role": "assistant", "content": ""})

    def part(self, index: int, answer: Cut, start: int, end: int) -> bytes:
        """Write some tokens of an answer."""
        some = answer.pieces[start:end]
        delta = {"content": "".join(some)}
        return self._event(index, delta, logprobs=_logprobs(self._asked, answer, some))

    def closing(self, index: int, answer: Cut) -> bytes:
        """Write why the answer ends."""
        return self._event(index, {}, finish=answer.finish_reason)

    def last(self, answers: Sequence[Cut]) -> bytes:
        """Write what it took, where that was asked, and that it is over."""
        done = b"data: [DONE]\n\n"
        if not self._asked.include_usage:
            return done
        return _data({**self._head, "choices": [], "usage": usage(self._asked, answers)}) + done

    def whole(self, answers: Sequence[Cut]) -> bytes:
        """Write everything, token by token, for a reply that comes at once."""
        written = [self._whole(index, answer) for index, answer in enumerate(answers)]
        return b"".join(written) + self.last(answers)

    def _whole(self, index: int, answer: Cut) -> bytes:
        parts = [self.part(index, answer, at, at + 1) for at in range(len(answer.pieces))]
        return self.opening(index) + b"".join(parts) + self.closing(index, answer)

    def _event(
        self, index: int, delta: dict[str, Any], *, finish: str | None = None, logprobs: Any = None
    ) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        event = {**self._head, "choices": [choice]}
        if self._asked.include_usage:
            event["usage"] = None
        return _data(event)


def error(kind: str, message: str, *, code: str | None = None, param: str | None = None) -> bytes:
    """Write an error as the service does."""
    return orjson.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}})


def models(created: int) -> bytes:
    """Write the list of models."""
    model = {"id": "simulated", "object": "model", "created": created, "owned_by": "proveout"}
    return orjson.dumps({"object": "list", "data": [model]})


def _data(event: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(event) + b"\n\n"


def _logprobs(asked: ChatRequest, answer: Cut, some: Sequence[str]) -> dict[str, Any] | None:
    """Give every token the same probability: the confidence of the answer as a whole."""
    if not asked.logprobs:
        return None
    stated = answer.said.confidence
    probability = min(max(0.9 if stated is None else stated, 1e-6), 1.0)
    other = math.log(max(1e-9, 1 - probability))
    content = []
    for piece in some:
        own = _token(piece, math.log(probability))
        others = [_token(f" {word}", other) for word in tokens.WORDS[: asked.top_logprobs - 1]]
        top = [own, *others] if asked.top_logprobs else []
        content.append({**own, "top_logprobs": top})
    return {"content": content, "refusal": None}


def _token(piece: str, logprob: float) -> dict[str, Any]:
    return {"token": piece, "logprob": logprob, "bytes": list(piece.encode())}
