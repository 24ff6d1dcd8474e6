"""All pilots: where each stands, what holds it, whose turn it is, and what it costs (R1003)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from proveout.gate.model import Decision
from proveout.portfolio import PilotBook
from proveout.portfolio.lines import LIMIT_DAYS, PilotLine, lines, waiting_first
from proveout.portfolio.money import Sum, sums
from proveout.portfolio.stage import PHASES, Phase
from proveout.portfolio.waiting import Waiting, waiting
from proveout.register.spending import SPENDING
from proveout.web.asked import Asked, Deed, Done, Download, File, Nothing, Page
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

Sorting = Literal["waiting", "title", "phase", "verdict", "age", "spent"]
_SORTED_BY: Mapping[Sorting, str] = {
    "waiting": "Standing still first",
    "title": "Name",
    "phase": "Phase",
    "verdict": "Verdict",
    "age": "The oldest first",
    "spent": "What was spent",
}
_VERDICTS: Mapping[str, str] = {
    "go": "Go", "hold": "Hold", "stop": "Stop", "none": "Not decided yet",
}  # fmt: skip


class AskedPortfolio(BaseModel):
    """Which pilots, in which order, and what standing still means."""

    phase: Phase | Literal[""] = ""
    verdict: Literal["go", "hold", "stop", "none", ""] = ""
    owner: str = Field(default="", max_length=200)
    sort: Sorting = "waiting"
    limit: int = Field(default=LIMIT_DAYS, ge=1, le=3650)


class Count(BaseModel):
    """How many pilots."""

    name: str
    title: str
    n: int | None
    """None for what is no count."""


class PortfolioPage(BaseModel):
    """The portfolio."""

    pilots: list[PilotLine]
    """Those that were asked for."""
    n_all: int
    """All that the viewer may see."""
    waiting: Waiting
    """Of all that the viewer may see."""
    phases: list[Count]
    verdicts: list[Count]
    owners: list[Count]
    orders: list[Count]
    """In which the pilots can be shown."""
    file: str
    """Where these pilots are as a table to take away."""
    spent: list[Sum]
    monthly: list[Sum]
    n_valued: int
    """Pilots of which a KPI was measured in use."""
    may_note_spending: list[str]
    """Pilots for which the viewer may note what was spent."""


def portfolio(asked: Asked, asks: AskedPortfolio) -> PortfolioPage:
    """Show every pilot that the viewer may see."""
    books = asked.visible()
    every = _lines(asked, books, asks)
    phases = Counter(line.phase for line in every)
    verdicts = Counter(str(line.decision or "none") for line in every)
    owners = Counter(line.owner for line in every if line.owner)
    return PortfolioPage(
        pilots=_chosen(every, asks),
        n_all=len(every),
        waiting=waiting(every, asks.limit),
        phases=[Count(name=name, title=title, n=phases[name]) for name, title in PHASES.items()],
        verdicts=[
            Count(name=name, title=title, n=verdicts[name]) for name, title in _VERDICTS.items()
        ],
        owners=[
            Count(name=name, title=name, n=n)
            for name, n in sorted(owners.items(), key=lambda each: each[0].casefold())
        ],
        orders=[Count(name=name, title=title, n=None) for name, title in _SORTED_BY.items()],
        file=f"/portfolio.csv?{urlencode(asks.model_dump())}",
        spent=sums(line.spent for line in every),
        monthly=sums(line.monthly for line in every),
        n_valued=sum(bool(line.value) for line in every),
        may_note_spending=[book.pilot for book in books if asked.viewer.may(Permission.lead, book)],
    )


def _lines(asked: Asked, books: list[PilotBook], asks: AskedPortfolio) -> list[PilotLine]:
    library = asked.parts.library
    return lines(
        books,
        figures_of=library.figures,
        criterion_of=library.criterion,
        now=asked.now,
        limit_days=asks.limit,
    )


def _chosen(every: list[PilotLine], asks: AskedPortfolio) -> list[PilotLine]:
    chosen = [
        line
        for line in waiting_first(every)
        if asks.phase in ("", line.phase)
        and asks.verdict in ("", line.decision or "none")
        and asks.owner in ("", line.owner)
    ]
    order = _ORDERS.get(asks.sort)
    return chosen if order is None else sorted(chosen, key=order)


_PHASE_ORDER = list(get_args(Phase))
_VERDICT_ORDER: list[Decision | None] = ["stop", "hold", None, "go"]

_ORDERS: Mapping[Sorting, Callable[[PilotLine], Any]] = {
    "title": lambda line: (line.title.casefold(), line.pilot),
    "phase": lambda line: _PHASE_ORDER.index(line.phase),
    "verdict": lambda line: _VERDICT_ORDER.index(line.decision),
    "age": lambda line: -(line.days or 0),
    # Sums of two currencies cannot be compared: they stand apart.
    "spent": lambda line: (
        ("~", 0.0) if line.spent is None else (line.spent.unit, -line.spent.value)
    ),
}


_COLUMNS: tuple[tuple[str, Callable[[PilotLine], Any]], ...] = (
    ("pilot", lambda line: line.pilot),
    ("title", lambda line: line.title),
    ("phase", lambda line: line.phase_title),
    ("gate", lambda line: line.stage),
    ("verdict", lambda line: line.decision),
    ("decided_at", lambda line: line.decided_at and line.decided_at.isoformat()),
    ("held_by", lambda line: line.holding and line.holding.title),
    ("reason", lambda line: line.holding and line.holding.reason),
    ("next_step", lambda line: line.next_step),
    ("owner", lambda line: line.owner),
    ("due", lambda line: line.holding and line.holding.due and line.holding.due.isoformat()),
    ("days_without_change", lambda line: line.unchanged_days),
    ("days_since_first_entry", lambda line: line.days),
    ("stands_too_long", lambda line: "yes" if line.is_waiting else "no"),
    ("spent", lambda line: line.spent and line.spent.value),
    ("spent_currency", lambda line: line.spent and line.spent.unit),
    ("spent_until", lambda line: line.spent and line.spent.until),
    ("monthly", lambda line: line.monthly and line.monthly.value),
    ("monthly_unit", lambda line: line.monthly and line.monthly.unit),
    ("monthly_known_by", lambda line: line.monthly and line.monthly.known_by),
    ("value", lambda line: "; ".join(f"{kpi}: {each.shown}" for kpi, each in line.value)),
    ("after", lambda line: "; ".join(each.name for each in line.lineage.before)),
    ("trouble", lambda line: line.trouble),
)


def as_csv(asked: Asked, asks: AskedPortfolio) -> File:
    """Give the lines that are shown as a table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([name for name, _ in _COLUMNS])
    for line in _chosen(_lines(asked, asked.visible(), asks), asks):
        writer.writerow([_cell(of(line)) for _, of in _COLUMNS])
    content = text.getvalue().encode("utf-8-sig")
    return File(name="portfolio.csv", media_type="text/csv; charset=utf-8", content=content)


