"""What is wrong with a piece of JSON, and where the next good piece begins."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

MOST_NESTED = 100
"""Levels; the engine reads 128. What people write has ten at most."""
_NEXT_OBJECT = re.compile(r"[,\n\[]\s*(?=\{)|(?<=\})\s*(?=\{)")
_LONE = re.compile(r"\\u[dD][89a-fA-F]")


class Fault(NamedTuple):
    """Why a piece is no record."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that claims to be one record."""

    line: int
    """Where it begins, from 1."""
    text: str
    fault: Fault | None
    said: str | None = None
    """The record written again, where its fields had to be named."""


class _TwiceError(ValueError):
    """The same field comes twice."""


def judged(line: int, raw: bytes) -> Piece:
    """Say what a line is."""
    text = raw.decode(errors="replace")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        where = f"The line is not UTF-8: {error.reason} at byte {error.start + 1}."
        return Piece(line, text, Fault("encoding", where))
    value, fault = _value(text, "line")
    return Piece(line, text, fault, _named(value) if fault is None else None)


def pieces_of(text: str) -> Iterator[Piece]:
    """Find the objects in a text: a list of them, or one after another, over several lines each.

    What is no object is given as a piece with its fault; after broken text it goes on with the
    next that opens an object.
    """
    decoder = json.JSONDecoder()
    at, line, counted = _skip(text, 0), 1, 0
    as_list = text.startswith("[", at)
    at = _skip(text, at + 1 if as_list else at)
    while at < len(text) and not (as_list and text[at] == "]" and not text[at + 1 :].strip()):
        try:
            _, end = decoder.raw_decode(text, at)
            # Between objects of a list stands a comma; elsewhere one does no harm.
            following = _skip(text, end)
            apart = "," in text[end:following] or text[following : following + 1] in ("", "]", "{")
            if as_list and not apart:
                raise ValueError
        except (ValueError, RecursionError):
            found = _NEXT_OBJECT.search(text, at + 1)
            end = found.start() if found else len(text)
            following = found.end() if found else len(text)
        line, counted = line + text.count("\n", counted, at), at
        part = text[at:end]
        if part.strip():
            value, fault = _value(part, "entry" if as_list else "record")
            yield Piece(line, part, fault, _named(value) if fault is None else None)
        at = _skip(text, max(following, at + 1))


def _skip(text: str, at: int) -> int:
    """Pass over blanks and commas."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _value(text: str, what: str) -> tuple[dict[str, Any], Fault | None]:
    """Return the object, or an empty one and why it is none."""
    fault: Fault | None = None
    value: Any = None
    try:
        value = json.loads(text, object_pairs_hook=_pairs)
    except _TwiceError as error:
        fault = Fault("duplicate-field", f"The {what} has the field '{error}' twice.")
    except ValueError as error:
        fault = Fault("syntax", f"The {what} is not JSON: {error}.")
    except RecursionError:
        fault = _too_deep(what)
    fault = fault or _fault_of(value, text, what)
    return ({}, fault) if fault else (value, None)


def _fault_of(value: Any, text: str, what: str) -> Fault | None:
    if not isinstance(value, dict):
        kind = type(value).__name__
        return Fault("structure", f"The {what} is a JSON {kind}, not an object.")
    if _LONE.search(text) and not _is_writable(value):
        return Fault(
            "encoding", rf"The {what} holds half a character: a lone surrogate such as '\ud800'."
        )
    if text.count("[") + text.count("{") > MOST_NESTED and _depth(value) > MOST_NESTED:
        return _too_deep(what)
    return None


def _too_deep(what: str) -> Fault:
    return Fault("nesting", f"The {what} is nested deeper than {MOST_NESTED} levels.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return fields


def _is_writable(value: dict[str, Any]) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def _named(value: dict[str, Any]) -> str | None:
    """Write a record again with names for fields that have none, or one that the engine cuts off
    at a null character; None where all are named."""
    if "" not in value and not any("\0" in name for name in value):
        return None
    named: dict[str, Any] = {}
    for position, (name, held) in enumerate(value.items(), start=1):
        own = name.replace("\0", "") or f"column_{position}"
        while own != name and (own in value or own in named):
            own += "_"
        named[own] = held
    return json.dumps(named, ensure_ascii=False)
