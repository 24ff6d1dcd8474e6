"""The published schema and the loader agree: an editor marks what Proveout refuses."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from ruamel.yaml import YAML

from proveout.charter.json_schema import json_schema
from proveout.charter.schema import Charter

PAGE = (Path(__file__).parents[3] / "docs" / "charter.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
VALIDATOR = Draft202012Validator(json_schema())
WRONG: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, 150, "", "some words", [], {}, ["x"], [1], {"nope": 1},
    {"name": "x"}, "quality.accuracy >= 0.8", "https://scores.example.com", "model.py:predict",
]  # fmt: skip

Place = tuple[str | int, ...]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_wrong_value_is_refused_by_both_or_by_neither(example: str) -> None:
    """Each value of each documented example, exchanged for each kind of other value.

    The schema cannot hold two values against each other, or know the calendar: there the loader
    alone refuses. The loader alone takes a number in quotes.
    """
    whole = {"pilot": "p", **_plain(YAML(typ="safe", pure=True).load(example))}
    apart = [
        (place, wrong)
        for place in _places(whole, ())
        for wrong in WRONG
        if not _agree(_exchanged(whole, place, wrong))
    ]

    assert apart == []


def _agree(charter: dict[str, Any]) -> bool:
    try:
        Charter.model_validate(charter)
    except ValidationError as error:
        kinds = {detail["type"] for detail in error.errors()}
        beyond = {"value_error", "date_from_datetime_parsing"}
        return kinds <= beyond or not VALIDATOR.is_valid(charter)
    return VALIDATOR.is_valid(charter)


def _places(value: Any, place: Place) -> Iterator[Place]:
    if place:
        yield place
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield from _places(item, (*place, key))


def _exchanged(charter: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(charter)
    target: Any = copied
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return copied


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
