"""Figures in words, for reasons and notes."""

from __future__ import annotations

from proveout.charter.schema import Comparison


def figure(value: float, unit: str) -> str:
    """Write one figure with its unit.

    >>> figure(0.9812, "fraction"), figure(1, "flag"), figure(12.5, "s")
    ('98.1 %', 'yes', '12.5 s')
    """
    match unit:
        case "fraction":
            return f"{_percent(value)} %"
        case "flag":
            return "yes" if value >= 1 else "no"
        case "*" | "":
            return _number(value)
        case _:
            return f"{_number(value)} {unit}"


def demand(comparison: Comparison, threshold: float, unit: str) -> str:
    """Write what is asked for: 'at least 98 %'.

    >>> demand("<=", 0.05, "fraction")
    'at most 5 %'
    """
    if unit == "flag":
        return "yes" if comparison == ">=" else "no"
    return f"{'at least' if comparison == '>=' else 'at most'} {figure(threshold, unit)}"


def _percent(share: float) -> str:
    """A share that is not all of it never reads as 100 %."""
    text = _number(share * 100)
    places = 1
    while text == "100" and share < 1 and places < 9:
        text = f"{share * 100:.{places}f}".rstrip("0").rstrip(".")
        places += 1
    return text


def _number(value: float) -> str:
    """Three significant digits, whole numbers from 1,000 on, and never an exponent."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    places = max(0, 2 - len(str(int(size)).lstrip("0")) + 1) if size >= 1 else 3
    if size < 1:
        while size * 10**places < 10 and places < 9:
            places += 1
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
