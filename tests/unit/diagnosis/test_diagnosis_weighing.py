"""How what is known becomes how active each cause was."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.diagnosed import DATA_GAP, NO_BRIDGE, all_sound, answers
from proveout.diagnosis import diagnose
from proveout.diagnosis.failures import FAILURES, STRUCTURAL
from proveout.diagnosis.questions import BY_ID, QUESTIONS, UNKNOWN
from proveout.diagnosis.readings import RANK, Reading, said
from proveout.diagnosis.signals import BY_SIGNAL, SIGNALS
from proveout.diagnosis.weighing import START, as_activity, weigh

ANSWERED = st.fixed_dictionaries(
    {}, optional={each.id: st.sampled_from(each.allowed) for each in QUESTIONS}
)


def by_failure(given_: dict[str, str]) -> dict[str, tuple[float, float, float]]:
    """Return activity and range of each cause."""
    causes = weigh(said(answers(**given_)))
    return {each.failure: (each.activity, each.low, each.high) for each in causes}


@settings(max_examples=100)
@given(ANSWERED, st.integers(0, 2**32))
def test_order_of_answers_does_not_matter(given_: dict[str, str], seed: int) -> None:
    """However the answers are ordered, the diagnosis is the same to the last digit."""
    shuffled = list(said(answers(**given_)))
    Random(seed).shuffle(shuffled)

    assert weigh(shuffled) == weigh(said(answers(**given_)))


@settings(max_examples=100)
@given(ANSWERED)
def test_missing_answers_widen(given_: dict[str, str]) -> None:
    """Each answer that is taken back gives ranges that hold those before."""
    for name in given_:
        fewer = by_failure({key: value for key, value in given_.items() if key != name})
        for failure, (_, low, high) in by_failure(given_).items():
            assert fewer[failure][1] <= low + 1e-12
            assert fewer[failure][2] >= high - 1e-12


@settings(max_examples=100)
@given(ANSWERED, ANSWERED)
def test_ranges_hold_whatever_is_answered_later(now: dict[str, str], later: dict[str, str]) -> None:
    """Wherever later answers put the activity of a cause, its range of today holds it."""
    today = {key: value for key, value in now.items() if value != UNKNOWN}
    both = {**{k: v for k, v in later.items() if v != UNKNOWN}, **today}
    for failure, (activity, _, _) in by_failure(both).items():
        _, low, high = by_failure(today)[failure]
        assert low - 1e-12 <= activity <= high + 1e-12


@settings(max_examples=50)
@given(ANSWERED)
def test_dont_know_is_no_answer(given_: dict[str, str]) -> None:
    """To say "don't know" and to leave a question out are the same."""
    known = {key: value for key, value in given_.items() if value != UNKNOWN}

    assert weigh(said(answers(**given_))) == weigh(said(answers(**known)))


def test_nothing_known_decides_nothing() -> None:
    """With no answer at all, every cause stands at the start, and none goes before another."""
    causes = weigh([])

    assert {(each.place, each.activity, each.sure) for each in causes} == {
        (1, as_activity(START), "unsure")
    }


def test_all_answered_leaves_no_range() -> None:
    """When every question is answered, nothing is left to widen."""
    causes = weigh(said(answers(**all_sound())))

    assert all(each.low == each.activity == each.high for each in causes)
    assert not any(each.is_active for each in causes)


@pytest.mark.parametrize(
    ("given_", "first"), [(DATA_GAP, "data-gap"), (NO_BRIDGE, "no-governance-bridge")]
)
def test_what_only_one_cause_explains_names_it(given_: dict[str, str], first: str) -> None:
    """A pilot that was sound but for one cause is diagnosed with that cause."""
    found = diagnose(answers(**{**all_sound(), "business_result": "none", **given_}))

    assert [each.failure for each in found.active] == [first]


def test_causes_that_cannot_be_told_apart_share_a_place() -> None:
    """Two causes less than a hint apart share their place, and the summary says so."""
    found = diagnose(answers(owner="nobody", trial_data="elsewhere"))

    assert [(each.failure, each.place) for each in found.active] == [
        ("data-gap", 1), ("no-governance-bridge", 1),
    ]  # fmt: skip
    assert found.summary.startswith(
        "Most active were data gap (0.59) and no governance bridge (0.59): what is known does not "
        "tell which of them more."
    )


def test_what_was_measured_goes_before_what_is_said() -> None:
    """Of one signal the best source counts; what weaker ones say otherwise is kept and shown."""
    measured = Reading(signal="used", option="few", source="measured", told="12 % use it.")
    found = diagnose(answers(used="most"))
    both = [*said(answers(used="most")), measured]

    assert found.causes != weigh(both)
    assert weigh(both) == weigh([measured])


def test_sources_that_disagree_widen() -> None:
    """Two measurements that say different things count with their mean, and widen the range."""
    two = [
        Reading(signal="live_data", option=option, source="measured", where=option)
        for option in ("same", "much")
    ]
    one = [Reading(signal="live_data", option="somewhat", source="measured")]
    wide, narrow = ({each.failure: each for each in weigh(some)}["data-gap"] for some in (two, one))

    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.score == START + (2.0 - 1.5) / 2


def test_one_answer_alone_never_makes_sure() -> None:
    """Where taking back one answer would turn it, a cause is never called surely active."""
    hangs = diagnose(answers(**{**all_sound(), "cost": "too_much"}))
    stands = diagnose(answers(**{**all_sound(), "cost": "too_much", "speed": "not_enough"}))

    assert [(each.failure, each.sure) for each in hangs.active] == [("cost-latency", "fairly sure")]
    assert [(each.failure, each.sure) for each in stands.active] == [("cost-latency", "sure")]


def test_every_question_has_its_signal() -> None:
    """Each option of each question has a sentence; each weight belongs to an option."""
    for question in QUESTIONS:
        assert set(BY_SIGNAL[question.id].says) == {each.id for each in question.options}
    for signal in SIGNALS:
        for weights in signal.weights.values():
            assert set(weights) <= set(signal.says)
    assert {each.id for each in SIGNALS} - BY_ID.keys() == {"participants"}


def test_no_cause_wins_by_having_more_questions() -> None:
    """The strongest case that the questions can make is equally strong for each failure."""
    most = {
        failure: sum(each.span(failure)[1] for each in SIGNALS if each.is_asked)
        for failure in STRUCTURAL
    }

    assert set(most.values()) == {7.5}


def test_silence_lies_within_what_could_be_said() -> None:
    """An answer that is missing is worth nothing, which lies within all that it could be worth."""
    for signal in SIGNALS:
        for failure in FAILURES:
            least, most = signal.span(failure.id)
            assert least <= 0 <= most


def test_sources_are_ranked() -> None:
    """Measured before attested before agreed before said before what a charter leaves out."""
    assert sorted(RANK, key=lambda source: -RANK[source]) == [
        "measured", "attested", "agreed", "said", "left out",
    ]  # fmt: skip
