"""A line of the portfolio: where a pilot stands, what holds it, and what it costs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from proveout.charter.schema import Stage
from proveout.evidence.model import WHOLE, Evidence
from proveout.gate.model import Criterion, Decision
from proveout.portfolio.book import PilotBook
from proveout.portfolio.lineage import Lineage, lineages
from proveout.portfolio.money import Figure, shown
from proveout.portfolio.stage import PHASES, Phase
from proveout.register.fixes import FIXES, Fix

LIMIT_DAYS = 90
"""Who stands longer than this without a change stands in purgatory."""

CriterionOf = Callable[[PilotBook, Stage, str], Criterion | None]
FiguresOf = Callable[[PilotBook], Sequence[Evidence]]


class Holding(BaseModel):
    """What holds a pilot's gate first, and whose turn it is."""

    criterion: str
    title: str
    """The requirement in plain words."""
    reason: str
    """What was found instead."""
    next_step: str
    owner: str
    """Name and role of who acts."""
    owner_name: str
    promised_by: str | None
    """Who has promised to put it right."""
    due: date | None
    """By when."""
    is_overdue: bool


class PilotLine(BaseModel):
    """One pilot."""

    pilot: str
    title: str
    phase: Phase
    phase_title: str
    stage: Stage
    """The gate that it stands before."""
    decision: Decision | None
    """The last word at that gate; None where it was never held."""
    decided_at: datetime | None
    summary: str
    is_sealed: bool
    holding: Holding | None
    """None where nothing holds it, or nobody has looked."""
    next_step: str
    owner: str
    """Whose turn it is, by name; empty where nobody's is known."""
    unchanged_days: int | None
    """Days since the gate or the verdict there has changed; None where nothing is recorded."""
    days: int | None
    """Days since it was first recorded."""
    is_waiting: bool
    """It has stood longer than the limit, and is not through its last gate."""
    spent: Figure | None
    monthly: Figure | None
    value: list[tuple[str, Figure]]
    """KPI and figure, those that were measured in use."""
    lineage: Lineage
    trouble: str | None
    """Why there is no verdict: its ledger cannot be relied on."""
    file_problem: str | None
    """Why its charter's file cannot be read as it is."""


def lines(
    books: Sequence[PilotBook],
    *,
    figures_of: FiguresOf,
    criterion_of: CriterionOf,
    now: datetime,
    limit_days: int = LIMIT_DAYS,
) -> list[PilotLine]:
    """Return a line for each pilot, in the order given."""
    related = lineages([(book.pilot, book.title, book.charter) for book in books])
    found = []
    for book in books:
        verdict = book.verdicts.get(book.stands.stage)
        holding = None if verdict is None else _holding(book, verdict, criterion_of, now)
        figures = () if book.trouble is not None else figures_of(book)
        line = _line(book, holding, figures, related[book.pilot], now)
        waits = line.unchanged_days is not None and line.unchanged_days > limit_days
        is_through = line.stage == "continue" and line.decision == "go"
        found.append(line.model_copy(update={"is_waiting": waits and not is_through}))
    return found


def waiting_first(found: Iterable[PilotLine]) -> list[PilotLine]:
    """Put those in purgatory first, the longest waiting before the others, then by title."""
    return sorted(
        found,
        key=lambda line: (
            not line.is_waiting,
            -(line.unchanged_days or 0) if line.is_waiting else 0,
            line.title.casefold(),
            line.pilot,
        ),
    )


def _line(
    book: PilotBook,
    holding: Holding | None,
    figures: Sequence[Evidence],
    lineage: Lineage,
    now: datetime,
) -> PilotLine:
    stands = book.stands
    verdict = book.verdicts.get(stands.stage)
    return PilotLine(
        pilot=book.pilot,
        title=book.title,
        phase=stands.phase,
        phase_title=PHASES[stands.phase],
        stage=stands.stage,
        decision=stands.decision,
        decided_at=None if verdict is None else datetime.fromisoformat(verdict["decided_at"]),
        summary="" if verdict is None else verdict["summary"],
        is_sealed=book.is_sealed,
        holding=holding,
        next_step=_next_step(book, holding),
        owner=_owner(book, holding),
        unchanged_days=_days(stands.unchanged_since, now),
        days=_days(min((at for at in (book.since, stands.since) if at), default=None), now),
        is_waiting=False,
        spent=_figure(figures, "cost.spent"),
        monthly=_figure(figures, "cost.monthly"),
        value=[
            (each.subject.get("kpi") or "value", shown(each))
            for each in figures
            if each.metric == "value.kpi"
        ],
        lineage=lineage,
        trouble=book.trouble,
        file_problem=book.file_problem,
    )


def _holding(
    book: PilotBook, verdict: Mapping[str, Any], criterion_of: CriterionOf, now: datetime
) -> Holding | None:
    """Return the heaviest criterion that holds the gate."""
    if not verdict["fix_first"]:
        return None
    name = verdict["fix_first"][0]
    ruling = next((each for each in verdict["rulings"] if each["criterion"] == name), None)
    criterion = criterion_of(book, verdict["stage"], name)
    fix: Fix | None = book.register.of(FIXES).get(name)
    owner = "" if ruling is None else ruling["owner"]
    return Holding(
        criterion=name,
        title=name if criterion is None else criterion.title,
        reason="" if ruling is None else ruling["reason"],
        next_step="See the verdict." if criterion is None else criterion.fix,
        owner=owner,
        owner_name=owner.rpartition(" (")[0] or owner,
        promised_by=None if fix is None else fix.owner,
        due=None if fix is None else fix.due,
        is_overdue=fix is not None and fix.is_overdue(now.date()),
    )


def _next_step(book: PilotBook, holding: Holding | None) -> str:
    if book.trouble is not None:
        return "Verify its ledger."
    if holding is not None:
        return holding.next_step
    stands = book.stands
    if stands.decision == "go":
        return "Keep its reviews, and assess it again before its proof grows old."
    if not book.is_sealed:
        return "Seal the charter, and assess it."
    return f"Hold the gate '{stands.stage}': assess it."


def _owner(book: PilotBook, holding: Holding | None) -> str:
    if holding is not None:
        return holding.promised_by or holding.owner_name
    people = book.charter.people
    holder = people.project_owner or people.production_owner
    return "" if holder is None else holder.name


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, (now - since).days)


def _figure(figures: Sequence[Evidence], metric: str) -> Figure | None:
    found = (each for each in figures if each.metric == metric and each.subject == WHOLE)
    first = next(found, None)
    return None if first is None else shown(first)
