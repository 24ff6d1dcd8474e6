"""Data contracts: out of a charter's data, and back into it."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.charter.contract import (
    ObservedField,
    ObservedTable,
    contract_of,
    import_contract,
)
from proveout.charter.contract.columns import whole_value
from proveout.charter.schema import Data
from proveout.errors import InputError

NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12
).filter(lambda text: text.strip() == text)
PATTERNS = ("R-[0-9]{5}", "a|b", "(?:x|y)+", "^a|b$", r"\d")


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a charter may say of a column."""
    low, high = sorted([draw(st.integers(-50, 50)), draw(st.integers(-50, 50))])
    said = {
        "type": draw(st.sampled_from([
            "text", "integer", "number", "boolean", "date", "timestamp", "time", "category", None,
        ])),
        "required": draw(st.booleans()) or None,
        "unit": draw(st.none() | NAMES),
        "min": draw(st.none() | st.just(float(low))),
        "max": draw(st.none() | st.just(high + 0.5)),
        "values": draw(st.none() | st.lists(NAMES, min_size=1, max_size=4, unique=True)),
        "pattern": draw(st.none() | st.sampled_from(PATTERNS)),
        "meaning": draw(st.none() | NAMES),
    }  # fmt: skip
    return {key: value for key, value in said.items() if value is not None}


@st.composite
def datas(draw: st.DrawFn) -> Data:
    """Draw the part of a charter's data that a contract can say."""
    columns = draw(st.dictionaries(NAMES, fields(), min_size=1, max_size=4))
    names = list(columns)
    source: dict[str, Any] = {"path": "in/orders.csv"}
    if draw(st.booleans()):
        source["owner"] = draw(NAMES)
    if draw(st.booleans()):
        source["deliveries"] = draw(st.sampled_from(["daily", "monthly"]))
    said: dict[str, Any] = {
        "production": [source],
        "fields": columns,
        "key": draw(st.lists(st.sampled_from(names), unique=True, max_size=2)),
        "freshness_hours": draw(st.none() | st.integers(1, 500).map(float)),
        "timestamp": draw(st.none() | st.sampled_from(names)),
        "site_column": draw(st.none() | st.sampled_from(names)),
    }
    if draw(st.booleans()):
        table = draw(st.sampled_from(["suppliers", "list-of.things"]).filter(str))
        said["references"] = [{"column": names[0], "source": table, "key": draw(NAMES)}]
    if draw(st.booleans()):
        said["order"] = [{"earlier": names[0], "later": names[-1]}]
    return Data.model_validate({k: v for k, v in said.items() if v not in (None, [], {})})


def _table(data: Data, **more: Any) -> ObservedTable:
    source = data.production[0]
    return ObservedTable(**{
        "name": "orders", "place": source.path, "table": source.table, "format": "csv",
        "n_rows": 0, "on": "2024-06-01", "fields": (), "owner": source.owner, **more,
    })  # fmt: skip


@given(datas())
def test_what_a_charter_declares_comes_back_the_same(data: Data) -> None:
    """Types, ranges, values, patterns, units, key, references, order, freshness, owner …"""
    contract = json.loads(json.dumps(contract_of("orders", data, [_table(data)])))

    imported = import_contract(contract)

    again = Data.model_validate(imported.data)
    fields = {name: field for name, field in data.fields.items() if field != type(field)()}
    assert again == data.model_copy(update={"fields": fields})
    assert imported.unmapped == ()


@settings(max_examples=25)
@given(datas())
def test_a_contract_keeps_to_the_keys_of_the_standard(data: Data) -> None:
    """No part has a key that version 3.1.0 does not know, or a value of another kind."""
    contract = contract_of("orders", data, [_table(data, fields=(_SEEN,), n_rows=7)])

    jsonschema.validate(json.loads(json.dumps(contract)), _STANDARD)


@settings(max_examples=10)
@given(datas())
def test_a_contract_passes_the_official_schema(data: Data) -> None:
    """Where the package that carries it is installed."""
    pytest.importorskip(
        "open_data_contract_standard", reason="the package with the official schema is not here"
    )
    official = json.loads(
        resources.files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    )
    contract = contract_of("orders", data, [_table(data, fields=(_SEEN,), n_rows=7)])

    jsonschema.validate(json.loads(json.dumps(contract)), official)


