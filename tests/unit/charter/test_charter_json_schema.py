"""The JSON Schema that editors use says what the loader says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from proveout.charter.init import Answers, render
from proveout.charter.json_schema import json_schema, published_schema, schema_text
from proveout.charter.loaded import LoadedCharter
from proveout.errors import CharterError

VALID = [
    # One line.
    "pilot: claims",
    # Every short form.
    """\
pilot: claims
outcome: Claims are answered in a day
people: {production_owner: Ada Byron, engineers: [Bob, {name: Cleo}]}
data: {pilot: p.csv, production: n.csv, key: id, required: amount, inputs: [amount]}
system: model.py:predict
acceptance: quality.accuracy >= 0.9
""",
    # Every long form of these.
    """\
pilot: claims
outcome: {statement: Claims are answered in a day, kind: operational}
people: {production_owner: {name: Ada Byron}}
data: {production: [{name: north, path: n.csv}, s.csv], key: [id]}
system: {python: {callable: 'model.py:predict'}, confident_at: 0.8}
acceptance: [{metric: quality.accuracy, comparison: '>=', threshold: 0.9}, quality.f1 >= 0.8]
""",
    # Systems of the other kinds.
    "pilot: c\nsystem: {http: 'http://localhost'}",
    "pilot: c\nsystem: {recorded: {answer: said, confidence: sure}}",
    # What `proveout init` writes.
    render(Answers(pilot="claims", production="n.csv", label="approved", key=("id",))),
]

INVALID = [
    "title: no pilot",
    "pilot: my pilot",
    "pilot: c\nlabel: x",
    "pilot: c\nsystem: {python: 'm.py:f', http: 'http://x'}",
    "pilot: c\nstress: {max_quality_drop: 5}",
    "pilot: c\nkpis: {name: x}",
    "pilot: c\ndata: {fields: {a: {type: numeric}}}",
]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def test_the_shipped_schema_is_current() -> None:
    """After a change of the charter: proveout schema is made anew, by `schema_text`."""
    assert published_schema() == schema_text()


def test_the_schema_is_a_schema(validator: Draft202012Validator) -> None:
    """Of draft 2020-12."""
    Draft202012Validator.check_schema(json_schema())

    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("text", VALID)
def test_what_loads_is_valid(
    text: str, validator: Draft202012Validator, load: Callable[[str], LoadedCharter]
) -> None:
    """An editor must not mark what Proveout accepts."""
    load(text)

    assert [error.message for error in validator.iter_errors(_plain(text))] == []


@pytest.mark.parametrize("text", INVALID)
def test_what_does_not_load_is_marked(
    text: str, validator: Draft202012Validator, load: Callable[[str], LoadedCharter]
) -> None:
    """An editor marks mistakes while they are being made."""
    with pytest.raises(CharterError):
        load(text)

    assert not validator.is_valid(_plain(text))


def test_keys_are_explained_without_the_ids_of_our_requirements() -> None:
    """The explanation is for whoever writes a charter."""
    schema = json_schema()

    assert schema["properties"]["acceptance"]["description"] == (
        "Stage 1: technical criteria, beside those of the default standard."
    )
    assert "(R1" not in published_schema()


def test_the_schema_ships_with_the_package() -> None:
    """It stands beside the code that reads it."""
    import proveout.charter

    assert (Path(str(proveout.charter.__file__)).parent / "pilot.schema.json").is_file()


def _plain(text: str) -> Any:
    return _with_text_dates(YAML(typ="safe", pure=True).load(text))


def _with_text_dates(value: Any) -> Any:
    """JSON has no dates; editors see them as text."""
    if isinstance(value, dict):
        return {str(key): _with_text_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_dates(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
