"""A charter file becomes a charter, its places and a hash over what it means."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content, content_hash, load_charter, measured_hash
from proveout.charter.schema import Charter

Load = Callable[[str], LoadedCharter]

TEN_LINES = """\
pilot: invoice-matching
outcome: Invoices are matched on the day they arrive
people: {production_owner: Ada Byron}
data:
  pilot: pilot.csv
  production: [north.csv, south.csv]
  label: matched
  key: invoice
system: model.py:predict
acceptance: quality.accuracy >= 0.9
"""

PLAIN: dict[str, Any] = {
    "pilot": "claims",
    "title": "Claims",
    "outcome": {"statement": "Claims are answered in a day", "kind": "operational"},
    "kpis": [
        {
            "name": "handling_time",
            "unit": "minutes",
            "direction": "lower",
            "threshold": 10,
            "baseline": {"value": 14.5, "source": "time study", "n": 120},
        },
        {"name": "errors", "unit": "errors/1000", "direction": "lower"},
    ],
    "people": {"production_owner": {"name": "Ada Byron", "role": "COO"}},
    "data": {
        "production": [{"name": "north", "path": "n.csv"}, {"name": "south", "path": "s.csv"}],
        "fields": {"amount": {"type": "number", "min": 0}, "plate": {"pattern": "[A-Z]+"}},
        "label": "approved",
    },
    "stress": {"severities": [0.05, 0.25], "max_quality_drop": 0.1},
    "milestones": [{"name": "half-time", "on": "2026-09-30"}],
}


def test_ten_lines_are_enough(load: Load) -> None:
    """Small to begin with: what is missing is then the gate's to report."""
    charter = load(TEN_LINES).charter

    assert len(TEN_LINES.splitlines()) == 10
    assert content(charter) == {
        "pilot": "invoice-matching",
        "outcome": {"statement": "Invoices are matched on the day they arrive"},
        "people": {"production_owner": {"name": "Ada Byron"}},
        "data": {
            "pilot": {"path": "pilot.csv"},
            "production": [{"path": "north.csv"}, {"path": "south.csv"}],
            "label": "matched",
            "key": ["invoice"],
        },
        "system": {"python": {"callable": "model.py:predict"}},
        "acceptance": [{"metric": "quality.accuracy", "comparison": ">=", "threshold": 0.9}],
    }


def test_one_line_is_a_charter(load: Load) -> None:
    """Only the pilot must be named."""
    assert load("pilot: claims").charter == Charter(pilot="claims")


def test_every_value_knows_its_line_and_column(load: Load) -> None:
    """What is found later, as by the gate, can still point at the line."""
    loaded = load(TEN_LINES)

    assert loaded.lines["data", "production", 1] == (6, 27)
    assert loaded.lines["acceptance",] == (10, 13)


def test_files_that_do_not_exist_are_no_mistake_of_the_charter(load: Load) -> None:
    """The charter is agreed before the data is there; whoever opens a source reports it."""
    assert load("pilot: c\ndata: {production: nowhere.csv}").charter.data.production


def test_an_owner_who_owns_everything_is_no_mistake_of_the_charter(load: Load) -> None:
    """It is a finding about governance, and the gate's to judge."""
    text = "pilot: c\npeople: {production_owner: Ada, project_owner: Ada}"

    assert load(text).charter.people.production_owner is not None


def test_environment_variables_stay_as_they_are_written(load: Load) -> None:
    """A secret never enters the ledger by way of the charter."""
    text = "pilot: c\nsystem: {http: {url: 'http://x', headers: {Authorization: '${TOKEN}'}}}"
    system = load(text).charter.system

    assert system is not None
    assert system.http is not None
    assert system.http.headers == {"Authorization": "${TOKEN}"}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (
            "data: {production: {path: 'postgresql://ada:s3cret@host/erp', table: t}}",
            {"data": {"production": [{"path": "postgresql://ada:***@host/erp", "table": "t"}]}},
        ),
        # An '@' in the password.
        (
            "data: {production: 'postgresql://ada:s3@cret@host/erp'}",
            {"data": {"production": [{"path": "postgresql://ada:***@host/erp"}]}},
        ),
        # No password, and a port.
        (
            "data: {production: 'postgresql://ada@host:5432/erp?x=a@b'}",
            {"data": {"production": [{"path": "postgresql://ada@host:5432/erp?x=a@b"}]}},
        ),
        # A password in the address of a service.
        (
            "system: 'https://ada:s3@cret@host:8080/v1?x=a@b'",
            {"system": {"http": {"url": "https://ada:***@host:8080/v1?x=a@b"}}},
        ),
        # A port and a parameter are no password: another port is another system.
        (
            "system: 'http://host:8001?model=@small'",
            {"system": {"http": {"url": "http://host:8001?model=@small"}}},
        ),
        (
            "system: {http: {url: 'http://x', headers: {X-Api-Key: abc, Accept: json}}}",
            {
                "system": {
                    "http": {"url": "http://x", "headers": {"X-Api-Key": "***", "Accept": "json"}}
                }
            },
        ),
        (
            "system: {http: {url: 'http://x', headers: {X-Api-Key: '${KEY}'}}}",
            {"system": {"http": {"url": "http://x", "headers": {"X-Api-Key": "${KEY}"}}}},
        ),
    ],
)
def test_secrets_are_neither_hashed_nor_kept(
    written: str, kept: dict[str, Any], load: Load
) -> None:
    """The ledger keeps what it is given for ever, and hands it to auditors."""
    assert content(load(f"pilot: c\n{written}").charter) == {"pilot": "c", **kept}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # Leading zeros are decimal in YAML 1.2, and a name of a column stays as typed.
        ("data: {fields: {0815: {max: 010}}}", {"fields": {"0815": {"max": 10.0}}}),
        # Country codes and answers are words in YAML 1.2.
        ("data: {slices: [no, yes, on]}", {"slices": ["no", "yes", "on"]}),
        # A byte order mark is no part of the text.
        ("data: {label: größe}", {"label": "größe"}),
    ],
)
def test_values_mean_what_a_person_reads(written: str, meant: dict[str, Any], load: Load) -> None:
    """YAML 1.2, without the surprises of 1.1."""
    assert content(load(f"\ufeffpilot: c\n{written}").charter)["data"] == meant


