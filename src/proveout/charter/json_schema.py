"""The charter's JSON Schema, from which editors complete and check `pilot.yaml`."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from proveout.charter.schema import Charter

SCHEMA_FILE = "pilot.schema.json"
"""Beside this module; a test holds it to what `json_schema` gives."""

_SHORT_FORMS = {
    "Acceptance": "In short: 'quality.accuracy >= 0.85' or 'metric[column=x] <= 0.1'.",
    "HttpSystem": "Its address.",
    "Outcome": "The statement alone.",
    "Person": "The full name alone.",
    "PythonSystem": "'path/to/file.py:function' or 'package.module:function'.",
    "RecordedSystem": "The column with the answers.",
    "Source": "Path, glob or URL alone.",
    "System": "'path/to/file.py:function', or the address of a service.",
}
"""Parts which may be written as one text, and what that text then is."""

_ONE_OR_MANY = {
    "Charter": ("acceptance",),
    "Data": ("production", "key", "required", "slices", "inputs"),
}
"""Lists of one may be written without the dash."""

_REQUIREMENT_IDS = re.compile(r"\s*\(R\d[^)]*\)")


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12), short forms included."""
    schema = Charter.model_json_schema()
    parts: dict[str, Any] = schema["$defs"]
    for part, keys in _ONE_OR_MANY.items():
        properties = (schema if part == "Charter" else parts[part])["properties"]
        for key in keys:
            _allow_one(properties[key])
    parts["System"]["oneOf"] = [{"required": [key]} for key in ("python", "http", "recorded")]
    for part, meaning in _SHORT_FORMS.items():
        text = {"type": "string", "minLength": 1, "description": meaning}
        parts[part] = {"anyOf": [text, parts[part]]}
    plain: dict[str, Any] = _readable(schema)
    plain["title"] = "Charter of an AI pilot (pilot.yaml)"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **plain}


def published_schema() -> str:
    """Return the text of the schema that is shipped."""
    return files("proveout.charter").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def schema_text() -> str:
    """Return the schema as it is written to a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _allow_one(listed: dict[str, Any]) -> None:
    """Let a list of one be written without the dash."""
    shape = {key: listed.pop(key) for key in ("type", "items")}
    listed["anyOf"] = [shape["items"], shape]


def _readable(value: Any) -> Any:
    """Take out what says nothing to the reader of a charter: generated titles, requirement ids."""
    if isinstance(value, dict):
        return {
            key: _REQUIREMENT_IDS.sub("", item) if key == "description" else _readable(item)
            for key, item in value.items()
            if not (key == "title" and isinstance(item, str))
        }
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return value
