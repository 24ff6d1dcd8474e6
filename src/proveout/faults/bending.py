"""Answers of the service bent on their way: garbage, another schema, another content type. Pure."""

from __future__ import annotations

import json
import random
from typing import Any

from proveout.faults.effects import ChangedSchema, Effect, Garbage, WrongContentType

_DATA = b"data:"


def bend_body(effect: Effect, body: bytes, draw: random.Random) -> bytes:
    """Bend a whole body; one that the effect does not apply to stays as it is."""
    match effect:
        case Garbage():
            return _garbled(body, effect.of_bytes, draw)
        case ChangedSchema():
            return _changed(effect, body) or body
        case _:
            return body


def bend_line(effect: Effect, line: bytes, draw: random.Random) -> bytes:
    """Bend one line of a stream of server-sent events, its end included."""
    match effect:
        case Garbage():
            text, end = _parted(line)
            return _garbled(text, effect.of_bytes, draw, spared=b"\r\n") + end
        case ChangedSchema() if line.startswith(_DATA):
            text, end = _parted(line[len(_DATA) :])
            changed = _changed(effect, text)
            return line if changed is None else _DATA + b" " + changed + end
        case _:
            return line


def content_type_of(effects: list[Effect]) -> str | None:
    """Return what the answer is to say that it is; None: what it says itself."""
    wrong = [effect for effect in effects if isinstance(effect, WrongContentType)]
    return wrong[-1].to if wrong else None


def changes_body(effect: Effect) -> bool:
    """Tell whether the body has to be read to be bent."""
    return isinstance(effect, Garbage | ChangedSchema)


def _parted(line: bytes) -> tuple[bytes, bytes]:
    text = line.rstrip(b"\r\n")
    return text, line[len(text) :]


def _garbled(body: bytes, share: float, draw: random.Random, spared: bytes = b"") -> bytes:
    garbled = bytearray(body)
    for at in range(len(garbled)):
        if draw.random() < share:
            byte = draw.randrange(0x80, 0xFF)  # never valid ASCII, so it cannot pass by chance
            if byte not in spared:
                garbled[at] = byte
    return bytes(garbled)


def _changed(effect: ChangedSchema, body: bytes) -> bytes | None:
    """Return the JSON with its key changed; None where it is no JSON or has no such key."""
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return None
    key = effect.key or _weightiest(decoded)
    if key is None:
        return None
    bent, found = _walk(effect, decoded, key, at_top_only=effect.key is None)
    return json.dumps(bent, ensure_ascii=False).encode() if found else None


def _weightiest(decoded: Any) -> str | None:
    """Name the key at the top that holds most: most likely the answer itself."""
    if not isinstance(decoded, dict) or not decoded:
        return None
    found: str = max(
        decoded, key=lambda key: (isinstance(decoded[key], list), len(str(decoded[key])))
    )
    return found


def _walk(effect: ChangedSchema, value: Any, key: str, *, at_top_only: bool) -> tuple[Any, bool]:
    if isinstance(value, list) and not at_top_only:
        pairs = [_walk(effect, item, key, at_top_only=False) for item in value]
        return [item for item, _ in pairs], any(found for _, found in pairs)
    if not isinstance(value, dict):
        return value, False
    bent: dict[str, Any] = {}
    is_found = False
    for name, item in value.items():
        if name == key:
            is_found = True
            if effect.change != "drop":
                new = (effect.to or f"{key}_v2") if effect.change == "rename" else name
                bent[new] = _retyped(item) if effect.change == "retype" else item
            continue
        inner, found = (item, False) if at_top_only else _walk(effect, item, key, at_top_only=False)
        bent[name] = inner
        is_found = is_found or found
    return bent, is_found


def _retyped(value: Any) -> Any:
    """Give a value of another type: text for a number or a structure, a number for text."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
