"""One property of a contract as a field of a charter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proveout.charter.contract.names import (
    BASIS,
    FROM_CHARTER,
    MAXIMUM,
    MINIMUM,
    OF_CHARTER,
    REFERENCES,
    TYPE,
    UNIT,
    customs,
)

_READ = {
    "id", "name", "logicalType", "logicalTypeOptions", "physicalType", "physicalName", "required",
    "primaryKey", "primaryKeyPosition", "description", "quality", "relationships",
    "customProperties", "enum",
}  # fmt: skip
_NO_PLACE = "a charter has no place for it"


@dataclass(slots=True)
class Column:
    """What a contract says of one column, as far as a charter can say it."""

    name: str
    declared: dict[str, Any] = field(default_factory=dict)
    key_position: int | None = None
    references: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    """Keys that were not taken, and why."""

    def takes(self, rule: Mapping[str, Any]) -> bool:
        """Take a quality rule over, where a charter can say the same; tell whether it did."""
        arguments = rule.get("arguments") or {}
        if rule.get("type", "library") != "library" or not _allows_none(rule):
            return False
        match rule.get("metric"):
            case "nullValues" | "missingValues" if not arguments:
                self.declared["required"] = True
                return True
            case "invalidValues" if set(arguments) == {"validValues"}:
                self.declared["values"] = [str(each) for each in arguments["validValues"]]
                return True
            case "invalidValues" if set(arguments) == {"pattern"}:
                self.declared["pattern"] = whole_value(str(arguments["pattern"]))
                return True
        return False


def column_of(part: Mapping[str, Any]) -> Column:
    """Read one property."""
    column = Column(name=str(part.get("physicalName") or part.get("name")))
    notes = customs(part)
    _type(part, notes, column)
    _options(part, notes, column)
    if part.get("required") is True:
        column.declared["required"] = True
    if isinstance(part.get("description"), str) and part["description"].strip():
        column.declared["meaning"] = part["description"]
    if isinstance(notes.get(UNIT), str):
        column.declared["unit"] = notes[UNIT]
    if part.get("primaryKey") is True:
        position = part.get("primaryKeyPosition")
        column.key_position = position if isinstance(position, int) and position > 0 else 1
    _enumeration(part, column)
    _references(part, notes, column)
    for key in part:
        if key not in _READ:
            column.left.append((key, _NO_PLACE))
    for key in notes:
        if key not in FROM_CHARTER:
            column.left.append((f"customProperties.{key}", _NO_PLACE))
    return column


def whole_value(pattern: str) -> str:
    """Return what the whole value must match, for a pattern that looks anywhere in it.

    >>> whole_value("^(?:R-[0-9]+)$"), whole_value("^A.*$"), whole_value("abc")
    ('R-[0-9]+', 'A.*', '.*(?:abc).*')
    """
    framed = re.fullmatch(r"\^\(\?:(.*)\)\$", pattern, re.DOTALL)
    if framed is not None and _is_closed(framed[1]):
        return framed[1]
    if pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$"):
        # In '^a|b$' each end is framed for itself.
        return pattern[1:-1] if "|" not in pattern else f".*(?:{pattern}).*"
    return f".*(?:{pattern}).*"


def _is_closed(pattern: str) -> bool:
    """Tell whether a pattern is one by itself: its brackets are its own."""
    try:
        re.compile(pattern)
    except re.error:
        return bool(re.search(r"\\[pPzCQ]", pattern))
    return True


def _type(part: Mapping[str, Any], notes: Mapping[str, Any], column: Column) -> None:
    if notes.get(BASIS) in ("observed", "assumed"):
        return  # nobody has declared its type
    logical = part.get("logicalType")
    if logical is None:
        return
    if logical not in OF_CHARTER:
        column.left.append(("logicalType", f"a charter knows no type '{logical}'"))
        return
    noted = notes.get(TYPE)
    column.declared["type"] = noted if isinstance(noted, str) else OF_CHARTER[str(logical)]


def _options(part: Mapping[str, Any], notes: Mapping[str, Any], column: Column) -> None:
    options = part.get("logicalTypeOptions") or {}
    ends = {"min": options.get("minimum", notes.get(MINIMUM)),
            "max": options.get("maximum", notes.get(MAXIMUM))}  # fmt: skip
    for name, value in ends.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            column.declared[name] = value
        elif value is not None:
            long = {"min": "minimum", "max": "maximum"}[name]
            column.left.append((f"logicalTypeOptions.{long}", "a charter limits figures only"))
    if isinstance(options.get("pattern"), str):
        column.declared["pattern"] = whole_value(options["pattern"])
    for key in options:
        if key not in ("minimum", "maximum", "pattern"):
            column.left.append((f"logicalTypeOptions.{key}", _NO_PLACE))


def _enumeration(part: Mapping[str, Any], column: Column) -> None:
    listed = part.get("enum")  # since version 3.2 of the standard
    if isinstance(listed, list):
        column.declared["values"] = [
            str(each.get("value")) if isinstance(each, Mapping) else str(each) for each in listed
        ]


def _references(part: Mapping[str, Any], notes: Mapping[str, Any], column: Column) -> None:
    for each in part.get("relationships") or []:
        to = each.get("to") if isinstance(each, Mapping) else None
        source, _, key = to.rpartition(".") if isinstance(to, str) else ("", "", "")
        if source and key and "/" not in source:
            column.references.append((source, key))
        else:
            column.left.append(("relationships", f"'{to}' is no column of a table"))
    for each in notes.get(REFERENCES) or []:
        column.references.append((str(each["source"]), str(each["key"])))


def _allows_none(rule: Mapping[str, Any]) -> bool:
    return rule.get("mustBe") == 0 or rule.get("mustBeLessOrEqualTo") == 0
