"""Limits as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.runtime.budget import Policy, Rule, policy_from, read_limit

HINT = (
    "Write an amount, a unit, a period (day, month, life) and whose it is (per team|user|key), for "
    "example: 10USD/day, or 5000tokens/day per user"
)


@pytest.mark.parametrize(
    ("text", "rule", "currency"),
    [
        ("10USD/day", Rule(per="pilot", span="day", money=10 * 10**9), "USD"),
        ("0.25 eur / month", Rule(per="pilot", span="month", money=250_000_000), "EUR"),
        ("1,000 requests", Rule(per="pilot", span="life", requests=1000), None),
        ("1 request/day per key desk", Rule(per="key", only="desk", span="day", requests=1), None),
        ("5_000tokens/DAY per User", Rule(per="user", span="day", tokens=5000), None),
        ("5000 tokens/day/user", Rule(per="user", span="day", tokens=5000), None),
        ("100 requests per user per day", Rule(per="user", span="day", requests=100), None),
        ("1 USD per team claims per month",
         Rule(per="team", only="claims", span="month", money=10**9), "USD"),
        ("1USD per team a/b", Rule(per="team", only="a/b", span="life", money=10**9), "USD"),
    ],
)  # fmt: skip
def test_a_limit_is_read(text: str, rule: Rule, currency: str | None) -> None:
    """Amount, unit, period, and of whom; spaces and case do not matter."""
    assert read_limit(text) == (rule, currency)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not a limit of spending."),
        ("ten USD", "'ten USD' is not a limit of spending."),
        ("-1USD/day", "'-1USD/day' is not a limit of spending."),
        ("10USD/week", "'10USD/week': 'week' is no period; there are day, month and life."),
        ("10USD/d", "'10USD/d': 'd' is no period; there are day, month and life."),
        ("10USD/day/month", "'10USD/day/month' has two periods."),
        ("10USD per user per key", "'10USD per user per key' says twice whose it is."),
        ("10USD per day claims", "'10USD per day claims' is not a limit of spending."),
        ("10USD per team claims/day", "'10USD per team claims/day': 'claims/day' may be a name, or "
         "a name and a period; write the period first."),
        ("10DOLLARS", "'10DOLLARS': 'DOLLARS' is no currency, nor is it tokens or requests."),
        ("0USD", "'0USD': the amount must be above 0 and no more than 9,000,000,000."),
        ("1.5 requests", "'1.5 requests': requests are counted in whole numbers."),
        ("0.0000000001USD", "'0.0000000001USD': the amount must be at least a billionth."),
        ("1USD per floor", "'1USD per floor': there are no limits per 'floor', but per team, user "
         "or key."),
        ("1USD per pilot x", "'1USD per pilot x': the pilot is one; 'per pilot' takes no name."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_limit_is_said(text: str, said: str) -> None:
    """With an example of a right one."""
    with pytest.raises(InputError) as caught:
        read_limit(text)

    assert str(caught.value) == f"The budget cannot be read: {said}\n{HINT}"


@given(
    amount=st.decimals(Decimal("0.000000001"), Decimal(9000000000), places=9),
    span=st.sampled_from(["day", "month", "life"]),
    per=st.sampled_from(["team", "user", "key"]),
)
def test_no_billionth_is_lost(amount: Decimal, span: str, per: str) -> None:
    """Money is read exactly."""
    rule, currency = read_limit(f"{amount:f}CHF/{span} per {per}")

    assert (rule.money, rule.span, rule.per) == (int(amount * 10**9), span, per)
    assert currency == "CHF"


def test_options_make_a_policy_that_blocks() -> None:
    """Whoever gives a limit on the command line means it."""
    assert policy_from(("10USD/day", "100tokens/day per user"), 1000) == Policy(
        currency="USD",
        rules=(
            Rule(per="pilot", span="day", money=10 * 10**9),
            Rule(per="user", span="day", tokens=100),
            Rule(per="pilot", span="life", requests=1000),
        ),
        on_exceeded="block",
    )


@pytest.mark.parametrize(
    ("budget", "requests", "said"),
    [
        (("1USD", "1EUR/day"), None,
         "'1USD' and '1EUR/day' are in different currencies; a budget has one."),
        ((), 0, "--budget-requests 0: the amount must be above 0."),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(
    budget: tuple[str, ...], requests: int | None, said: str
) -> None:
    """Before anything is served."""
    with pytest.raises(InputError) as caught:
        policy_from(budget, requests)

    assert caught.value.message == f"The budget cannot be read: {said}"
