"""What may be spent, and what becomes of a call that would be more. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from proveout.charter.schema.standard import Budget
from proveout.runtime.budget.calendar import Span
from proveout.runtime.call import MONEY_UNIT, Caller

Per = Literal["pilot", "team", "user", "key"]
Kind = Literal["money", "tokens", "requests"]
KINDS: tuple[Kind, ...] = ("money", "tokens", "requests")
NO_CURRENCY = "XXX"
"""ISO 4217 for 'none': where nothing is said of money."""
LONGEST_NAME = 200
"""Letters of a team, user or key by which it is told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One limit: of the pilot, or of each team, user or key, or of one of them."""

    per: Per
    span: Span
    only: str | None = None
    money: int | None = None
    """In billionths."""
    tokens: int | None = None
    requests: int | None = None

    def limits(self) -> tuple[tuple[Kind, int], ...]:
        """Return what it limits, and to how much."""
        given = (("money", self.money), ("tokens", self.tokens), ("requests", self.requests))
        return tuple((kind, most) for kind, most in given if most is not None)  # type: ignore[misc]

    def holds_for(self, account: str) -> bool:
        """Tell whether an account is under it."""
        per, _, name = account.partition(":")
        return per == self.per and (self.only is None or name == self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that the charter says of spending in production."""

    currency: str = NO_CURRENCY
    rules: tuple[Rule, ...] = ()
    on_exceeded: Literal["notify", "block", "fallback"] = "block"
    notify_at: float = 0.8
    time_zone: str = "UTC"
    unfinished: Literal["charge", "release"] = "charge"
    when_unreachable: Literal["refuse", "allow"] = "refuse"
    _of_account: dict[str, tuple[Rule, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def rules_for(self, account: str) -> tuple[Rule, ...]:
        """Return the limits of an account."""
        found = self._of_account.get(account)
        if found is None:
            found = tuple(rule for rule in self.rules if rule.holds_for(account))
            if len(self._of_account) > 100_000:  # names come from outside, memory does not
                self._of_account.clear()
            self._of_account[account] = found
        return found


def policy_of(budget: Budget | None) -> Policy:
    """Return the policy of a charter; without a budget all is counted and nothing limited."""
    if budget is None:
        return Policy()
    rules = [Rule(per="pilot", span="month", money=exact(budget.per_month))]
    if budget.per_day is not None:
        rules.append(Rule(per="pilot", span="day", money=exact(budget.per_day)))
    rules += [
        Rule(
            per=limit.per,
            span=limit.period,
            only=limit.only,
            money=None if limit.money is None else exact(limit.money),
            tokens=limit.tokens,
            requests=limit.requests,
        )
        for limit in budget.limits
    ]
    return Policy(
        currency=budget.currency,
        rules=tuple(rules),
        on_exceeded=budget.on_exceeded,
        notify_at=budget.notify_at,
        time_zone=budget.time_zone,
        unfinished=budget.unfinished,
        when_unreachable=budget.when_unreachable,
    )


def exact(amount: float | Decimal) -> int:
    """Return an amount of money in billionths; a limit is never rounded up."""
    return int((Decimal(str(amount)) * MONEY_UNIT).to_integral_value(ROUND_FLOOR))


def accounts_of(caller: Caller) -> tuple[str, ...]:
    """Return the accounts that a caller's calls belong to; their names can be kept anywhere."""
    found = ["pilot"]
    if caller.team is not None:
        found.append(f"team:{_plain(caller.team)}")
    if caller.user is not None:
        found.append(f"user:{_plain(caller.user)}")
    key = caller.client or caller.key
    if key is not None:
        found.append(f"key:{_plain(key)}")
    return tuple(found)


def _plain(name: str) -> str:
    """Names come from requests: what no database or terminal takes is replaced, and cut."""
    name = name[:LONGEST_NAME]
    if name.isprintable():
        return name
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
