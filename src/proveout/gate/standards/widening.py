"""What `scale` and `continue` share: value, adoption, budget, drift, assumptions (R701, R801)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from proveout.charter.schema import Stage
from proveout.evidence.model import Subject
from proveout.gate.model import Criterion
from proveout.gate.standards.terms import in_production


def in_use(stage: Stage, *, max_age: timedelta) -> tuple[Criterion, ...]:
    """Return the criteria on a system in use, on evidence not older than `max_age`.

    The criteria `<stage>.kpi` and `<stage>.comparison` are patterns: the charter's KPIs each become
    one like them.
    """
    line = partial(in_production, stage, max_age=max_age)
    return (
        line(
            "kpi", "value.kpi", ">=", 0, subject=Subject.of(kpi="*"),
            title="Every KPI reaches its sealed threshold",
            fix="Measure the KPI in use (proveout check value), and look at the page Value: what "
            "the system did to it, how surely, and what may stand in its way.",
            family="business", role="production owner",
            sources=("R701", "R104", "the charter's kpis[].threshold"),
        ),
        line(
            "comparison", "value.assumptions_broken", "<=", 0, subject=Subject.of(kpi="*"),
            title="What the comparison of every KPI rests on is so",
            fix="Look at what broke, and compare by a design that does not rest on it: "
            "value.design; proveout plan says how long that takes.",
            family="business", role="production owner",
            sources=("R701", "R703", "a figure that rests on what is not so is no effect"),
        ),
        line(
            "adoption", "adoption.active_share", ">=", 0.70,
            title="{} of those it was made for use it",
            fix="Ask those who do not use it, and answer what they say.",
            family="business", role="production owner",
            sources=("R603", "R605", "below it the old way is still the usual way"),
        ),
        line(
            "overrides", "adoption.override_rate", "<=", 0.20,
            title="{} of answers are overruled or worked around",
            fix="Review the overruled answers with the reviewer: the system or the trust is wrong.",
            family="business", role="reviewer",
            sources=("R605", "R906", "one in five overruled is advice that is not taken"),
        ),
        line(
            "budget", "cost.budget_share", "<=", 1,
            title="The month costs {} of the budget",
            fix="Meter the cost in use, and bring it into the budget.",
            family="engineering", role="production owner",
            sources=("R404", "R902", "the charter's budget.per_month"),
        ),
        line(
            "drift", "drift.alarms", "<=", 0,
            title="No drift alarm is unresolved",
            fix="Resolve each alarm: explain it, retrain, or roll back.",
            family="technical", role="acts on alarms",
            sources=("R901", "an alarm that nobody resolves is no alarm"),
        ),
        line(
            "assumptions", "assumption.holds", ">=", 1, subject=Subject.of(assumption="*"),
            title="Every assumption still holds",
            fix="Watch each assumption on the latest window; what no longer holds is redesigned.",
            family="technical", role="engineer",
            sources=("R109", "holds or does not"),
        ),
    )  # fmt: skip
