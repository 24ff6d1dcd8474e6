"""Columns as nobody expects them: no kind of damage may fail on what data really hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from proveout.checks.stress.changes import changes, n_changed
from proveout.checks.stress.columns import kinds_of
from proveout.checks.stress.examples import shown
from proveout.checks.stress.operators import OPERATORS, Known, TooFewError, applicable, apply

N = 60


def of_own_types() -> pd.DataFrame:
    """The types that pandas has beside those of numpy, with gaps."""
    frame = pd.DataFrame(
        {
            "whole": pd.array(range(N), dtype="Int64"),
            "fraction": pd.array([n / 7 for n in range(N)], dtype="Float64"),
            "text": pd.array(["a b", "c", "déf"] * 20, dtype="string"),
            "yes": pd.array([True, None, False] * 20, dtype="boolean"),
            "category": pd.Categorical(["x", "y", "z"] * 20),
        }
    )
    frame.loc[::7, ["whole", "fraction", "text"]] = pd.NA
    return frame


FRAMES = {
    "own types": of_own_types(),
    "names": pd.DataFrame(
        {
            name: values
            for names, values in (
                (("self", "2019", "名前"), [1.5, 20.0, -3.25] * 20),
                (("class", "", "a b"), ["x", "y", "z"] * 20),
                (("for", "größe"), pd.date_range("2024-01-01", periods=N, freq="7h")),
            )
            for name in names
        }
    ),
    "numbers": pd.DataFrame(
        {
            "infinite": [np.inf, -np.inf, 0.0, 1e300] * 15,
            "beyond floats": [2**60 + n for n in range(N)],
            "constant": [5] * N,
            "arrow": pd.array([1, None] * 30, dtype="int64[pyarrow]"),
            "zeros": [-0.0, 0.0] * 30,
            "tiny": [1e-300] * N,
            "empty": [np.nan] * N,
            "nothing": [None] * N,
        }
    ),
    "moments": pd.DataFrame(
        {
            "zone": pd.date_range("2024-03-30", periods=N, freq="1h", tz="Europe/Berlin"),
            "later": pd.date_range("2024-03-30 01:00", periods=N, freq="1h", tz="Europe/Berlin"),
            "ends of time": [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)] * 20,
            "iso": ["2024-02-29T10:00:00+02:00", "2024-01-01T10:00:00Z", "2024-12-31T23:59:59Z"]
            * 20,
            "bounds": pd.to_datetime(["1677-09-22", "2262-04-11", "2024-02-29"] * 20),
        }
    ),
    "mixed": pd.DataFrame(
        {
            "any": [1, "a", None] * 20,
            "decimal": [Decimal("1.5"), Decimal(2), None] * 20,
            "time": [time(9, 30), time(0, 0), None] * 20,
            "list": [[1], [2], [3]] * 20,
            "bytes": [b"a", b"b", b"c"] * 20,
        }
    ),
    "texts": pd.DataFrame(
        {
            "text": ["", "   ", "a", "🙂 🙂 🙂 🙂 x", "{braces} %s {0} and more words here"] * 12,
            "prose": ["ｆｕｌｌ width words go here now 12", "a line\nbreak in here\t ok"] * 30,
        }
    ),
    "clocks": pd.DataFrame({"clock": [0, 30, 930, 1200, 1545, 2359, 2400, 800, 705, 610] * 6}),
    "one row": pd.DataFrame({"a": [1.5], "b": ["x"], "c": [pd.Timestamp("2024-01-01")]}),
}


@pytest.mark.parametrize("name", FRAMES)
def test_no_damage_fails_on_strange_columns(name: str) -> None:
    """Each kind of damage that applies does its work, whatever the values; warnings are errors."""
    frame = FRAMES[name]
    kinds = {column: kinds_of(frame[column]) for column in frame}
    known = Known(
        confidence=np.linspace(0, 1, len(frame)),
        truth=np.array([str(n % 2) for n in range(len(frame))], dtype=object),
    )
    for operator in OPERATORS.values():
        columns, why_not = applicable(operator, kinds, frame)
        if why_not is not None:
            continue
        for severity in (0.05, 1.0):
            with suppress(TooFewError):
                found = apply(operator, frame, columns, severity=severity, seed=3, known=known)
                changes(frame, found)
                assert found.replaces or {p for part in found.parts for p in part.index} == set(
                    found.hit.tolist()
                )


def test_exact_decimals_are_numbers_and_stay_decimals() -> None:
    """Amounts of money from databases are numbers; the system gets the type that it always got."""
    amounts = pd.DataFrame({"amount": [Decimal("1234.50"), None, Decimal("0.00")] * 20})

    kinds = kinds_of(amounts["amount"])
    (turned,) = apply(OPERATORS["flipped-sign"], amounts, ("amount",), severity=1.0, seed=3).parts
    (written,) = apply(
        OPERATORS["locale-numbers"], amounts, ("amount",), severity=1.0, seed=3
    ).parts

    assert kinds == {"number"}
    assert turned["amount"].tolist()[:3] == [Decimal("-1234.5"), None, Decimal("0.00")]
    assert written["amount"].tolist()[:3] == ["1.234,5", None, "0,0"]


def test_a_row_is_changed_where_a_cell_differs() -> None:
    """Nothing is nothing however it is written, 3 is 3.0, and '3' is not 3."""
    was = pd.DataFrame({"a": [pd.NA, [1, 2], 3, 3], "b": [None, "x", "y", "z"]}, dtype=object)
    now = pd.DataFrame({"a": [np.nan, [1, 2], 3.0, "3"], "b": [pd.NA, "X", "y", "z"]}, dtype=object)

    changed = n_changed(was, now)

    assert changed == 2


def test_cells_of_any_kind_can_be_shown() -> None:
    """An example holds what JSON can hold, whatever stood in the cell."""
    cells = [shown(cell) for cell in (pd.NA, np.nan, [1, 2], Decimal("1.50"), time(9, 30), b"a")]

    assert cells == [None, None, "[1, 2]", "1.50", "09:30:00", "b'a'"]
