"""Money and value of one pilot, as its report has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.schema import Kpi
from proveout.evidence.figures import evidence_figure, figure
from proveout.evidence.model import WHOLE, Evidence, Subject
from proveout.portfolio.board.paper import Line
from proveout.portfolio.board.words import NOT_MEASURED, NOT_RECORDED
from proveout.portfolio.money import known_by
from proveout.report.glance import main_metric
from proveout.report.model import Report
from proveout.report.value.both import both_teams


def money(report: Report) -> list[Line]:
    """Return what it has cost, what a month costs, and what was agreed."""
    budget = report.loaded.charter.budget
    spent = report.one("cost.spent")
    monthly = monthly_cost(report)
    lines = [
        _line("Spent until now", spent, missing=NOT_RECORDED),
        Line(label="A month at full use", figure=NOT_MEASURED, is_known=False)
        if monthly is None
        else monthly,
    ]
    if budget is None:
        return [
            *lines,
            Line(label="Agreed for a month", figure="nothing was agreed", is_known=False),
        ]
    unit = f"{budget.currency}/month"
    return [*lines, Line(label="Agreed for a month", figure=figure(budget.per_month, unit))]


def monthly_cost(report: Report) -> Line | None:
    """Return what a month at full use costs; None where it was not measured."""
    found = report.one("cost.monthly")
    return None if found is None else _line("A month at full use", found, missing=NOT_MEASURED)


def value(report: Report) -> list[Line]:
    """Return what it is worth: each KPI beside what it was, how right it is, how it is used, and
    how that stands together."""
    kpis = (_kpi(kpi, report) for kpi in report.loaded.charter.kpis)
    return [*kpis, *_use(report), *_both(report)]


def _line(label: str, found: Evidence | None, *, missing: str) -> Line:
    if found is None:
        return Line(label=label, figure=missing, is_known=False)
    return Line(label=label, figure=evidence_figure(found), note=known_by(found))


def _kpi(kpi: Kpi, report: Report) -> Line:
    found = report.one("value.kpi", subject=Subject.of(kpi=kpi.name))
    told = []
    if kpi.baseline is not None:
        told.append(f"before: {figure(kpi.baseline.value, kpi.unit)}")
    if kpi.threshold is not None:
        told.append(f"agreed: {figure(kpi.threshold, kpi.unit)}")
    if found is not None:
        told.append(known_by(found))
    return Line(
        label=kpi.meaning or kpi.name.replace("-", " "),
        figure=NOT_MEASURED if found is None else evidence_figure(found),
        note="; ".join(each for each in told if each),
        is_known=found is not None,
    )


def _both(report: Report) -> Iterator[Line]:
    standing = both_teams(report)
    if standing is not None:
        told = "; ".join(each.says.rstrip(".") for each in standing.causes[:2])
        yield Line(label="Both teams", figure=standing.name, note=told)


def _use(report: Report) -> Iterator[Line]:
    right = report.one(main_metric(report), scope="production")
    if right is not None:
        metric = report.catalogue[right.metric]
        label = "Right answers on production data" if metric.unit == "fraction" else metric.label
        yield _line(label, right, missing=NOT_MEASURED)
    active = report.one("adoption.active_share", subject=WHOLE)
    if active is not None:
        yield _line("People who use it", active, missing=NOT_MEASURED)
