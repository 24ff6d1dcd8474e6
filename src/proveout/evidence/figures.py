"""How figures are written, in one place: never more digits than the interval supports."""

from __future__ import annotations

import math
import re
from datetime import datetime

from proveout.evidence.model import Evidence, Interval

MOST_DECIMALS = 4

_MONEY = re.compile(r"(?P<currency>[A-Z]{3})(?:/(?P<per>[a-z]+))?")
"""'EUR', or per something: 'EUR/month'."""
_EACH = re.compile(r"(?P<what>[a-z][a-z ]{2,})/(?P<per>[a-z]{3,})")
"""'minutes/flight': two words, and no 'rows/s'."""
_SMALL_CHANGE = 0.1
"""Below it parts of a cent matter."""


def figure(value: float, unit: str, interval: Interval | None = None) -> str:
    """Write a value in its unit.

    >>> figure(0.87224, "fraction", Interval(low=0.8711, high=0.8734, level=0.95, method="wilson"))
    '87.2 %'
    """
    if unit == "flag":
        return "yes" if value else "no"
    scale = 100.0 if unit == "fraction" else 1.0
    width = None if interval is None else (interval.high - interval.low) * scale
    digits = _digits(value * scale, width, is_share=unit == "fraction", is_money=_is_money(unit))
    return with_unit(digits, unit)


def with_unit(number: str, unit: str) -> str:
    """Put the unit behind a number; a count needs none."""
    if unit in ("count", "*", ""):
        return number
    return f"{number} {unit_in_words(unit)}"


def unit_in_words(unit: str) -> str:
    """Write a unit as it is read: '%', 'EUR a month', 'minutes an invoice'.

    >>> unit_in_words("minutes/invoice")
    'minutes an invoice'
    """
    if unit == "fraction":
        return "%"
    parted = _MONEY.fullmatch(unit) or _EACH.fullmatch(unit)
    if parted is None or not parted["per"]:
        return unit
    article = "an" if parted["per"][0] in "aeiou" else "a"
    return f"{parted[1]} {article} {parted['per']}"


def span(interval: Interval, unit: str) -> str:
    """Write an interval: '87.1 to 87.3 %'."""
    low, high = figure(interval.low, unit, interval), figure(interval.high, unit, interval)
    suffix = with_unit("", unit)
    return f"{low.removesuffix(suffix)} to {high}" if suffix else f"{low} to {high}"


def evidence_figure(evidence: Evidence) -> str:
    """Write the value of one fact, without its uncertainty."""
    return figure(evidence.value, evidence.unit, evidence.interval)


def spanned_figure(evidence: Evidence, *, unit: str | None = None) -> str:
    """Write a fact with its interval, where its sample size stands beside: '87.2 % (87.1 to …)'.

    `unit` overrides that of the evidence, where what it is said per stands in the sentence.
    """
    shown = evidence.unit if unit is None else unit
    value = figure(evidence.value, shown, evidence.interval)
    if evidence.interval is None:
        return value
    return f"{value} ({span(evidence.interval, _said_once(shown))})"


def full_figure(evidence: Evidence, *, unit: str | None = None) -> str:
    """Write a fact with all that makes it evidence: '87.2 % (87.1 to 87.3 %; n = 336,776)'.

    `unit` overrides that of the evidence: an area or a distance from 0 to 1 is no percentage (''),
    and what money is paid for may stand in the sentence ('EUR' for 'EUR/month').
    """
    if evidence.unit == "flag":
        return evidence_figure(evidence)
    shown = evidence.unit if unit is None else unit
    inside = [] if evidence.interval is None else [span(evidence.interval, _said_once(shown))]
    inside.append(f"n = {evidence.n:,}")
    return f"{figure(evidence.value, shown, evidence.interval)} ({'; '.join(inside)})"


def currency_of(unit: str) -> str:
    """Return the currency of a price: 'EUR' of 'EUR/month'."""
    return unit.partition("/")[0]


def day(moment: datetime) -> str:
    """Write a date."""
    return moment.strftime("%Y-%m-%d")


def minute(moment: datetime) -> str:
    """Write a moment to the minute, with its zone."""
    return moment.strftime("%Y-%m-%d %H:%M %Z")


def short_hash(text: str) -> str:
    """Cut a fingerprint for the eye; the full one stands in the JSON report."""
    kind, _, digest = text.rpartition(":")
    return f"{kind + ':' if kind else ''}{digest[:12]}"


def _said_once(unit: str) -> str:
    """What it is counted for stands beside the value, and not once more beside its interval."""
    return currency_of(unit) if _is_money(unit) or _EACH.fullmatch(unit) else unit


def _is_money(unit: str) -> bool:
    return _MONEY.fullmatch(unit) is not None


def _digits(value: float, width: float | None, *, is_share: bool, is_money: bool) -> str:
    if is_share and value in (0.0, 100.0):
        decimals = 0
    elif width is not None and width > 0:
        decimals = max(0, -math.floor(math.log10(width / 2) + 1e-9))
    elif value == int(value):
        decimals = 0
    elif is_share:
        decimals = 1
    else:
        decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    decimals = min(decimals, _most_decimals(value, is_share=is_share))
    if is_money and (decimals == 1 or (decimals > 1 and abs(value) >= _SMALL_CHANGE)):
        decimals = 2  # as it is written: 12.30 EUR
    if is_share:
        # 99.98 % is not 100 %, and 3 of 100,000 is not none.
        while decimals < MOST_DECIMALS and _hides_the_difference(value, decimals):
            decimals += 1
    if is_money and width is not None and width > 0:
        value = _to_the_step(value, width)
    return f"{value:,.{decimals}f}"


def _to_the_step(value: float, width: float) -> float:
    """Round large money to a tenth of what is unsure: 2,520,000, not 2,516,027."""
    step = 10.0 ** (math.floor(math.log10(width / 2) + 1e-9) - 1)
    return round(value / step) * step if step > 1 and math.isfinite(value) else value


def _most_decimals(value: float, *, is_share: bool) -> int:
    """Allow more for what is small: what a request costs would read as 0.0005."""
    if is_share or value == 0:
        return MOST_DECIMALS
    return max(MOST_DECIMALS, 2 - math.floor(math.log10(abs(value))))


def _hides_the_difference(value: float, decimals: int) -> bool:
    shown = round(value, decimals)
    return shown in (0.0, 100.0) and shown != value
