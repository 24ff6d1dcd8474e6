"""The names that both directions of the mapping share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

BASIS = "proveout.basis"
"""Says of an expectation whether somebody declared it or an audit observed it."""
TYPE = "proveout.type"
UNIT = "proveout.unit"
MINIMUM = "proveout.min"
MAXIMUM = "proveout.max"
REFERENCES = "proveout.references"
ORDER = "proveout.order"
OF_TABLE = {"proveout.timestamp": "timestamp", "proveout.site_column": "site_column"}
"""Which columns play a part, by the key of the charter."""
FROM_CHARTER = (TYPE, UNIT, MINIMUM, MAXIMUM, REFERENCES, ORDER, BASIS)

OURS = "needs of its data."
"""How the purpose ends that an export writes."""

LOGICAL = {
    "text": "string", "category": "string", "integer": "integer", "number": "number",
    "boolean": "boolean", "date": "date", "timestamp": "timestamp", "time": "time",
}  # fmt: skip
"""The charter's types in the standard."""
OF_CHARTER = {
    "string": "text", "integer": "integer", "number": "number", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp", "time": "time",
}  # fmt: skip
"""The standard's types in the charter; objects and arrays have none."""


def custom(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write properties that the standard has no key for."""
    return [{"property": name, "value": value} for name, value in values.items()]


def customs(part: Mapping[str, Any]) -> dict[str, Any]:
    """Read them."""
    listed = part.get("customProperties")
    return {
        str(each["property"]): each.get("value")
        for each in (listed if isinstance(listed, Sequence) else ())
        if isinstance(each, Mapping) and "property" in each
    }
