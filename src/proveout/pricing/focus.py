"""A month's expected cost as rows of the FinOps Open Cost and Usage Specification (FOCUS 1.2).

The columns are the specification's; what it does not know of (that these are expectations, and
what they rest on) stands in columns that begin with x_, as it asks for.
Source: focus.finops.org, version 1.2.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType",
    "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass",
    "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost",
    "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity",
    "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName", "ResourceId",
    "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory",
    "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName",
    "Tags", "x_Basis", "x_CostLow", "x_CostHigh", "x_SampleSize",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of charge of the month."""

    meter: str
    """'input tokens', 'requests', 'seats', 'fixed' …"""
    unit: str
    """In the singular or plural that the specification asks for: 'Tokens', 'Requests'."""
    quantity: float
    cost: float
    """After discounts."""
    list_cost: float
    """Before discounts."""
    is_recurring: bool = False
    """Paid whatever is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What all rows have in common."""

    pilot: str
    currency: str
    provider: str
    service: str
    start: datetime
    """First moment of the month, UTC."""
    end: datetime
    """First moment of the next."""
    basis: str
    low: float
    """Of the whole month, as a share of its cost."""
    high: float
    n: int


def csv_text(bill: Bill, lines: tuple[Line, ...]) -> str:
    """Write the rows as CSV with a header; no value at all where there is none."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(bill, lines))
    return out.getvalue()


def _rows(bill: Bill, lines: tuple[Line, ...]) -> Iterator[Mapping[str, Any]]:
    has_tokens = any(line.unit == "Tokens" for line in lines)
    subcategory = "Generative AI" if has_tokens else "Machine Learning"
    for line in lines:
        sku = f"{bill.service}/{line.meter}".replace(" ", "-")
        unit_price = None if line.quantity == 0 else line.cost / line.quantity
        list_price = None if line.quantity == 0 else line.list_cost / line.quantity
        row = {
            "BilledCost": line.cost,
            "BillingAccountId": bill.pilot,
            "BillingAccountName": bill.pilot,
            "BillingAccountType": "Pilot",
            "BillingCurrency": bill.currency,
            "BillingPeriodStart": _moment(bill.start),
            "BillingPeriodEnd": _moment(bill.end),
            "ChargeCategory": "Purchase" if line.is_recurring else "Usage",
            "ChargeDescription": f"{bill.service}: {line.meter} of a month at full use, expected",
            "ChargeFrequency": "Recurring" if line.is_recurring else "Usage-Based",
            "ChargePeriodStart": _moment(bill.start),
            "ChargePeriodEnd": _moment(bill.end),
            "ConsumedQuantity": None if line.is_recurring else line.quantity,
            "ConsumedUnit": None if line.is_recurring else line.unit,
            "ContractedCost": line.cost,
            "ContractedUnitPrice": unit_price,
            "EffectiveCost": line.cost,
            "InvoiceIssuerName": bill.provider,
            "ListCost": line.list_cost,
            "ListUnitPrice": list_price,
            "PricingCategory": "Standard",
            "PricingQuantity": line.quantity,
            "PricingUnit": line.unit,
            "ProviderName": bill.provider,
            "PublisherName": bill.provider,
            "ServiceCategory": "AI and Machine Learning",
            "ServiceName": bill.service,
            "ServiceSubcategory": subcategory,
            "SkuId": sku,
            "SkuMeter": line.meter,
            "SkuPriceId": sku,
            "Tags": json.dumps({"proveout/pilot": bill.pilot}),
            "x_Basis": bill.basis,
            "x_CostLow": line.cost if line.is_recurring else line.cost * bill.low,
            "x_CostHigh": line.cost if line.is_recurring else line.cost * bill.high,
            "x_SampleSize": bill.n,
        }
        yield {
            name: _number(value) if isinstance(value, float) else value
            for name, value in row.items()
        }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: float) -> str:
    """Write a figure without an exponent; what is below its 15 digits is rounding."""
    exact = format(Decimal(f"{value:.15g}"), "f")
    return (exact.rstrip("0").rstrip(".") if "." in exact else exact) or "0"
