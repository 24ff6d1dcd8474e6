"""What is said of a field that differs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proveout.checks.readiness.gap.counting import MISSING, REST, Bins, Extent, bins_of
from proveout.checks.readiness.gap.field_gap import as_details, gap_of, in_words
from proveout.checks.readiness.gap.fields import Field, Kind, Profile, agree


def field(kind: Kind) -> Field:
    """Make a field called x."""
    return Field(name="x", kind=kind, n_distinct=3)


def test_values_that_the_pilot_never_saw_are_counted_and_named() -> None:
    """An unseen category is named with the share of production's records that have it."""
    gap = gap_of(
        field("category"), {"": {"A": 60, "B": 40}}, {"": {"A": 500, "B": 400, "C": 70, "D": 30}}
    )

    assert in_words(gap) == ("2 values the pilot never saw, in 10.0 % of production (C, D)")
    assert as_details(gap)["unseen_values"] == {
        "n_values": 2,
        "n_records": 100,
        "share": 0.1,
        "examples": [{"value": "C", "n": 70}, {"value": "D", "n": 30}],
    }


def test_missing_values_are_not_a_category_that_was_never_seen() -> None:
    """A gap in the data is said as such, and counts as a bin of its own."""
    gap = gap_of(field("category"), {"": {"A": 100}}, {"": {"A": 900, MISSING: 100}})

    assert in_words(gap) == "empty in 10.0 % of production, never in the pilot"
    assert gap.unseen is None
    assert gap.distance.value > 0.1


def test_nothing_is_called_unseen_where_not_all_of_the_pilot_was_counted() -> None:
    """Where the pilot's values were too many to list, a new one cannot be told."""
    gap = gap_of(field("category"), {"": {"A": 60, REST: 40}}, {"": {"A": 50, "B": 50}})

    assert gap.unseen is None


def test_production_outside_the_pilots_range_is_counted() -> None:
    """Figures beyond the pilot's smallest and largest are told with their share."""
    gap = gap_of(
        field("number"),
        {"": {"1 to 2": 100}},
        {"": {"1 to 2": 400, "over 2": 600}},
        pilot_range=Extent(low=1.0, high=2.0),
        production_range=Extent(low=1.0, high=9.5),
        n_outside=600,
    )

    assert in_words(gap) == "60.0 % of production is outside the pilot's 1 to 2"
    assert as_details(gap)["unseen_range"] == {
        "n_records": 600,
        "share": 0.6,
        "pilot": ["1", "2"],
        "production": ["1", "9.5"],
    }


def test_a_few_records_beyond_a_small_samples_range_are_no_news() -> None:
    """The ends of 800 records leave out 1 of 400 from the same distribution; the count stays."""
    gap = gap_of(
        field("number"),
        {"": {"1 to 2": 800}},
        {"": {"1 to 2": 4_000}},
        pilot_range=Extent(low=1.0, high=2.0),
        production_range=Extent(low=0.9, high=2.1),
        n_outside=10,
    )

    assert in_words(gap) == "alike"
    assert as_details(gap)["unseen_range"]["n_records"] == 10


def test_a_moment_is_as_far_off_as_its_most_different_calendar_part() -> None:
    """By month, weekday and hour; the largest counts, and the range is written in days."""
    gap = gap_of(
        field("moment"),
        {"month": {"January": 100}, "hour": {"06:00": 50, "07:00": 50}},
        {"month": {"January": 50, "July": 50}, "hour": {"06:00": 50, "07:00": 50}},
        pilot_range=Extent(
            low=datetime(2013, 1, 1, tzinfo=UTC), high=datetime(2013, 1, 31, 23, tzinfo=UTC)
        ),
        production_range=Extent(
            low=datetime(2013, 1, 1, tzinfo=UTC), high=datetime(2013, 7, 31, 23, tzinfo=UTC)
        ),
        n_outside=50,
    )

    assert gap.distance == gap.parts["month"]
    assert gap.parts["hour"].value == 0
    assert in_words(gap) == (
        "50.0 % of production is outside the pilot's 2013-01-01 to 2013-01-31; "
        "January is 100 % of the pilot, 50.0 % of production"
    )


def test_other_shares_of_the_same_values_are_said_by_the_most_changed_one() -> None:
    """Where nothing is missing or new, the value whose share changed most is named."""
    gap = gap_of(field("category"), {"": {"A": 700, "B": 300}}, {"": {"A": 2_000, "B": 8_000}})

    assert in_words(gap) == "A is 70.0 % of the pilot, 20.0 % of production"


def test_no_difference_is_said_as_alike() -> None:
    """What chance explains is called alike."""
    gap = gap_of(field("category"), {"": {"A": 70, "B": 30}}, {"": {"A": 7_100, "B": 2_900}})

    assert in_words(gap) == "alike"


def test_few_figures_have_a_bin_each() -> None:
    """Months, counts and flags are compared figure by figure."""
    assert bins_of([1, 2, 2], [1, 2, 3]) == Bins(edges=(1.0, 2.0), labels=("1", "2", "3"))


def test_many_figures_are_cut_where_both_sides_weigh_the_same() -> None:
    """A small sample shapes the bins as much as a large one: half of the cuts lie in each."""
    bins = bins_of([float(n) for n in range(100)], [float(n) for n in range(1_000, 11_000)])

    assert len(bins.labels) == len(bins.edges) + 1 == 20
    assert sum(edge < 1_000 for edge in bins.edges) in (9, 10)


@pytest.mark.parametrize(
    ("pilot", "production", "kind"),
    [
        (("number", 50, 100), ("number", 900, 900), "number"),
        (("text", 50, 0), ("text", 5, 0), "category"),
        # Clean figures in the sample, remarks among them in production: still a number.
        (("number", 50, 100), ("text", 700, 900), "number"),
        # Hardly any of it is a number: the two can only be compared as texts.
        (("number", 50, 100), ("text", 700, 100), "category"),
        # Every record has its own.
        (("whole", 100, 100), ("whole", 1_000, 1_000), "identifier"),
        (("text", 100, 0), ("text", 990, 0), "identifier"),
    ],
)
def test_a_field_is_what_the_pilot_says_unless_production_contradicts(
    pilot: tuple[str, int, int], production: tuple[str, int, int], kind: str
) -> None:
    """Numbers, moments, categories and identifiers are told by their values on both sides."""
    agreed = agree({"x": profile(100, *pilot)}, [{"x": profile(1_000, *production)}])

    assert [each.kind for each in agreed] == [kind]


def test_a_declared_key_is_an_identifier() -> None:
    """However few values it has."""
    few = {"x": profile(100, "text", 3, 0)}

    assert [each.kind for each in agree(few, [few], keys=["x"])] == ["identifier"]


def profile(n: int, stored: str, n_distinct: int, n_numbers: int) -> Profile:
    """Make the profile of a filled column."""
    return Profile(
        n=n,
        n_filled=n,
        n_distinct=n_distinct,
        stored=stored,  # type: ignore[arg-type]
        n_numbers=n_numbers,
        n_moments=0,
    )
