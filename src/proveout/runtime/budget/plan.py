"""Which accounts a call belongs to, and which limits hold for it: worked out once per caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from proveout.runtime.budget.calendar import SPANS, Calendar, Periods, Span
from proveout.runtime.budget.policy import KINDS, Kind, Policy, accounts_of
from proveout.runtime.budget.words import limit_words
from proveout.runtime.call import Caller

Key = tuple[str, str]
"""Account and period."""

MOST_REMEMBERED = 20_000


class Bound(NamedTuple):
    """One limit of one account in one period."""

    key: Key
    place: int
    """Of the kind in KINDS."""
    most: int
    near: int
    """From here on people are told."""
    span: Span
    account: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call is booked to. The same one for all calls of a caller on a day."""

    accounts: tuple[str, ...]
    periods: tuple[str, ...]
    keys: tuple[Key, ...]
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """The most that a call may take, until it is known what it took."""

    call: str
    plan: Plan
    money: int
    tokens: int
    requests: int
    at: float


class Planner:
    """Makes plans, and remembers those of today."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.calendar = Calendar(policy.time_zone)
        self._today: Periods | None = None
        self._plans: dict[Caller, Plan] = {}

    def plan(self, caller: Caller, now: float) -> Plan:
        """Return the plan of a call that comes now."""
        today = self.calendar.at(now)
        if today is not self._today or len(self._plans) > MOST_REMEMBERED:
            self._today = today
            self._plans.clear()
        found = self._plans.get(caller)
        if found is None:
            found = self._plans[caller] = self.of(accounts_of(caller), today.names)
        return found

    def of(self, accounts: tuple[str, ...], periods: tuple[str, ...]) -> Plan:
        """Return the plan of known accounts and periods, as of a hold that was found."""
        policy = self.policy
        bounds = [
            Bound(
                key=(account, periods[SPANS.index(rule.span)]),
                place=KINDS.index(kind),
                most=most,
                near=near(most, policy.notify_at),
                span=rule.span,
                account=account,
                kind=kind,
            )
            for account in accounts
            for rule in policy.rules_for(account)
            for kind, most in rule.limits()
        ]
        keys = tuple((account, period) for account in accounts for period in periods)
        return Plan(accounts, periods, keys, tuple(bounds))

    def words(self, bound: Bound) -> str:
        """Return a limit in words."""
        return limit_words(bound.account, bound.span, bound.kind, bound.most, self.policy.currency)


def near(most: int, share: float) -> int:
    """Return from how much on a limit is near."""
    return -int(-most * share // 1)
