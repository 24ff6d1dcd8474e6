"""Which texts are figures, and in which conventions."""

from __future__ import annotations

import pytest

from proveout.intake.typing.deciding import Hints, decide, kinds_of
from proveout.intake.typing.numbers import number_kinds


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (["12,5"], {","}),
        (["12.5"], {"."}),
        (["1,234"], {".", ","}),
        (["1,234", "1,2345"], {","}),
        (["1,234", "1,234,567"], {"."}),
        (["1.234.567,8"], {","}),
        (["1'234"], {".", ","}),
        (["0,123"], {","}),
        (["1234,567"], {","}),
        (["12 345 678,9"], {","}),
        (["12 34,5"], set()),
        (["1,2,3"], set()),
        (["12,"], set()),
        (["1e5"], set()),
        (["12:30"], set()),
        ([",", "."], set()),
        (["-"], set()),
        (["\u20ac"], set()),
    ],
)
def test_values_fit_the_conventions_that_could_have_written_them(
    values: list[str], decimals: set[str]
) -> None:
    """Three digits after the only mark are where two of them meet."""
    assert {kind.decimal for kind in number_kinds(values)} == decimals


@pytest.mark.parametrize(
    "values",
    [["12,5", "\u20ac 3,1"], ["12 EUR", "12 USD"], ["5 %", "5"], ["12 XYZ"], ["EUR 12 EUR-"]],
)
def test_what_stands_around_the_digits_is_the_same_in_all(values: list[str]) -> None:
    """A number may only lose what can be put back."""
    assert [kind.name for kind in number_kinds(values)] == []


def test_a_plain_column_needs_no_other_format() -> None:
    """Figures that engines write are not tried in every convention."""
    assert {kind.format for kind in kinds_of(["1.5", "12", "1.234"])} == {None}


def test_an_excluded_kind_is_not_chosen_again() -> None:
    """What is known not to fit all values gives way to the next."""
    kinds = kinds_of(["5", "6"])

    verdict = decide({"x": kinds}, {"x": ["5", "6"]}, Hints(), {"x": {kinds[0]}})["x"]

    assert verdict.kind is not None
    assert verdict.kind.name == "number"
