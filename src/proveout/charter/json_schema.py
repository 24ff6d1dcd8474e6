"""The charter's JSON Schema, from which editors complete and check `pilot.yaml`."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any, get_args

from proveout.charter.schema import Charter
from proveout.charter.schema.scoring import ScorerName
from proveout.charter.schema.system import KINDS

SCHEMA_FILE = "pilot.schema.json"
"""Beside this module; a test holds it to what `json_schema` gives."""

_FUNCTION = r"^[^:]+:[A-Za-z_][A-Za-z0-9_.]*$"
_ADDRESS = r"^https?://"
_CRITERION = r"^\s*[a-z][a-z0-9_.]*\s*(\[[^\]]*\])?\s*(>=|<=)\s*[-+0-9.eE_]+\s*$"
_ANYTHING = r"\S"
_SCORER = f"^({'|'.join(get_args(ScorerName))})$"

_SHORT_FORMS = {
    "Acceptance": (
        "In short: 'quality.accuracy >= 0.85' or 'metric[column=x] <= 0.1'.", _CRITERION,
    ),
    "CaseRecord": ("Path, glob or URL alone, or 'dashboard'.", _ANYTHING),
    "Fallback": ("An address, or what people are told to do.", _ANYTHING),
    "FieldScorer": ("How it is compared, alone.", _SCORER),
    "HttpSystem": ("Its address.", _ADDRESS),
    "MlflowSystem": ("Its address.", _ADDRESS),
    "OldWay": ("Path, glob or URL alone.", _ANYTHING),
    "Outcome": ("The statement alone.", _ANYTHING),
    "Person": ("The full name alone.", _ANYTHING),
    "Payload": ("The policy alone.", "^(all|redacted|hashes)$"),
    "PredictionLog": ("The folder alone.", _ANYTHING),
    "PythonSystem": ("'path/to/file.py:function' or 'package.module:function'.", _FUNCTION),
    "RecordedSystem": ("The column with the answers.", _ANYTHING),
    "Roster": ("Path, glob or URL alone.", _ANYTHING),
    "Scorer": ("How it is compared, alone.", _SCORER),
    "Scoring": ("How answers in words are compared, alone.", _SCORER),
    "Source": ("Path, glob or URL alone.", _ANYTHING),
    "System": (
        "'path/to/file.py:function', or the address of a service.", f"{_FUNCTION}|{_ADDRESS}",
    ),
    "UsageRecord": ("Path, glob or URL alone, or 'dashboard'.", _ANYTHING),
}  # fmt: skip
"""Parts which may be written as one text: what that text then is, and its form."""

_ONE_OR_MANY = {
    "Charter": ("acceptance",),
    "Data": ("production", "key", "required", "slices", "inputs"),
    "Rollout": ("rollback_when",),
    "Stress": ("files",),
    "UsageRecord": ("kept", "overruled", "abandoned"),
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
    parts["System"]["oneOf"] = [
        {"required": [key], "properties": {key: {"not": {"type": "null"}}}} for key in KINDS
    ]
    for part, (meaning, form) in _SHORT_FORMS.items():
        text = {"type": "string", "pattern": form, "description": meaning}
        parts[part] = {"anyOf": [text, parts[part]]}
    exact = {"type": "number", "description": "A figure that is known exactly."}
    parts["Range"] = {"anyOf": [exact, parts["Range"]]}
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
