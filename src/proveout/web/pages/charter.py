"""What was agreed, as a lawyer reads it: chapters, the seal, every change since, and waivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, Field

from proveout.assess.agreeing import (
    amend_charter,
    changes_of,
    has_results,
    resolve_alarm,
    seal_charter,
)
from proveout.assess.people import waiver_of
from proveout.assess.workspace import Workspace
from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content, load_charter
from proveout.charter.schema import Stage
from proveout.charter.sealing import Amendment, Change, Effect, standing_in
from proveout.errors import CharterError, InputError, LedgerMovedError, ProveoutError
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.waiver import Waiver
from proveout.gate import adjustment_problems, standard_for
from proveout.gate.standards import SEALED
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.appending import append_once
from proveout.web.pages.chapters import Chapter, chapters, not_agreed, written
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class ChangeLine(BaseModel):
    """One value that differs between two versions."""

    path: str
    before: str | None
    """None where it was not there."""
    after: str | None
    """None where it is gone."""
    effect: Effect
    results_known: bool
    """Evidence on what it concerns was in the ledger when it was changed."""


class AmendmentLine(BaseModel):
    """A change of a sealed charter, made in the open."""

    who: str
    why: str
    at: datetime
    content_hash: str
    changes: list[ChangeLine]


class SealLine(BaseModel):
    """Who fixed the standard, and when."""

    who: str
    at: datetime
    content_hash: str


class WaiverLine(BaseModel):
    """A criterion that somebody lets pass until a day."""

    criterion: str
    who: str
    why: str
    granted_at: datetime
    until: datetime
    is_in_force: bool


class FileLine(BaseModel):
    """The charter's file, as it is on the disk now."""

    name: str
    content_hash: str | None
    problem: str | None
    """Why it cannot be read."""
    is_in_force: bool
    changes: list[ChangeLine]
    """What it says otherwise than the charter in force."""
    results_known: bool
    """Evidence is in the ledger already."""


class CriterionChoice(BaseModel):
    """A criterion that can be waived."""

    criterion: str
    title: str
    stage: Stage


class CharterPage(BaseModel):
    """What was agreed."""

    pilot: str
    title: str
    seal: SealLine | None
    content_hash: str
    """Of what is shown: the charter in force, or the file where nothing is sealed."""
    amendments: list[AmendmentLine]
    waivers: list[WaiverLine]
    file: FileLine | None
    chapters: list[Chapter]
    not_agreed: list[str]
    waivable: list[CriterionChoice]


