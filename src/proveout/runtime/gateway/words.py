"""What the gateway itself says, in the form of the protocol that is spoken. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from proveout.runtime.call import Call, Protocol_
from proveout.runtime.gateway.headers import Headers

JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")

Kind = Literal[
    "authentication_error", "budget_exceeded", "invalid_request_error", "overloaded",
    "request_too_large", "server_error", "switched_off", "timeout", "blocked",
]  # fmt: skip

_STATUSES: dict[Kind, int] = {
    "authentication_error": 401,
    "budget_exceeded": 429,
    "invalid_request_error": 400,
    "overloaded": 503,
    "request_too_large": 413,
    "server_error": 502,
    "switched_off": 503,
    "timeout": 504,
    "blocked": 502,
}
_ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the gateway's own."""

    status: int
    headers: Headers
    body: bytes


def refusal(
    protocol: Protocol_, kind: Kind, message: str, *, status: int | None = None,
    retry_after_s: float | None = None, is_final: bool = False,
) -> Said:  # fmt: skip
    """Write an error; `is_final` tells clients that try again by themselves not to."""
    headers: Headers = [JSON]
    if retry_after_s is not None:
        headers.append((b"retry-after", str(max(1, math.ceil(retry_after_s))).encode()))
    if is_final:
        headers.append((b"x-should-retry", b"false"))
    if kind == "authentication_error":
        headers.append((b"www-authenticate", b"Bearer"))
    body = _ENCODE(_error(protocol, kind, message))
    headers.append((b"content-length", str(len(body)).encode()))
    return Said(_STATUSES[kind] if status is None else status, headers, body)


def _error(protocol: Protocol_, kind: Kind, message: str) -> dict[str, Any]:
    if protocol == "open_inference":
        return {"error": message}
    if protocol == "mlflow":
        return {"error_code": kind.upper(), "message": message}
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def manual_answer(call: Call, text: str, *, status: int) -> Said:
    """Write what people are to do: as an answer where the status is 200, else as an error."""
    if status != 200:
        return refusal(call.protocol, "switched_off", text, status=status)
    if call.protocol == "chat" and call.is_stream:
        body = _events(call, text)
        return Said(200, [EVENTS, (b"content-length", str(len(body)).encode())], body)
    body = _ENCODE(_answer(call, text))
    return Said(200, [JSON, (b"content-length", str(len(body)).encode())], body)


def _answer(call: Call, text: str) -> dict[str, Any]:
    if call.protocol == "open_inference":
        data = [text] * min(call.rows, 10_000)
        tensor = {"name": "answer", "datatype": "BYTES", "shape": [len(data)], "data": data}
        return {"model_name": call.model or "manual", "id": call.id, "outputs": [tensor]}
    if call.protocol == "mlflow":
        return {"predictions": [text] * min(call.rows, 10_000)}
    if call.protocol == "json":
        return {"answers": [text] * min(call.rows, 10_000)}
    return _chat(call, "chat.completion") | {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def _events(call: Call, text: str) -> bytes:
    def event(delta: dict[str, Any], reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = _chat(call, "chat.completion.chunk") | {"choices": [choice]}
        return b"data: " + _ENCODE(chunk) + b"\n\n"

    said = event({"role": "assistant", "content": text}, None)
    return said + event({}, "stop") + b"data: [DONE]\n\n"


def _chat(call: Call, kind: str) -> dict[str, Any]:
    return {
        "id": f"proveout-{call.id}",
        "object": kind,
        "created": int(call.received_at),
        "model": call.model or "manual",
    }
