"""The arithmetic of accounts: hold all or none, book what was taken. Pure.

Whoever calls has read the rows of all keys, nobody else writes them meanwhile, and what changed is
written in one transaction with the holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from proveout.runtime.budget.calendar import Periods
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.plan import Bound, Hold, Key, Planner
from proveout.runtime.budget.policy import KINDS
from proveout.runtime.budget.words import amount_words
from proveout.runtime.call import Amounts
from proveout.runtime.ports import OverBudget

Row = list[int]
"""Held and used money, tokens, requests; the second in which people were told that a limit is near,
is reached; 0 where they were not."""
USED, TOLD, EXCEEDED = 3, 6, 7
"""Where in a row these begin; what is held comes first."""

BUSY_RETRY_S = 1
"""Where only what is held stands in the way: calls that end make room."""
MOST_OF_A_CALL = 10**16
"""Ten million units of a currency: a call that may take more is not let in, whatever the limits."""
MOST_COUNTED = 9 * 10**18
"""What fits into 64 bits; an account that has used so much stays there."""


def empty() -> Row:
    """Return an account in which nothing has happened."""
    return [0, 0, 0, 0, 0, 0, 0, 0]


class Books:
    """The rows that one transaction has read, and what it makes of them."""

    def __init__(self, planner: Planner, pilot: str, rows: dict[Key, Row], now: float) -> None:
        self._planner = planner
        self._pilot = pilot
        self._rows = rows
        self._now = now
        self.changed: set[Key] = set()
        self.notices: list[Notice] = []

    def admit(self, hold: Hold) -> OverBudget | None:
        """Hold it in all of its accounts, or in none and say which limit is reached."""
        asked = (hold.money, hold.tokens, hold.requests)
        if max(asked) > MOST_OF_A_CALL:
            return self._too_much(asked)
        rows = self._rows
        for bound in hold.plan.bounds:
            row = rows[bound.key]
            place = bound.place
            if row[place] + row[place + USED] + asked[place] > bound.most:
                self._tell_exceeded(bound, row, asked[place])
                if self._planner.policy.on_exceeded != "notify":
                    return self._refusal(bound, row, asked[place])
        self.hold(hold)
        return None

    def hold(self, hold: Hold) -> None:
        """Hold it whatever the limits say."""
        rows, money, tokens, requests = self._rows, hold.money, hold.tokens, hold.requests
        for key in hold.plan.keys:
            row = rows[key]
            row[0] += money
            row[1] += tokens
            row[2] += requests
        self.changed.update(hold.plan.keys)

    def settle(self, hold: Hold, used: Amounts) -> None:
        """Give back what is held, and book what was used."""
        rows, money, tokens, requests = self._rows, hold.money, hold.tokens, hold.requests
        for key in hold.plan.keys:
            row = rows[key]
            row[0] -= money
            row[1] -= tokens
            row[2] -= requests
            row[3] += used.money
            row[4] += used.tokens
            row[5] += used.requests
            if min(row[:USED]) < 0 or max(row) > MOST_COUNTED:
                # Somebody changed the account by hand, or a system says nonsense: go on.
                row[:TOLD] = [min(max(each, 0), MOST_COUNTED) for each in row[:TOLD]]
        self.changed.update(hold.plan.keys)
        for bound in hold.plan.bounds:
            row = rows[bound.key]
            if not row[TOLD] and row[bound.place + USED] >= bound.near:
                self._tell_near(bound, row)
        if money < used.money or tokens < used.tokens or requests < used.requests:
            self._tell_excess(hold, used)

    def _too_much(self, asked: tuple[int, int, int]) -> OverBudget:
        kind = KINDS[asked.index(max(asked))]
        most = amount_words(kind, MOST_OF_A_CALL, self._planner.policy.currency)
        return OverBudget(limit=f"one call, {most}", retry_after_s=None, on_exceeded="block")

    def _refusal(self, bound: Bound, row: Row, asked: int) -> OverBudget:
        begins = self._periods().begins_anew(bound.span)
        retry = None if begins is None else max(1, int(-(-(begins - self._now) // 1)))
        if row[bound.place + USED] + asked <= bound.most:
            retry = BUSY_RETRY_S
        on_exceeded = self._planner.policy.on_exceeded
        return OverBudget(
            limit=self._planner.words(bound),
            retry_after_s=retry,
            on_exceeded="fallback" if on_exceeded == "fallback" else "block",
        )

    def _periods(self) -> Periods:
        return self._planner.calendar.at(self._now)

    def _tell_near(self, bound: Bound, row: Row) -> None:
        row[TOLD] = int(self._now)
        used = self._amount(bound, row[bound.place + USED])
        self._tell("near", bound, f"{used} of the limit '{self._planner.words(bound)}' are used.")

    def _tell_exceeded(self, bound: Bound, row: Row, asked: int) -> None:
        if row[EXCEEDED]:
            return
        if row[bound.place + USED] + asked <= bound.most:
            return  # it is only held, and most of it will come back
        row[EXCEEDED] = int(self._now)
        self.changed.add(bound.key)
        what = {
            "notify": "Calls go on.",
            "block": "Calls are refused.",
            "fallback": "The fallback answers.",
        }[self._planner.policy.on_exceeded]
        self._tell(
            "exceeded", bound, f"The limit '{self._planner.words(bound)}' is reached. {what}"
        )

    def _tell_excess(self, hold: Hold, used: Amounts) -> None:
        limited = {bound.kind for bound in hold.plan.bounds}
        held = {"money": hold.money, "tokens": hold.tokens, "requests": hold.requests}
        for kind in KINDS:
            took = getattr(used, kind)
            if kind in limited and took > held[kind]:
                currency = self._planner.policy.currency
                self.notices.append(
                    Notice(
                        kind="excess",
                        pilot=self._pilot,
                        text=f"Call {hold.call} took {amount_words(kind, took, currency)}, and "
                        f"{amount_words(kind, held[kind], currency)} were held for it; all of it "
                        "is booked.",
                        at=self._now,
                    )
                )

    def _tell(self, kind: Literal["near", "exceeded"], bound: Bound, text: str) -> None:
        self.notices.append(
            Notice(
                kind=kind,
                pilot=self._pilot,
                text=text,
                at=self._now,
                account=bound.account,
                period=bound.key[1],
                limit=self._planner.words(bound),
            )
        )

    def _amount(self, bound: Bound, amount: int) -> str:
        return amount_words(bound.kind, amount, self._planner.policy.currency)


def keys_of(holds: Iterable[Hold]) -> set[Key]:
    """Return all accounts and periods that these calls are booked to."""
    keys: set[Key] = set()
    for hold in holds:
        keys.update(hold.plan.keys)
    return keys
