"""Where a source is and what it is called."""

from __future__ import annotations

import pytest

from proveout.charter.schema import Data, Source
from proveout.intake import source_name
from proveout.intake.charter_data import unique_names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source(path="a/orders.csv"), "orders"),
        (Source(path="a/orders.csv.gz"), "orders"),
        # Dots that are no file ending stay.
        (Source(path="a/orders.2013.csv"), "orders.2013"),
        (Source(path="a/orders/"), "orders"),
        (Source(path="a/orders/*.csv"), "orders"),
        (Source(path="a/Bestellungen März.xlsx"), "Bestellungen-M-rz"),
        (Source(path="book.xlsx", table="Q1"), "book.Q1"),
        (Source(path="postgresql://u:secret@host/erp", table="sales.orders"), "orders"),
        (Source(path="postgresql://u:secret@host/erp?sslmode=require"), "erp"),
        (Source(path="x.csv", name="given"), "given"),
        (Source(path="///"), "source"),
    ],
)  # fmt: skip
def test_a_source_is_called_as_it_is_named_or_by_its_path(source: Source, name: str) -> None:
    """A given name holds; otherwise the path's stem, in letters that a name may have."""
    assert source_name(source) == name


def test_names_in_a_charter_are_unique() -> None:
    """Names taken from paths give way to given ones and to those before them."""
    data = Data(
        pilot=Source(path="pilot/orders.csv"),
        production=(Source(path="a/orders.csv"), Source(path="b/orders.csv", name="orders-2")),
    )

    names = list(unique_names(data).values())

    assert names == ["orders", "orders-2", "orders-3"]
