"""A rule of the company's own: what nobody can know from a confidence."""

from typing import Any


def vat_adds_up(_request: Any, answer: Any) -> str | None:
    """Say so where net and VAT are not the total; the answer then goes to a person."""
    try:
        net, vat, total = (float(answer[name]) for name in ("net", "vat", "total"))
    except (KeyError, TypeError, ValueError):
        return None  # a reminder has no amounts; an answer that is none is told as such anyway
    if abs(net + vat - total) <= 0.01:
        return None
    return "net and VAT are not the total"
