"""What three teams look at, beside each other: what it does, how it runs, what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from proveout.evidence.figures import day, full_figure
from proveout.evidence.model import WINDOW_INPUT, Evidence, Scope
from proveout.report.value.kpis import KpiStory
from proveout.report.value.told import Told

Team = Literal["technical", "engineering", "business"]

_MAIN = ("quality.accuracy", "quality.f1", "quality.mae")


class Cell(BaseModel):
    """One figure with its sentence."""

    label: str
    says: str
    window: str
    """Of which days it is; empty where that is not said."""
    basis: str
    evidence: str | None
    """Its id; None where it is not known."""


class Beside(BaseModel):
    """The figures of one team."""

    team: Team
    title: str
    question: str
    cells: list[Cell]


def beside(told: Told, kpis: list[KpiStory]) -> list[Beside]:
    """Return the three columns."""
    return [
        Beside(
            team="technical", title="Technical", question="Is it right?",
            cells=list(_technical(told)),
        ),
        Beside(
            team="engineering", title="Engineering", question="Does it run, and at what cost?",
            cells=list(_engineering(told)),
        ),
        Beside(
            team="business", title="Business", question="Does it pay?",
            cells=[_of_kpi(each, told) for each in kpis],
        ),
    ]  # fmt: skip


def main_metric(told: Told) -> str:
    """Return the metric by which its answers are judged: as agreed, else the first measured."""
    agreed = (each.metric for each in told.charter.acceptance)
    known = (each for each in _MAIN if told.one(each, scope="production") is not None)
    return next((each for each in agreed if each.startswith("quality.")), next(known, _MAIN[0]))


def _technical(told: Told) -> Iterator[Cell]:
    metric = main_metric(told)
    name = metric.partition(".")[2].replace("_", " ")
    yield _cell(
        told, f"Right answers ({name})", (metric, "production"), "Of its answers, {} are right.",
        plain=f"Its {name} is {{}}.", missing="How often it is right has not been measured.",
    )  # fmt: skip
    yield _cell(
        told, "What its confidence is worth", ("quality.calibration_error", "production"),
        "How sure it says it is differs from how often it is right by {}.",
        missing="What its confidence is worth has not been measured.",
    )  # fmt: skip
    wrong = told.one("quality.silent_failure", scope="production")
    if wrong is not None:
        yield _shown("Wrong without a warning", f"{full_figure(wrong)} of its answers.", wrong)


def _engineering(told: Told) -> Iterator[Cell]:
    in_use = told.one("latency.p95") is not None
    waiting = "latency.p95" if in_use else "load.p95_latency"
    under = "" if in_use else " under the load that was tried"
    yield _cell(
        told, "Waiting", (waiting, None), f"19 of 20 answers come within {{}}{under}.",
        missing="How long people wait has not been measured.",
    )  # fmt: skip
    failing = "latency.unanswered_rate" if in_use else "load.error_rate"
    yield _cell(
        told, "Errors", (failing, None), f"{{}} of the requests got no answer{under}.",
        missing="How often there is no answer has not been measured.",
    )  # fmt: skip
    monthly = told.one("cost.monthly")
    if monthly is None:
        yield _cell(
            told, "Cost", ("cost.per_request", None), "A request costs {}.",
            missing="What it costs has not been measured.",
        )  # fmt: skip
    else:
        yield _shown("Cost", f"At full use it costs {full_figure(monthly)}.", monthly)


def _of_kpi(story: KpiStory, told: Told) -> Cell:
    found = told.one("value.kpi", kpi=story.kpi)
    if found is None:
        return Cell(label=story.title, says=story.sentences[0], window="", basis="", evidence=None)
    before = f"{story.before} → " if story.before else ""
    agreed = f" Agreed was {story.agreed}: {story.state_words}." if story.agreed else ""
    records = found.details.get("records")
    days = records if isinstance(records, dict) else {}
    window = (
        f"{str(days['first'])[:10]} to {str(days['last'])[:10]}"
        if days.get("first") and days.get("last")
        else window_of(found)
    )
    return Cell(
        label=story.title,
        says=f"{before}{full_figure(found)}.{agreed}",
        window=window,
        basis=found.basis,
        evidence=found.id,
    )


def _cell(
    told: Told, label: str, where: tuple[str, Scope | None], says: str, *, missing: str,
    plain: str | None = None,
) -> Cell:  # fmt: skip
    """`plain` is said of what is no share."""
    metric, scope = where
    found = told.one(metric, scope=scope)
    if found is None:
        return Cell(label=label, says=missing, window="", basis="", evidence=None)
    form = says if plain is None or found.unit == "fraction" else plain
    return _shown(label, form.format(full_figure(found)), found)


def _shown(label: str, says: str, found: Evidence) -> Cell:
    return Cell(
        label=label, says=says, window=window_of(found), basis=found.basis, evidence=found.id
    )


def window_of(found: Evidence) -> str:
    """Return the days that a fact is of: '2025-02-01 to 2025-02-28', or the day of its finding."""
    begins, _, ends = found.inputs.get(WINDOW_INPUT, "").partition("/")
    if begins and ends:
        return f"{day(datetime.fromisoformat(begins))} to {day(datetime.fromisoformat(ends))}"
    return f"found on {day(found.observed_at)}"
