"""One pilot: the verdict first, what decides, who acts by when, and the one scorecard (R110)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from proveout.assess.verdict_entry import verdict_entry
from proveout.charter.schema import Stage
from proveout.errors import InputError
from proveout.evidence.alarm import Alarm
from proveout.evidence.ledger.port import NewEntry
from proveout.gate import inherited_ids, standard_for
from proveout.gate.model import Decision, Ruling, State, Verdict
from proveout.portfolio import STAGES
from proveout.portfolio.stage import PHASES
from proveout.register.fixes import FIXES, Fix
from proveout.report import Report, render_html, render_json
from proveout.report.glance import at_a_glance
from proveout.report.html.sections.scorecard import scorecard
from proveout.web.asked import Asked, Deed, Done, Download, File, Page
from proveout.web.pages.appending import append_once
from proveout.web.pages.gates import QUESTIONS, AskedStage, name_of
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class Gate(BaseModel):
    """One gate of the four."""

    stage: Stage
    question: str
    decision: Decision | None
    """The last that was recorded; None where it was never held."""
    decided_at: datetime | None
    is_shown: bool
    is_next: bool
    """The pilot stands before it."""


class Plan(BaseModel):
    """Who puts a criterion right, and by when."""

    owner: str
    due: date
    is_overdue: bool
    note: str
    planned_by: str


class Holding(BaseModel):
    """One criterion that holds the gate."""

    criterion: str
    title: str
    state: State
    reason: str
    fix: str
    owner: str
    """Name and role of who acts."""
    owner_name: str
    is_limit: bool
    plan: Plan | None


class ScoreOfFamily(BaseModel):
    """How one family of criteria stands."""

    title: str
    passed: int
    total: int
    without_evidence: int
    holds: str


class GlanceLine(BaseModel):
    """One figure that a reader would ask first."""

    question: str
    figure: str
    note: str


class Changed(BaseModel):
    """A criterion that stands otherwise than when the verdict was recorded."""

    criterion: str
    title: str
    was: State | None
    is_now: State | None
    reason: str


class Recorded(BaseModel):
    """The last verdict of this gate in the ledger."""

    decision: Decision
    summary: str
    decided_at: datetime
    held_by: str | None
    """Who held the gate; None where an assessment ended in it."""
    run: str | None
    differs: bool
    changed: list[Changed]


class Loosened(BaseModel):
    """What was made easier since the seal."""

    what: str
    before: str
    after: str
    who: str
    why: str
    at: datetime
    results_known: bool


class WaivedLine(BaseModel):
    """A criterion that somebody lets pass until a day."""

    criterion: str
    title: str
    who: str
    why: str
    until: datetime


class AlarmLine(BaseModel):
    """An alarm that nobody has resolved."""

    id: str
    what: str
    who_acts: str
    raised_at: datetime


class VerdictPage(BaseModel):
    """A pilot at one gate, as of now."""

    pilot: str
    title: str
    stage: Stage
    question: str
    gates: list[Gate]
    standing: str
    """What the pilot is at present."""
    in_stage_since: datetime | None
    in_stage_days: int | None
    decision: Decision
    summary: str
    decided_at: datetime
    charter_hash: str
    sealed_by: str | None
    sealed_at: datetime | None
    counts: dict[str, int]
    is_measured: bool
    """Some criterion rests on evidence; before the first assessment none does."""
    rehearsal: str | None
    recorded: Recorded | None
    holding: list[Holding]
    """The heaviest first."""
    overdue: int
    scores: list[ScoreOfFamily]
    glance: list[GlanceLine]
    loosened: list[Loosened]
    waived: list[WaivedLine]
    notes: list[str]
    alarms: list[AlarmLine]


def verdict_page(asked: Asked, asks: AskedStage) -> VerdictPage:
    """Decide at one gate as of now, and set the last recorded verdict beside."""
    book, now = asked.book, asked.now
    before = book.stands
    stage = asks.stage or before.stage
    report = asked.parts.library.report(book, stage, now)
    verdict = report.verdict
    holding = _holding(verdict, book.register.of(FIXES), now.date())
    return VerdictPage(
        pilot=book.pilot,
        title=book.title,
        stage=stage,
        question=QUESTIONS[stage],
        gates=[_gate(each, asked, shown=stage, following=before.stage) for each in STAGES],
        standing=PHASES[before.phase],
        in_stage_since=before.since,
        in_stage_days=None if before.since is None else max(0, (now - before.since).days),
        decision=verdict.decision,
        summary=verdict.summary,
        decided_at=verdict.decided_at,
        charter_hash=verdict.charter_hash,
        sealed_by=verdict.sealed_by,
        sealed_at=verdict.sealed_at,
        counts={str(state): count for state, count in verdict.counts.items() if count},
        is_measured=any(
            found.evidence is not None for ruling in verdict.rulings for found in ruling.findings
        ),
        rehearsal=report.rehearsal,
        recorded=_recorded(book.verdicts.get(stage), verdict),
        holding=holding,
        overdue=sum(each.plan is not None and each.plan.is_overdue for each in holding),
        scores=_scores(report),
        glance=[
            GlanceLine(question=each.question, figure=each.figure, note=each.note)
            for each in at_a_glance(report)
        ],
        loosened=[
            Loosened(
                what=each.what,
                before=each.before,
                after=each.after,
                who=each.who,
                why=each.why,
                at=each.at,
                results_known=each.results_known,
            )
            for each in verdict.loosenings
        ],
        waived=[
            WaivedLine(
                criterion=ruling.criterion.id,
                title=ruling.criterion.title,
                who=ruling.waiver.who,
                why=ruling.waiver.why,
                until=ruling.waiver.until,
            )
            for ruling in verdict.rulings
            if ruling.waiver is not None
        ],
        notes=list(report.other_notes),
        alarms=[_alarm(each) for each in book.alarms],
    )


def _gate(stage: Stage, asked: Asked, *, shown: Stage, following: Stage) -> Gate:
    last = asked.book.verdicts.get(stage)
    return Gate(
        stage=stage,
        question=QUESTIONS[stage],
        decision=None if last is None else last["decision"],
        decided_at=None if last is None else datetime.fromisoformat(last["decided_at"]),
        is_shown=stage == shown,
        is_next=stage == following,
    )


def _holding(verdict: Verdict, fixes: Mapping[str, Fix], today: date) -> list[Holding]:
    return [
        Holding(
            criterion=ruling.criterion.id,
            title=ruling.criterion.title,
            state=ruling.state,
            reason=ruling.deciding.reason,
            fix=ruling.criterion.fix,
            owner=ruling.owner,
            owner_name=name_of(ruling.owner),
            is_limit=ruling.criterion.is_limit,
            plan=_plan(fixes.get(ruling.criterion.id), today),
        )
        for ruling in verdict.fix_first
    ]


def _plan(fix: Fix | None, today: date) -> Plan | None:
    if fix is None:
        return None
    return Plan(
        owner=fix.owner,
        due=fix.due,
        is_overdue=fix.is_overdue(today),
        note=fix.note,
        planned_by=fix.who,
    )


def _scores(report: Report) -> list[ScoreOfFamily]:
    return [
        ScoreOfFamily(
            title=each.title,
            passed=each.passed,
            total=each.total,
            without_evidence=each.unmeasured,
            holds=each.holds,
        )
        for each in scorecard(report)
    ]


def _alarm(alarm: Alarm) -> AlarmLine:
    return AlarmLine(
        id=alarm.id, what=alarm.what, who_acts=alarm.who_acts, raised_at=alarm.raised_at
    )


def _recorded(body: Mapping[str, Any] | None, verdict: Verdict) -> Recorded | None:
    if body is None:
        return None
    changed = _changed(body, verdict)
    return Recorded(
        decision=body["decision"],
        summary=body["summary"],
        decided_at=datetime.fromisoformat(body["decided_at"]),
        held_by=body.get("held_by"),
        run=body["run"],
        differs=bool(changed) or body["decision"] != verdict.decision,
        changed=changed,
    )


def _changed(body: Mapping[str, Any], verdict: Verdict) -> list[Changed]:
    """Return what stands otherwise now: stale, measured anew, waived, no longer asked."""
    was: dict[str, State] = {each["criterion"]: each["state"] for each in body["rulings"]}
    now: dict[str, Ruling] = {each.criterion.id: each for each in verdict.rulings}
    differing = [name for name in (*now, *(set(was) - set(now))) if _moved(name, was, now)]
    return [
        Changed(
            criterion=name,
            title=now[name].criterion.title if name in now else name,
            was=was.get(name),
            is_now=now[name].state if name in now else None,
            reason=now[name].deciding.reason if name in now else "it is asked no longer",
        )
        for name in differing
    ]


def _moved(name: str, was: Mapping[str, State], now: Mapping[str, Ruling]) -> bool:
    return was.get(name) != (now[name].state if name in now else None)


class HoldGate(BaseModel):
    """Which gate is held."""

    stage: Stage


class Held(BaseModel):
    """What was decided."""

    stage: Stage
    decision: Decision
    summary: str
    decided_at: datetime


def hold_gate(asked: Asked, given: HoldGate) -> Done:
    """Decide at a gate from all that the ledger holds, and record the verdict."""
    book = asked.book
    verdict = asked.parts.library.report(book, given.stage, asked.now).verdict
    entry = verdict_entry(verdict, run=None)
    body = {**entry.body, "held_by": asked.who, "act": asked.act_id}
    append_once(
        book.ledger,
        NewEntry(pilot=book.pilot, kind="verdict", body=body),
        is_same=lambda there: there.get("act") == asked.act_id,
    )
    return Done(
        says=f"The verdict is recorded: {verdict.decision}.",
        goes_to=path_to(book.pilot, stage=given.stage),
        result=Held(
            stage=given.stage,
            decision=verdict.decision,
            summary=verdict.summary,
            decided_at=verdict.decided_at,
        ),
    )


class PlanFix(BaseModel):
    """Who puts a criterion right, and by when."""

    criterion: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1, max_length=200)
    due: date
    note: str = Field(default="", max_length=2000)
    stage: Stage = "production"
    """The gate that is shown next."""


def plan_fix(asked: Asked, given: PlanFix) -> Done:
    """Say who puts right what holds a gate, and by when."""
    criteria = {
        line.id: line.title
        for stage in STAGES
        for line in standard_for(stage, asked.book.charter, asked.parts.registry.catalogue)[0]
    }
    if given.criterion not in {*criteria, *inherited_ids()}:
        raise InputError(
            f"The standard has no criterion '{given.criterion}'.",
            hint="The page of the verdict names what holds the gate.",
        )
    asked.record(
        "fix.planned",
        {
            "criterion": given.criterion,
            "owner": given.owner.strip(),
            "due": given.due.isoformat(),
            "note": given.note.strip(),
        },
    )
    return Done(
        says=f"Planned: {given.owner.strip()}, by {given.due.isoformat()}.",
        goes_to=path_to(asked.book.pilot, stage=given.stage),
    )


def report_as_html(asked: Asked, asks: AskedStage) -> File:
    """Make the whole report, in one file that needs nothing else."""
    report = _report(asked, asks)
    return File(
        name=f"{asked.book.pilot}-{report.verdict.stage}.html",
        media_type="text/html; charset=utf-8",
        content=render_html(report).encode(),
    )


def report_as_json(asked: Asked, asks: AskedStage) -> File:
    """Make the whole report for machines; its schema is `proveout schema report`."""
    import json

    report = _report(asked, asks)
    return File(
        name=f"{asked.book.pilot}-{report.verdict.stage}.json",
        media_type="application/json",
        content=json.dumps(render_json(report), ensure_ascii=False, allow_nan=False).encode(),
    )


def _report(asked: Asked, asks: AskedStage) -> Report:
    stage = asks.stage or asked.book.stands.stage
    return asked.parts.library.report(asked.book, stage, asked.now)


PAGES = (
    Page(
        path="/pilots/{pilot}",
        title="Verdict",
        template="verdict.html.j2",
        needs=Permission.see,
        view=verdict_page,
        shows=VerdictPage,
        asks=AskedStage,
    ),
)
DEEDS = (
    Deed(
        path="/pilots/{pilot}/gate",
        needs=Permission.review,
        takes=HoldGate,
        do=hold_gate,
        gives=Held,
    ),
    Deed(path="/pilots/{pilot}/fixes", needs=Permission.prepare, takes=PlanFix, do=plan_fix),
)
DOWNLOADS = (
    Download(
        path="/pilots/{pilot}/report.html",
        title="The whole report, as one page",
        needs=Permission.see,
        make=report_as_html,
        media_type="text/html",
        asks=AskedStage,
    ),
    Download(
        path="/pilots/{pilot}/report.json",
        title="The whole report, for machines",
        needs=Permission.see,
        make=report_as_json,
        media_type="application/json",
        asks=AskedStage,
    ),
)
