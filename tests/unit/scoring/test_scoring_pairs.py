"""When an answer counts as right, scorer by scorer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from proveout.charter.schema.scoring import Scoring
from proveout.errors import InputError
from proveout.scoring import comparers_of


def is_right(truth: Any, answer: Any, by: str, **settings: Any) -> bool:
    """Compare one pair."""
    scoring = Scoring.model_validate({"scorer": {"by": by, **settings}})
    compared = comparers_of(scoring, folder=Path()).whole.compare([truth], [answer])
    return bool(compared.score[0] == 1)


NORMALISED = [
    ("Müller & Söhne GmbH", "MULLER & SOHNE, GMBH.", True),
    ("the line manager", "line manager", False),  # articles stay
    ("O'Neill", "O’Neill", True),
    ("C#", "C", False),
    ("1.5 km", "15 km", False),
    ("-5", "5", False),
    ("2024-03-04", "2024 03 04", True),
    ("ガス", "カス", False),  # what looks like an accent is a letter
    ("ＡＢＣ", "abc", True),
    ("...", "!!!", False),
    (1204.5, "1,204.50", True),  # the data hold a number
    (4711.0, "4711", True),
    (42, "42.", True),
    (4711000000.0, "4711000001", False),
    ("007", "7", False),  # the data hold a code
    (datetime(2024, 3, 4, tzinfo=UTC), "4 March 2024", True),
    (True, "true", True),
    ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", True),  # groups mean nothing
    ("DE89 3704 0044 0532 0130 00", "DE89370400440532013001", False),
    ("ATU12345678", "ATU 12345678", True),
    ("12345678", "1234-5678", True),
    ("-12345678", "12345678", False),
    (12345678, "1234 5678", True),  # the data hold an account as a number
    (1234567, "1234 567", False),
    ("INV-001", "INV001", False),  # too short for a code that cannot be another
    ("Dupont S.A.R.L.", "DUPONT SARL", True),  # initials are one word
    ("Maersk A/S", "Maersk AS", True),
    ("and/or", "andor", False),
    ("AT&T", "AT & T", True),
    ("Müller & Söhne", "Mueller & Soehne", True),  # as who has no umlauts writes
    ("Müller", "Moeller", False),
    ("Ørsted", "Orsted", True),
    ("Łódź", "Lodz", True),
    ("5 kg", "5kg", True),
    ("5 kg", "5 g", False),
    ("10 %", "10%", True),
    ("10 %", "10", False),
    ("Acme GmbH", "Acme AG", False),
]

NUMBERS = [
    ("1,204.50", "1204.5", True),
    ("1,204.50", "1.204", False),
    ("1.204,50 €", "EUR 1 204,50", True),
    ("10 EUR", "10 USD", False),
    ("$10", "10 AUD", True),
    (1204, "1.204", True),  # one of its readings is the truth
    (1204, 1.204, False),  # a number has one reading
    ("1.204", "1,204", False),  # neither tells, and they are never the same
    (0.19, "19 %", True),
    (19, "19%", True),
    (19, 0.19, False),
    (0.3, 0.1 + 0.2, True),
    ("(12.00)", "-12", True),
    ("1,00,000", 100000, True),
    ("12", "twelve", False),
    ("n/k", "N/K", True),  # the truth is no figure
    (2313.76, "2.313,76 Euro", True),
    ("50 EUR", "50 dollars", False),
    ("USD 50", "50 dollars", True),
    (50, "50 points", False),
    (0.19, "19 percent", True),
    (-50, "€(50.00)", True),
    (-50, "50,00- EUR", True),
    (55, "CHF 55.—", True),
    ("12 kg", "12.0kg", True),  # with its unit
    ("12 kg", "12 lb", False),
    ("12 kg", "12", False),
    ("1.204,50 kg", "1204.50 kg", True),
]

DATES = [
    ("2024-04-03", "03/04/2024", True),  # one of its readings is the truth
    ("2024-04-03", "2024-03-04", False),
    ("3/4/2024", "4/3/2024", False),  # neither tells, and they are never the same
    ("3/4/2024", "03/04/24", True),
    ("3.4.2024", "4/3/2024", True),  # with points the day is first
    (date(2024, 3, 4), "4 de marzo de 2024", True),
    (date(2024, 3, 4), "Mon, 4 Mar 2024 10:15", True),
    (date(2024, 3, 4), "2024年3月4日", True),
    (date(2024, 3, 4), "March 2024", False),
    (date(2024, 8, 1), "1º agosto 2024", True),
]

CONTAINS = [
    ("Cologne|Köln", "It is in KOLN, on the Rhine.", True),
    ("art", "The party is over", False),
    ("30", "You have 130 days", False),
    ("4", "Within 3-4 weeks", False),
    ("4", "It is 1.4", False),
    ("5", "a rate of 5 %", False),
    ("10 %", "a 10% discount", True),
    ("10 %", "a 110 % effort", False),
    ("€50", "It costs 50 EUR.", True),
    ("€50", "It costs 50 USD.", False),
    ("€50", "It costs €50.50.", False),
    ("5 kg", "It weighs 5kg.", True),
    ("25 °C", "Store below 25°C.", True),
    (30, "A 30-day return", True),
    (30, "In 30-40 days", False),
    (5, "It weighs 5kg.", True),
    (5, "On 5th Avenue", False),
    ("DE89 3704 0044 0532 0130 00", "Pay to DE89370400440532013000, please.", True),
    ("DE89370400440532013000", "Pay to DE89 3704 0044 0532 0130 001.", False),
    ("Müller", "Ask Mueller.", True),
    ("東京", "本社は東京にあります。", True),
    ("|", "anything", False),
    (1204, "You have 1,204 points.", True),  # the data hold a number
    (1204.0, "You have 11,204 points.", False),
    (4, "Within 3-4 weeks", False),
    (4, "Within 4 weeks", True),
    (date(2024, 3, 4), "It ends on Monday, 4 March 2024, at noon.", True),
    (date(2024, 3, 4), "It ends in March 2024.", False),
]


@pytest.mark.parametrize(("truth", "answer", "right"), NORMALISED)
def test_normalised(truth: Any, answer: Any, right: bool) -> None:
    """Case, accents, punctuation and spaces do not count; what the data hold as a number does."""
    assert is_right(truth, answer, "normalised") is right


@pytest.mark.parametrize(("truth", "answer", "right"), NUMBERS)
def test_number(truth: Any, answer: Any, right: bool) -> None:
    """Marks, currency and per cent are understood; two currencies are never the same."""
    assert is_right(truth, answer, "number") is right


def test_a_number_may_be_off_by_its_tolerance() -> None:
    """In the unit of the truth or as a share of it, whichever allows more; the edge counts."""
    assert is_right("100", "100.01", "number", tolerance=0.01)
    assert not is_right("100", "100.02", "number", tolerance=0.01)
    assert is_right("200", "202", "number", tolerance=0.01, relative_tolerance=0.01)


@pytest.mark.parametrize(("truth", "answer", "right"), DATES)
def test_date(truth: Any, answer: Any, right: bool) -> None:
    """A day is a day in whatever spelling; where the order is open, one reading has to agree."""
    assert is_right(truth, answer, "date") is right


@pytest.mark.parametrize(("truth", "answer", "right"), CONTAINS)
def test_contains(truth: Any, answer: str, right: bool) -> None:
    """One of the alternatives stands in the answer, as whole words."""
    assert is_right(truth, answer, "contains") is right


def test_exact() -> None:
    """Character by character, lists in their order."""
    assert is_right("A b", "A b", "exact")
    assert not is_right("A b", "a b", "exact")
    assert not is_right(["a", "b"], ["b", "a"], "exact")


def test_json_schema() -> None:
    """The answer is an object that follows the schema, or a text that holds one."""
    settings = {"follows": {"type": "object", "required": ["answer"]}}

    assert is_right("whatever", '{"answer": 1}', "json_schema", **settings)
    assert not is_right("whatever", '{"other": 1}', "json_schema", **settings)
    assert not is_right("whatever", "Here: {}", "json_schema", **settings)


def test_a_schema_that_is_none_or_lies_elsewhere_is_a_mistake_of_the_charter() -> None:
    """Nothing is fetched from an address, and no answer is called wrong for it."""
    with pytest.raises(InputError, match="what 'follows' holds is no JSON Schema"):
        is_right("x", "{}", "json_schema", follows={"type": 7})
    with pytest.raises(InputError, match="'follows' points to what it does not hold"):
        is_right("x", "{}", "json_schema", follows={"$ref": "https://example.com/s.json"})


@pytest.mark.parametrize(
    ("truth", "answer", "right"),
    [
        ("paper|ink", ["ink", "paper"], True),
        ("paper|ink", "Ink | Paper", True),
        ("paper|ink", "ink", False),
        ('["paper", "ink"]', ["Ink", "Paper"], True),
        ("paper|ink", ["ink", "ink"], False),
        ("paper", ["paper"], True),
        (["a", "a", "b"], ["a", "b", "b"], False),
        ({"name": "A", "vat": None}, {"name": "a"}, True),
        ('[{"what": "ink", "n": 2}]', [{"n": "2", "what": "Ink"}], True),
        ({"name": "A"}, "A", False),
    ],
)
def test_lists_and_objects_are_compared_part_by_part(truth: Any, answer: Any, right: bool) -> None:
    """Each line finds its partner, in any order; empty parts do not count."""
    assert is_right(truth, answer, "normalised") is right


def test_with_a_tolerance_the_partners_are_sought_for_all_lines_at_once() -> None:
    """1.0 fits both 1.0 and 1.4; who takes the first that fits leaves the other without one."""
    assert is_right([1.0, 0.6], ["1.0", "1.4"], "number", tolerance=0.41)