def test_what_was_merely_seen_says_so_and_is_not_taken_over() -> None:
    """Nobody has agreed to it: severity 'info', and named when the contract is read."""
    data = Data.model_validate({"production": ["in/orders.csv"]})
    seen = ObservedField(
        name="site", stored="string", found="text", n_missing=2, missing_at_most=0.0123,
        values=("north", "south"), pattern="a", pattern_share=0.99,
    )  # fmt: skip
    table = _table(data, fields=(seen,), n_rows=1_000, newest_age_hours=30.25)

    contract = contract_of("orders", data, [table])

    (column,) = contract["schema"][0]["properties"]
    basis = [{"property": "proveout.basis", "value": "observed"}]
    assert column == {
        "name": "site",
        "logicalType": "string",
        "physicalType": "string",
        "quality": [
            {
                "type": "library", "metric": "missingValues", "unit": "percent",
                "mustBeLessOrEqualTo": 1.23, "dimension": "completeness", "severity": "info",
                "description": "Observed on 2024-06-01 in 1,000 records: 0.20% have no value. "
                "The limit is the upper end of the 95 % interval.",
                "customProperties": basis,
            },
            {
                "type": "library", "metric": "invalidValues",
                "arguments": {"validValues": ["north", "south"]}, "mustBe": 0,
                "dimension": "conformity", "severity": "info",
                "description": "Observed on 2024-06-01 in 1,000 records: these are all 2 values "
                "that occur.",
                "customProperties": basis,
            },
            {
                "type": "text", "dimension": "consistency", "severity": "info",
                "description": "Observed on 2024-06-01 in 1,000 records: 99.0% of the values are "
                "written as 'a' (A and a are letters, 9 is a digit).",
                "customProperties": basis,
            },
        ],
        "customProperties": basis,
    }  # fmt: skip
    imported = import_contract(contract)
    assert imported.data == {"production": [{"path": "in/orders.csv"}]}
    assert len(imported.observed) == 5
    assert imported.unmapped == ()


def test_what_has_no_place_in_a_charter_is_named() -> None:
    """Nothing of a contract is dropped in silence."""
    contract = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "2",
        "status": "active",
        "domain": "finance", "tags": ["gold"],
        "servers": [{"server": "lake", "type": "s3", "location": "s3://lake/orders"}],
        "team": {"name": "Payments", "members": [{"username": "ann", "role": "steward"}]},
        "slaProperties": [
            {"property": "latency", "value": 2, "unit": "d"},
            {"property": "retention", "value": 7, "unit": "y"},
        ],
        "schema": [{
            "name": "orders", "tags": ["x"],
            "quality": [
                {"type": "sql", "name": "sum", "query": "SELECT 1", "mustBe": 1},
                {"metric": "rowCount", "mustBeGreaterThan": 10},
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["id"]}},
            ],
            "properties": [
                {"name": "id", "logicalType": "integer", "unique": True, "classification": "public",
                 "logicalTypeOptions": {"exclusiveMinimum": 0, "maximum": 9}},
                {"name": "tags", "logicalType": "array"},
                {"name": "mail", "logicalType": "string",
                 "logicalTypeOptions": {"format": "email", "pattern": "@"},
                 "quality": [{"metric": "nullValues", "mustBe": 0},
                             {"metric": "invalidValues", "mustBeLessThan": 5, "unit": "percent",
                              "arguments": {"validValues": ["a"]}}]},
                {"name": "status", "logicalType": "string",
                 "enum": [{"value": "open"}, {"value": "paid"}]},
            ],
        }],
    }  # fmt: skip

    imported = import_contract(contract)

    assert imported.data == {
        "key": ["id"],
        "fields": {
            "id": {"type": "integer", "max": 9},
            "mail": {"type": "text", "pattern": ".*(?:@).*", "required": True},
            "status": {"type": "text", "values": ["open", "paid"]},
        },
        "freshness_hours": 48.0,
    }
    no_place = "a charter has no place for it"
    assert imported.unmapped == (
        f"domain: {no_place}",
        f"tags: {no_place}",
        f"schema.orders.tags: {no_place}",
        f"schema.orders.id.logicalTypeOptions.exclusiveMinimum: {no_place}",
        f"schema.orders.id.unique: {no_place}",
        f"schema.orders.id.classification: {no_place}",
        "schema.orders.tags.logicalType: a charter knows no type 'array'",
        f"schema.orders.mail.logicalTypeOptions.format: {no_place}",
        "schema.orders.mail.quality[1]: the rule (invalidValues) has no place in a charter",
        "servers.lake: a server of type 's3' is no path or URL that a charter names",
        "team.ann: a source of a charter has one owner",
        "team: Payments owns a source whose place the contract does not say",
        "schema.orders.quality[0]: the rule 'sum' (sql) has no place in a charter",
        "schema.orders.quality[1]: the rule (rowCount) has no place in a charter",
        "slaProperties.retention: a charter asks for no such agreement",
    )


