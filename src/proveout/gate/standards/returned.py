"""What it returns: asked before it widens, and as long as it stays (R702)."""

from __future__ import annotations

from proveout.evidence.model import Subject
from proveout.gate.model import Criterion
from proveout.gate.standards.terms import days, in_production

_FULL = Subject.of(scenario="full")
_WRITE = (
    "Write under value.returns what it costs and what a better figure is worth, measure the run "
    "cost (proveout check cost), then: proveout check value."
)


PAYS: tuple[Criterion, ...] = (
    in_production(
        "scale", "npv", "value.npv", ">=", 0, max_age=days(92), subject=_FULL,
        title="At full size it is worth more than it costs, what was spent included",
        fix=f"{_WRITE} Its details show what it depends on most.",
        sources=("R702", "below zero, money in the bank brings more (value.returns.discount_rate)"),
    ),
    in_production(
        "scale", "payback", "value.payback_months", "<=", 24, max_age=days(92), subject=_FULL,
        title="At full size it has paid back all that was spent within {}",
        fix=f"{_WRITE} Or lower what the rollout costs.",
        sources=(
            "R702",
            "24 months: a convention; firms that ask for 50 to 100 % a year of their money back "
            "(Anderson and Newell 2004) wait one to two years",
        ),
    ),
)  # fmt: skip
"""With their bounds. Effect and run cost must be measured; support, training and the worth of a
unit are the charter's and stand in the details."""

STILL_PAYS: Criterion = in_production(
    "continue", "net-per-month", "value.net_per_month", ">=", 0, max_age=days(31), subject=_FULL,
    title="A month brings more than it costs",
    fix=f"{_WRITE} Bring down what a month costs, or end it.",
    sources=("R702", "R801", "what was spent is spent: only months to come can be saved"),
)  # fmt: skip
