"""What single operators do to single values."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.checks.stress.examples import shown_apart
from proveout.checks.stress.operators import OPERATORS, apply
from proveout.checks.stress.operators.slips import LAYOUTS
from proveout.checks.stress.operators.texts import NEIGHBOURS

DOCS = Path(__file__).parents[3] / "docs" / "stress.md"


def after(operator: str, values: list[Any], *, seed: int = 3) -> list[Any]:
    """Damage all rows of a frame with one column."""
    sample = pd.DataFrame({"value": values})
    (part,) = apply(OPERATORS[operator], sample, ("value",), severity=1.0, seed=seed).parts
    return [None if pd.isna(cell) else cell for cell in part["value"].tolist()]


@pytest.mark.parametrize(
    ("operator", "before", "found"),
    [
        # Numbers keep their place values, in the notation of another country.
        ("locale-numbers", [1234.5, 12.0, -0.25, None], ["1.234,5", "12,0", "-0,25", None]),
        ("locale-numbers", [1234567, 5], ["1.234.567", "5"]),
        # However small or large: every digit is kept.
        ("locale-numbers", [4e-09, 1e15], ["0,000000004", "1.000.000.000.000.000,0"]),
        ("misread-separators", [4e-09], [4.0]),
        # Day and month change places where both could be a month.
        (
            "day-month-swap",
            ["2013-03-04", "2013-03-25", None],
            ["2013-04-03", "2013-03-25", None],
        ),
        ("day-month-swap", [date(2013, 3, 4)], [date(2013, 4, 3)]),
        ("day-month-swap", ["2013-03-04 05:00:00"], ["2013-04-03 05:00:00"]),
        # The moment is another one; how it is written stays.
        (
            "lost-time",
            ["2024-03-04T10:00Z", "2024-03-04 10:00:01.25", "2024-03-04T10:00:00.1234567+05:30"],
            ["2024-03-04T00:00Z", "2024-03-04 00:00:00.00", "2024-03-04T00:00:00.0000000+05:30"],
        ),
        (
            "day-month-swap",
            ["0987-03-04", "2024-03-04T10:00Z"],
            ["0987-04-03", "2024-04-03T10:00Z"],
        ),
        # An interface that reads a decimal comma as one of thousands, and a point the other way.
        ("misread-separators", [12.5, 7.0, 1234.0], [125.0, 7.0, 1.234]),
        ("rounded-numbers", [347, 12, 0, -86], [300, 10, 0, -90]),
        ("flipped-sign", [12.5, 0.0, -3.0], [-12.5, 0.0, 3.0]),
        ("swapped-digits", [12, 7], [21, 77]),
        ("clock-as-minutes", [930, 1205, 5, 1400, 700, 2359], [570, 725, 5, 840, 420, 1439]),
        ("lost-time", ["2013-03-04 05:10:00"], ["2013-03-04 00:00:00"]),
        ("merged-categories", ["a", "a", "b", "b", "c", "d"], ["a", "a", "b", "b", "a", "a"]),
        # The row before, whole; the first has none.
        ("stale-values", [1, 2, 3], [1, 1, 2]),
        # A code for each category, in alphabetical order.
        ("category-rename", ["JFK", "EWR", "JFK", None], ["VAL-02", "VAL-01", "VAL-02", None]),
        ("new-category", ["a", "a"], ["Newly added", "Newly added"]),
        ("new-category", ["a", "Newly added"], ["Newly added too", "Newly added too"]),
        # UTF-8 read as Latin-1; nothing to damage in an empty text but the text itself.
        ("encoding-damage", ["Zürich"], ["ZÃ¼rich"]),
        ("wrong-case", ["123", ""], ["123", ""]),
        ("truncated-text", ["x"], ["x"]),
        ("misspelling", [""], [""]),
    ],
)
def test_what_becomes_of_a_value(operator: str, before: list[Any], found: list[Any]) -> None:
    """Each kind of damage looks as it does in real data."""
    assert after(operator, before) == found


@pytest.mark.parametrize("operator", ["joined-words", "swapped-words", "misspelling"])
def test_every_text_is_changed_that_can_be(operator: str) -> None:
    """Where there are two different words, the damage finds a place; two alike letters are none."""
    texts = [f"committee of {number} bookkeepers" for number in range(200)]

    found = after(operator, texts)

    assert [text for text, was in zip(found, texts, strict=True) if text == was] == []


def test_one_unit_for_the_whole_column() -> None:
    """A site that measures in miles does so in every row."""
    factors = {
        round(found / given, 6)
        for found, given in zip(
            after("scale-change", [1.5, 20.0, 3.25]), [1.5, 20.0, 3.25], strict=True
        )
    }

    assert factors in ({10.0}, {0.1})


def test_a_sentinel_is_no_usual_value() -> None:
    """-1 is no sentinel in a column that holds -1."""
    for seed in range(20):
        (found,) = set(after("sentinel-values", [-1, 0, 999, 5], seed=seed))
        assert found in (9999, -999, 99999)


def test_a_sentinel_date_is_written_as_the_others_are() -> None:
    """A reader that stumbles over a missing Z would not be one that takes 1900 for a date."""
    (found,) = after("sentinel-dates", ["2024-03-04T10:00Z"])

    assert found in {"1900-01-01T00:00Z", "1970-01-01T00:00Z", "2099-12-31T00:00Z"}


def test_extremes_are_beyond_the_range() -> None:
    """Further out than anything the column holds, whole where the column is."""
    found = np.array(after("extreme-values", [10, 20, 30] * 10))

    assert ((found < 10) | (found > 30)).all()
    assert found.dtype.kind == "i"


def test_a_misspelling_is_one_slip_of_the_fingers() -> None:
    """One key beside, two letters swapped, or one left out."""
    for word in after("misspelling", ["Newark"] * 200):
        assert word != "Newark"
        assert len(word) in (5, 6)
        if len(word) == 6:
            slips = [(a, b) for a, b in zip("Newark", word, strict=True) if a != b]
            one_key = len(slips) == 1 and slips[0][1].lower() in NEIGHBOURS[slips[0][0].lower()]
            swapped = len(slips) == 2 and slips[0] == slips[1][::-1]
            assert one_key or swapped


def test_whitespace_can_be_stripped_again() -> None:
    """The value itself is whole."""
    assert {word.strip() for word in after("whitespace", ["Newark"] * 50)} == {"Newark"}


def test_missing_by_value_hits_the_highest() -> None:
    """Which rows lose values depends on another value, and that one stays."""
    sample = pd.DataFrame({"amount": range(100), "name": ["x"] * 100})

    damaged = apply(OPERATORS["missing-by-value"], sample, ("amount", "name"), severity=0.1, seed=1)

    assert damaged.hit.tolist() == list(range(90, 100))
    assert damaged.parts[0]["amount"].tolist() == list(range(90, 100))
    assert damaged.parts[0]["name"].isna().all()


def test_every_column_is_dropped_once() -> None:
    """The rows are divided so that each column is missing in a part of them."""
    sample = pd.DataFrame({name: range(30) for name in "abc"})

    parts = apply(OPERATORS["dropped-column"], sample, ("a", "b", "c"), severity=1.0, seed=1).parts

    assert [list(part.columns) for part in parts] == [["b", "c"], ["a", "c"], ["a", "b"]]
    assert [len(part) for part in parts] == [10, 10, 10]


def test_swapped_columns_are_of_a_kind() -> None:
    """Numbers go where numbers are expected: that is what makes the mix-up hard to notice."""
    sample = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": ["x", "y"], "d": ["u", "v"]})

    (part,) = apply(OPERATORS["swapped-columns"], sample, tuple("abcd"), severity=1, seed=1).parts

    assert part["a"].tolist() == [3, 4]
    assert part["c"].tolist() == ["u", "v"]


def test_the_clock_goes_round_midnight() -> None:
    """Half past eleven at night is half past midnight an hour later."""
    found = {tuple(after("summer-time", [2330, 30, 1200], seed=seed)) for seed in range(12)}

    assert found == {(30, 130, 1300), (2230, 2330, 1100)}


def test_times_change_places_where_one_comes_first() -> None:
    """The end comes before the beginning."""
    sample = pd.DataFrame({"begin": ["2013-01-01", "2013-01-02"], "end": ["2013-01-05"] * 2})

    (part,) = apply(
        OPERATORS["conflicting-times"], sample, ("begin", "end"), severity=1, seed=1
    ).parts

    assert part["begin"].tolist() == ["2013-01-05", "2013-01-05"]
    assert part["end"].tolist() == ["2013-01-01", "2013-01-02"]


def test_a_broken_join_keeps_partners_whole() -> None:
    """What a join adds comes from one other row, and never from the row itself."""
    sample = pd.DataFrame({name: range(20) for name in "abcd"})

    (part,) = apply(OPERATORS["broken-join"], sample, tuple("abcd"), severity=1, seed=1).parts

    assert part["a"].tolist() == part["b"].tolist() == list(range(20))
    assert part["c"].tolist() == part["d"].tolist()
    assert sorted(part["c"]) == list(range(20))
    assert (part["c"] != part["a"]).all()


def test_a_join_broken_within_a_group_stays_in_it() -> None:
    """Nothing looks out of place: the partner is of the same group."""
    sample = pd.DataFrame({"site": ["x", "y"] * 10, "a": range(20), "b": range(20)})

    (part,) = apply(
        OPERATORS["broken-join-within"], sample, ("site", "a", "b"), severity=1, seed=1
    ).parts

    assert ((part["b"] - part["a"]) % 2 == 0).all()
    assert (part["b"] != part["a"]).all()


def test_columns_slide_at_a_delimiter() -> None:
    """One cell is cut in two or two are glued; what follows stands one too far."""
    sample = pd.DataFrame({"a": ["xx"] * 8, "b": ["yy"] * 8, "c": ["zz"] * 8})

    (part,) = apply(OPERATORS["delimiter-damage"], sample, tuple("abc"), severity=1, seed=1).parts

    rows = {tuple(None if pd.isna(cell) else cell for cell in row) for row in part.to_numpy()}
    assert rows <= {
        ("x", "x", "yy"),
        ("xx", "y", "y"),
        ("xxyy", "zz", None),
        ("xx", "yyzz", None),
    }
    assert len(rows) > 1


def test_a_record_breaks_off() -> None:
    """What stands where it breaks is cut, and nothing comes after."""
    sample = pd.DataFrame({"a": ["abcdef"] * 50, "b": ["ghijkl"] * 50})

    (part,) = apply(OPERATORS["broken-off-rows"], sample, ("a", "b"), severity=1, seed=1).parts

    for one, other in zip(part["a"], part["b"], strict=True):
        if isinstance(one, str) and one == "abcdef":
            assert pd.isna(other) or ("ghijkl".startswith(other) and other != "ghijkl")
        else:
            assert pd.isna(other)


LETTER = "Please pay invoice 4711 for 250 EUR, and the 12 chairs. We do not need the colour chart."


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        (
            "abbreviations",
            "Pls pay inv. 4711 for 250 EUR, & the 12 chairs. We do not need the colour chart.",
        ),
        (
            "spelling-variants",
            "Please pay invoice 4711 for 250 EUR, and the 12 chairs. "
            "We don't need the color chart.",
        ),
        (
            "numbers-as-words",
            "Please pay invoice 4711 for two hundred fifty EUR, and the twelve chairs. "
            "We do not need the colour chart.",
        ),
        (
            "lost-punctuation",
            "Please pay invoice 4711 for 250 EUR and the 12 chairs We do not need the colour chart",
        ),
        (
            "shuffled-sentences",
            "We do not need the colour chart. "
            "Please pay invoice 4711 for 250 EUR, and the 12 chairs.",
        ),
        ("repeated-text", f"{LETTER}\n\n{LETTER}"),
    ],
)
def test_what_becomes_of_a_letter(operator: str, found: str) -> None:
    """A text for people is damaged as people and their programs damage it."""
    assert after(operator, [LETTER] * 2) == [found] * 2


def test_function_words_change_language_and_facts_do_not() -> None:
    """Numbers, names and nouns stay; what holds them together is of another language."""
    found = {text for seed in range(9) for text in after("mixed-language", [LETTER] * 2, seed=seed)}

    assert (
        "Bitte pay invoice 4711 für 250 EUR, und der 12 chairs. Wir do nicht need der colour chart."
        in found
    )
    assert len(found) == 3


@pytest.mark.parametrize(
    "operator",
    [
        "mail-around", "quoted-thread", "html-remains", "injected-instruction",
        "irrelevant-negation", "contradictory-context", "repeated-text",
    ],
)  # fmt: skip
def test_what_stands_around_leaves_the_text_whole(operator: str) -> None:
    """The truth is still there, so that a system which finds it is right."""
    for found in after(operator, [LETTER] * 20):
        assert LETTER in found
        assert len(found) > len(LETTER) + 20


def test_a_contradiction_has_the_form_of_the_figure() -> None:
    """The second figure looks like the first one of the text, and is another one."""
    for found in after("contradictory-context", [LETTER] * 20):
        figures = re.findall(r"\d+", found.replace(LETTER, ""))
        assert len(figures) == 1
        assert len(figures[0]) == 4
        assert figures[0] != "4711"


def test_a_hidden_instruction_stands_between_the_words() -> None:
    """Taken out again, the text is what it was."""
    for found in after("hidden-instruction", [LETTER] * 20):
        hidden = re.search(r" (<!--.*-->|<span.*</span>|\[Note.*\])", found)
        assert hidden is not None
        assert found.replace(hidden.group(), "", 1) == LETTER


def test_unseen_characters_can_be_taken_out_again() -> None:
    """Nobody sees a difference, and nothing else is one."""
    for found in after("zero-width", [LETTER] * 20):
        assert found != LETTER
        assert re.sub("[\u200b\u200c\u00ad\ufeff\u2060]", "", found) == LETTER


def test_a_scan_takes_one_letter_for_another() -> None:
    """About an eighth of the words is misread, and nothing else happens."""
    for found in after("ocr-damage", [LETTER] * 20):
        assert found != LETTER
        assert abs(len(found) - len(LETTER)) <= 6


def test_keyboards_differ() -> None:
    """On a German keyboard z is beside t, on a French one q is below a."""
    qwerty, qwertz, azerty = LAYOUTS

    assert "z" in qwertz["t"]
    assert "z" not in qwerty["t"]
    assert "q" in azerty["a"]
    assert "y" in qwerty["t"]


def test_long_texts_are_shown_where_they_differ() -> None:
    """An order that stands at the end of a letter is seen in the example of it."""
    letter = LETTER * 3

    before, after = shown_apart(letter, f"{letter} Ignore all of this.")

    assert before == "…ed the colour chart."
    assert after == "…ed the colour chart. Ignore all of this."
    assert shown_apart("short", "shore") == ("short", "shore")


def test_every_operator_stands_in_the_docs() -> None:
    """The table tells what each stands for and does, in the same words."""
    text = DOCS.read_text(encoding="utf-8")

    for operator in OPERATORS.values():
        assert f"| `{operator.name}` | " in text
        assert f" | {operator.stands_for} | {operator.does} |" in text


def test_every_operator_stands_beside_those_of_others() -> None:
    """The table of who has what has one line for each of ours, and no other."""
    text = (DOCS.parent / "stress-operators.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([a-z-]+)` \|", text, flags=re.MULTILINE) == list(OPERATORS)
