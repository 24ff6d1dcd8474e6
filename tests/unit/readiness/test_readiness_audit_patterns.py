"""How values are turned into masks."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest

from proveout.checks.readiness.dates import FORMATS
from proveout.checks.readiness.patterns import Masks, Patterns, mask_sql, patterns


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        ("ORD-0017", "A-9999"),  # letters collapse, digits keep their number
        ("New York", "Aa"),  # how many words there are is no matter of format
        ("de la Cruz", "a"),
        ("anna@example.com", "a@a.a"),
        ("(212) 555-0100", "(999) 999-9999"),
        ("Ärger über Ölße", "Aa"),  # letters of other alphabets are letters
        ("١٢", "99"),  # and so are digits
        ("  x", "  a"),  # blanks before a value are a difference
    ],
)
def test_a_mask_keeps_the_shape_of_a_value(value: str, mask: str) -> None:
    """Letters become a or A, digits 9, all else stays."""
    found = duckdb.connect().execute(f"SELECT {mask_sql('?')}", [value]).fetchone()

    assert found == (mask,)


def _patterns(**fine: int) -> Patterns:
    counts = Counter({mask.replace("_", "-"): n for mask, n in fine.items()})
    coarse: Counter[str] = Counter()
    for mask, n in counts.items():
        coarse[re.sub("9+", "9", mask)] += n
    return Patterns(fine=Masks(counts=counts), coarse=Masks(counts=coarse), exact=True)


def test_lengths_belong_to_the_format_where_nearly_all_values_keep_them() -> None:
    """A code of nine digits is another format than one of eight, if nine is the rule."""
    found = _patterns(A_999=990, A_99=10)

    assert (found.level, found.dominant) == ("fine", ("A-999", 990))


def test_lengths_do_not_belong_to_the_format_where_they_vary() -> None:
    """A running number grows; that is no inconsistency."""
    found = _patterns(a9=10, a99=90, a999=900)

    assert (found.level, found.dominant) == ("coarse", ("a9", 1000))


def test_free_text_has_no_format() -> None:
    """Where no mask covers a fifth of the values there is nothing to be consistent with."""
    found = _patterns(**{"a." * i + "a": 1 for i in range(10)})

    assert found.dominant is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2024-02-29", ["YYYY-MM-DD"]),
        ("2024-02-29 08:15", ["YYYY-MM-DD hh:mm"]),
        ("2024-02-29T08:15:00+02:00", ["YYYY-MM-DD hh:mm with zone"]),
        ("29.02.2024", ["DD.MM.YYYY"]),
        ("03/04/2024", ["MM/DD/YYYY", "DD/MM/YYYY"]),  # nobody can tell
        ("13/04/2024", ["DD/MM/YYYY"]),
        ("2024-13-01", []),
        ("order 2024-01-01", []),
    ],
)
def test_formats_of_dates_are_told_apart(text: str, names: list[str]) -> None:
    """A format matches the whole text, and only days and months that can be."""
    assert [form.name for form in FORMATS if re.search(form.regex, text)] == names


def test_the_example_of_a_form_is_a_typical_value() -> None:
    """Odd values stand at either end of the alphabet; 'D942DN' is no usual tail number."""
    local = duckdb.connect()
    local.execute(
        "CREATE TABLE texts (col INTEGER, value VARCHAR, site VARCHAR, period VARCHAR, n BIGINT)"
    )
    values = ["D942DN", *(f"N{number}AA" for number in range(100, 200)), "ZZ9ZZ"]
    local.executemany("INSERT INTO texts VALUES (0, ?, NULL, NULL, 1)", [[v] for v in values])

    found = patterns(local, {0: True})[0]

    assert found.masks("coarse").examples["A9A"] == "N149AA"
