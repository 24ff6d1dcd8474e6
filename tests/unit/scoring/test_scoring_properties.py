"""What holds of every comparison, whatever stands on its two sides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.charter.schema.scoring import Scorer
from proveout.scoring.pairs import pair_scorer
from proveout.scoring.structures import structures_agree
from proveout.scoring.values import is_empty, value_at
from proveout.scoring.words import normalised
from proveout.spelling.days import read_day
from proveout.spelling.figures import read_figure

figures = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.from_regex(r"[-+(]?[$€]? ?[0-9]{1,4}([., ' ][0-9]{1,3}){0,3} ?[%-]?\)?", fullmatch=True),
)
days = st.one_of(
    st.dates(),
    st.datetimes(),
    st.from_regex(r"[0-9]{1,4}[./ -][0-9]{1,2}[./ -][0-9]{1,4}( 10:30)?", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}\.? (mar|März|sept\.|août|xyz) [0-9]{2,4}", fullmatch=True),
)
texts = st.one_of(st.text(), st.text(alphabet="aÀé .,|-'’(0123456789", max_size=12))
scalars = st.one_of(st.none(), st.booleans(), texts, figures, days)
answers = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)

SCORERS = {
    "exact": Scorer(by="exact"),
    "normalised": Scorer(by="normalised"),
    "number": Scorer(by="number", tolerance=0.5, relative_tolerance=0.01),
    "date": Scorer(by="date"),
    "contains": Scorer(by="contains"),
    "json_schema": Scorer(by="json_schema", follows={"type": ["object", "string"]}),
}


@pytest.mark.parametrize("by", SCORERS)
@settings(max_examples=60)
@given(truth=answers, answer=answers)
def test_no_truth_and_no_answer_make_a_scorer_fail(by: str, truth: Any, answer: Any) -> None:
    """A comparison says yes or no, whatever a model or a file made up."""
    agrees = pair_scorer(SCORERS[by])

    assert agrees(truth, answer) in (True, False)
    assert structures_agree(truth, answer, agrees) in (True, False)


@pytest.mark.parametrize("by", ["exact", "normalised", "number", "date"])
@given(text=st.one_of(texts, figures.map(str), days.map(str)))
def test_a_text_agrees_with_itself(by: str, text: str) -> None:
    """The truth itself is always a right answer."""
    assert is_empty(text) or pair_scorer(SCORERS[by])(text, text)


@pytest.mark.parametrize("by", ["exact", "normalised"])
@given(one=texts, other=texts)
def test_two_texts_agree_both_ways_or_not_at_all(by: str, one: str, other: str) -> None:
    """Which of the two is the truth makes no difference."""
    agrees = pair_scorer(SCORERS[by])

    assert agrees(one, other) == agrees(other, one)


@given(one=figures, other=figures)
def test_two_figures_agree_both_ways_or_not_at_all(one: Any, other: Any) -> None:
    """Without a tolerance in shares of the truth, which of the two is the truth does not matter."""
    agrees = pair_scorer(Scorer(by="number", tolerance=0.5))
    if read_figure(one) is not None and read_figure(other) is not None:
        assert agrees(one, other) == agrees(other, one)


@given(one=days, other=days)
def test_two_days_agree_both_ways_or_not_at_all(one: Any, other: Any) -> None:
    """However each of them is written."""
    if read_day(one) is not None and read_day(other) is not None:
        assert pair_scorer(SCORERS["date"])(one, other) == pair_scorer(SCORERS["date"])(other, one)


@settings(max_examples=40)
@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
@pytest.mark.parametrize("way", ["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y", "%Y%m%d"])
def test_a_day_is_read_however_it_is_written(way: str, day: date) -> None:
    """Digits in the usual orders, and months by name."""
    assert pair_scorer(SCORERS["date"])(day, day.strftime(way))


@settings(max_examples=40)
@given(number=st.decimals(-(10**9), 10**9, places=2))
@pytest.mark.parametrize("marks", [",.", ".,", " ,", "'.", " ."])
def test_a_figure_is_read_whatever_its_marks(marks: str, number: Decimal) -> None:
    """Point or comma, with or without marks between thousands, before or behind a currency."""
    written = f"{number:,.2f}".translate(str.maketrans({",": marks[0], ".": marks[1]}))
    agrees = pair_scorer(Scorer(by="number"))

    assert agrees(number, written)
    assert agrees(float(number), f"{written} EUR")
    assert not agrees(number, f"{number + 1}")


@given(
    one=st.lists(st.text("abc", max_size=2), max_size=5),
    other=st.lists(st.text("abc", max_size=2), max_size=5),
)
def test_lists_agree_as_bags(one: list[str], other: list[str]) -> None:
    """Whatever the order, each item once; empty ones do not count."""
    agrees = pair_scorer(SCORERS["exact"])
    bags = (sorted(filter(None, one)), sorted(filter(None, other)))

    assert structures_agree(one, other, agrees) == (bags[0] == bags[1])


@given(text=st.text())
def test_what_is_normalised_stays_so(text: str) -> None:
    """Once is enough."""
    assert normalised(normalised(text)) == normalised(text)


@settings(max_examples=50)
@given(document=answers, path=st.from_regex(r"[a-c.]{0,5}", fullmatch=True))
def test_a_field_is_looked_for_in_anything(document: Any, path: str) -> None:
    """Nothing is found where nothing is."""
    value_at(document, path)
    assert value_at({"a": {"b.c": 1}}, "a.b.c") == 1
