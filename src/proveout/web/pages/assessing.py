"""Measure a pilot from the browser: start an assessment, watch it, stop it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from proveout.charter.schema import Stage
from proveout.desk import Desk
from proveout.errors import InputError, NotFoundError
from proveout.gate.model import Decision
from proveout.portfolio import STAGES
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.jobs import CheckLine, Job, State, ask_to_stop, give_up_lost, job, jobs_of
from proveout.web.jobs.progress import Progress
from proveout.web.jobs.running import Order, start
from proveout.web.jobs.store import begin
from proveout.web.pages.charter import FileNow, file_as_known, file_now
from proveout.web.pages.gates import AskedStage
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class CheckOfRun(BaseModel):
    """One check of an assessment."""

    check: str
    question: str
    state: str
    """'waiting', 'running', or how it ended: 'done', 'skipped', 'failed', 'cut short', …"""
    doing: str
    percent: int | None
    """How far it is; None where that is not known."""
    n_found: int
    reason: str
    next_step: str


class Assessment(BaseModel):
    """An assessment that was started from the dashboard."""

    id: str
    stage: Stage
    state: State
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int
    """How long it took, or has taken until now."""
    stop_asked_by: str | None
    decision: Decision | None
    not_measured: bool
    """A check that the gate needs broke, or found nothing to measure."""
    run: str | None
    checks: list[CheckOfRun]
    n_ended: int
    message: str | None
    hint: str | None


class AssessPage(BaseModel):
    """Assessments of a pilot."""

    pilot: str
    stage: Stage
    stages: list[Stage]
    current: Assessment | None
    """The one that runs, or ran last."""
    before: list[Assessment]
    why_not: str | None
    """Why none can be started here; None where it can."""
    next_step: str | None
    can_load: bool
    """The charter says how the system is to be put under load."""


def assess_page(asked: Asked, asks: AskedStage) -> AssessPage:
    """Show the assessment that runs, how those before it ended, and how to start one."""
    desk, pilot = asked.parts.desk, asked.book.pilot
    known = _known(desk, pilot, asked.now)
    why_not = _why_not(asked, file_as_known(asked))
    return AssessPage(
        pilot=pilot,
        stage=asks.stage or asked.book.stands.stage,
        stages=list(STAGES),
        current=_told(known[0], asked.now) if known else None,
        before=[_told(each, asked.now) for each in known[1:]],
        why_not=None if why_not is None else why_not[0],
        next_step=None if why_not is None else why_not[1],
        can_load=asked.book.charter.load is not None and asked.book.charter.system is not None,
    )


def _known(desk: Desk, pilot: str, now: datetime) -> list[Job]:
    known = jobs_of(desk, pilot)
    if known and known[0].state == "running":
        give_up_lost(desk, pilot, now=now)
        known = jobs_of(desk, pilot)
    return known


def _why_not(asked: Asked, file: FileNow) -> tuple[str, str | None] | None:
    """Say why no assessment can be started here, and what to do about it."""
    if file.path is None:
        return (
            "The dashboard was given no file of this charter, so it knows neither data nor system.",
            "Measure it where the charter is: proveout assess pilot.yaml",
        )
    if file.loaded is None:
        return f"{file.path.name} cannot be used as it is now.", "The page of the charter says why."
    in_force = asked.book.sealing.content_hash_in_force
    if in_force not in (None, file.loaded.content_hash):
        return (
            f"{file.path.name} says something else than the charter in force.",
            "Amend the charter, or undo the change: the page of the charter shows it.",
        )
    return None


def _told(each: Job, now: datetime) -> Assessment:
    checks = [_check(line, is_over=each.state != "running") for line in each.progress.checks]
    until = each.ended_at or now
    return Assessment(
        id=each.id,
        stage=each.stage,
        state=each.state,
        started_by=each.started_by,
        started_at=each.started_at,
        ended_at=each.ended_at,
        seconds=max(0, int((until - each.started_at).total_seconds())),
        stop_asked_by=each.stop_asked_by,
        decision=each.decision,
        not_measured=each.exit_code == 3,
        run=each.progress.run,
        checks=checks,
        n_ended=sum(line.state not in ("waiting", "running") for line in each.progress.checks),
        message=each.message,
        hint=each.hint,
    )


_CUT_SHORT = {"running": "cut short", "waiting": "not begun"}


def _check(line: CheckLine, *, is_over: bool) -> CheckOfRun:
    percent = None
    if not is_over and line.state == "running" and line.total and line.done is not None:
        percent = round(100 * min(1.0, line.done / line.total))
    return CheckOfRun(
        check=line.check,
        question=line.question,
        state=_CUT_SHORT.get(line.state, line.state) if is_over else line.state,
        doing="" if is_over else line.doing,
        percent=percent,
        n_found=line.n_found,
        reason=line.reason,
        next_step=line.next_step,
    )


class StartAssessment(BaseModel):
    """What is measured."""

    stage: Stage = "production"
    load: bool = False
    """Put the system under load as well, which takes minutes and is borne by its other users."""


class Started(BaseModel):
    """What was started."""

    id: str


def start_assessment(asked: Asked, given: StartAssessment) -> Done:
    """Start an assessment; one at a time for each pilot."""
    book, desk = asked.book, asked.parts.desk
    refused = _why_not(asked, file_now(asked))
    if refused is not None or book.file is None:
        said, hint = refused or ("There is no charter.", None)
        raise InputError(said, hint=hint)
    if given.load and book.charter.load is None:
        raise InputError("The charter does not say how much load there will be.")
    give_up_lost(desk, book.pilot, now=asked.now)
    made = Job(
        id=asked.act_id,
        pilot=book.pilot,
        stage=given.stage,
        state="running",
        started_by=asked.who,
        started_at=asked.now,
        beat_at=asked.now,
        progress=Progress(),
    )
    if begin(desk, made, account=asked.viewer.account):
        order = Order(
            job=made.id,
            charter=book.file.path,
            ledger=_ledger_of(asked),
            database=_database(desk),
            stage=given.stage,
            more=("load",) if given.load else (),
        )
        start(order, desk=desk, clock=asked.parts.clock)
    else:
        _refuse_second(desk, book.pilot, made.id)
    return Done(
        says="The assessment has started.",
        goes_to=path_to(book.pilot, "/assess"),
        result=Started(id=made.id),
    )


def _refuse_second(desk: Desk, pilot: str, mine: str) -> None:
    """Raise InputError, unless what was noted before is this very one."""
    if job(desk, mine) is not None:
        return
    runs = next((each for each in jobs_of(desk, pilot) if each.state == "running"), None)
    by = "" if runs is None else f", started by {runs.started_by}"
    raise InputError(
        f"An assessment of this pilot is running{by}.",
        hint="Wait until it has ended, or stop it.",
    )


def _ledger_of(asked: Asked) -> str:
    return next(
        place.location for place in asked.parts.library.places if place.ledger is asked.book.ledger
    )


def _database(desk: Desk) -> str:
    """Return where the dashboard's database is, as the environment names it."""
    engine = getattr(desk, "engine", None)
    if engine is None or desk.dialect == "sqlite":
        return desk.place
    address: str = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return address


class StopAssessment(BaseModel):
    """Which one is stopped."""

    id: str = Field(min_length=1, max_length=64)


def stop_assessment(asked: Asked, given: StopAssessment) -> Done:
    """Stop an assessment; what it found until then is kept."""
    known = job(asked.parts.desk, given.id)
    if known is None or known.pilot != asked.book.pilot:
        raise NotFoundError("There is no such assessment of this pilot.")
    ask_to_stop(asked.parts.desk, given.id, who=asked.who)
    return Done(
        says="The assessment is being stopped; what it has found is kept.",
        goes_to=path_to(asked.book.pilot, "/assess"),
    )


PAGES = (
    Page(
        path="/pilots/{pilot}/assess",
        title="Assessments",
        template="assess.html.j2",
        needs=Permission.see,
        view=assess_page,
        shows=AssessPage,
        asks=AskedStage,
    ),
)
DEEDS = (
    Deed(
        path="/pilots/{pilot}/assess",
        needs=Permission.assess,
        takes=StartAssessment,
        do=start_assessment,
        gives=Started,
    ),
    Deed(
        path="/pilots/{pilot}/assess/stop",
        needs=Permission.assess,
        takes=StopAssessment,
        do=stop_assessment,
    ),
)
