"""How limits stand now, and who has spent what: from the accounts in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import or_, select

from proveout.errors import InputError
from proveout.runtime.budget.calendar import LIFE, SPANS, Calendar, Span
from proveout.runtime.budget.policy import KINDS, Kind, Policy, Rule
from proveout.runtime.budget.words import amount_words, limit_words
from proveout.runtime.call import MONEY_UNIT, Amounts
from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import ACCOUNTS

AccountBy = Literal["team", "user", "key", "day"]
NOBODY = "(not known)"
"""Who asked without a team, a user or a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A day, a month or all of the time, by its name in the accounts."""

    name: str
    since: datetime | None
    until: datetime | None

    def __str__(self) -> str:
        return "the whole life" if self.name == LIFE else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account in one period."""

    name: str
    period: str
    held: Amounts
    used: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One limit of one account, as it stands."""

    account: str
    span: Span
    kind: Kind
    currency: str
    most: int
    used: int
    held: int
    begins_anew: datetime | None

    @property
    def left(self) -> int:
        """What may still be asked for; below 0 where calls go on above a limit."""
        return self.most - self.used - self.held

    @property
    def words(self) -> str:
        """Say which limit it is."""
        return limit_words(self.account, self.span, self.kind, self.most, self.currency)

    def amount(self, amount: int) -> str:
        """Write an amount of its kind."""
        return amount_words(self.kind, amount, self.currency)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values; money in units of the currency."""
        names = ("most", "used", "held", "left")
        unit = MONEY_UNIT if self.kind == "money" else 1
        return {
            "account": self.account,
            "span": self.span,
            "kind": self.kind,
            **{name: getattr(self, name) / unit for name in names},
            "begins_anew": None if self.begins_anew is None else self.begins_anew.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one team, user, version … took."""

    name: str
    used: Amounts

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values; money in units of the currency."""
        used = self.used
        return {
            "name": self.name,
            "money": used.money / MONEY_UNIT,
            "tokens": used.tokens,
            "requests": used.requests,
        }


def accounts(store: Store, pilot: str, periods: Iterable[str]) -> list[Account]:
    """Read the accounts of these periods, and those of the pilot itself of all."""
    query = select(ACCOUNTS).where(
        ACCOUNTS.c.pilot == pilot,
        or_(ACCOUNTS.c.period.in_(tuple(periods)), ACCOUNTS.c.account == "pilot"),
    )
    with store.reading() as connection:
        rows = connection.execute(query.order_by(ACCOUNTS.c.account, ACCOUNTS.c.period)).all()
    return [
        Account(
            name=row.account,
            period=row.period,
            held=Amounts(row.held_money, row.held_tokens, row.held_requests),
            used=Amounts(row.used_money, row.used_tokens, row.used_requests),
        )
        for row in rows
    ]


def standings(found: list[Account], policy: Policy, now: float) -> list[Standing]:
    """Return how every limit stands; one that nobody has touched yet stands at nothing."""
    calendar = Calendar(policy.time_zone)
    periods = calendar.at(now)
    names = dict(zip(SPANS, periods.names, strict=True))
    by_key = {(each.name, each.period): each for each in found}
    standing = []
    for rule in policy.rules:
        period = names[rule.span]
        moment = periods.begins_anew(rule.span)
        anew = None if moment is None else datetime.fromtimestamp(moment, calendar.zone)
        for account in _under(rule, found, period):
            known = by_key.get((account, period))
            for kind, most in rule.limits():
                standing.append(
                    Standing(
                        account=account,
                        span=rule.span,
                        kind=kind,
                        currency=policy.currency,
                        most=most,
                        used=0 if known is None else getattr(known.used, kind),
                        held=0 if known is None else getattr(known.held, kind),
                        begins_anew=anew,
                    )
                )
    return standing


def _under(rule: Rule, found: list[Account], period: str) -> list[str]:
    if rule.per == "pilot":
        return ["pilot"]
    if rule.only is not None:
        return [f"{rule.per}:{rule.only}"]
    return [each.name for each in found if each.period == period and rule.holds_for(each.name)]


def spent_by(found: list[Account], by: AccountBy, period: Period) -> list[Spent]:
    """Return who took what in a period, the most first; what is nobody's is told as such."""
    if by == "day":
        return [Spent(name=each.period, used=each.used) for each in _days(found, period)]
    named = [
        Spent(name=each.name.partition(":")[2], used=each.used)
        for each in found
        if each.period == period.name and each.name.startswith(f"{by}:")
    ]
    total = spent_in(found, period)
    rest = Amounts(
        *(getattr(total, kind) - sum(getattr(each.used, kind) for each in named) for kind in KINDS)
    )
    if rest != Amounts():
        named.append(Spent(name=NOBODY, used=rest))
    return most_first(named)


def spent_in(found: list[Account], period: Period) -> Amounts:
    """Return what the pilot took in a period."""
    of_pilot = (each for each in found if each.name == "pilot" and each.period == period.name)
    return next((each.used for each in of_pilot), Amounts())


def most_first(spent: list[Spent]) -> list[Spent]:
    """Sort by money, then tokens, then requests."""
    return sorted(spent, key=lambda e: (-e.used.money, -e.used.tokens, -e.used.requests, e.name))


def read_period(text: str, time_zone: str, now: float) -> Period:
    """Read 'day', 'month', 'life', '2026-11' or '2026-11-21'. Raises InputError."""
    calendar = Calendar(time_zone)
    today = calendar.at(now)
    name = {"day": today.day, "month": today.month, "life": LIFE}.get(text, text)
    if name == LIFE:
        return Period(name=LIFE, since=None, until=None)
    for form in ("%Y-%m-%d", "%Y-%m"):
        try:
            begins = datetime.strptime(name, form).replace(tzinfo=calendar.zone)
        except ValueError:
            continue
        periods = calendar.at(begins.timestamp())
        ends = periods.next_day if form == "%Y-%m-%d" else periods.next_month
        if name == begins.strftime(form):
            return Period(name=name, since=begins, until=datetime.fromtimestamp(ends, UTC))
    raise InputError(
        f"'{text}' is no period.",
        hint="Write day, month or life, or one of its own: --period 2026-11, --period 2026-11-21",
    )


def _days(found: list[Account], period: Period) -> Iterator[Account]:
    for each in found:
        is_day = each.period.count("-") == 2  # '2026-11-21'
        in_period = period.name == LIFE or each.period.startswith(period.name)
        if each.name == "pilot" and is_day and in_period:
            yield each
