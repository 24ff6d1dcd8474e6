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
    r"\s*(?P<amount>\d[\d_,]*(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)"
    r"(?:\s*/\s*(?P<span>[A-Za-z]+))?(?:\s+per\s+(?P<per>[A-Za-z]+)(?:\s+(?P<only>\S+))?)?\s*"
)
_SPANS: dict[str | None, Span] = {"day": "day", "month": "month", "life": "life", None: "life"}
_PER: dict[str | None, Per] = {
    "pilot": "pilot", "team": "team", "user": "user", "key": "key", None: "pilot",
}  # fmt: skip
_EXAMPLE = (
    "Write an amount, a unit and a period, for example: 10USD/day, or 5000tokens/day per user"
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
    if found is None:
        _refuse(f"'{text}' is not a limit of spending.")
    amount = Decimal(found["amount"].replace(",", "").replace("_", ""))
    span = found["span"] and found["span"].lower()
    per = found["per"] and found["per"].lower()
    if span not in _SPANS:
        _refuse(f"'{text}': '{found['span']}' is no period; there are day, month and life.")
    if per not in _PER:
        _refuse(f"'{text}': there are no limits per '{found['per']}', but per team, user or key.")
    if found["only"] and _PER[per] == "pilot":
        _refuse(f"'{text}': the pilot is one; 'per pilot' takes no name.")
    if not 0 < amount <= _MOST:
        _refuse(f"'{text}': the amount must be above 0 and no more than {_MOST:,}.")
    rule = Rule(per=_PER[per], span=_SPANS[span], only=found["only"])
    return _with_amount(text, rule, amount, found["unit"])


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