def charter_page(asked: Asked, _: Nothing) -> CharterPage:
    """Show the charter in force in chapters, its seal, every change since, and waivers."""
    book = asked.book
    present = book.sealing
    file = file_as_known(asked)
    shown = book.loaded if book.is_sealed or file.loaded is None else file.loaded
    plain = present.content_in_force if book.is_sealed else content(shown.charter)
    told = chapters(plain or {})
    seal = present.seal
    return CharterPage(
        pilot=book.pilot,
        title=book.title,
        seal=None
        if seal is None
        else SealLine(who=seal.who, at=seal.at, content_hash=seal.content_hash),
        content_hash=present.content_hash_in_force or shown.content_hash,
        amendments=[_amendment(each) for each in reversed(present.amendments)],
        waivers=[_waiver(each, asked.now) for each in reversed(book.waivers)],
        file=_file_line(asked, file),
        chapters=told,
        not_agreed=not_agreed(told),
        waivable=list(_waivable(asked).values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNow:
    """What the charter's file says at this moment."""

    path: Path | None = None
    loaded: LoadedCharter | None = None
    problem: ProveoutError | None = None

    def fit(self) -> LoadedCharter:
        """Return the charter. Raises CharterError where there is none that could be used."""
        if self.loaded is not None:
            return self.loaded
        if self.problem is not None:
            raise self.problem
        raise CharterError(
            "The dashboard was given no file of this charter.",
            hint="Start it where the charter is: proveout serve pilot.yaml",
        )


def file_as_known(asked: Asked) -> FileNow:
    """Return the charter's file as the library has read it, which it does when it changes."""
    book = asked.book
    if book.file is None:
        return FileNow()
    if book.file_problem is not None:
        return FileNow(path=book.file.path, problem=CharterError(book.file_problem))
    return FileNow(path=book.file.path, loaded=book.file)


def file_now(asked: Asked) -> FileNow:
    """Read the charter's file anew, as before every deed, and as strictly as the commands do."""
    given = asked.book.file
    if given is None:
        return FileNow()
    catalogue = asked.parts.registry.catalogue
    try:
        loaded = load_charter(
            given.path,
            known_metrics=catalogue,
            further=lambda read: adjustment_problems(read, catalogue),
        )
    except ProveoutError as error:
        return FileNow(path=given.path, problem=error)
    if loaded.charter.pilot != asked.book.pilot:
        problem = CharterError(
            f"{given.path.name} is the charter of another pilot now: '{loaded.charter.pilot}'.",
            hint="Give it back its name, or start the dashboard anew.",
        )
        return FileNow(path=given.path, problem=problem)
    return FileNow(path=given.path, loaded=loaded)


def _file_line(asked: Asked, file: FileNow) -> FileLine | None:
    if file.path is None:
        return None
    loaded, book = file.loaded, asked.book
    if loaded is None:
        return FileLine(
            name=file.path.name,
            content_hash=None,
            problem=str(file.problem),
            is_in_force=False,
            changes=[],
            results_known=False,
        )
    is_in_force = loaded.content_hash == book.sealing.content_hash_in_force
    changes: tuple[Change, ...] = ()
    problem = None
    if book.is_sealed and not is_in_force:
        try:
            changes = changes_of(loaded, book.ledger, registry=asked.parts.registry)
        except CharterError as error:
            problem = str(error)
    return FileLine(
        name=file.path.name,
        content_hash=loaded.content_hash,
        problem=problem,
        is_in_force=is_in_force,
        changes=[change_line(each) for each in changes],
        results_known=not book.is_sealed and has_results(book.ledger, book.pilot),
    )


def _amendment(made: Amendment) -> AmendmentLine:
    return AmendmentLine(
        who=made.who,
        why=made.why,
        at=made.at,
        content_hash=made.content_hash,
        changes=[change_line(each) for each in made.changes],
    )


def change_line(change: Change) -> ChangeLine:
    """Put a change into words."""
    return ChangeLine(
        path=change.path,
        before=None if change.before is None else written(change.before),
        after=None if change.after is None else written(change.after),
        effect=change.effect,
        results_known=change.results_known,
    )


def _waiver(waiver: Waiver, now: datetime) -> WaiverLine:
    return WaiverLine(
        criterion=waiver.criterion,
        who=waiver.who,
        why=waiver.why,
        granted_at=waiver.granted_at,
        until=waiver.until,
        is_in_force=now < waiver.until,
    )


def _waivable(asked: Asked) -> dict[str, CriterionChoice]:
    catalogue, charter = asked.parts.registry.catalogue, asked.book.charter
    return {
        line.id: CriterionChoice(criterion=line.id, title=line.title, stage=stage)
        for stage in get_args(Stage)
        for line in standard_for(stage, charter, catalogue)[0]
        if line.metric != SEALED
    }


class SealCharter(BaseModel):
    """What is sealed: nobody seals what they did not see."""

    content_hash: str = Field(min_length=1, max_length=100)


class Sealed(BaseModel):
    """The seal."""

    who: str
    at: datetime
    content_hash: str
    results_known: bool


def seal_it(asked: Asked, given: SealCharter) -> Done:
    """Fix what was agreed in the ledger, with who and when."""
    loaded = _seen(file_now(asked).fit(), given.content_hash)
    made = seal_charter(
        loaded,
        asked.book.ledger,
        registry=asked.parts.registry,
        who=asked.who,
        now=asked.now,
    )
    late = (
        " Results were in the ledger before this seal: it does not show that the standard was "
        "fixed first."
        if made.results_known and not made.was_sealed
        else ""
    )
    return Done(
        says=f"Sealed by {made.seal.who} on {made.seal.at:%Y-%m-%d}.{late}",
        goes_to=path_to(asked.book.pilot, "/charter"),
        result=Sealed(
            who=made.seal.who,
            at=made.seal.at,
            content_hash=loaded.content_hash,
            results_known=made.results_known,
        ),
    )


def _seen(loaded: LoadedCharter, seen: str) -> LoadedCharter:
    if loaded.content_hash != seen:
        raise InputError(
            f"{loaded.path.name} has changed since you looked at it.",
            hint="Open the page of the charter again, and read what it says now.",
        )
    return loaded


class AmendCharter(BaseModel):
    """What is recorded, and why."""

    content_hash: str = Field(min_length=1, max_length=100)
    why: str = Field(min_length=1, max_length=4000)


def amend_it(asked: Asked, given: AmendCharter) -> Done:
    """Record what the file says otherwise than the charter in force, by whom and why."""
    loaded = _seen(file_now(asked).fit(), given.content_hash)
    made = _amended(asked, loaded, given.why)
    loosened = sum(each.effect == "looser" for each in made.changes)
    told = "" if not loosened else f" {loosened} made the standard easier; every verdict says so."
    return Done(
        says=f"Amended by {made.who}: {len(made.changes)} changed.{told}",
        goes_to=path_to(asked.book.pilot, "/charter"),
        result=_amendment(made),
    )


def _amended(asked: Asked, loaded: LoadedCharter, why: str) -> Amendment:
    """Amend; the same form sent twice is one amendment, even where both come at once."""
    book = asked.book
    try:
        return amend_charter(
            loaded,
            book.ledger,
            registry=asked.parts.registry,
            who=asked.who,
            why=why,
            now=asked.now,
        )
    except (CharterError, LedgerMovedError):
        made = standing_in(book.ledger, book.pilot).amendments
        mine = (loaded.content_hash, asked.who.strip(), why.strip())
        if made and (made[-1].content_hash, made[-1].who, made[-1].why) == mine:
            return made[-1]
        raise


class WaiveCriterion(BaseModel):
    """Which criterion passes, until when, and why."""

    criterion: str = Field(min_length=1, max_length=200)
    until: date
    """Last day on which it counts."""
    why: str = Field(min_length=1, max_length=4000)


def waive_it(asked: Asked, given: WaiveCriterion) -> Done:
    """Let one criterion pass until a day, in the open."""
    book = asked.book
    workspace = Workspace(
        loaded=book.loaded,
        registry=asked.parts.registry,
        ledger=book.ledger,
        folder=book.loaded.folder,
        clock=lambda: asked.now,
    )
    made = waiver_of(workspace, given.criterion, who=asked.who, why=given.why, until=given.until)
    mine = made.as_dict()
    append_once(
        book.ledger,
        NewEntry(pilot=book.pilot, kind="waiver", body=mine),
        is_same=lambda there: all(
            there[key] == mine[key] for key in ("criterion", "who", "why", "until")
        ),
    )
    return Done(
        says=f"Waived until {given.until.isoformat()}: {made.criterion}.",
        goes_to=path_to(book.pilot, "/charter"),
        result=_waiver(made, asked.now),
    )


class ResolveAlarm(BaseModel):
    """Which alarm is resolved, and what it was."""

    alarm: str = Field(min_length=3, max_length=40)
    why: str = Field(min_length=1, max_length=4000)


def resolve_it(asked: Asked, given: ResolveAlarm) -> Done:
    """Resolve an alarm by name. What is watched may raise another when it changes again."""
    resolved = resolve_alarm(
        asked.book.ledger,
        asked.book.pilot,
        given.alarm,
        who=asked.who,
        why=given.why,
        now=asked.now,
    )
    return Done(says=f"Resolved: {resolved.what}", goes_to=path_to(asked.book.pilot))


PAGES = (
    Page(
        path="/pilots/{pilot}/charter",
        title="Charter",
        template="charter.html.j2",
        needs=Permission.see,
        view=charter_page,
        shows=CharterPage,
    ),
)
DEEDS = (
    Deed(
        path="/pilots/{pilot}/charter/seal",
        needs=Permission.seal,
        takes=SealCharter,
        do=seal_it,
        gives=Sealed,
    ),
    Deed(
        path="/pilots/{pilot}/charter/amend",
        needs=Permission.seal,
        takes=AmendCharter,
        do=amend_it,
        gives=AmendmentLine,
    ),
    Deed(
        path="/pilots/{pilot}/waivers",
        needs=Permission.waive,
        takes=WaiveCriterion,
        do=waive_it,
        gives=WaiverLine,
    ),
    Deed(
        path="/pilots/{pilot}/alarms",
        needs=Permission.answer,
        takes=ResolveAlarm,
        do=resolve_it,
    ),
)
