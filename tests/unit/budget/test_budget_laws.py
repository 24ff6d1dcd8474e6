"""The laws of accounts: never above a limit, and nothing comes from nowhere."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from proveout.charter.schema.standard import Budget, Limit
from proveout.runtime.budget import Notice, Policy, Rule, policy_of
from proveout.runtime.budget.books import Books, Row, empty
from proveout.runtime.budget.plan import Hold, Key, Planner
from proveout.runtime.budget.policy import KINDS, accounts_of
from proveout.runtime.call import Amounts, Caller
from proveout.runtime.ports import OverBudget

NOON = 1_795_262_400.0
"""2026-11-21, 12:00 UTC."""
LIMITS = (
    Rule(per="pilot", span="day", requests=5, money=60),
    Rule(per="team", span="month", money=40),
    Rule(per="user", only="ada", span="life", tokens=30),
)
POLICY = Policy(currency="EUR", rules=LIMITS)
CALLERS = st.builds(
    Caller,
    client=st.sampled_from([None, "desk"]),
    team=st.sampled_from([None, "claims", "sales"]),
    user=st.sampled_from([None, "ada", "bob"]),
)
AMOUNTS = st.builds(
    Amounts, money=st.integers(0, 25), tokens=st.integers(0, 20), requests=st.just(1)
)


class Bookkeeping(RuleBasedStateMachine):
    """Calls come and end, time goes on; a slow and simple ledger of them is kept beside."""

    def __init__(self) -> None:
        super().__init__()
        self.planner = Planner(POLICY)
        self.rows: dict[Key, Row] = {}
        self.open: dict[str, Hold] = {}
        self.ended: list[tuple[Hold, Amounts]] = []
        self.now = NOON
        self.n = 0

    @rule(caller=CALLERS, most=AMOUNTS)
    def admit(self, caller: Caller, most: Amounts) -> None:
        """A call comes: it is held everywhere or nowhere."""
        self.n += 1
        plan = self.planner.plan(caller, self.now)
        hold = Hold(f"c{self.n}", plan, most.money, most.tokens, most.requests, self.now)
        before = {key: list(row) for key, row in self.rows.items()}
        if self.books(hold).admit(hold) is None:
            self.open[hold.call] = hold
            return
        for key, row in self.rows.items():
            assert row[:6] == before.get(key, empty())[:6]
        assert any(
            sum(self.sums(bound.key)[place] for place in (bound.place, bound.place + 3))
            + (most.money, most.tokens, most.requests)[bound.place]
            > bound.most
            for bound in plan.bounds
        )

    @precondition(lambda self: self.open)
    @rule(data=st.data(), share=st.floats(0, 1))
    def end(self, data: st.DataObject, share: float) -> None:
        """A call ends, and took no more than was held."""
        hold = self.open.pop(data.draw(st.sampled_from(sorted(self.open))))
        used = Amounts(int(hold.money * share), int(hold.tokens * share), hold.requests)
        self.books(hold).settle(hold, used)
        self.ended.append((hold, used))

    @rule(hours=st.integers(1, 800))
    def wait(self, hours: int) -> None:
        """Days and months go by, with calls under way."""
        self.now += hours * 3600.0

    @invariant()
    def never_above_a_limit(self) -> None:
        """Held and used together."""
        plans = {hold.plan for hold in (*self.open.values(), *(each for each, _ in self.ended))}
        for bound in {bound for plan in plans for bound in plan.bounds}:
            row = self.rows[bound.key]
            assert row[bound.place] + row[bound.place + 3] <= bound.most

    @invariant()
    def sums_balance(self) -> None:
        """Every account is the sum of its calls, in the period in which they came."""
        for key, row in self.rows.items():
            assert row[:6] == self.sums(key)

    def books(self, hold: Hold) -> Books:
        """Open the books as a transaction does."""
        for key in hold.plan.keys:
            self.rows.setdefault(key, empty())
        return Books(self.planner, "p", self.rows, self.now)

    def sums(self, key: Key) -> list[int]:
        """Add up the slow way."""
        held = [each for each in self.open.values() if key in each.plan.keys]
        used = [amounts for each, amounts in self.ended if key in each.plan.keys]
        return [sum(getattr(each, kind) for each in of) for of in (held, used) for kind in KINDS]


Bookkeeping.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBookkeeping = Bookkeeping.TestCase


def test_a_refusal_says_which_limit_and_when_it_begins_anew() -> None:
    """At noon a limit of the day has half a day to go."""
    clerk = Clerk(Policy(currency="EUR", rules=(Rule(per="team", span="day", money=10**10),)))
    clerk.spend(10**10, team="claims")

    assert clerk.ask(1, team="claims") == OverBudget(
        limit="team claims, 10.00 EUR a day", retry_after_s=43_200, on_exceeded="block"
    )
    assert clerk.ask(1, team="sales") is None


def test_where_only_holds_stand_in_the_way_one_may_soon_try_again() -> None:
    """Calls under way give back most of what is held for them."""
    clerk = Clerk(Policy(rules=(Rule(per="pilot", span="life", money=10),)))
    clerk.ask(10)

    refusal = clerk.ask(1)
    assert refusal is not None
    assert (refusal.limit, refusal.retry_after_s) == ("the pilot, 0.00000001 XXX in all", 1)
    assert clerk.notices == []


def test_people_are_told_once_that_a_limit_is_near_and_once_that_it_is_reached() -> None:
    """Per account and period, however many calls follow."""
    limits = (Rule(per="pilot", span="day", requests=10),)
    clerk = Clerk(Policy(rules=limits, on_exceeded="fallback"))
    for _ in range(13):
        if clerk.ask(0) is None:
            clerk.settle(0)

    assert [(each.kind, each.account, each.period, each.text) for each in clerk.notices] == [
        ("near", "pilot", "2026-11-21",
         "8 requests of the limit 'the pilot, 10 requests a day' are used."),
        ("exceeded", "pilot", "2026-11-21",
         "The limit 'the pilot, 10 requests a day' is reached. The fallback answers."),
    ]  # fmt: skip
    clerk.now += 86_400
    assert clerk.ask(0) is None


def test_notify_lets_calls_go_on_and_says_so() -> None:
    """The charter's default: nobody is stopped by a budget that nobody agreed should stop."""
    limits = (Rule(per="pilot", span="day", requests=1),)
    clerk = Clerk(Policy(rules=limits, on_exceeded="notify"))

    for _ in range(3):
        assert clerk.ask(0) is None
        clerk.settle(0)
    assert [each.text for each in clerk.notices if each.kind == "exceeded"] == [
        "The limit 'the pilot, 1 request a day' is reached. Calls go on."
    ]
    assert clerk.rows["pilot", "2026-11-21"][5] == 3