def test_metrics_are_not_checked_where_no_catalogue_is_given(tmp_path: Path) -> None:
    """A plug-in may not be installed where a charter is only looked at."""
    file = tmp_path / "pilot.yaml"
    file.write_text("pilot: c\nacceptance: my.own >= 1", encoding="utf-8")

    assert load_charter(file, known_metrics=None).charter.acceptance[0].metric == "my.own"


def test_a_reference_may_name_a_source_that_takes_its_name_from_its_path(load: Load) -> None:
    """A source needs no name of its own; the name of its file serves."""
    text = """\
pilot: c
data:
  production: [data/claims.csv, data/customers.csv]
  references: [{column: customer, source: customers, key: id}]
"""
    assert load(text).charter.data.references[0].source == "customers"


def test_a_short_form_and_the_long_one_have_one_hash(load: Load) -> None:
    """They say the same."""
    short = load("pilot: c\nsystem: model.py:predict\nacceptance: quality.accuracy >= 0.9")
    long = load(
        "pilot: c\nsystem: {python: {callable: 'model.py:predict'}, confident_at: 0.9}\n"
        "acceptance: [{metric: quality.accuracy, comparison: '>=', threshold: 0.90}]"
    )

    assert short.content_hash == long.content_hash


def test_another_threshold_has_another_hash(load: Load) -> None:
    """What is agreed is what is hashed."""
    one = load("pilot: c\nacceptance: quality.accuracy >= 0.9")
    other = load("pilot: c\nacceptance: quality.accuracy >= 0.91")

    assert one.content_hash != other.content_hash


def test_the_hash_of_a_given_charter_never_changes() -> None:
    """Seals made by this version must hold under every later one."""
    assert content_hash(Charter(pilot="claims")) == (
        "sha256:b27f452dfd4ed6d7bddcfaf94b372928be49ab05d40baf7d08732c17813a4d1c"
    )


@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_order_layout_and_comments_do_not_count(data: st.DataObject, load: Load) -> None:
    """The hash is over what is meant."""
    shuffled = _shuffled(PLAIN, data.draw)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = data.draw(st.sampled_from([True, False, None]))
    yaml.width = data.draw(st.sampled_from([20, 80, 1000]))
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    yaml.dump(shuffled, stream)
    comment = data.draw(st.sampled_from(["", "# agreed on Monday\n", "\n\n# -----\n\n"]))

    assert load(comment + stream.getvalue() + comment).content_hash == content_hash(
        Charter.model_validate(PLAIN)
    )


def _shuffled(value: Any, draw: Callable[..., Any]) -> Any:
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: _shuffled(value[key], draw) for key in keys}
    if isinstance(value, list):
        return [_shuffled(item, draw) for item in value]
    return value


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        # what is measured: the data, the system, and what is done to them
        ({"data": {"production": ["south.csv"], "label": "late"}}, True),
        ({"data": {"production": ["north.csv"], "label": "on_time"}}, True),
        ({"system": "model2.py:predict"}, True),
        ({"system": {"python": "model.py:predict", "confident_at": 0.99}}, True),
        ({"stress": {"severities": [0.01]}}, True),
        ({"stress": {"rows": 10}}, True),
        # what it is held to, and whose it is
        ({"acceptance": ["quality.accuracy >= 0.6"]}, False),
        ({"stress": {"max_quality_drop": 0.5}}, False),
        ({"people": {"production_owner": "Grace Hopper"}}, False),
        ({"system": {"python": "model.py:predict", "owner": "Grace Hopper"}}, False),
        (
            {"data": {"production": [{"path": "north.csv", "owner": "Jane"}], "label": "late"}},
            False,
        ),
    ],
)
def test_figures_stay_good_while_what_was_measured_stays_the_same(
    changes: dict[str, Any], is_other: bool
) -> None:
    """Other data, another system, other stress: measure again. Another threshold: no need."""
    before = {
        "pilot": "p",
        "data": {"production": ["north.csv"], "label": "late"},
        "system": "model.py:predict",
        "acceptance": ["quality.accuracy >= 0.9"],
    }
    was, now = Charter.model_validate(before), Charter.model_validate({**before, **changes})

    assert (measured_hash(was, "quality") != measured_hash(now, "quality")) is is_other


def test_each_check_measures_by_its_own_part_of_the_charter() -> None:
    """More users make other load and cost; what was found of quality stays good."""
    before = {"pilot": "p", "system": "model.py:predict", "load": {"users": 100}}
    was = Charter.model_validate(before)
    now = Charter.model_validate({**before, "load": {"users": 200}})

    changed = [
        check
        for check in ("readiness", "quality", "stress", "load", "cost", "drill")
        if measured_hash(was, check) != measured_hash(now, check)
    ]
    assert changed == ["load", "cost", "drill"]
