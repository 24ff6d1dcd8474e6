"""Columns as a country writes them can be damaged like any other figure or date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from proveout.charter.schema import Source
from proveout.checks.stress.columns import kinds_of
from proveout.checks.stress.operators import OPERATORS, applicable
from proveout.checks.stress.operators.operator import apply
from proveout.intake import Session, fetch, open_source

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[pd.DataFrame]:
    """Forty invoices of a German spreadsheet."""
    lines = ["preis;am;um"]
    lines += [
        f"{n}.{n:03},5{n % 10};{n % 28 + 1:02}.03.2024;{n % 28 + 1:02}.03.2024 14:{n:02}"
        for n in range(1, 41)
    ]
    (tmp_path / "rechnungen.csv").write_text("\n".join(lines) + "\n")
    with Session(memory_bytes=512 << 20) as session:
        opened = open_source(Source(path="rechnungen.csv"), folder=tmp_path, session=session)
        yield fetch(opened.table, ("preis", "am", "um"), rows=40, seed=0)


def test_they_are_figures_and_moments(rows: pd.DataFrame) -> None:
    """As a decimal comma left them text, figures were not damaged as figures before."""
    kinds = {str(name): kinds_of(rows[name]) for name in rows.columns}

    assert kinds == {
        "preis": frozenset({"number"}), "am": frozenset({"moment"}), "um": frozenset({"moment"}),
    }  # fmt: skip


OF_FIGURES_AND_MOMENTS = [
    name for name, each in OPERATORS.items() if each.kinds & {"number", "moment"}
]


@pytest.mark.parametrize("name", OF_FIGURES_AND_MOMENTS)
def test_operators_for_figures_and_moments_damage_them(rows: pd.DataFrame, name: str) -> None:
    """None is left out as not applicable, and what comes back differs from what went in."""
    kinds = {str(column): kinds_of(rows[column]) for column in rows.columns}
    columns, why_not = applicable(OPERATORS[name], kinds)

    damaged = apply(OPERATORS[name], rows, columns, severity=1.0, seed=3)

    assert (why_not, len(damaged.hit)) == (None, len(rows))
    (part,) = damaged.parts
    assert not part[list(columns)].equals(rows[list(columns)])


def test_a_figure_read_with_a_comma_goes_out_with_one(rows: pd.DataFrame) -> None:
    """The damage of another locale starts from the number, whatever its file looked like."""
    damaged = apply(OPERATORS["locale-numbers"], rows, ("preis",), severity=1.0, seed=3)

    assert sorted(damaged.parts[0]["preis"])[:2] == ["1.001,51", "10.010,5"]
