"""A gateway for a first try: a few options stand for a charter, and from there is one way on."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from proveout.charter.schema import Charter
from proveout.charter.schema.standard import Price
from proveout.errors import InputError

PILOT = "gateway"
_SECONDS = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>ms|s|m|min)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, None: 1.0}
_MOST_MONEY = 1_000_000.0


def read_seconds(text: str) -> float:
    """Read a duration. Raises InputError.

    >>> read_seconds("10s"), read_seconds("500ms")
    (10.0, 0.5)
    """
    match = _SECONDS.fullmatch(text.strip())
    found = 0.0 if match is None else float(match["number"]) * _UNITS[match["unit"]]
    if found <= 0:
        raise InputError(
            f"'{text}' is no time.", hint="Write it with its unit, for example: --deadline 10s"
        )
    return found


def charter_of(
    *,
    upstream: str,
    deadline_s: float | None = None,
    log: str | None = None,
    store: str | None = None,
    fallback: str | None = None,
) -> Charter:
    """Return the charter that the options stand for. Raises InputError."""
    gateway: dict[str, Any] = {
        "deadline_s": deadline_s, "log": log, "store": store, "fallback": fallback,
    }  # fmt: skip
    plain: dict[str, Any] = {
        "pilot": PILOT,
        "system": {"http": upstream},
        "gateway": {key: value for key, value in gateway.items() if value is not None},
    }
    try:
        return Charter.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}.", hint="See: proveout gateway --help") from None


def read_price(price: str | None, currency: str, *, is_needed: bool) -> Price | None:
    """Read a price: so much per request, or the name of a model in the price table.

    Where none is given, each request is priced by the model that it names. Raises InputError.
    """
    if price is None:
        if is_needed and currency != "USD":
            raise InputError(
                f"What a request costs in {currency} is not known: the price table is in USD.",
                hint=f"Say it, for example: --price 0.002 ({currency} per request)",
            )
        return None
    try:
        amount = float(price)
    except ValueError:
        return Price(model=price)
    if not 0 <= amount < _MOST_MONEY:
        raise InputError(
            f"'{price}' is no price of a request.", hint="Write it as a number: --price 0.002"
        )
    return Price(per_request=amount)
