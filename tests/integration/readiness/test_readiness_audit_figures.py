"""Figures and dates that are written in more than one way, or that mean two things."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest
from readiness_audit_tables import opened, run

from proveout.charter.schema import Charter
from proveout.checks.readiness.remediation import RemediationItem, remediation
from proveout.evidence.model import Evidence

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def items(texts: Sequence[str | None], **data: object) -> list[RemediationItem]:
    """Audit a column 'price' of these texts, and list what is to be fixed of it."""
    table = pa.table({"id": range(len(texts)), "price": pa.array(texts, pa.string())})
    findings = run(data, opened(table))
    return [
        item
        for item in remediation(
            [each for each in findings if isinstance(each, Evidence)],
            Charter.model_validate({"pilot": "p", "data": {"production": "orders.parquet"}}),
        )
        if item.column == "price"
    ]


COMMAS = [f"{n},5{n % 10}" for n in range(1, 951)]
POINTS = [f"{n}.5{n % 10}" for n in range(1, 951)]


@pytest.mark.parametrize(
    ("texts", "sentence", "examples"),
    [
        (
            [*COMMAS, "12.5", "7.25"],
            "price is written in another number format in 2 records; usual is '1,51'.",
            {"'12.5'", "'7.25'"},
        ),
        (
            [*POINTS, "12,5", "1.234,50"],
            "price is written in another number format in 2 records; usual is '1.51'.",
            {"'12,5'", "'1.234,50'"},
        ),
        (
            [f"\u20ac {text}" for text in COMMAS] + ["12,50", "$ 3,10"],
            "price is written in another number format in 2 records; usual is '\u20ac 1,51'.",
            {"'12,50'", "'$ 3,10'"},
        ),
    ],
)
def test_figures_in_another_format_are_told_as_such(
    texts: list[str], sentence: str, examples: set[str]
) -> None:
    """They are figures: that they are 'of another type' would be wrong, and silence worse."""
    (item,) = items(texts)

    assert (item.kind, item.sentence.replace(usual(item), usual_of(sentence))) == (
        "number-format", sentence,
    )  # fmt: skip
    assert set(item.examples) == examples


def usual(item: RemediationItem) -> str:
    """Return the example of the usual form: any of the usual figures."""
    return usual_of(item.sentence)


def usual_of(sentence: str) -> str:
    return sentence.split("usual is ")[1]


def test_half_and_half_is_no_text() -> None:
    """Neither decimal mark has most of the values: they are figures all the same."""
    (item,) = items(COMMAS[:500] + POINTS[:500])

    assert (item.kind, item.n_records) == ("number-format", 500)


def test_words_among_figures_are_told_apart_from_figures_in_another_format() -> None:
    """Two troubles, two things to do; examples of the one do not stand under the other."""
    by_kind = {item.kind: item for item in items([*COMMAS, "12.5", "on request", "ask Bob"])}

    assert {kind: item.n_records for kind, item in by_kind.items()} == {
        "number-format": 1, "wrong-type": 2,
    }  # fmt: skip
    assert set(by_kind["wrong-type"].examples) == {"on request", "ask Bob"}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (
            ["1,234", "2,345", "999"],
            "price can be read in two ways in 3 records: '2,345' is 2345 or 2.345.",
        ),
        (
            ["1.234", "2.345", "999"],
            "price can be read in two ways in 3 records: '2.345' is 2345 or 2.345.",
        ),
        (
            ["03/04/2024", "05/06/2024"],
            "price can be read in two ways in 2 records: '03/04/2024' is MM/DD/YYYY or DD/MM/YYYY.",
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_a_finding(texts: list[str], sentence: str) -> None:
    """Nothing in the column says which is meant, so somebody must."""
    (item,) = [each for each in items(texts) if each.kind == "two-readings"]

    assert item.sentence == sentence


@pytest.mark.parametrize(
    "texts",
    [
        [f"ORD-{n:05}" for n in range(500)],
        [f"601 {n:03} 567" for n in range(500)],
        [f"{n}.5{n % 10}" for n in range(500)],
        ["03/04/2024", "25/06/2024"],
    ],
)
def test_codes_and_sound_figures_are_no_finding(texts: list[str]) -> None:
    """Letters before digits are no currency, and telephone numbers no figures."""
    assert [
        item.kind for item in items(texts) if item.kind in ("number-format", "two-readings")
    ] == []


def test_limits_are_held_by_figures_with_a_comma() -> None:
    """A column that stays text for two words is still judged as the figures that it holds."""
    declared = {"fields": {"price": {"type": "number", "max": 900}}}
    by_kind = {item.kind: item for item in items([*COMMAS, "none", "soon"], **declared)}

    assert by_kind["out-of-range"].n_records == 51
