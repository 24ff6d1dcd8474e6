"""Metrics of the value check: what the business has of it (R701, R702)."""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Declaring, Metric

_value = Declaring(check="value", family="business", source="R701", dimensions=("kpi",))

METRICS: tuple[Metric, ...] = (
    _value(
        "kpi", "*", "neither",
        "A KPI of the charter as the system makes it; its unit and direction are the charter's.",
        "The manual baseline as measured in the records plus the effect of the system, so that "
        "trend, season and the choice of people are not counted as its merit. The interval holds "
        "however often one looks, or, with value.decides_on, on that day alone.",
    ),
    _value(
        "baseline", "*", "neither",
        "The same KPI the manual way, as the records show it.",
        "By the same design and from the same cases as value.kpi.",
    ),
    _value(
        "effect", "*", "neither",
        "What the system adds to the KPI, or takes from it.",
        "The difference against what would have been without it, by the design that the records "
        "allow; what it assumes stands in the details, tested as far as the records can tell.",
    ),
    _value(
        "assumptions_broken", "count", "lower",
        "How many of the things that the comparison rests on turned out not to be so.",
        "Tested assumptions of the design that are broken. A full count, without interval.",
    ),
    _value(
        "signals", "count", "neither",
        "How often the KPI left its natural limits since the rollout.",
        "Points of the process-control chart (XmR, p or u) beyond its limits, and runs of eight on "
        "one side, counted after the rollout against the limits from before it. A full count.",
        source="R701; Wheeler 2000; ISO 7870-2",
    ),
    _value(
        "days_to_decide", "days", "lower",
        "How many more days until the sealed threshold can be decided.",
        "From the spread of the cases so far and how many come in a day: until a true figure as "
        "now estimated clears the threshold in 80 of 100 cases. A forecast.",
    ),
    _value(
        "net_per_month", "*", "higher",
        "What it brings in a month, after what it costs.",
        "Worth of the measured effects less run cost, support and exceptions handled, once all "
        "have it. The median of the draws; the interval carries those of the effects, of measured "
        "costs and the ranges of the charter (Monte Carlo, scrambled Sobol sequence). Measured "
        "where all effects and the run cost are, else attested by whoever sealed the charter.",
        source="R702", dimensions=("scenario",),
    ),
    _value(
        "npv", "*", "higher",
        "What it is worth today, all costs taken off.",
        "Net present value of monthly flows over the charter's horizon at its discount rate, what "
        "was spent already included; interval as for net_per_month.",
        source="R702", dimensions=("scenario",),
    ),
    _value(
        "payback_months", "months", "lower",
        "How many months until it has paid back all that was spent.",
        "First month, counted from the rollout, in which the sum of flows is not below zero, what "
        "was spent before it included; not discounted. Not measured where it is never so within "
        "the horizon in so many draws that there is no upper bound, or no median.",
        source="R702", dimensions=("scenario",),
    ),
    _value(
        "return_share", "fraction", "higher",
        "What it brings over its horizon for each unit of money spent.",
        "Discounted gains less discounted costs, over discounted costs; interval as for npv.",
        source="R702", dimensions=("scenario",),
    ),
)  # fmt: skip
