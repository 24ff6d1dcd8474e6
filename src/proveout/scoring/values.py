"""What a value of a document says: nothing at all, or something that can be written as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

WORDS_FOR_NOTHING = frozenset({"null", "none", "n/a", "na", "nil", "nan", "-", "--", "–", "—"})
"""As models write them where a document lacks a field. Beside a filled truth they are answers."""
PHRASES_FOR_NOTHING = frozenset((
    "n.a", "unknown", "missing", "not found", "not available", "not given", "not specified",
    "not stated", "not provided", "not present", "not applicable", "not mentioned",
    "keine angabe", "k.a", "k. a", "nicht angegeben", "nicht vorhanden", "entfällt",
    "non disponible", "non spécifié", "non indiqué", "no disponible", "no especificado",
    "non disponibile", "non indicato", "niet vermeld", "niet opgegeven",
))  # fmt: skip
"""The same at more length. In the data they may be a value, so that they count in answers only."""

_MIDNIGHT = re.compile(r"T00:00:00(\+00:00)?$")
_DEEPEST = 50
"""Levels of an answer that are looked into."""


def is_empty(value: Any, depth: int = 0) -> bool:
    """Tell whether a value says nothing: none, NaN, blank text, and lists or objects of these."""
    if value is None or isinstance(value, str):
        return not (value or "").strip()
    if isinstance(value, Mapping):
        return depth < _DEEPEST and all(is_empty(each, depth + 1) for each in value.values())
    if isinstance(value, list | tuple) or is_array(value):
        return depth < _DEEPEST and all(is_empty(each, depth + 1) for each in value)
    try:
        return bool(value != value)  # noqa: PLR0124  # NaN and NaT differ from themselves
    except (TypeError, ValueError):
        return False
    except ArithmeticError:  # a decimal that is none, and says so aloud
        return True


def is_word_for_nothing(value: Any) -> bool:
    """Tell whether a text says in words that there is nothing."""
    return isinstance(value, str) and value.strip().casefold() in WORDS_FOR_NOTHING


def is_phrase_for_nothing(value: Any) -> bool:
    """Tell whether an answer says in words, few or many, that there is nothing."""
    if is_word_for_nothing(value):
        return True
    return isinstance(value, str) and value.strip().rstrip(".").casefold() in PHRASES_FOR_NOTHING


def as_text(value: Any) -> str:
    """Write a value as people would: 1204 for 1204.0, 2024-03-04 for a moment at midnight.

    >>> as_text(1204.0), as_text(True), as_text(["a", 1])
    ('1204', 'true', '["a", 1]')
    """
    if isinstance(value, str):
        return value
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        value = value.item() if getattr(value, "ndim", 0) == 0 else value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value)) if abs(value) < 2**53 else repr(value)
    if isinstance(value, date):
        return _MIDNIGHT.sub("", value.isoformat())
    if isinstance(value, Mapping | list | tuple):
        return _as_json(value)
    return "" if value is None else str(value)


def as_structure(value: Any) -> Any:
    """Return a value with the arrays of numpy as lists, and lists or objects in text as such."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value.tolist() if is_array(value) else value


def is_array(value: Any) -> bool:
    """Tell an array of numpy, as a list in a table comes, from everything else."""
    return hasattr(value, "tolist") and getattr(value, "ndim", None) not in (None, 0)


def value_at(document: Any, path: str) -> Any:
    """Return what stands in a document under a dotted name; None where there is nothing.

    'lines.amount' collects the amount of every line. A key that has the dots in it goes first.
    """
    if isinstance(document, list | tuple):
        found = [value_at(each, path) for each in document]
        return None if all(each is None for each in found) else found
    if not isinstance(document, Mapping):
        return None
    if path in document:
        return document[path]
    first, dot, rest = path.partition(".")
    while dot:
        if first in document:
            return value_at(document[first], rest)
        more, dot, rest = rest.partition(".")
        first = f"{first}.{more}"
    return None


def _as_json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=as_text, sort_keys=True)
    except (ValueError, TypeError, RecursionError):  # in circles, or keys of several kinds
        return str(value) if not isinstance(value, Mapping) else "{…}"
