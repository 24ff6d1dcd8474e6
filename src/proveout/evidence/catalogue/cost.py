"""Metrics of the cost family: what a month at full size costs."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        name="cost.per_request",
        unit="*",
        direction="lower",
        family="engineering",
        meaning="What one request costs on average, in the currency of the budget.",
        computed=(
            "Mean over production rows put through the system: tokens, seconds and requests "
            "(retries among them) as measured, times their prices. Hall's t interval. In use: "
            "over the requests of the prediction log that reached the system."
        ),
        source="R404; Hall 1992",
    ),
    Metric(
        name="cost.monthly",
        unit="*",
        direction="lower",
        family="engineering",
        meaning="What a month at full use costs, in the currency of the budget.",
        computed=(
            "Requests of a month (users × requests a day × working days) times the cost of one, "
            "plus seats and what is fixed; with users=N, at that number of users. The interval "
            "is that of the cost per request. In use: what the days of the window cost, working "
            "days and weekends apart, times 30.44 days, plus seats and what is fixed; interval "
            "stratified-t over days, of which at least 7 are needed."
        ),
        source="R404, R902",
        dimensions=("users",),
    ),
    Metric(
        name="cost.budget_share",
        unit="fraction",
        direction="lower",
        family="engineering",
        meaning="What a month at full use costs, as a share of the budget; 1 uses it up.",
        computed="cost.monthly over the charter's budget.per_month.",
        source="R404",
    ),
    Metric(
        name="cost.per_transaction",
        unit="*",
        direction="lower",
        family="engineering",
        meaning="What one transaction costs, all in, beside what it costs by hand.",
        computed=(
            "cost.monthly at full use over the requests of a month that end in a usable answer; "
            "the details hold the manual process's cost."
        ),
        source="R404, R703",
    ),
    Metric(
        name="cost.spent",
        unit="*",
        direction="neither",
        family="business",
        meaning="What the pilot has cost until now, all told.",
        computed="As noted in the register by whoever accounts for it, with the day until which "
        "it counts; a full count, so there is no interval.",
        source="R1003",
    ),
)
