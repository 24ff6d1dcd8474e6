"""From evidence to a list of things to fix at the source."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.checks.readiness.remediation import grouped, remediation
from proveout.evidence.model import CheckRef, Evidence, Scope, Subject

CHARTER = Charter.model_validate(
    {
        "pilot": "flights",
        "people": {"data_owners": [{"name": "Ada Osei", "source": "flights"}]},
        "data": {
            "production": [
                {"path": "flights.csv"},
                {"path": "planes.csv", "owner": "Bo Lind"},
                {"path": "weather.csv"},
            ],
            "freshness_hours": 24,
        },
    }
)


def fact(
    metric: str, value: float, *, n: int = 1_000, scope: Scope = "production", **rest: Any
) -> Evidence:
    """Make one finding of the audit about flights; dimensions and details by keyword."""
    details = rest.pop("details", {})
    return Evidence(
        pilot="flights",
        metric=f"readiness.{metric}",
        subject=Subject.of(**{"source": "flights", **rest}),
        value=value,
        unit="fraction",
        n=n,
        basis="measured",
        scope=scope,
        observed_at=datetime(2026, 1, 1, tzinfo=UTC),
        check=CheckRef(name="readiness", version="1"),
        run="r1",
        details=details,
    )


def test_an_empty_required_field_is_an_item_with_size_owner_instruction_and_proof() -> None:
    """Everything that somebody needs to act stands in one item."""
    (item,) = remediation([fact("required_completeness", 0.975, column="dep_time")], CHARTER)

    assert item.as_dict() == {
        "id": "flights:missing-required:dep_time",
        "kind": "missing-required",
        "source": "flights",
        "column": "dep_time",
        "site": None,
        "severity": "blocks",
        "n_records": 25,
        "n_of": 1_000,
        "share": 0.025,
        "sentence": "dep_time is empty in 25 records, and the system needs it.",
        "owner": "Ada Osei",
        "instruction": "Make dep_time mandatory where it is entered, and fill in the old records. "
        "Where it cannot be known yet, agree what the system does without it.",
        "metric": "readiness.required_completeness",
        "verification": "The next audit shows dep_time filled in every record.",
        "examples": [],
        "status": None,
        "first_seen": None,
        "trend": "",
    }
    assert item.size == "25 (2.5 %)"


def test_the_owner_is_the_one_beside_the_source_where_people_name_none() -> None:
    """First people.data_owners, then the source's owner, then nobody."""
    items = remediation(
        [
            fact("duplicate_rows", 0.003, source="flights"),
            fact("duplicate_rows", 0.002, source="planes"),
            fact("duplicate_rows", 0.001, source="weather"),
        ],
        CHARTER,
    )

    assert [(item.source, item.owner) for item in items] == [
        ("flights", "Ada Osei"),
        ("planes", "Bo Lind"),
        ("weather", "nobody named"),
    ]
    assert items[2].sentence == "1 record of weather repeats another one exactly."


def test_what_is_in_order_is_not_listed() -> None:
    """Full fields, no duplicates and the pilot's own data give nothing to fix."""
    assert (
        remediation(
            [
                fact("required_completeness", 1.0, column="a"),
                fact("duplicate_rows", 0.0),
                fact("type_conformance", 0.5, column="a", scope="pilot"),
                fact("rows", 1_000),
                fact("format_consistency", 0.4, column="name", details={"dominant": "Aa"}),
            ],
            CHARTER,
        )
        == ()
    )


def test_what_blocks_comes_first_then_the_number_of_records() -> None:
    """What a system cannot work with, what misleads it, what to look at; large before small."""
    found = [
        fact("outliers", 0.9, column="a"),
        fact("category_variants", 0.1, column="b"),
        fact("category_variants", 0.2, column="c"),
        fact("rejects", 0.01),
    ]

    items = remediation(found, CHARTER)

    assert [item.id for item in items] == [
        "flights:unreadable-rows",
        "flights:spelling:c",
        "flights:spelling:b",
        "flights:outlier:a",
    ]
    random.Random(1).shuffle(found)
    assert remediation(found, CHARTER) == items


def test_optional_fields_are_left_alone_where_required_ones_are_declared() -> None:
    """The charter says which fields matter; without it, every gap is shown for a decision."""
    gap = fact("completeness", 0.5, column="remark")

    assert [item.kind for item in remediation([gap], CHARTER)] == ["missing"]
    assert remediation([gap, fact("required_completeness", 1.0, column="id")], CHARTER) == ()


def test_the_site_that_has_most_of_the_trouble_is_named() -> None:
    """Where one site holds at least four fifths of the records concerned, it stands in the item."""
    (item,) = remediation(
        [
            fact("required_completeness", 0.90, column="x"),
            fact("required_completeness", 0.82, n=500, column="x", site="EWR"),
            fact("required_completeness", 0.98, n=500, column="x", site="JFK"),
        ],
        CHARTER,
    )

    assert item.site == "EWR"
    assert item.sentence == ("x is empty in 100 records, and the system needs it, mostly at EWR.")


