"""Limits as people write them on the command line: '10USD/day', '2000 requests'. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from proveout.errors import InputError
from proveout.runtime.budget.calendar import Span
from proveout.runtime.budget.policy import NO_CURRENCY, Per, Policy, Rule, exact

_FORM = re.compile(
    r"\s*(?P<amount>\d[\d_,]*(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)(?P<parts>.*)", re.DOTALL
)
_PART = re.compile(
    r"(?:\s*/\s*|\s+per\s+)(?P<word>[A-Za-z]+)(?![^\s/])(?:\s+(?!per\s|/)(?P<only>\S+))?"
)
"""'/day', 'per day', 'per team', 'per team claims'."""
_SPANS: dict[str, Span] = {"day": "day", "month": "month", "life": "life"}
_PER: dict[str, Per] = {"pilot": "pilot", "team": "team", "user": "user", "key": "key"}
_EXAMPLE = (
    "Write an amount, a unit, a period (day, month, life) and whose it is (per team|user|key), for "
    "example: 10USD/day, or 5000tokens/day per user"
)
_MOST = 9_000_000_000
"""Of money; what is above does not fit into 64 bits as billionths."""


def read_limit(text: str) -> tuple[Rule, str | None]:
    """Read one limit; return it, and its currency where it limits money.

    Without a period it holds for the life of the pilot. Raises InputError.

    >>> rule, currency = read_limit("10USD/day per team claims")
    >>> rule.money, rule.span, rule.per, rule.only, currency
    (10000000000, 'day', 'team', 'claims', 'USD')
    """
    found = _FORM.fullmatch(text)
    parts = None if found is None else _parts(found["parts"])
    if found is None or parts is None:
        _refuse(f"'{text}' is not a limit of spending.")
    amount = Decimal(found["amount"].replace(",", "").replace("_", ""))
    rule = _for_whom(text, parts)
    if not 0 < amount <= _MOST:
        _refuse(f"'{text}': the amount must be above 0 and no more than {_MOST:,}.")
    return _with_amount(text, rule, amount, found["unit"])


def _parts(text: str) -> list[tuple[str, str | None]] | None:
    """Return each word after '/' or 'per', with the name after it; None where it is neither."""
    parts, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            return None
        parts.append((found["word"], found["only"]))
        at = found.end()
    return parts


def _for_whom(text: str, parts: list[tuple[str, str | None]]) -> Rule:
    """Read period and payer, in either order: both are words that cannot be taken for the other."""
    span: Span | None = None
    per: Per | None = None
    only = None
    for number, (word, name) in enumerate(parts):
        kind = word.lower()
        if kind in _SPANS:
            if span is not None:
                _refuse(f"'{text}' has two periods.")
            if name is not None:
                _refuse(f"'{text}' is not a limit of spending.")
            span = _SPANS[kind]
        elif kind in _PER:
            if per is not None:
                _refuse(f"'{text}' says twice whose it is.")
            per, only = _PER[kind], name
        elif number == 0 and "/" in text:
            _refuse(f"'{text}': '{word}' is no period; there are day, month and life.")
        else:
            _refuse(f"'{text}': there are no limits per '{word}', but per team, user or key.")
    if only and per == "pilot":
        _refuse(f"'{text}': the pilot is one; 'per pilot' takes no name.")
    if only and only.rpartition("/")[2].lower() in _SPANS:
        _refuse(
            f"'{text}': '{only}' may be a name, or a name and a period; write the period first."
        )
    return Rule(per=per or "pilot", span=span or "life", only=only)


def policy_from(budget: tuple[str, ...], requests: int | None) -> Policy:
    """Return the policy of `--budget` (any number of them) and `--budget-requests`.

    What is above a limit is refused. Raises InputError.
    """
    rules: list[Rule] = []
    currencies: dict[str, str] = {}
    for text in budget:
        rule, currency = read_limit(text)
        rules.append(rule)
        if currency is not None:
            currencies.setdefault(currency, text)
    if len(currencies) > 1:
        first, second, *_ = currencies.values()
        _refuse(f"'{first}' and '{second}' are in different currencies; a budget has one.")
    if requests is not None:
        if requests < 1:
            _refuse(f"--budget-requests {requests}: the amount must be above 0.")
        rules.append(Rule(per="pilot", span="life", requests=requests))
    currency = next(iter(currencies), NO_CURRENCY)
    return Policy(currency=currency, rules=tuple(rules), on_exceeded="block")


def _with_amount(text: str, rule: Rule, amount: Decimal, unit: str) -> tuple[Rule, str | None]:
    kind = unit.lower()
    if kind in ("token", "tokens", "request", "requests"):
        if amount != int(amount):
            _refuse(f"'{text}': {kind} are counted in whole numbers.")
        if kind.startswith("token"):
            return replace(rule, tokens=int(amount)), None
        return replace(rule, requests=int(amount)), None
    if len(unit) != 3:
        _refuse(f"'{text}': '{unit}' is no currency, nor is it tokens or requests.")
    if exact(amount) == 0:
        _refuse(f"'{text}': the amount must be at least a billionth.")
    return replace(rule, money=exact(amount)), unit.upper()


def _refuse(what: str) -> NoReturn:
    raise InputError(f"The budget cannot be read: {what}", hint=_EXAMPLE)
