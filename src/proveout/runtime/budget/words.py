"""Accounts, limits and amounts in words. Pure."""

from __future__ import annotations

from decimal import Decimal

from proveout.runtime.budget.calendar import Span
from proveout.runtime.budget.policy import Kind
from proveout.runtime.call import MONEY_UNIT

_SPANS: dict[Span, str] = {"day": "a day", "month": "a month", "life": "in all"}


def limit_words(account: str, span: Span, kind: Kind, most: int, currency: str) -> str:
    """Return a limit in words.

    >>> limit_words("team:claims", "day", "money", 10_000_000_000, "EUR")
    'team claims, 10.00 EUR a day'
    """
    return f"{account_words(account)}, {amount_words(kind, most, currency)} {_SPANS[span]}"


def account_words(account: str) -> str:
    """Return an account in words: 'team claims', 'the pilot'."""
    per, _, name = account.partition(":")
    return f"{per} {name}" if name else "the pilot"


def amount_words(kind: Kind, amount: int, currency: str) -> str:
    """Return an amount with its unit."""
    if kind == "money":
        return f"{money_words(amount)} {currency}"
    one = kind.removesuffix("s")
    return f"{amount:,} {one if amount == 1 else kind}"


def money_words(amount: int) -> str:
    """Return money with at least two decimals and no more than it needs."""
    exact = f"{Decimal(amount) / MONEY_UNIT:,.9f}".rstrip("0")
    whole, _, cents = exact.partition(".")
    return f"{whole}.{cents:0<2}"