def test_a_call_that_took_more_than_was_held_is_booked_in_full_and_told() -> None:
    """The estimate was wrong; the account is not."""
    clerk = Clerk(Policy(currency="EUR", rules=(Rule(per="pilot", span="day", money=10**9),)))
    clerk.ask(5)
    clerk.settle(7)

    assert clerk.rows["pilot", "2026-11-21"][:6] == [0, 0, 0, 7, 0, 1]
    assert [each.text for each in clerk.notices] == [
        "Call c1 took 0.000000007 EUR, and 0.000000005 EUR were held for it; all of it is booked."
    ]


def test_a_charter_becomes_a_policy() -> None:
    """per_month and per_day hold for the pilot; a limit is never rounded up."""
    budget = Budget(
        currency="EUR",
        per_month=100,
        per_day=0.0000000019,
        limits=(Limit(per="user", only="ada", period="life", tokens=5),),
        on_exceeded="fallback",
    )

    assert policy_of(budget) == Policy(
        currency="EUR",
        rules=(
            Rule(per="pilot", span="month", money=100 * 10**9),
            Rule(per="pilot", span="day", money=1),
            Rule(per="user", only="ada", span="life", tokens=5),
        ),
        on_exceeded="fallback",
    )
    assert policy_of(None).rules == ()


@pytest.mark.parametrize(
    ("caller", "accounts"),
    [
        (Caller(), ("pilot",)),
        (Caller(client="desk", key="0f", team="t", user="u"),
         ("pilot", "team:t", "user:u", "key:desk")),
        (Caller(key="0f"), ("pilot", "key:0f")),
    ],
)  # fmt: skip
def test_a_caller_has_accounts(caller: Caller, accounts: tuple[str, ...]) -> None:
    """A key goes by the name of its client."""
    assert accounts_of(caller) == accounts


@given(names=st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=2, unique=True))
def test_an_account_is_of_one_team_alone(names: list[str]) -> None:
    """Whatever letters a name is made of."""
    rule_ = Rule(per="team", only=names[0], span="day", requests=1)

    assert rule_.holds_for(f"team:{names[0]}")
    assert not rule_.holds_for(f"team:{names[1]}")


class Clerk:
    """Asks and settles one call after the other, in memory."""

    def __init__(self, policy: Policy) -> None:
        self.planner = Planner(policy)
        self.rows: dict[Key, Row] = {}
        self.notices: list[Notice] = []
        self.now = NOON
        self._names = (f"c{n}" for n in itertools.count(1))
        self._last: Hold | None = None

    def ask(self, money: int, team: str | None = None) -> OverBudget | None:
        """Ask for one request that may cost so much."""
        plan = self.planner.plan(Caller(team=team), self.now)
        hold = Hold(next(self._names), plan, money, 0, 1, self.now)
        for key in plan.keys:
            self.rows.setdefault(key, empty())
        books = Books(self.planner, "p", self.rows, self.now)
        refusal = books.admit(hold)
        self.notices += books.notices
        self._last = hold if refusal is None else None
        return refusal

    def settle(self, money: int) -> None:
        """End the last one."""
        assert self._last is not None
        books = Books(self.planner, "p", self.rows, self.now)
        books.settle(self._last, Amounts(money=money, requests=1))
        self.notices += books.notices

    def spend(self, money: int, team: str) -> None:
        """Ask and end."""
        assert self.ask(money, team) is None
        self.settle(money)
        self.notices.clear()
