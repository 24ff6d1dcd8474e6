"""What a request says of itself, as far as it must be known before it is sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from proveout.runtime.call import Protocol_

_LARGEST = 1 << 40
MOST_OUTPUT_TOKENS = 16_384
"""What an answer is taken to be at most, where the client does not limit it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read from a body; everything else passes unread."""

    model: str | None = None
    is_stream: bool = False
    rows: int = 1
    most_output_tokens: int | None = None
    user: str | None = None


NOTHING = Asked()


class _Chat(msgspec.Struct, gc=False):
    model: Any = None
    stream: Any = None
    max_tokens: Any = None
    max_completion_tokens: Any = None
    max_output_tokens: Any = None
    n: Any = None
    user: Any = None


class _Tensor(msgspec.Struct, gc=False):
    shape: list[int] = []


class _Tensors(msgspec.Struct, gc=False):
    inputs: list[_Tensor] = []


class _Split(msgspec.Struct, gc=False):
    data: list[msgspec.Raw] = []


class _Rows(msgspec.Struct, gc=False):
    dataframe_split: _Split | None = None
    dataframe_records: list[msgspec.Raw] | None = None
    inputs: msgspec.Raw = msgspec.Raw()
    instances: list[msgspec.Raw] | None = None
    rows: list[msgspec.Raw] | None = None


_CHAT = msgspec.json.Decoder(_Chat)
_TENSORS = msgspec.json.Decoder(_Tensors)
_ROWS = msgspec.json.Decoder(_Rows)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def protocol_of(path: bytes) -> Protocol_:
    """Tell by the path what the client speaks.

    >>> protocol_of(b"/v1/chat/completions"), protocol_of(b"/v2/models/m/infer")
    ('chat', 'open_inference')
    """
    if path.endswith(b"/chat/completions"):
        return "chat"
    if path.endswith(b"/infer") and b"/v2/models/" in path:
        return "open_inference"
    if path.endswith(b"/invocations"):
        return "mlflow"
    return "json"


def read_asked(protocol: Protocol_, path: bytes, body: bytes) -> Asked:
    """Read what must be known. What cannot be read is for the system to refuse, not for us."""
    if not body or body[0] not in b"{[ \t\r\n":
        return NOTHING
    try:
        if protocol == "chat":
            return _of_chat(_CHAT.decode(body))
        if protocol == "open_inference":
            inputs = _TENSORS.decode(body).inputs
            n = inputs[0].shape[0] if inputs and inputs[0].shape else 1
            return Asked(model=_model_in(path), rows=max(1, min(n, _LARGEST)))
        if protocol == "json" and body[:1] == b"{" and b"/v1/" in path:
            produces = path.endswith((b"/completions", b"/responses"))  # and embeddings do not
            return _of_chat(_CHAT.decode(body), MOST_OUTPUT_TOKENS if produces else None)
        return Asked(rows=_n_rows(_ROWS.decode(body)))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return NOTHING


def _of_chat(body: _Chat, unlimited: int | None = MOST_OUTPUT_TOKENS) -> Asked:
    n = _count(body.n) or 1
    # Which of them a system goes by is its own business: the largest is held.
    limits = map(_count, (body.max_completion_tokens, body.max_tokens, body.max_output_tokens))
    most = max((each for each in limits if each is not None), default=unlimited)
    return Asked(
        model=body.model if isinstance(body.model, str) else None,
        is_stream=body.stream is True,
        rows=n,
        most_output_tokens=None if most is None else most * n,
        user=body.user if isinstance(body.user, str) else None,
    )


def _n_rows(body: _Rows) -> int:
    if body.dataframe_split is not None:
        return max(1, len(body.dataframe_split.data))
    if bytes(body.inputs)[:1] == b"[":
        return max(1, len(_LIST.decode(body.inputs)))
    for rows in (body.dataframe_records, body.instances, body.rows):
        if rows is not None:
            return max(1, len(rows))
    return 1


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST
    return value if whole else None


def _model_in(path: bytes) -> str | None:
    _, _, rest = path.partition(b"/v2/models/")
    return rest.partition(b"/")[0].decode("ascii", "replace") or None