def test_one_text_in_a_field_of_figures_is_a_text_that_stands_for_no_value() -> None:
    """'NA' in every misfit is not a mixture of remarks: it is a missing value, written."""
    (item,) = remediation(
        [
            fact(
                "type_conformance",
                0.9,
                column="x",
                details={"examples": ["NA"], "found": "integer"},
            )
        ],
        CHARTER,
    )

    assert item.sentence == "x says 'NA' instead of a whole number in 100 records."
    assert (item.kind, item.severity, item.examples) == ("stand-in", "blocks", ("NA",))


def test_texts_that_stand_for_no_value_are_named_though_the_field_counts_as_filled() -> None:
    """'?' and 'unknown' look like values; they are shown with their number."""
    (item,) = remediation(
        [fact("completeness", 1.0, column="x", details={"stand_ins": {"?": 40, "unknown": 60}})],
        CHARTER,
    )

    assert item.sentence == "x says 'unknown' or '?' in 100 records, which stands for no value."


def test_a_few_values_of_another_form_are_shown_beside_the_usual_one() -> None:
    """In a field of times or numbers of cases, other forms are irregular; in names they are not."""
    details = {
        "dominant": "9:9 a.a.",
        "patterns": [
            {"example": "10:15 a.m."},
            {"example": "10:00aDec 1"},
            {"example": "Not Available"},
        ],
    }

    (item,) = remediation([fact("format_consistency", 0.95, column="x", details=details)], CHARTER)

    assert item.sentence == "x is written in another form than '10:15 a.m.' in 50 records."
    assert item.examples == ("10:00aDec 1", "Not Available")
    assert item.severity == "look"


def test_forms_that_the_charter_declares_are_no_other_forms() -> None:
    """N16987 and N571UA are both tail numbers; a declared pattern says so once and for all."""
    details = {
        "dominant": "A9A",
        "patterns": [{"example": "N571UA"}, {"example": "N16987"}],
    }
    evidence = [fact("format_consistency", 0.97, column="tailnum", details=details)]
    declared = Charter.model_validate(
        {"pilot": "p", "data": {"fields": {"tailnum": {"pattern": "N[0-9A-Z]{3,5}"}}}}
    )

    assert [item.kind for item in remediation(evidence, CHARTER)] == ["mixed-formats"]
    assert remediation(evidence, declared) == ()


def test_formats_that_differ_name_the_site_and_both_forms() -> None:
    """Who writes it differently, and how."""
    details = {
        "by": "site",
        "most_different": "Lyon",
        "there": {"9.9.9": 1.0},
        "elsewhere": {"9-9-9": 0.9, "A": 0.1},
    }

    (item,) = remediation([fact("format_divergence", 0.5, column="x", details=details)], CHARTER)

    assert item.sentence == "x is written in other forms at Lyon than elsewhere."
    assert item.examples == ("Lyon: 9.9.9", "elsewhere: 9-9-9")


@pytest.mark.parametrize(
    ("there", "elsewhere"),
    [
        ({"A": 0.49, "A9": 0.38, "9A": 0.13}, {"A": 0.92, "A9": 0.06, "9A": 0.02}),
        ({"A9": 0.58, "A9A": 0.42}, {"A9A": 0.98, "A9": 0.02}),
    ],
)
def test_other_shares_of_forms_that_both_know_are_no_item(
    there: dict[str, float], elsewhere: dict[str, float]
) -> None:
    """A site with other carriers has other codes; there is nothing to agree on."""
    details = {"by": "site", "most_different": "Lyon", "there": there, "elsewhere": elsewhere}

    assert remediation([fact("format_divergence", 0.5, column="x", details=details)], CHARTER) == ()


def test_a_form_of_one_site_is_told_of_the_source_of_that_site() -> None:
    """Every source finds the same difference; only one of them has to change."""
    charter = Charter.model_validate(
        {
            "pilot": "flights",
            "data": {
                "production": [
                    {"name": "flights", "path": "a.csv", "site": "Lyon"},
                    {"name": "others", "path": "b.csv", "site": "Bern"},
                ]
            },
        }
    )
    details = {
        "by": "site",
        "most_different": "Lyon",
        "there": {"9.9.9": 1.0},
        "elsewhere": {"9-9-9": 1.0},
    }
    found = [
        fact("format_divergence", 1.0, column="x", details=details),
        fact("format_divergence", 1.0, column="x", details=details, source="others"),
    ]

    assert [item.source for item in remediation(found, charter)] == ["flights"]


def test_examples_are_real_values_up_to_three() -> None:
    """Variants, values and whole records are written so that they can be looked up."""
    variants = [{"text": "portland", "of": "Portland", "n": 3, "n_of": 90, "why": "case"}]
    records = [{"records": 2, "id": "7", "name": None}] * 5

    items = remediation(
        [
            fact("category_variants", 0.1, column="x", details={"variants": variants}),
            fact("duplicate_keys", 0.1, details={"examples": records}),
            fact("outliers", 0.1, column="x", details={"examples": ["999.0", "-1.5"]}),
        ],
        CHARTER,
    )

    assert [item.examples for item in items] == [
        ("2 times id=7, name=(empty)",) * 3,
        ("'portland' for 'Portland'",),
        ("999", "-1.5"),
    ]


