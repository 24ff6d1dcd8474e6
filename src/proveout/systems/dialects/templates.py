"""Texts and JSON with places in them for the values of a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from proveout.asked.templates import PLACE
from proveout.errors import InputError

_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?Z?")
_WHOLE_SECOND = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+(Z?)")


def columns_in(template: Any) -> Iterator[str]:
    """Name the columns that a text, or the texts of a JSON value, have places for."""
    if isinstance(template, str):
        for match in PLACE.finditer(template):
            if match["column"] is not None:
                yield match["column"]
    elif isinstance(template, Mapping):
        for item in template.values():
            yield from columns_in(item)
    elif isinstance(template, list | tuple):
        for item in template:
            yield from columns_in(item)


def fill(template: str, row: Mapping[str, Any], *, key: str) -> str:
    """Put a row's values into a text; a missing one is empty, '{{x}}' stands for '{x}'.

    Braces around quotes, line breaks or nothing are no places, so that JSON may stand in a text.
    Raises InputError for a column that the row does not have; `key` names the charter's key.
    """

    def value(match: re.Match[str]) -> str:
        if match["literal"] is not None:
            return "{" + match["literal"] + "}"
        return as_text(_value(row, match["column"], key))

    return PLACE.sub(value, template)


def fill_json(template: Any, row: Mapping[str, Any], *, key: str) -> Any:
    """Put a row's values into every text of a JSON value.

    A text that is one place and nothing else becomes the value itself: a number, null.
    """
    if isinstance(template, str):
        whole = PLACE.fullmatch(template)
        if whole is not None and whole["column"] is not None:
            return _value(row, whole["column"], key)
        return fill(template, row, key=key)
    if isinstance(template, Mapping):
        return {name: fill_json(item, row, key=key) for name, item in template.items()}
    if isinstance(template, list | tuple):
        return [fill_json(item, row, key=key) for item in template]
    return template


def as_text(value: Any) -> str:
    """Write a value as a person would: nothing for None, 7 for 7.0, a date without a clock."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        midnight = _MIDNIGHT.fullmatch(value)
        if midnight is not None:
            return midnight[1]
        second = _WHOLE_SECOND.fullmatch(value)
        return value if second is None else second[1] + second[2]
    return str(value)


def _value(row: Mapping[str, Any], column: str, key: str) -> Any:
    try:
        return row[column]
    except KeyError:
        raise InputError(
            f"{key}: '{{{column}}}' stands for a column that the data do not have.",
            hint=f"Columns found: {', '.join(map(str, list(row)[:20]))}. "
            "For braces that are meant as such write '{{…}}'.",
        ) from None
