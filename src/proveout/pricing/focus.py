"""Cost as rows of the FinOps Open Cost and Usage Specification (FOCUS 1.2): expected, or used.

The columns are the specification's; what it does not know of (that these are expectations, and
what they rest on) stands in columns that begin with x_, as it asks for.
Source: focus.finops.org, version 1.2.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
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


USED_COLUMNS = (
    *(name for name in COLUMNS if not name.startswith("x_")),
    "x_Requests", "x_InputTokens", "x_OutputTokens", "x_Simulated",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedLine:
    """What one team used of one model through one version on one day."""

    begins: datetime
    ends: datetime
    """First moment of the next day."""
    month_begins: datetime
    month_ends: datetime
    team: str | None
    version: str | None
    model: str | None
    currency: str
    cost: Decimal
    requests: int
    input_tokens: int
    output_tokens: int
    is_simulated: bool


def used_csv_text(pilot: str, provider: str, lines: Iterable[UsedLine]) -> str:
    """Write what was used as CSV with a header; one row per line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, USED_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_used_row(pilot, provider, line) for line in lines)
    return out.getvalue()


def _used_row(pilot: str, provider: str, line: UsedLine) -> Mapping[str, Any]:
    service = line.model or pilot
    cost = _exact(line.cost)
    unit_price = _exact(line.cost / line.requests) if line.requests else None
    tags = {"pilot": pilot, "team": line.team, "version": line.version}
    return {
        "BilledCost": cost,
        "BillingAccountId": pilot,
        "BillingAccountName": pilot,
        "BillingAccountType": "Pilot",
        "BillingCurrency": line.currency,
        "BillingPeriodStart": _moment(line.month_begins),
        "BillingPeriodEnd": _moment(line.month_ends),
        "ChargeCategory": "Usage",
        "ChargeDescription": f"{service}: requests as the prediction log tells",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": _moment(line.begins),
        "ChargePeriodEnd": _moment(line.ends),
        "ConsumedQuantity": line.requests,
        "ConsumedUnit": "Requests",
        "ContractedCost": cost,
        "ContractedUnitPrice": unit_price,
        "EffectiveCost": cost,
        "InvoiceIssuerName": provider,
        "ListCost": cost,
        "ListUnitPrice": unit_price,
        "PricingCategory": "Standard",
        "PricingQuantity": line.requests,
        "PricingUnit": "Requests",
        "ProviderName": provider,
        "PublisherName": provider,
        "ResourceId": line.version,
        "ResourceName": line.version,
        "ResourceType": None if line.version is None else "Version of an AI system",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": service,
        "ServiceSubcategory": (
            "Generative AI" if line.input_tokens or line.output_tokens else "Machine Learning"
        ),
        "SkuId": f"{service}/requests".replace(" ", "-"),
        "SkuMeter": "requests",
        "SkuPriceId": f"{service}/requests".replace(" ", "-"),
        "SubAccountId": line.team,
        "SubAccountName": line.team,
        "Tags": json.dumps({f"proveout/{key}": each for key, each in tags.items() if each}),
        "x_Requests": line.requests,
        "x_InputTokens": line.input_tokens,
        "x_OutputTokens": line.output_tokens,
        "x_Simulated": "true" if line.is_simulated else "false",
    }


def _exact(amount: Decimal) -> str:
    exact = f"{amount:f}"
    return (exact.rstrip("0").rstrip(".") if "." in exact else exact) or "0"