def test_one_of_several_tables_must_be_named() -> None:
    """Those there are, are listed."""
    contract = {"schema": [{"name": "orders"}, {"name": "items"}]}

    with pytest.raises(InputError) as refused:
        import_contract(contract)
    with pytest.raises(InputError) as unknown:
        import_contract(contract, table="order")

    assert str(refused.value) == (
        "The contract describes 2 tables: orders, items.\nSay which one to import: --table orders"
    )
    assert str(unknown.value) == (
        "The contract describes no table 'order'; it describes: orders, items.\n"
        "Write for example: --table orders"
    )
    assert import_contract(contract, table="items").unmapped == (
        "schema: orders of the same contract: import each by --table",
    )


@pytest.mark.parametrize(
    ("of_contract", "of_charter"),
    [
        # Framed as an export frames it.
        ("^(?:a|b)$", "a|b"),
        ("^[0-9]+$", "[0-9]+"),
        # Looks anywhere: the charter's patterns match the whole value.
        ("[0-9]", ".*(?:[0-9]).*"),
        # '^' belongs to the first way only, '$' to the second.
        ("^a|b$", ".*(?:^a|b$).*"),
        # Brackets that are not one another's.
        ("^(?:a)|(?:b)$", ".*(?:^(?:a)|(?:b)$).*"),
    ],
)
def test_a_pattern_matches_the_same_values(of_contract: str, of_charter: str) -> None:
    """A contract's pattern looks anywhere in a value; a charter's must match all of it."""
    assert whole_value(of_contract) == of_charter


_SEEN = ObservedField(
    name="seen", stored="float64", found="number", n_missing=1, missing_at_most=0.3, low="1",
    high="9", values=("1", "9"), pattern="9", pattern_share=1.0,
)  # fmt: skip

_TEXT, _TRUTH, _NUMBER = {"type": "string"}, {"type": "boolean"}, {"type": "number"}


def _strict(needed: list[str], /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": needed,
        "additionalProperties": False,
    }  # fmt: skip


_NOTES = {"type": "array", "items": _strict(["property", "value"], property=_TEXT, value={})}
_QUALITY = {"type": "array", "items": _strict(
    ["type"], type={"enum": ["text", "library"]}, metric={
        "enum": ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"]},
    arguments={"type": "object"}, mustBe=_NUMBER, mustBeLessOrEqualTo=_NUMBER,
    mustBeGreaterThan=_NUMBER, unit={"enum": ["rows", "percent"]}, dimension={"enum": [
        "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness",
        "uniqueness"]},
    severity=_TEXT, description=_TEXT, customProperties=_NOTES,
)}  # fmt: skip
_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_PROPERTY = _strict(
    ["name"], name=_TEXT, description=_TEXT, physicalType=_TEXT, required=_TRUTH, primaryKey=_TRUTH,
    primaryKeyPosition={"type": "integer"}, quality=_QUALITY, customProperties=_NOTES,
    logicalType={"enum": [
        "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]},
    logicalTypeOptions=_strict([], minimum=_NUMBER, maximum=_NUMBER, pattern=_TEXT),
    relationships={"type": "array", "items": _strict(
        ["to"], type={"const": "foreignKey"},
        to={"type": "string", "pattern": f"^{_IDENTIFIER}[.]{_IDENTIFIER}$"})},
)  # fmt: skip
_STANDARD = _strict(
    ["version", "apiVersion", "kind", "id", "status", "name", "description", "servers", "schema"],
    version=_TEXT, apiVersion={"const": "v3.1.0"}, kind={"const": "DataContract"}, id=_TEXT,
    status={"enum": ["proposed", "draft", "active", "deprecated", "retired"]}, name=_TEXT,
    description=_strict([], usage=_TEXT, purpose=_TEXT, limitations=_TEXT),
    servers={"type": "array", "items": _strict(
        ["server", "type"], server=_TEXT, type={"enum": ["local", "postgres", "mysql", "custom"]},
        path=_TEXT, format=_TEXT, host=_TEXT, port={"type": "integer"}, database=_TEXT,
        schema=_TEXT, location=_TEXT)},
    schema={"type": "array", "items": _strict(
        ["name"], name=_TEXT, logicalType={"const": "object"}, physicalName=_TEXT,
        properties={"type": "array", "items": _PROPERTY}, quality=_QUALITY,
        customProperties=_NOTES)},
    team=_strict([], name=_TEXT, members={"type": "array", "items": _strict(
        ["username"], username=_TEXT, name=_TEXT, role=_TEXT)}),
    slaProperties={"type": "array", "items": _strict(
        ["property", "value"], property=_TEXT, value={}, unit=_TEXT, element=_TEXT)},
)  # fmt: skip
"""What an export may consist of, checked by hand against the standard's version 3.1.0."""
