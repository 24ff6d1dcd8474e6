"""What is not of the form that is asked for, said in words that name the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_too_short": "is missing",
    "string_too_long": "has more than {max_length} characters",
    "string_pattern_mismatch": "is not of the form that is asked for",
    "too_long": "has more than {max_length} entries",
    "too_short": "has fewer than {min_length} entries",
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_parsing": "is not a number",
    "finite_number": "is not a number",
    "greater_than": "has to be more than {gt}",
    "greater_than_equal": "has to be at least {ge}",
    "less_than": "has to be less than {lt}",
    "less_than_equal": "has to be at most {le}",
    "literal_error": "has to be one of: {expected}",
    "enum": "has to be one of: {expected}",
    "date_parsing": "is not a day, such as 2025-03-31",
    "date_from_datetime_parsing": "is not a day, such as 2025-03-31",
    "date_from_datetime_inexact": "is not a day, such as 2025-03-31",
    "datetime_parsing": "is not a moment, such as 2025-03-31T09:00:00Z",
    "datetime_from_date_parsing": "is not a moment, such as 2025-03-31T09:00:00Z",
    "timezone_aware": "has no time zone",
    "bool_parsing": "is neither yes nor no",
    "extra_forbidden": "is not asked for",
}
"""By the kind of error, as Pydantic names it."""


def refused(errors: Sequence[Mapping[str, Any]]) -> str:
    """Say what is wrong with each field. Kinds that have no words here keep the library's."""
    return "; ".join(map(_one, errors))


def _one(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"][1:])
    words = _WORDS.get(str(error["type"]))
    if words is None:
        return f"{place or 'all'}: {error['msg']}"
    told = words.format_map(error.get("ctx", {}))
    return f"“{place.replace('_', ' ') or 'what was sent'}” {told}"
