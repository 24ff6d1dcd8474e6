"""What a reply says that it took. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import msgspec

from proveout.systems.exchange import Tokens

_MOST = 10**12
"""More tokens than that no answer has."""
_MOST_UNPACKED = 64 << 20
_BYTES_PER_TOKEN = 4
"""As the dialects estimate it."""


class _Details(msgspec.Struct, gc=False):
    cached_tokens: Any = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: Any = None
    completion_tokens: Any = None
    input_tokens: Any = None
    output_tokens: Any = None
    total_tokens: Any = None
    prompt_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None


class _Answer(msgspec.Struct, gc=False):
    usage: _Usage | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


def unpacked(body: bytes, encoding: bytes | None) -> bytes | None:
    """Return a body as text to read; None for an encoding that is not known here, or is broken."""
    if not encoding or encoding == b"identity":
        return body
    kinds = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}
    try:
        if encoding in kinds:
            return zlib.decompressobj(kinds[encoding]).decompress(body, _MOST_UNPACKED)
        if encoding == b"br":
            import brotli  # type: ignore[import-untyped,unused-ignore]

            found: bytes = brotli.decompress(body)
            return found
    except Exception:  # noqa: BLE001  # any unpacker's own; the bytes pass whatever is in them
        return None
    return None


def usage_in(text: bytes) -> Tokens | None:
    """Return what a whole answer in JSON says; None where it says nothing."""
    if b'"usage"' not in text:
        return None
    try:
        usage = _ANSWER.decode(text).usage
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return None if usage is None else _tokens(usage)


def usage_in_stream(stream: bytes) -> Tokens | None:
    """Return what the last event says that tells anything."""
    at = len(stream)
    while (at := stream.rfind(b'"usage"', 0, at)) >= 0:
        begin = stream.rfind(b"\n", 0, at) + 1
        end = stream.find(b"\n", at)
        line = stream[begin : end if end >= 0 else len(stream)]
        if line.startswith(b"data:"):
            found = usage_in(line[5:].strip())
            if found is not None:
                return found
        at = begin
    return None


def counted(body: bytes, stream: bytes) -> Tokens:
    """Count, where a chat says nothing: about four bytes of text make a token."""
    given = -(-len(body) // _BYTES_PER_TOKEN)
    n_events, n_bytes = 0, 0
    for text in _contents(stream):
        n_events += 1
        n_bytes += len(text)
    produced = max(n_events, -(-n_bytes // _BYTES_PER_TOKEN))
    return Tokens(input=given, output=produced, counted=True)


class _Delta(msgspec.Struct, gc=False):
    content: Any = None
    reasoning_content: Any = None
    refusal: Any = None
    tool_calls: msgspec.Raw = msgspec.Raw()


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta | None = None
    message: _Delta | None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] = []


_CHUNK = msgspec.json.Decoder(_Chunk)


def _contents(stream: bytes) -> Iterable[bytes]:
    lines = stream.split(b"\n") if stream.lstrip()[:1] != b"{" else [b"data:" + stream]
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        try:
            chunk = _CHUNK.decode(line[5:].strip())
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
        for choice in chunk.choices:
            said = choice.delta or choice.message
            for text in (said.content, said.reasoning_content, said.refusal) if said else ():
                if isinstance(text, str) and text:
                    yield text.encode("utf-8", "replace")
            called = bytes(said.tool_calls) if said else b""
            if called not in (b"", b"null"):
                yield called


def _tokens(usage: _Usage) -> Tokens | None:
    given = _count(usage.prompt_tokens)
    given = _count(usage.input_tokens) if given is None else given
    produced = _count(usage.completion_tokens)
    produced = _count(usage.output_tokens) if produced is None else produced
    total = _count(usage.total_tokens)
    details = usage.prompt_tokens_details or usage.input_tokens_details
    cached = None if details is None else _count(details.cached_tokens)
    if given is not None and total is not None:
        # Embeddings produce nothing; some services leave out what the model thought.
        produced = max(produced or 0, total - given)
    if given is not None and cached is not None and cached > given:
        given += cached  # counted apart: of a prompt no more can be cached than it has
    if given is None and produced is None:
        return None
    return Tokens(input=given, output=produced, cached_input=cached)


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return value if whole else None
