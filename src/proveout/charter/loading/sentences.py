"""What is wrong with a value and what to write instead, one function for each kind of mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic_core import ErrorDetails

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.examples import example_beneath, example_line
from proveout.charter.loading.nearest import nearest
from proveout.charter.loading.places import part_at
from proveout.charter.loading.problem import path_text

Sentence = tuple[str, str]
"""What is wrong, and what to write."""


def wrong_value(error: ErrorDetails, path: PathInCharter, typed: str | None) -> Sentence:
    """Explain why the schema refuses a value; `typed` is the value as it stands in the file."""
    seen = error["input"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    if error["type"] == "value_error":
        return _own_words(str(context["error"]))
    if seen is None:
        return _nothing(path)
    explain = _BY_TYPE.get(error["type"])
    if explain is not None:
        return explain(seen, typed, path, context)
    return f"{_shown(seen, typed)} is not allowed here.", f"Write for example: {example_line(path)}"


def _own_words(message: str) -> Sentence:
    """Our validators say 'what is wrong; what to write'."""
    what, _, write = message.partition("; ")
    return _sentence(what), _sentence(write or "Correct one of the two")


def _nothing(path: PathInCharter) -> Sentence:
    beneath = part_at(path)
    what = f"Nothing is written for '{path[-1]}'."
    if beneath is None:
        return what, f"Write for example: {example_line(path)}. Or take the line out."
    return what, f"Write its keys beneath it (for example {example_beneath(path)}), or take it out."


def _number(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"A number is expected, and {_shown(seen, typed)} is none."
    if isinstance(seen, str):
        bare = seen.strip().rstrip("%").strip()
        if seen.strip().endswith("%") and _is_number(bare):
            return what, f"Write the share of one: {float(bare) / 100:g}"
        point = bare.replace(" ", "").replace(",", ".", 1)
        if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", bare):
            return what, f"Write it without separators: {bare.replace(',', '')}"
        if "," in bare and _is_number(point):
            return what, f"Write it with a decimal point: {point}"
    return what, f"Write digits, with a point for decimals, for example: {example_line(path)}"


def _whole_number(
    seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]
) -> Sentence:
    what = f"A whole number is expected, and {_shown(seen, typed)} is none."
    return what, f"Write digits alone, for example: {path[-1]}: 100"


def _text(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"Text is expected, and {_shown(seen, typed)} is {_kind(seen)}."
    if isinstance(seen, dict | list):
        return what, f"Write one value, for example: {example_line(path)}"
    return what, f"Put it in quotes: '{typed if typed is not None else seen}'"


def _choice(
    seen: Any, typed: str | None, path: PathInCharter, context: Mapping[str, Any]
) -> Sentence:
    allowed = str(context["expected"]).replace("' or '", "', '").replace("'", "").split(", ")
    what = f"{_shown(seen, typed)} is not one of the values that '{_named(path)}' can have."
    near = nearest(str(seen), allowed)
    hint = f"Did you mean '{near}'? " if near is not None else ""
    return what, f"{hint}Allowed: {', '.join(allowed)}."


def _yes_or_no(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"Yes or no is expected, and {_shown(seen, typed)} is neither."
    return what, f"Write {path[-1]}: true or {path[-1]}: false"


def _date(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"{_shown(seen, typed)} is not a date of the calendar."
    return what, f"Write year-month-day: {path[-1]}: 2026-09-30"


def _keys(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"'{_named(path)}' holds keys of its own, and {_shown(seen, typed)} is {_kind(seen)}."
    if isinstance(seen, list):
        return what, f"Write its keys without a leading '-', for example: {example_beneath(path)}"
    return what, f"Write its keys beneath it, for example: {example_beneath(path)}"


def _list(seen: Any, typed: str | None, path: PathInCharter, _: Mapping[str, Any]) -> Sentence:
    what = f"'{_named(path)}' is a list, and {_shown(seen, typed)} is {_kind(seen)}."
    beneath = part_at((*path, 0))
    item = "first item" if beneath is None else "{" + example_beneath((*path, 0)) + "}"
    return what, f"Begin each item on a line of its own with '- ', for example: - {item}"


def _pattern(
    seen: Any, typed: str | None, path: PathInCharter, context: Mapping[str, Any]
) -> Sentence:
    what, write = _PATTERNS.get(
        str(context["pattern"]), ("does not have the form expected", example_line(path))
    )
    return f"{_shown(seen, typed)} {what}.", f"Write for example: {write}"


def _bound(sign: str) -> Callable[[Any, str | None, PathInCharter, Mapping[str, Any]], Sentence]:
    def explain(
        seen: Any, typed: str | None, path: PathInCharter, context: Mapping[str, Any]
    ) -> Sentence:
        limit = context[{"above": "gt", "at least": "ge", "below": "lt", "at most": "le"}[sign]]
        what = f"{_shown(seen, typed)} is out of range: '{_named(path)}' must be {sign} {limit:g}."
        number = float(seen) if _is_number(str(seen)) else 0.0
        if sign in ("below", "at most") and limit == 1 and 1 < number <= 100:
            return what, f"It is a share of one, not a percentage: write {number / 100:g}"
        return what, f"Write a number {sign} {limit:g}."

    return explain


def _empty(_: Any, __: str | None, path: PathInCharter, ___: Mapping[str, Any]) -> Sentence:
    return f"'{_named(path)}' is empty.", f"Write for example: {example_line(path)}"


def _too_long(
    seen: Any, _: str | None, path: PathInCharter, context: Mapping[str, Any]
) -> Sentence:
    limit = context.get("max_length", 80)
    what = f"'{_named(path)}' has {len(str(seen))} characters; {limit} are allowed."
    return what, "Write a shorter one."


_PATTERNS: dict[str, Sentence] = {
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": (
        "is not a short name: those have letters, digits, '_', '.' and '-' only",
        "invoice-matching",
    ),
    r"^[A-Z]{3}$": ("is not a currency code of three capital letters", "EUR"),
    r"^[^:]+:[A-Za-z_][A-Za-z0-9_.]*$": (
        "names a file or package, but no function in it",
        "'model.py:predict' or 'package.module:function'",
    ),
    r"^https?://": ("is not a web address", "https://scores.example.com/v1/predict"),
}

_BY_TYPE: dict[str, Callable[[Any, str | None, PathInCharter, Mapping[str, Any]], Sentence]] = {
    "bool_parsing": _yes_or_no,
    "bool_type": _yes_or_no,
    "date_from_datetime_inexact": _date,
    "date_from_datetime_parsing": _date,
    "date_parsing": _date,
    "date_type": _date,
    "dict_type": _keys,
    "float_parsing": _number,
    "finite_number": _number,
    "float_type": _number,
    "greater_than": _bound("above"),
    "greater_than_equal": _bound("at least"),
    "int_from_float": _whole_number,
    "int_parsing": _whole_number,
    "int_parsing_size": _whole_number,
    "int_type": _whole_number,
    "less_than": _bound("below"),
    "less_than_equal": _bound("at most"),
    "literal_error": _choice,
    "model_type": _keys,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _too_long,
    "string_too_short": _empty,
    "string_type": _text,
    "too_short": _empty,
    "tuple_type": _list,
}


def _named(path: PathInCharter) -> str:
    """Name the place: the last key, with the position where it is one item of a list."""
    keys = [index for index, step in enumerate(path) if isinstance(step, str)]
    return path_text(path[keys[-1] :]) if keys else path_text(path)


def _shown(seen: Any, typed: str | None) -> str:
    if isinstance(seen, dict):
        return "what stands here"
    if isinstance(seen, list):
        return "what stands here"
    text = typed if typed is not None else str(seen)
    return f"'{text if len(text) <= 60 else text[:57] + '…'}'"


def _kind(seen: Any) -> str:
    match seen:
        case bool():
            return "a yes or no"
        case int() | float():
            return "a number"
        case date():
            return "a date"
        case list():
            return "a list"
        case dict():
            return "a group of keys"
        case _:
            return "a single value"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
