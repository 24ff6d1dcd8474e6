"""The expected month as rows of the FinOps specification."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from proveout.pricing.focus import COLUMNS, Bill, Line, csv_text

MANDATORY = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd",
    "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory",
    "ServiceName",
)  # fmt: skip
"""Columns that version 1.2 asks of every provider."""

BILL = Bill(
    pilot="invoices",
    currency="EUR",
    provider="example",
    service="some-model",
    start=datetime(2026, 12, 1, tzinfo=UTC),
    end=datetime(2027, 1, 1, tzinfo=UTC),
    basis="measured",
    low=0.9,
    high=1.1,
    n=200,
)
LINES = (
    Line(meter="input tokens", unit="Tokens", quantity=2e6, cost=9.0, list_cost=10.0),
    Line(meter="seats", unit="Seats", quantity=40, cost=400, list_cost=400, is_recurring=True),
)


@pytest.fixture
def rows() -> list[dict[str, str]]:
    """Return the rows as another tool reads them."""
    return list(csv.DictReader(io.StringIO(csv_text(BILL, LINES))))


def test_every_mandatory_column_is_there(rows: list[dict[str, str]]) -> None:
    """And what is ours begins with x_, as the specification asks for."""
    assert set(MANDATORY) <= set(rows[0])
    assert all(name[0].isupper() or name.startswith("x_") for name in COLUMNS)


def test_a_row_says_what_is_charged(rows: list[dict[str, str]]) -> None:
    """Cost is price times quantity, before and after discounts; moments are UTC."""
    row = rows[0]

    assert (row["ChargeCategory"], row["ChargeFrequency"]) == ("Usage", "Usage-Based")
    assert (row["BilledCost"], row["ListCost"], row["PricingUnit"]) == ("9", "10", "Tokens")
    assert float(row["ListUnitPrice"]) * float(row["PricingQuantity"]) == pytest.approx(10)
    assert float(row["ContractedUnitPrice"]) * float(row["PricingQuantity"]) == pytest.approx(9)
    assert row["ChargePeriodStart"] == "2026-12-01T00:00:00Z"
    assert row["ChargePeriodEnd"] == "2027-01-01T00:00:00Z"
    assert json.loads(row["Tags"]) == {"proveout/pilot": "invoices"}


def test_an_expectation_carries_its_uncertainty(rows: list[dict[str, str]]) -> None:
    """What is used varies; what is paid whatever is used does not."""
    used, seats = rows

    assert [float(used[name]) for name in ("x_CostLow", "x_CostHigh")] == pytest.approx([8.1, 9.9])
    assert (seats["x_CostLow"], seats["x_CostHigh"], seats["x_SampleSize"]) == ("400", "400", "200")


def test_what_is_paid_whatever_is_used_is_a_recurring_purchase(rows: list[dict[str, str]]) -> None:
    """It consumes nothing."""
    seats = rows[1]

    assert (seats["ChargeCategory"], seats["ChargeFrequency"]) == ("Purchase", "Recurring")
    assert (seats["ConsumedQuantity"], seats["ConsumedUnit"]) == ("", "")


def test_price_times_quantity_is_the_cost_to_the_last_digit() -> None:
    """A price by the token has many digits, and none is lost."""
    line = Line(
        meter="cached input tokens", unit="Tokens", quantity=310_739_112.0, cost=46.6108668,
        list_cost=46.6108668,
    )  # fmt: skip

    (row,) = csv.DictReader(io.StringIO(csv_text(BILL, (line,))))

    product = float(row["ContractedUnitPrice"]) * float(row["PricingQuantity"])
    assert product == pytest.approx(float(row["ContractedCost"]), rel=1e-12)
    assert "e" not in row["ContractedUnitPrice"]
