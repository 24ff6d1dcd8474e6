"""A rule of the company's own: what nobody can know from a confidence."""

import json
from typing import Any


def vat_adds_up(_request: Any, answer: Any) -> str | None:
    """Say so where net and VAT are not the total; the answer then goes to a person."""
    try:
        fields = json.loads(answer["choices"][0]["message"]["content"])
        net, vat, total = (float(fields[name]) for name in ("net", "vat", "total"))
    except (KeyError, IndexError, TypeError, ValueError):
        return None  # an answer without these fields is told as such anyway
    if abs(net + vat - total) <= 0.01:
        return None
    return f"net {net:.2f} and VAT {vat:.2f} are not the total of {total:.2f}"
