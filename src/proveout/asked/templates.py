"""The values that were put into a template, read back from what came of it.

The inverse of filling in a charter's request template. Where the texts around the places leave
more than one reading, the shortest values are taken, and where a place stands twice both must
agree; what does not fit is None, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from proveout.asked.tabular import Row

PLACE = re.compile(r'\{\{(?P<literal>[^{}"\r\n]+)\}\}|\{(?P<column>[^{}"\r\n]+)\}')
"""Where a template has a value of the row, or braces that are meant as such."""

ROWS = "$rows"


def row_in(template: Any, body: Any) -> Row | None:
    """Read the row from a JSON body that was made from a template; None where it was not."""
    row: Row = {}
    return row if _read(template, body, row) else None


def rows_in(template: Any, body: Any) -> list[Row] | None:
    """Return the list that stands where the template has '$rows'; None where there is none."""
    if template == ROWS:
        is_rows = isinstance(body, list) and all(isinstance(item, dict) for item in body)
        return body if is_rows else None
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(template, Mapping) and isinstance(body, Mapping):
        pairs = ((inner, body.get(key)) for key, inner in template.items())
    elif isinstance(template, list | tuple) and isinstance(body, list):
        pairs = zip(template, body, strict=False)
    else:
        return None
    return next((rows for pair in pairs if (rows := rows_in(*pair)) is not None), None)


def text_row_in(template: str, text: str) -> Row | None:
    """Read the values from a text that was made from a template; None where it was not."""
    form, names = _form(template)
    found = form.fullmatch(text)
    if found is None:
        return None
    return dict(zip(names, found.groups(), strict=True))


def _read(template: Any, body: Any, row: Row) -> bool:
    if isinstance(template, str):
        return _read_text(template, body, row)
    if isinstance(template, Mapping):
        return isinstance(body, Mapping) and all(
            key in body and _read(inner, body[key], row) for key, inner in template.items()
        )
    if isinstance(template, list | tuple):
        return (
            isinstance(body, list)
            and len(body) == len(template)
            and all(_read(inner, item, row) for inner, item in zip(template, body, strict=True))
        )
    return True  # an option that the client may have set otherwise


def _read_text(template: str, value: Any, row: Row) -> bool:
    whole = PLACE.fullmatch(template)
    if whole is not None and whole["column"] is not None:
        return _put(row, whole["column"], value)
    if PLACE.search(template) is None:
        return True
    found = text_row_in(template, value) if isinstance(value, str) else None
    return found is not None and all(_put(row, name, told) for name, told in found.items())


def _put(row: Row, name: str, value: Any) -> bool:
    return bool(row.setdefault(name, value) == value)


@lru_cache(maxsize=64)
def _form(template: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return the template as an expression with one group for each column, in their order."""
    parts: list[str] = []
    names: list[str] = []
    end = 0
    for place in PLACE.finditer(template):
        parts.append(re.escape(template[end : place.start()]))
        end = place.end()
        if place["literal"] is not None:
            parts.append(re.escape("{" + place["literal"] + "}"))
        elif place["column"] in names:
            parts.append(rf"\{names.index(place['column']) + 1}")
        else:
            names.append(place["column"])
            parts.append("(.*?)")
    parts.append(re.escape(template[end:]))
    return re.compile("".join(parts), re.DOTALL), tuple(names)
