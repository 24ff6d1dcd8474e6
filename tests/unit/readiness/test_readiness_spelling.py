"""Near-identical spellings of categories."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.readiness.spelling import Variant, find_variants
from proveout.checks.readiness.spelling.typos import edit_distance


@pytest.mark.parametrize(
    ("written", "usual", "why"),
    [
        ("portland", "Portland", "case"),
        (" Portland ", "Portland", "whitespace"),
        ("New  York", "New York", "whitespace"),
        ("Wal mart", "Walmart", "whitespace"),
        ("St Paul", "St. Paul", "punctuation"),
        ("12.0 oz", "12.0 oz.", "punctuation"),
        ("Malmo", "Malmö", "accents"),
        ("Маrk", "Mark", "accents"),  # the first two letters are Cyrillic
        ("OHare", "O'Hare", "punctuation"),
        ("John Smith", "Smith John", "word order"),
        ("Rivertown Brewing Company", "Rivertowne Brewing Company", "typing error"),
        ("Deleived", "Delieved", "typing error"),  # two neighbours swapped
        ("Mercedez-Bens", "Mercedes-Bens", "typing error"),
    ],
)
def test_a_rarer_spelling_of_a_category_is_found(written: str, usual: str, why: str) -> None:
    """A category that differs only in how it is written is a variant of the frequent one."""
    report = find_variants([(usual, 50), (written, 2), ("Something else", 40)])

    assert report.applicable
    assert report.variants == (Variant(text=written, n=2, of=usual, n_of=50, why=why),)  # type: ignore[arg-type]
    assert report.n_values == 92
    assert report.share == 2 / 92


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("N12AA", "N13AA"),  # codes differ in a digit
        ("EWR", "EWK"),  # too short for a slip
        ("Iran", "Iraq"),
        ("Gambia", "Zambia"),  # another first letter is another word
        ("Portland", "Cortland"),
        ("Male", "Female"),
        ("North Dakota", "South Dakota"),
        ("Virginia", "West Virginia"),
        ("Level I", "Level II"),
        ("Type A", "Type B"),
        ("C++", "C"),
        ("A-", "A"),
        ("<=50K", ">50K"),
        ("1.5 mg", "15 mg"),
        ("5th-6th", "7th-8th"),
        ("Lane 1 2", "Lane 12"),
        ("New York-London", "London-New York"),  # a route has a direction
        ("Boston to Newark", "Newark to Boston"),
        ("Slovakia", "Slovenia"),
        ("12 Mar 2013", "12 May 2013"),
    ],
)
def test_another_thing_is_not_a_variant(one: str, another: str) -> None:
    """Names and codes that mean different things are left alone, however rare one of them is."""
    report = find_variants([(one, 1000), (another, 1), ("Something else", 40)])

    assert report.variants == ()


def test_two_frequent_words_one_letter_apart_are_two_words() -> None:
    """A slip is rare beside what was meant."""
    report = find_variants([("Contract", 500), ("Contact", 300)])

    assert report.variants == ()


def test_codes_of_one_length_are_never_typing_errors() -> None:
    """In a column of codes, one letter makes another code."""
    codes = ["KATLA", "KATLB", "EGLLX", "EDDFA", "LFPGA", "KJFKX", "KEWRX"]

    report = find_variants([(codes[0], 900), *((code, 1) for code in codes[1:])])

    assert report.variants == ()


def test_every_spelling_points_at_the_most_frequent_one() -> None:
    """Variants of a variant are variants of the head, and are counted once."""
    report = find_variants([("Portland", 60), ("Portlnd", 2), ("portlnd", 1), ("PORTLAND", 3)])

    assert [(item.text, item.of, item.why) for item in report.variants] == [
        ("PORTLAND", "Portland", "case"),
        ("Portlnd", "Portland", "typing error"),
        ("portlnd", "Portland", "typing error"),
    ]
    assert report.n_variants == 6


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([], "no values"),
        ([("  ", 5)], "no values"),
        ([(f"{n}", 3) for n in range(40)], "numbers, dates or codes without letters"),
        ([("2013-01-05", 3), ("2013-01-06", 4)], "numbers, dates or codes without letters"),
        (
            [(f"N{n}AA", 1) for n in range(100)],
            "nearly every record has a value of its own: an identifier or free text",
        ),
        (
            [(f"name{n}", 9) for n in range(5001)],
            "5,001 different values: not a list of categories",
        ),
        ([("a long story about what went wrong " * 3, 9)], "sentences: free text"),
    ],
)
def test_a_column_that_is_no_list_of_categories_is_left_out(
    counts: list[tuple[str, int]], reason: str
) -> None:
    """Where nothing was looked for, the report says so and why."""
    report = find_variants(counts)

    assert (report.applicable, report.reason, report.variants) == (False, reason, ())


@given(
    st.lists(
        st.tuples(st.text(alphabet="Porтtlandé -.'1", min_size=1, max_size=12), st.integers(1, 60)),
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter(counts: list[tuple[str, int]], shuffler: random.Random) -> None:
    """The same counts in another order give the same report."""
    shuffled = list(counts)
    shuffler.shuffle(shuffled)

    assert find_variants(counts) == find_variants(shuffled)


@given(st.lists(st.tuples(st.text(max_size=9), st.integers(1, 60)), max_size=30))
def test_whatever_stands_in_a_column_is_counted_once(counts: list[tuple[str, int]]) -> None:
    """No text breaks it, no record is counted twice, and the usual spelling is never a variant."""
    report = find_variants(counts)

    texts = [item.text for item in report.variants]
    assert len(texts) == len(set(texts))
    assert not {item.of for item in report.variants} & set(texts)
    assert 0 <= report.n_variants <= report.n_values
    assert all(item.n <= report.n_values for item in report.variants)


@given(st.text(alphabet="abcd", max_size=5), st.text(alphabet="abcd", max_size=5))
def test_edit_distance_equals_its_definition(word: str, other: str) -> None:
    """The quick distance equals the recursive definition of optimal string alignment."""
    assert edit_distance(word, other) == _by_definition(word, other)


def _by_definition(a: str, b: str) -> int:
    if not a or not b:
        return len(a) + len(b)
    best = min(
        _by_definition(a[:-1], b) + 1,
        _by_definition(a, b[:-1]) + 1,
        _by_definition(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    )
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        best = min(best, _by_definition(a[:-2], b[:-2]) + 1)
    return best
