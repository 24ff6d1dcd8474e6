"""From the charter's data, and what an audit saw in it, to a contract.

Open Data Contract Standard 3.1.0 (Bitol, LF AI & Data), which 3.2 reads as well. What somebody
declared is a rule with severity 'error'. What an audit merely saw is one with severity 'info' and
says so: nobody has agreed to it yet.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from proveout.charter.contract import rules
from proveout.charter.contract.names import (
    BASIS,
    LOGICAL,
    MAXIMUM,
    MINIMUM,
    OF_TABLE,
    OURS,
    REFERENCES,
    TYPE,
    UNIT,
    custom,
)
from proveout.charter.contract.observed import ObservedField, ObservedTable
from proveout.charter.contract.servers import server_of
from proveout.charter.schema import Data, DataField, Reference

API_VERSION = "v3.1.0"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOTHING = DataField()


def contract_of(
    name: str, data: Data, tables: Sequence[ObservedTable], *, version: str = "1.0.0"
) -> dict[str, Any]:
    """Return the contract of some tables, as plain values in the order in which to write them."""
    observed = any(table.fields for table in tables)
    contract: dict[str, Any] = {
        "version": version,
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        # The same contract has the same id whenever it is exported.
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"proveout:{name}")),
        "name": name,
        "status": "draft",
        "description": {
            "purpose": f"What {name} {OURS}",
            "limitations": "Rules marked as observed describe what an audit saw. Nobody has agreed "
            "to them yet." if observed else "Every rule was declared.",
        },
        "servers": [server_of(table) for table in tables],
        "schema": [_object(table, data) for table in tables],
    }  # fmt: skip
    owners = list(dict.fromkeys(table.owner for table in tables if table.owner))
    if owners:
        members = [{"username": owner, "name": owner, "role": "owner"} for owner in owners]
        contract["team"] = {"name": owners[0], "members": members}
    agreed = _agreements(data, tables)
    if agreed:
        contract["slaProperties"] = agreed
    return contract


def _object(table: ObservedTable, data: Data) -> dict[str, Any]:
    names = [field.name for field in table.fields]
    declared = [*data.required_columns, *data.fields, *data.key]
    seen = {field.name: field for field in table.fields}
    columns = list(dict.fromkeys([*names, *declared]))
    found: dict[str, Any] = {
        "name": table.name,
        "logicalType": "object",
        "physicalName": table.table or table.name,
        "properties": [_property(column, seen.get(column), table, data) for column in columns],
    }
    quality = [
        *rules.of_key(data.key, table),
        *(rules.of_order(order.earlier, order.later) for order in data.order),
        *rules.of_rows(table),
        *rules.of_age(table),
    ]
    if quality:
        found["quality"] = quality
    roles = {note: getattr(data, key) for note, key in OF_TABLE.items() if getattr(data, key)}
    if roles:
        found["customProperties"] = custom(roles)
    return found


def _property(
    name: str, seen: ObservedField | None, table: ObservedTable, data: Data
) -> dict[str, Any]:
    declared = data.fields.get(name, _NOTHING)
    required = name in data.required_columns
    kind = declared.type or (None if seen is None else seen.found)
    found: dict[str, Any] = {"name": name}
    if declared.meaning is not None:
        found["description"] = declared.meaning
    logical = LOGICAL[kind] if kind is not None else _assumed(declared, seen)
    found["logicalType"] = logical
    if seen is not None:
        found["physicalType"] = seen.stored
    if required:
        found["required"] = True
    if name in data.key:
        found |= {"primaryKey": True, "primaryKeyPosition": data.key.index(name) + 1}
    options, beside = _options(declared, logical)
    if options:
        found["logicalTypeOptions"] = options
    relationships, others = _relationships(name, data.references)
    if relationships:
        found["relationships"] = relationships
    quality = [
        *rules.declared(declared, required=required),
        *(() if seen is None else rules.observed(seen, declared, table, required=required)),
    ]
    if quality:
        found["quality"] = quality
    notes = {**_type_notes(declared, kind), **beside, **others}
    if notes:
        found["customProperties"] = custom(notes)
    return found


def _assumed(declared: DataField, seen: ObservedField | None) -> str:
    """Return a type where none is known: version 3.2 of the standard cannot do without."""
    if seen is not None:
        return "object"
    return "string" if declared.min is None and declared.max is None else "number"


def _options(declared: DataField, logical: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the type can be told, and what only a note can say."""
    ends = {"minimum": declared.min, "maximum": declared.max}
    given = {name: _plain(value) for name, value in ends.items() if value is not None}
    options: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    if logical in ("number", "integer"):
        options |= given
    else:
        notes = {"minimum": MINIMUM, "maximum": MAXIMUM}
        beside |= {notes[name]: value for name, value in given.items()}
    if declared.pattern is not None and logical == "string":
        options["pattern"] = anchored(declared.pattern)
    return options, beside


def anchored(pattern: str) -> str:
    """Return a pattern that must match the whole value, as the charter's do."""
    return f"^(?:{pattern})$"


def _type_notes(declared: DataField, kind: str | None) -> dict[str, Any]:
    seen = "assumed" if kind is None else "observed"
    notes: dict[str, Any] = {BASIS: seen if declared.type is None else "declared"}
    if declared.type is not None:
        notes[TYPE] = declared.type
    if declared.unit is not None:
        notes[UNIT] = declared.unit
    return notes


def _relationships(
    column: str, references: Sequence[Reference]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the foreign keys of a column; in a note where the standard cannot write a name."""
    mine = [each for each in references if each.column == column]
    plain = [e for e in mine if _IDENTIFIER.fullmatch(e.source) and _IDENTIFIER.fullmatch(e.key)]
    others = [{"source": e.source, "key": e.key} for e in mine if e not in plain]
    return (
        [{"type": "foreignKey", "to": f"{each.source}.{each.key}"} for each in plain],
        {REFERENCES: others} if others else {},
    )


def _agreements(data: Data, tables: Sequence[ObservedTable]) -> list[dict[str, Any]]:
    agreed: list[dict[str, Any]] = []
    if data.freshness_hours is not None:
        agreement: dict[str, Any] = {
            "property": "latency",
            "value": _plain(data.freshness_hours),
            "unit": "h",
        }
        if data.timestamp is not None and len(tables) == 1:
            agreement["element"] = f"{tables[0].name}.{data.timestamp}"
        agreed.append(agreement)
    agreed += [
        {"property": "frequency", "value": 1, "unit": source.deliveries}
        for source in data.production
        if source.deliveries is not None
    ]
    return agreed


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