def _cell(value: Any) -> Any:
    """Keep a spreadsheet from taking text for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


class SpendingPage(BaseModel):
    """What a pilot has cost until now."""

    amount: float | None
    currency: str | None
    until: str | None
    note: str | None
    who: str | None
    at: datetime | None
    times: int
    """How often it was noted."""
    suggested_currency: str


def spending(asked: Asked, _: Nothing) -> SpendingPage:
    """Show what was noted last."""
    noted = asked.book.register.of(SPENDING)
    budget = asked.book.charter.budget
    suggested = "" if budget is None else budget.currency
    if noted is None:
        return SpendingPage(
            amount=None, currency=None, until=None, note=None, who=None, at=None, times=0,
            suggested_currency=suggested,
        )  # fmt: skip
    return SpendingPage(
        amount=noted.amount,
        currency=noted.currency,
        until=str(noted.until),
        note=noted.note,
        who=noted.who,
        at=noted.at,
        times=noted.n,
        suggested_currency=noted.currency,
    )


class Spent(BaseModel):
    """All that was spent, from the beginning until a day."""

    amount: float = Field(ge=0, lt=1e15, allow_inf_nan=False)
    currency: str = Field(pattern="^[A-Z]{3}$")
    until: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="YYYY-MM-DD")
    note: str = Field(default="", max_length=1000)


def note_spending(asked: Asked, given: Spent) -> Done:
    """Note what a pilot has cost until a day."""
    asked.record("spending.noted", given.model_dump())
    return Done(
        says=f"Noted: {given.amount:,.0f} {given.currency} until {given.until}.",
        goes_to=path_to(asked.book.pilot, "/spending"),
    )


PAGES = (
    Page(
        path="/",
        title="Portfolio",
        template="portfolio.html.j2",
        needs=Permission.signed_in,
        view=portfolio,
        shows=PortfolioPage,
        asks=AskedPortfolio,
    ),
    Page(
        path="/pilots/{pilot}/spending",
        title="What it has cost",
        template="spending.html.j2",
        needs=Permission.see,
        view=spending,
        shows=SpendingPage,
    ),
)

DEEDS = (
    Deed(
        path="/pilots/{pilot}/spending",
        needs=Permission.lead,
        takes=Spent,
        do=note_spending,
    ),
)

DOWNLOADS = (
    Download(
        path="/portfolio.csv",
        title="Portfolio as a table",
        needs=Permission.signed_in,
        make=as_csv,
        media_type="text/csv",
        asks=AskedPortfolio,
    ),
)
