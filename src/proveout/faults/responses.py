"""Answers in place of the service, as bytes. Pure."""

from __future__ import annotations

import json
import random
from http import HTTPStatus

from proveout.faults.effects import (
    BodyShape,
    Effect,
    Errors,
    ExpiredCredentials,
    RateLimit,
)

_TYPES = {
    400: "invalid_request_error",
    401: "invalid_request_error",
    403: "permission_error",
    404: "not_found_error",
    429: "requests",
}
"""What OpenAI's service calls kinds of errors; all others are its own fault."""

_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def response_for(effect: Effect, draw: random.Random) -> bytes:
    """Write the whole response. Raises ValueError for an effect that answers nothing."""
    match effect:
        case Errors():
            return error_response(draw.choice(effect.status), effect.body)
        case RateLimit():
            return error_response(429, effect.body, {"retry-after": str(effect.retry_after_s)})
        case ExpiredCredentials():
            challenge = {"www-authenticate": 'Bearer error="invalid_token"'}
            return error_response(401, effect.body, challenge)
        case _:
            msg = f"{effect.kind} answers nothing"
            raise ValueError(msg)


def error_response(status: int, shape: BodyShape, headers: dict[str, str] | None = None) -> bytes:
    """Write an error after which the connection may be used again."""
    phrase = _phrase(status)
    body, content_type = b"", "text/plain; charset=utf-8"
    if shape == "openai":
        error = {
            "message": f"{phrase}.",
            "type": _TYPES.get(status, "server_error"),
            "param": None,
            "code": _CODES.get(status),
        }
        body, content_type = json.dumps({"error": error}).encode(), "application/json"
    elif shape == "plain":
        body = f"{status} {phrase}\n".encode()
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        f"content-type: {content_type}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
