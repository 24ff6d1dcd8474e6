"""Evidence as a value: what it refuses, how it is stored, when two facts are one."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.evidence.canonical import canonical_json
from proveout.evidence.model import (
    DIMENSIONS,
    WHOLE,
    CheckRef,
    Evidence,
    Interval,
    Subject,
)
from proveout.evidence.outcome import CheckOutcome, NotMeasured
from proveout.evidence.waiver import Waiver

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def evidence(**changes: Any) -> Evidence:
    """A fact about the flights, with some fields changed."""
    fact = Evidence(
        pilot="flights",
        metric="readiness.completeness",
        subject=Subject.of(source="2013", column="dep_time"),
        value=0.975,
        unit="fraction",
        n=336_776,
        basis="measured",
        scope="production",
        observed_at=NOON,
        check=CheckRef(name="readiness", version="1"),
        run="run-1",
    )
    return fact.evolve(**changes)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_figure_that_is_none_is_never_evidence(value: float) -> None:
    """What could not be measured is reported as not measured, not as NaN."""
    with pytest.raises(ValueError, match="is not a figure") as refusal:
        evidence(value=value)

    assert str(refusal.value) == (
        f"readiness.completeness: {value} is not a figure; report it as not measured"
    )


@pytest.mark.parametrize(
    ("low", "high"),
    [
        # an end that is no figure would clear or miss every threshold by accident
        (math.nan, 0.9),
        (0.9, math.nan),
        (-math.inf, 0.9),
        (0.9, math.inf),
        # the wrong way round, the favourable end would be taken for the careful one
        (0.9, 0.8),
    ],
)
def test_evidence_takes_an_interval_with_two_ends_in_order(low: float, high: float) -> None:
    """What decides is the bound: it is a figure, and the careful one of the two."""
    with pytest.raises(ValueError, match="is not an interval") as refusal:
        evidence(interval=Interval(low=low, high=high, level=0.95, method="wilson"))

    assert (
        str(refusal.value) == f"readiness.completeness: {low} to {high} is not an interval (wilson)"
    )


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.95, math.nan])
def test_the_level_of_an_interval_is_between_0_and_1(level: float) -> None:
    """95 would be above every confidence that a criterion asks for."""
    with pytest.raises(ValueError, match="is not a confidence level") as refusal:
        evidence(interval=Interval(low=0.1, high=0.2, level=level, method="wilson"))

    assert (
        str(refusal.value) == f"readiness.completeness: {level} is not a confidence level (wilson)"
    )


def test_a_fact_rests_on_no_negative_number_of_records() -> None:
    """A count that went wrong is a fault of the check, not evidence."""
    with pytest.raises(ValueError, match="it cannot rest on -1 records"):
        evidence(n=-1)


@pytest.mark.parametrize(("basis", "person"), [("attested", None), ("measured", "Ada")])
def test_a_person_is_named_exactly_when_a_fact_is_attested(basis: str, person: str | None) -> None:
    """Nobody stands behind a measurement, and somebody behind a statement."""
    with pytest.raises(ValueError, match="a person is named exactly when evidence is attested"):
        evidence(basis=basis, person=person)


@pytest.mark.parametrize("moment", ["observed_at", "valid_until"])
def test_a_moment_without_time_zone_is_refused(moment: str) -> None:
    """Evidence from several sites is ordered in time."""
    with pytest.raises(ValueError, match="2026-03-01 12:00:00 has no time zone"):
        evidence(**{moment: datetime(2026, 3, 1, 12)})  # noqa: DTZ001  # the mistake itself


# --- subjects ------------------------------------------------------------------------------------


def test_a_subject_is_written_in_one_order() -> None:
    """However it was made, equal subjects are equal."""
    one, other = Subject.of(site="JFK", source="2013"), Subject.of(source="2013", site="JFK")

    assert one == other
    assert str(one) == "source=2013, site=JFK"
    assert Subject.of(source=None) == WHOLE


def test_an_unknown_dimension_is_refused_with_the_known_ones() -> None:
    """A subject is never narrowed by something that no criterion could name."""
    with pytest.raises(ValueError, match="unknown dimension 'colour'; known: source, column"):
        Subject.of(colour="red")


@pytest.mark.parametrize(
    ("subject", "pattern", "matches"),
    [
        # equal subjects match
        (Subject.of(site="JFK"), Subject.of(site="JFK"), True),
        (WHOLE, WHOLE, True),
        # a star stands for any value of its dimension
        (Subject.of(site="JFK"), Subject.of(site="*"), True),
        (Subject.of(source="a", column="b"), Subject.of(source="*", column="b"), True),
        # another value does not match
        (Subject.of(site="JFK"), Subject.of(site="LGA"), False),
        # a fact about a part does not meet a criterion on the whole, nor the other way
        (Subject.of(site="JFK"), WHOLE, False),
        (WHOLE, Subject.of(site="*"), False),
        (Subject.of(source="a", column="b"), Subject.of(source="a"), False),
        # a star in the fact is a value like any other
        (Subject.of(site="*"), Subject.of(site="JFK"), False),
    ],
)
def test_a_subject_matches_a_pattern_with_the_same_dimensions(
    subject: Subject, pattern: Subject, matches: bool
) -> None:
    """Every dimension of the pattern is there, no other is, and the values agree."""
    assert subject.matches(pattern) is matches


# --- stored and read back ------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001  # the zone comes from the strategy
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
subjects = st.dictionaries(st.sampled_from(DIMENSIONS), texts, max_size=4).map(
    lambda parts: Subject.of(**parts)
)
levels = st.floats(min_value=0.5, max_value=0.999)
intervals = st.builds(
    lambda ends, level, method: Interval(low=min(ends), high=max(ends), level=level, method=method),
    st.tuples(numbers, numbers),
    levels,
    texts,
)


@st.composite
def facts(draw: st.DrawFn) -> Evidence:
    """Any evidence that may exist."""
    basis = draw(st.sampled_from(["measured", "attested", "simulated"]))
    return Evidence(
        pilot=draw(texts),
        metric=draw(texts),
        subject=draw(subjects),
        value=draw(numbers),
        unit=draw(texts),
        interval=draw(st.none() | intervals),
        n=draw(st.integers(min_value=0)),
        basis=basis,
        scope=draw(st.sampled_from(["pilot", "production", "synthetic"])),
        observed_at=draw(moments),
        valid_until=draw(st.none() | moments),
        check=CheckRef(name=draw(texts), version=draw(texts)),
        run=draw(texts),
        inputs=draw(st.dictionaries(texts, texts, max_size=3)),
        person=draw(texts) if basis == "attested" else None,
        details=draw(st.dictionaries(texts, plain_json, max_size=3)),
        artifact=draw(st.none() | texts),
    )


@given(facts())
def test_evidence_survives_being_stored(fact: Evidence) -> None:
    """The plain form, through JSON, gives the same fact with the same id."""
    back = Evidence.from_dict(json.loads(canonical_json(fact.as_dict())))

    assert back == fact
    assert back.id == fact.id


def test_the_id_is_that_of_the_content() -> None:
    """Equal facts have equal ids, today and in the next release; any change gives another."""
    assert evidence().id == "ev-cc2a0f82a1f59dd28788"
    assert evidence().id == evidence().id
    assert evidence(value=0.976).id != evidence().id
    assert evidence(run="run-2").id != evidence().id


def test_the_id_does_not_depend_on_the_order_of_details() -> None:
    """A mapping is the same mapping, whichever key was put in first."""
    assert (
        evidence(details={"a": 1, "b": {"c": 2, "d": 3}}).id
        == evidence(details={"b": {"d": 3, "c": 2}, "a": 1}).id
    )


def test_numbers_as_keys_do_not_change_the_id_on_the_way_through_the_store() -> None:
    """JSON turns the keys 2, 10 into text, which sorts differently; the encoding does not care."""
    fact = evidence(details={"by month": {2: 0.9, 10: 0.8, 1: 0.7}})

    assert Evidence.from_dict(json.loads(canonical_json(fact.as_dict()))).id == fact.id


def test_an_outcome_survives_being_stored() -> None:
    """With all that it could not measure."""
    outcome = CheckOutcome(
        run="run-1",
        check="quality",
        version="1",
        status="failed",
        started_at=NOON,
        ended_at=None,
        reason="the system crashed",
        next_step="see its log",
        n_evidence=3,
        not_measured=(
            NotMeasured(
                metric="quality.accuracy", subject=Subject.of(site="JFK"), reason="no labels"
            ),
        ),
    )

    assert CheckOutcome.from_dict(json.loads(canonical_json(outcome.as_dict()))) == outcome


def test_a_waiver_survives_being_stored() -> None:
    """Who, why, and until when."""
    waiver = Waiver(
        pilot="flights",
        criterion="production.accuracy",
        who="Ada",
        why="labels come in May",
        granted_at=NOON,
        until=NOON + timedelta(days=30),
    )

    assert Waiver.from_dict(json.loads(canonical_json(waiver.as_dict()))) == waiver