def test_data_older_than_agreed_is_an_item() -> None:
    """Only where the charter says how old it may be."""
    (item,) = remediation([fact("newest_age", 96.0)], CHARTER)

    assert item.sentence == (
        "The newest record of flights is 4 days old; at most 24 hours was agreed."
    )


def test_a_field_that_production_lacks_is_an_item() -> None:
    """What the pilot was built on must be delivered."""
    gap = Evidence(
        pilot="flights",
        metric="readiness.sandbox_gap",
        subject=Subject.of(column="gate"),
        value=1.0,
        unit="fraction",
        n=1_100,
        basis="measured",
        scope="production",
        observed_at=datetime(2026, 1, 1, tzinfo=UTC),
        check=CheckRef(name="readiness", version="1"),
        run="r1",
        details={"only_in": "pilot", "n_production": 1_000},
    )

    (item,) = remediation([gap], CHARTER)

    assert item.sentence == "gate was in the pilot sample, and production does not have it."
    assert (item.severity, item.n_records) == ("blocks", 1_000)


def test_the_same_fix_for_several_fields_is_one_piece_of_work() -> None:
    """More than two fields of a source with the same trouble stand together, in the same order."""
    found = [fact("completeness", 1 - n / 1_000, column=f"x{n}") for n in (10, 30, 20)]
    found += [fact("category_variants", 0.001, column=name) for name in ("a", "b")]

    groups = grouped(remediation(found, CHARTER))

    assert [(group.severity, len(group.items), group.sentence) for group in groups] == [
        ("misleads", 1, "a is spelled otherwise than usual in 1 record."),
        ("misleads", 1, "b is spelled otherwise than usual in 1 record."),
        (
            "look",
            3,
            "3 fields are not always filled: x30 in 30 records, x20 in 20, x10 in 10.",
        ),
    ]
    assert groups[2].owner == "Ada Osei"


CHANGES = {
    "records": 1_000,
    "changes": [
        {
            "kind": "column-renamed", "column": "dep_delay", "series": None,
            "what": "is called 'delay'", "when": "from 2013-07 on", "from": "dep_delay",
            "to": "delay", "since": "2013-07", "records": 400,
            "charter": "rename: {delay: dep_delay}",
            "examples": ["99 before", "3 since", "-2 since"],
        }
    ],
}  # fmt: skip


def test_a_change_of_deliveries_is_an_item_with_the_delivery_since_which_it_holds() -> None:
    """So that it stays the same one in later audits, and another change is another one."""
    (item,) = remediation([fact("schema_changes", 1, n=12, details=CHANGES)], CHARTER)

    assert (item.id, item.severity, item.owner) == (
        "flights:column-renamed:dep_delay:2013-07", "blocks", "Ada Osei",
    )  # fmt: skip
    assert item.sentence == "From 2013-07 on, dep_delay is called 'delay'."
    assert item.size == "400 (40.0 %)"
    assert item.instruction == (
        "Have dep_delay delivered under one name. Where the new name is to stay, put both together "
        "in the charter, under flights: rename: {delay: dep_delay}"
    )


def test_a_column_that_deliveries_do_not_have_is_not_told_once_more_as_empty() -> None:
    """Both names of a renamed column are empty in the deliveries of the other one."""
    items = remediation(
        [
            fact("schema_changes", 1, n=12, details=CHANGES),
            fact("completeness", 0.59, column="dep_delay"),
            fact("completeness", 0.39, column="delay"),
            fact("completeness", 0.59, column="tailnum"),
        ],
        CHARTER,
    )

    assert [item.id for item in items] == [
        "flights:column-renamed:dep_delay:2013-07",
        "flights:missing:tailnum",
    ]


def test_deliveries_are_counted_as_such() -> None:
    """Not as records."""
    details = {"rhythm": "monthly", "missing": ["2013-04", "2013-10"]}

    (item,) = remediation([fact("missing_deliveries", 2, n=12, details=details)], CHARTER)

    assert item.sentence == "flights comes monthly, and 2013-04, 2013-10 are missing."
    assert item.size == "2 of 12 deliveries"


def test_the_one_conflict_of_times_that_most_records_have_is_named() -> None:
    """'Cannot be right' alone would leave everybody to search."""
    conflicts = [{"what": "paid is before sent", "n": 90}, {"what": "x", "n": 2}]

    (item,) = remediation([fact("timestamp_conflicts", 0.092, details={"conflicts": conflicts})],
                          CHARTER)  # fmt: skip

    assert item.sentence == (
        "92 records of flights have dates or times that cannot be right: paid is before sent."
    )
