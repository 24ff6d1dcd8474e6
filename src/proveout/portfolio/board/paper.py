"""What stands on a board paper: the same for the page in the browser, the API and the PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class PaperPart(BaseModel):
    """Base of the parts."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Line(PaperPart):
    """A figure, what it is, and how it is known."""

    label: str
    figure: str
    """In its unit; 'not measured' and the like where there is none."""
    note: str = ""
    """Interval, number of cases, who says so."""
    is_known: bool = True
    """False where nobody has measured or recorded it."""


class Holding(PaperPart):
    """One thing that holds the pilot, and whose turn it is."""

    what: str
    """The requirement in plain words."""
    why: str
    """What was found instead, with its figures."""
    state: str
    does: str
    """What is to be done."""
    who: str
    """Name and role."""
    by: date | None
    """The day that was promised; None where nobody has promised one."""


class PilotPaper(PaperPart):
    """One pilot, on one page."""

    pilot: str
    title: str
    on: datetime
    """As of when."""
    purpose: str
    """What is to be different through it."""
    stage: str
    question: str
    """What the gate asks: 'May it go live?'"""
    decision: Literal["go", "hold", "stop"]
    verdict: str
    """One sentence."""
    because: str
    """Why, in one more."""
    standing: str
    """How long it has been going, and at this gate."""
    money: list[Line]
    value: list[Line]
    holds: list[Holding]
    """Up to three, the heaviest first."""
    more_holding: int
    """How many hold it besides."""
    asked: str
    """Which decision is asked of the board."""
    otherwise: str
    """What happens if nothing is done."""
    limits: list[str]
    """What is simulated, only attested, waived, loosened, or not known: plainly."""
    certainty: str
    """How sure the figures are."""
    provenance: str
    """By which ledger entry and charter it can be checked."""


class BoardLine(PaperPart):
    """One pilot in the portfolio's paper."""

    pilot: str
    title: str
    stage: str
    """Which phase it is in."""
    decision: Literal["go", "hold", "stop"] | None
    """None where its gate was never held."""
    holds: str
    """What holds it first; '' where nothing does."""
    next_step: str
    who: str
    """Whose turn it is."""
    days: int | None
    """Without a change."""
    is_waiting: bool
    """It has stood too long."""
    spent: str
    monthly: str
    value: str


class PortfolioPaper(PaperPart):
    """All pilots, on one page."""

    title: str
    on: datetime
    says: str
    """One sentence: how many go, hold and stop."""
    totals: list[Line]
    waiting: str
    """How many have stood still for long, and what they cost."""
    pilots: list[BoardLine]
    """The longest waiting first."""
    asked: str
    limits: list[str]
