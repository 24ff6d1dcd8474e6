"""What the schema allows at a place of the charter."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from proveout.charter.loaded import PathInCharter
from proveout.charter.schema import Charter, Part


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of something."""

    item: Any


@dataclass(frozen=True, slots=True)
class MappingOf:
    """Names that the user chooses, each with something."""

    item: Any


def shape_at(path: PathInCharter) -> Any:
    """Return what may stand at a path: a Part, a ListOf, a MappingOf, or None for a single value.

    None too where the schema knows no such place.
    """
    shape: Any = Charter
    for step in path:
        match shape:
            case ListOf() | MappingOf():
                shape = _shape(shape.item)
            case type() if issubclass(shape, BaseModel) and step in shape.model_fields:
                shape = _shape(shape.model_fields[str(step)].annotation)
            case _:
                return None
    return shape


def part_at(path: PathInCharter) -> type[Part] | None:
    """Return the part whose keys stand beneath a path, or None."""
    shape = shape_at(path)
    return shape if isinstance(shape, type) and issubclass(shape, Part) else None


@cache
def homes() -> dict[str, tuple[str, ...]]:
    """Return for each key that one may write, where it belongs: {'label': ('data.label',)}."""
    found: dict[str, list[str]] = {}
    for key, where in _walk(Charter, ""):
        found.setdefault(key, []).append(where)
    return {key: tuple(places) for key, places in found.items()}


def _walk(part: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for key, info in part.model_fields.items():
        yield key, f"{prefix}{key}"
        shape = _shape(info.annotation)
        if isinstance(shape, type) and issubclass(shape, Part):
            yield from _walk(shape, f"{prefix}{key}.")


def _shape(annotation: Any) -> Any:
    """Take off Annotated and None, and name the kind of container."""
    if hasattr(annotation, "__metadata__"):
        return _shape(annotation.__origin__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        (inner, *others) = [item for item in arguments if item is not type(None)]
        return None if others else _shape(inner)
    if origin is tuple:
        return ListOf(arguments[0])
    if origin is dict:
        return MappingOf(arguments[1])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
