"""Values of named fields are replaced wherever they stand in a body. Pure.

A name is a key of JSON ('email'), or several from the outer to the inner ('customer.email');
capitals do not matter, and lists in between do not count. Found are also JSON inside of texts (the
arguments of a tool), tables with names of columns apart from their values (Open Inference
Protocol, MLflow's dataframe_split), and texts that a stream brings in pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

REDACTED = "[redacted]"
DONE = "[DONE]"
DEEPEST = 200
"""Levels of nesting that are looked into."""

_WORD = re.compile(r"[\w@.+-]{4,}")

Path = tuple[str, ...]


class NotReadableError(Exception):
    """The body is neither JSON, nor lines of JSON, nor a stream of events that are JSON."""


class Redactor:
    """Replaces the values of some fields, and remembers what it replaced."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._paths = [tuple(part.casefold() for part in name.split(".")) for name in fields]
        self._names = [f"{mark}{path[-1]}{mark}" for path in self._paths for mark in "\"'"]
        self._n_gone = 0
        self.replaced: set[str] = set()
        """Texts and numbers that stood there."""

    def body(self, text: str) -> str:
        """Return a body without them. Raises NotReadableError."""
        try:
            if _is_stream(text):
                return self._stream(text)
            try:
                return _written(self._value(_parsed(text), ()))
            except ValueError:
                lines = [line for line in text.splitlines() if line.strip()]
                if len(lines) < 2:
                    raise
                return "\n".join(_written(self._value(_parsed(line), ())) for line in lines)
        except (ValueError, RecursionError) as error:
            raise NotReadableError from error

    def names(self, field: str) -> bool:
        """Tell whether a field that stands by itself is to be replaced."""
        return (field,) in self._paths

    def _value(self, value: Any, path: Path) -> Any:
        if len(path) > DEEPEST:
            raise ValueError
        if isinstance(value, dict):
            return self._object(value, path)
        if isinstance(value, list):
            return [self._value(each, path) for each in value]
        if isinstance(value, str):
            return self._text(value, path)
        return value

    def _object(self, found: dict[str, Any], path: Path) -> dict[str, Any]:
        inner = {key: (*path, str(key).casefold()) for key in found}
        fresh = {
            key: self._gone(value) if self._is_meant(inner[key]) else self._value(value, inner[key])
            for key, value in found.items()
        }
        name = found.get("name")
        if isinstance(name, str) and "data" in found and self._is_meant((*path, name.casefold())):
            fresh["data"] = self._gone(found["data"])
        columns = found.get("columns")
        if isinstance(columns, list) and isinstance(found.get("data"), list):
            fresh["data"] = self._rows(columns, found["data"], fresh["data"], path)
        return fresh

    def _rows(self, columns: list[Any], before: list[Any], after: list[Any], path: Path) -> Any:
        meant = {
            place
            for place, name in enumerate(columns)
            if self._is_meant((*path, str(name).casefold()))
        }
        if not meant:
            return after
        if not all(isinstance(row, list) and len(row) == len(columns) for row in before):
            return self._gone(before)  # which value belongs to which name cannot be told
        return [
            [self._gone(old[i]) if i in meant else cell for i, cell in enumerate(row)]
            for old, row in zip(before, after, strict=True)
        ]

    def _text(self, text: str, path: Path) -> str:
        """Look into a text that holds JSON; one that names a field and is none goes as a whole."""
        is_named = self._is_named(text)
        if not is_named and "\\" not in text:
            return text
        if text.lstrip()[:1] in ("{", "[", '"'):
            before = self._n_gone
            try:
                fresh = self._value(_parsed(text), path)
            except ValueError:
                pass
            else:
                return text if self._n_gone == before else _written(fresh)
        is_named = is_named or self._is_named(text.replace("\\", ""))
        return str(self._gone(text)) if is_named else text

    def _is_named(self, text: str) -> bool:
        folded = text.casefold()
        return any(name in folded for name in self._names)

    def _is_meant(self, path: Path) -> bool:
        return any(path[-len(wanted) :] == wanted for wanted in self._paths)

    def _gone(self, value: Any) -> Any:
        self._n_gone += 1
        if value is None:
            return None
        for each in leaves(value):
            self.replaced.add(each)
            self.replaced.update(_WORD.findall(each))
        return REDACTED

    def _stream(self, text: str) -> str:
        events = list(_events(text))
        self._pieces([value for _, value in events])
        values = [self._value(value, ()) for _, value in events]
        return "".join(
            (f"event: {name}\n" if name else "")
            + f"data: {value if value == DONE else _written(value)}\n\n"
            for (name, _), value in zip(events, values, strict=True)
        )

    def _pieces(self, values: list[Any]) -> None:
        """Put together what came in pieces at the same place of many events, and look into it."""
        pieces: dict[Any, list[tuple[Any, Any]]] = {}
        for value in values:
            for place, holder, key in _texts(value, ()):
                pieces.setdefault(place, []).append((holder, key))
        for found in pieces.values():
            if len(found) < 2:
                continue
            whole = "".join(holder[key] for holder, key in found)
            kept = self._text(whole, ())
            if kept != whole:
                for holder, key in found:
                    holder[key] = ""
                holder, key = found[0]
                holder[key] = kept


def leaves(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a value, as text."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _parsed(text: str) -> Any:
    """Read JSON, and what Python's own writer makes of it (NaN). Raises ValueError."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_stream(text: str) -> bool:
    return text.lstrip("\ufeff \r\n").startswith(("data:", "event:", ":", "id:", "retry:"))


def _events(text: str) -> Iterator[tuple[str | None, Any]]:
    """Yield the name and the value of each event. Raises ValueError for one that is no JSON."""
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        name, parts = None, []
        for line in block.split("\n"):
            field, _, value = line.partition(":")
            if field == "data":
                parts.append(value.removeprefix(" "))
            elif field == "event":
                name = value.strip()
        if parts:
            told = "\n".join(parts)
            yield name, told if told.strip() == DONE else _parsed(told)


def _texts(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Yield where texts stand: a name of the place that is the same in every event, and holder."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str):
                yield (*place, key), value, key
            else:
                yield from _texts(each, (*place, key))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            index = each.get("index", position) if isinstance(each, dict) else position
            if isinstance(each, str):
                yield (*place, position), value, position
            else:
                yield from _texts(each, (*place, str(index)))
