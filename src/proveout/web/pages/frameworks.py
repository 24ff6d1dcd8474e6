"""What the evidence of a pilot says to three frameworks, and where it says nothing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from proveout.portfolio.frameworks import FRAMEWORKS, LIMITS, Framework, Held, ProofState, hold
from proveout.portfolio.frameworks.holding import Known
from proveout.web.asked import Asked, Page
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class FrameworksAsks(BaseModel):
    """Which duties to show."""

    framework: Literal["nist", "iso", "eu-ai-act"] = "eu-ai-act"
    show: Literal["all", "gaps"] = "all"


class ProofLine(BaseModel):
    """One thing that is evidence for a duty."""

    what: str
    metric: str
    state: ProofState
    page: str


class DutyLine(BaseModel):
    """One duty."""

    number: str
    title: str
    state: Literal["evidence", "in part", "none"]
    proofs: list[ProofLine]
    beyond: str
    """What it asks for besides, of which Proveout says nothing."""


class FrameworkChoice(BaseModel):
    """One framework, counted."""

    id: str
    name: str
    n_duties: int
    n_evidence: int
    n_in_part: int
    n_none: int


class FrameworksPage(BaseModel):
    """One framework for one pilot."""

    pilot: str
    id: str
    name: str
    about: str
    duties: list[DutyLine]
    silent: list[str]
    limits: list[str]
    frameworks: list[FrameworkChoice]


def frameworks(asked: Asked, asks: FrameworksAsks) -> FrameworksPage:
    """Hold the duties of a framework against what is known of the pilot."""
    known = _known(asked)
    held = {each.id: hold(each, known) for each in FRAMEWORKS}
    shown = next(each for each in FRAMEWORKS if each.id == asks.framework)
    duties = [_duty(asked, each) for each in held[shown.id]]
    if asks.show == "gaps":
        duties = [each for each in duties if each.state != "evidence"]
    return FrameworksPage(
        pilot=asked.book.pilot,
        id=shown.id,
        name=shown.name,
        about=shown.about,
        duties=duties,
        silent=list(shown.silent),
        limits=list(LIMITS),
        frameworks=[_choice(each, held[each.id]) for each in FRAMEWORKS],
    )


def _known(asked: Asked) -> Known:
    book = asked.book
    report = asked.parts.library.report(book, "continue", asked.now)
    launch = asked.parts.library.report(book, "production", asked.now)
    evidence = {each.id: each for each in (*launch.evidence, *report.evidence)}
    short = {
        finding.evidence.id
        for verdict in (launch.verdict, report.verdict)
        for ruling in verdict.rulings
        for finding in ruling.findings
        if finding.state == "failed" and finding.evidence is not None
    }
    return Known(
        evidence=tuple(evidence.values()),
        charter=book.charter,
        charter_hash=book.loaded.content_hash,
        is_sealed=book.is_sealed,
        has_entries=book.last_seq > 0,
        now=asked.now,
        short=frozenset(short),
    )


def _duty(asked: Asked, held: Held) -> DutyLine:
    pilot = asked.book.pilot
    return DutyLine(
        number=held.duty.number,
        title=held.duty.title,
        state=held.state,
        proofs=[
            ProofLine(
                what=proof.what, metric=proof.metric, state=state, page=_page(pilot, proof.page)
            )
            for proof, state in zip(held.duty.proofs, held.states, strict=True)
        ],
        beyond=held.duty.beyond,
    )


def _choice(framework: Framework, held: tuple[Held, ...]) -> FrameworkChoice:
    states = [each.state for each in held]
    return FrameworkChoice(
        id=framework.id,
        name=framework.name,
        n_duties=len(held),
        n_evidence=states.count("evidence"),
        n_in_part=states.count("in part"),
        n_none=states.count("none"),
    )


def _page(pilot: str, path: str) -> str:
    return path if path == "/inventory" else path_to(pilot, path)


PAGES = (
    Page(
        path="/pilots/{pilot}/frameworks", title="Frameworks", template="frameworks.html.j2",
        needs=Permission.see, view=frameworks, shows=FrameworksPage, asks=FrameworksAsks,
    ),
)  # fmt: skip
