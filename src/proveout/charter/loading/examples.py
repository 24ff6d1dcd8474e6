"""What could be written, for the message that says what is missing or wrong."""

from __future__ import annotations

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.places import ListOf, MappingOf, part_at, shape_at
from proveout.charter.schema.base import plain_types

_BY_KEY: dict[str, str] = {
    "Acceptance.comparison": "comparison: '>='",
    "Acceptance.metric": "metric: quality.accuracy",
    "Acceptance.threshold": "threshold: 0.85",
    "Adjustment.why": "why: 'agreed with the COO on 3 March; the old list is replaced in May'",
    "Assumption.name": "name: volume",
    "Assumption.statement": "statement: 'no more than 2,000 requests come in a day'",
    "Baseline.source": "source: 'time study of March, 120 cases'",
    "Baseline.value": "value: 14.5",
    "Budget.currency": "currency: EUR",
    "Budget.per_month": "per_month: 2000",
    "Charter.pilot": "pilot: invoice-matching",
    "Data.production": "production: data/2024/*.csv",
    "Kpi.direction": "direction: lower",
    "Kpi.name": "name: handling_time",
    "Kpi.unit": "unit: minutes",
    "Labels.key": "key: [claim_id]",
    "LegalQuestion.question": "question: 'May we keep the answers for two years?'",
    "Load.users": "users: 10000",
    "Milestone.on": "on: 2026-09-30",
    "Outcome.statement": "statement: 'Ground crews are re-planned two hours earlier'",
    "Milestone.name": "name: half-time review",
    "Participants.chosen": "chosen: volunteers",
    "Person.name": "name: Ada Byron",
    "Process.name": "name: invoice matching",
    "PythonSystem.callable": "callable: 'model.py:predict'",
    "SignOff.on": "on: 2026-09-30",
    "SignOff.who": "who: Ada Byron",
    "Source.path": "path: data/2024/*.csv",
    "Stress.severities": "severities: [0.05, 0.25]",
}


_BENEATH = {
    "fields": "amount: {type: number, required: true}",
    "headers": "Authorization: 'Bearer ${API_TOKEN}'",
    "standard": "production.rejects: {threshold: 0.02, why: 'scanned forms'}",
    "subject": "site: north",
}
"""Beneath keys whose own keys the user chooses."""

_BY_TYPE = ((bool, "true"), (int, "100"), (float, "2.5"))


def example_line(path: PathInCharter) -> str:
    """Return a line that could stand at a path."""
    key = str(path[-1])
    part = part_at(path[:-1])
    for ancestor in () if part is None else part.__mro__:
        known = _BY_KEY.get(f"{ancestor.__name__}.{key}")
        if known is not None:
            return known
    return f"{key}: {_value(path)}"


def example_beneath(path: PathInCharter) -> str:
    """Return the shortest thing that could stand beneath a key which holds other keys."""
    part = part_at(path)
    if part is None:
        return _BENEATH.get(str(path[-1]), "name: value")
    needed = [key for key, info in part.model_fields.items() if info.is_required()]
    first = needed or [key for key in part.model_fields if key != "kind"][:1]
    return ", ".join(example_line((*path, key)) for key in first)


def _value(path: PathInCharter) -> str:
    match shape_at(path):
        case ListOf():
            return "[first, second]"
        case MappingOf():
            return "{name: …}"
        case None:
            return _single(path)
        case _:
            return "{" + example_beneath(path) + "}"


def _single(path: PathInCharter) -> str:
    """Return a value of the type that stands there."""
    part = part_at(path[:-1])
    if part is None or path[-1] not in part.model_fields:
        return "…"
    wanted = plain_types(part.model_fields[str(path[-1])].annotation)
    return next((shown for kind, shown in _BY_TYPE if kind in wanted), "…")
