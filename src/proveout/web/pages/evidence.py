"""Every line of the standard with the figure behind it, and where each figure comes from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from proveout.charter.schema import Stage
from proveout.errors import NotFoundError
from proveout.evidence.catalogue import Family
from proveout.evidence.model import CHARTER_INPUT, DATA_INPUT, SYSTEM_INPUT, WINDOW_INPUT, Evidence
from proveout.gate.demand import demand
from proveout.gate.model import Criterion, Ruling, State
from proveout.portfolio import STAGES
from proveout.report import Report
from proveout.web.asked import Asked, Page
from proveout.web.pages.found import Figure, History, entry_of, history, history_of, shown
from proveout.web.pages.gates import AskedStage
from proveout.web.permissions import Permission

A_PAGE = 50


class AskedEvidence(AskedStage):
    """What is looked for; empty stands for all."""

    what: Literal["criteria", "facts"] = "criteria"
    """Lines of the standard, or all facts that were found."""
    family: Family | Literal[""] = ""
    state: State | Literal[""] = ""
    text: str = Field(default="", max_length=200)
    """In id, title, metric or subject."""
    page: int = Field(default=1, ge=1, le=100_000)


class CriterionLine(BaseModel):
    """One line of the standard, with what decides it."""

    criterion: str
    title: str
    family: Family
    state: State
    asked: str
    reason: str
    owner: str
    n_subjects: int
    """How many parts are held to it, each by itself."""
    figure: Figure | None


class EvidencePage(BaseModel):
    """Lines of the standard, or facts."""

    pilot: str
    stage: Stage
    stages: list[Stage]
    what: Literal["criteria", "facts"]
    family: str
    state: str
    text: str
    lines: list[CriterionLine]
    facts: list[Figure]
    n_found: int
    n_all: int
    page: int
    n_pages: int


def evidence_page(asked: Asked, asks: AskedEvidence) -> EvidencePage:
    """Show the standard of one gate line by line, or all that was found."""
    book = asked.book
    stage = asks.stage or book.stands.stage
    report = asked.parts.library.report(book, stage, asked.now)
    lines: list[Any] = []
    if asks.what == "criteria":
        everything: Sequence[Any] = report.verdict.rulings
        lines = [each for each in everything if _is_asked_for(each, asks)]
    else:
        everything = report.evidence
        lines = [each for each in everything if _is_meant(each, asks, report)]
    n_pages = max(1, -(-len(lines) // A_PAGE))
    page = min(asks.page, n_pages)
    cut = lines[(page - 1) * A_PAGE : page * A_PAGE]
    is_lines = asks.what == "criteria"
    catalogue = report.catalogue
    return EvidencePage(
        pilot=book.pilot,
        stage=stage,
        stages=list(STAGES),
        what=asks.what,
        family=asks.family,
        state=asks.state,
        text=asks.text,
        lines=[_line(each, report, asked.now) for each in cut] if is_lines else [],
        facts=[] if is_lines else [shown(each, catalogue, asked.now) for each in cut],
        n_found=len(lines),
        n_all=len(everything),
        page=page,
        n_pages=n_pages,
    )


def _is_asked_for(ruling: Ruling, asks: AskedEvidence) -> bool:
    criterion = ruling.criterion
    if asks.family and criterion.family != asks.family:
        return False
    if asks.state and ruling.state != asks.state:
        return False
    return _says(asks.text, criterion.id, criterion.title, criterion.metric, ruling.owner)


def _is_meant(found: Evidence, asks: AskedEvidence, report: Report) -> bool:
    if asks.family:
        if found.metric not in report.catalogue:
            return False
        if report.catalogue[found.metric].family != asks.family:
            return False
    return _says(asks.text, found.id, found.metric, str(found.subject), found.person or "")


def _says(wanted: str, *texts: str) -> bool:
    words = wanted.casefold().split()
    told = " ".join(texts).casefold()
    return all(word in told for word in words)


def _line(ruling: Ruling, report: Report, now: datetime) -> CriterionLine:
    criterion, found = ruling.criterion, ruling.deciding.evidence
    return CriterionLine(
        criterion=criterion.id,
        title=criterion.title,
        family=criterion.family,
        state=ruling.state,
        asked=demand(criterion.comparison, criterion.threshold, _unit(criterion, report)),
        reason=ruling.deciding.reason,
        owner=ruling.owner,
        n_subjects=len(ruling.findings),
        figure=None if found is None else shown(found, report.catalogue, now),
    )


def _unit(criterion: Criterion, report: Report) -> str:
    if criterion.unit or criterion.metric not in report.catalogue:
        return criterion.unit
    return report.catalogue[criterion.metric].unit


class Input(BaseModel):
    """What a fact was found on."""

    name: str
    what: str
    fingerprint: str


class Detail(BaseModel):
    """One thing that was noted beside a figure."""

    name: str
    value: str


class Resting(BaseModel):
    """A line of the standard that rests on a fact."""

    criterion: str
    title: str
    state: State
    stage: Stage
    asked: str


class ProvenancePage(BaseModel):
    """One fact: who found it, on what, when, and where it stands in the ledger."""

    pilot: str
    figure: Figure
    meaning: str
    computed: str
    source: str
    check: str
    check_version: str
    run: str
    inputs: list[Input]
    details: list[Detail]
    artifact: str | None
    ledger_seq: int
    ledger_hash: str
    ledger_previous: str
    recorded_at: datetime
    is_current: bool
    """False where a later run, or a later word, has taken its place."""
    resting: list[Resting]
    history: History


class AskedFact(AskedStage):
    """At which gate it is looked at."""


def provenance_page(asked: Asked, asks: AskedFact) -> ProvenancePage:
    """Show where one figure comes from, and how it moved over time."""
    book, wanted = asked.book, asked.path["id"]
    if not wanted.startswith("ev-"):
        raise NotFoundError(f"There is no evidence '{wanted}' of this pilot.")
    stage = asks.stage or book.stands.stage
    report = asked.parts.library.report(book, stage, asked.now)
    current = next((each for each in report.evidence if each.id == wanted), None)
    entry = entry_of(book.ledger, book.pilot, wanted, current)
    found = Evidence.from_dict(entry.body)
    resting = [
        ruling
        for ruling in report.verdict.rulings
        if any(each.evidence is not None and each.evidence.id == wanted for each in ruling.findings)
    ]
    catalogue = report.catalogue
    is_declared = found.metric in catalogue
    declared = catalogue[found.metric] if is_declared else None
    about = resting[0].criterion if resting else None
    return ProvenancePage(
        pilot=book.pilot,
        figure=shown(found, catalogue, asked.now),
        meaning="" if declared is None else declared.meaning,
        computed="" if declared is None else declared.computed,
        source="" if declared is None else declared.source,
        check=found.check.name,
        check_version=found.check.version,
        run=found.run,
        inputs=[_input(name, value) for name, value in sorted(found.inputs.items())],
        details=[_detail(name, value) for name, value in found.details.items()],
        artifact=found.artifact,
        ledger_seq=entry.seq,
        ledger_hash=entry.hash,
        ledger_previous=entry.prev_hash,
        recorded_at=entry.recorded_at,
        is_current=current is not None,
        resting=[_resting(each, report) for each in resting],
        history=history(history_of(book.ledger, found), found.unit, about),
    )


def _resting(ruling: Ruling, report: Report) -> Resting:
    criterion = ruling.criterion
    return Resting(
        criterion=criterion.id,
        title=criterion.title,
        state=ruling.state,
        stage=criterion.stage,
        asked=demand(criterion.comparison, criterion.threshold, _unit(criterion, report)),
    )


_INPUTS = {
    CHARTER_INPUT: "the charter that it was found under",
    "charter:measured": "what that charter says of data and system",
    SYSTEM_INPUT: "the system under test",
    WINDOW_INPUT: "the span of production traffic",
}


def _input(name: str, fingerprint: str) -> Input:
    is_data = name.startswith(DATA_INPUT)
    what = f"the data '{name.removeprefix(DATA_INPUT)}'" if is_data else _INPUTS.get(name, name)
    return Input(name=name, what=what, fingerprint=fingerprint)


_LONG = 2_000


def _detail(name: str, value: Any) -> Detail:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    cut = text if len(text) <= _LONG else f"{text[:_LONG]} …"
    return Detail(name=name.replace("_", " "), value=cut)


PAGES = (
    Page(
        path="/pilots/{pilot}/evidence",
        title="Evidence",
        template="evidence.html.j2",
        needs=Permission.see,
        view=evidence_page,
        shows=EvidencePage,
        asks=AskedEvidence,
    ),
    Page(
        path="/pilots/{pilot}/evidence/{id}",
        title="Where a figure comes from",
        template="provenance.html.j2",
        needs=Permission.see,
        view=provenance_page,
        shows=ProvenancePage,
        asks=AskedFact,
    ),
)
