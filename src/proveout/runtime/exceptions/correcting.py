"""True answers as people type them, made whole before they count. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.intake.truths import LABEL, truth_by_field

_EXAMPLE = "Give the fields that were wrong: --correction '{example}'"


def made_whole(
    charter: Charter, correction: Mapping[int, str], answered: Mapping[int, str]
) -> dict[int, str]:
    """Return true answers by row: of a document the fields given, and the others as answered.

    Whoever corrects a field has looked at the document. `answered` is what the system said by row,
    empty where the log keeps it no more. Raises InputError for what cannot be a true answer, and
    for a row that the request did not have.
    """
    for row in correction:
        if answered and row > max(answered):
            raise InputError(
                f"The request has no row {row}.",
                hint=f"Rows are counted from 0; its answers are of {_listed(answered)}.",
            )
    fields = [name for name in truth_by_field(charter) if name != LABEL]
    if not fields:
        return dict(correction)
    return {
        row: _document(text, _fields_in(answered.get(row)), fields)
        for row, text in correction.items()
    }


def _document(text: str, answered: Mapping[str, Any], fields: list[str]) -> str:
    given = _fields_in(text)
    hint = _EXAMPLE.format(example=json.dumps({fields[0]: "…"}, ensure_ascii=False))
    if not given:
        raise InputError(
            f"The answer is a document, and '{text[:60]}' names none of its fields.", hint=hint
        )
    unknown = [name for name in given if name not in fields]
    if unknown:
        raise InputError(f"'{unknown[0]}' is no field of it: {', '.join(fields)}.", hint=hint)
    lacking = [name for name in fields if name not in given and name not in answered]
    if lacking:
        raise InputError(
            f"What the system answered does not tell {', '.join(lacking)}.",
            hint="Give these as well; null for what the document does not have.",
        )
    whole = {name: given.get(name, answered.get(name)) for name in fields}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True)


def _fields_in(text: str | None) -> dict[str, Any]:
    try:
        told = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _listed(answered: Mapping[int, str]) -> str:
    return ", ".join(map(str, sorted(answered)[:8]))
