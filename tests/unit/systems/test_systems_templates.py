"""Texts and JSON with places for the values of a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.systems.dialects.templates import as_text, columns_in, fill, fill_json

NAMES = st.text(st.characters(exclude_characters='{}"\r\n', codec="utf-8"), min_size=1)
CELLS = st.one_of(st.none(), st.text(), st.integers(), st.floats(allow_nan=False), st.booleans())


@given(st.dictionaries(NAMES, CELLS), st.text(st.characters(exclude_characters="{}")))
def test_every_place_gets_its_value_and_nothing_else_changes(
    row: dict[str, object], between: str
) -> None:
    """What stands between the places stays, and a value that looks like a place is none."""
    template = between.join(f"{{{name}}}" for name in row)

    assert fill(template, row, key="k") == between.join(as_text(row[name]) for name in row)
    assert list(columns_in(template)) == list(row)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("Read: {text}", "Read: Total 12"),
        ("{gone}!", "!"),
        ('As {"n": 1, "of": [{"a": 2}]}: {text}', 'As {"n": 1, "of": [{"a": 2}]}: Total 12'),
        ("{{text}} and {}", "{text} and {}"),
        ("{", "{"),
        ("{amount} on {day} at {moment}", "7 on 2024-02-03 at 2024-02-03T04:05:06"),
    ],
)  # fmt: skip
def test_fills_a_text(template: str, filled: str) -> None:
    """Missing is empty, 7.0 is 7, JSON in a text is left alone, and double braces are braces."""
    row = {
        "text": "Total 12",
        "gone": None,
        "amount": 7.0,
        "day": "2024-02-03T00:00:00.000000",
        "moment": "2024-02-03T04:05:06.000000",
    }

    assert fill(template, row, key="system.chat.user") == filled


def test_a_place_alone_keeps_the_kind_of_its_value() -> None:
    """In JSON a number stays a number and a missing value is null."""
    template = {"n": "{n}", "of": ["{gone}", "n = {n}"], "fixed": 3}

    filled = fill_json(template, {"n": 2.5, "gone": None}, key="k")

    assert filled == {"n": 2.5, "of": [None, "n = 2.5"], "fixed": 3}


def test_a_column_that_is_not_there_is_wrong_input() -> None:
    """The message names the charter's key, the column, and those that are there."""
    with pytest.raises(InputError) as raised:
        fill("{tetx}", {"text": "a", "id": 1}, key="system.chat.user")

    assert raised.value.message == (
        "system.chat.user: '{tetx}' stands for a column that the data do not have."
    )
    assert raised.value.hint == (
        "Columns found: text, id. For braces that are meant as such write '{{…}}'."
    )
