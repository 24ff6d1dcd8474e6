"""Managers who can lead the change, and the rules that reward the old way (R606, R607)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from proveout.charter.sealing.signing import folded
from proveout.errors import NotAllowedError
from proveout.register.managers import MANAGERS
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.writing import (
    Line,
    MaybeDay,
    MaybeLine,
    MaybeLink,
    MaybeWords,
    Words,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class Dated(BaseModel):
    """Something that happens on a day."""

    what: str
    on: date


class HandoutRole(BaseModel):
    """What one role is told."""

    role: str
    headcount: int | None
    what_changes: str
    why: str | None
    representative: str | None


class HandoutTraining(BaseModel):
    """What is trained."""

    who: str
    scenarios: str
    by: date | None


class Handout(BaseModel):
    """One page for managers, made from the charter in force."""

    outcome: str | None
    redesign: str | None
    roles: list[HandoutRole]
    will_do: list[str]
    will_not_do: list[str]
    contact: str | None
    feedback: str | None
    owner: str | None
    sponsor: str | None
    exceptions_go_to: str | None
    due_hours: float | None
    steps: list[str]
    fallback: str | None
    trainings: list[HandoutTraining]
    dates: list[Dated]
    charter: str
    """Content hash of the charter that it was made from."""
    made_on: date


def handout(asked: Asked, _: Nothing) -> Handout:
    """Show what a manager needs to lead the change, on one page to print."""
    book = asked.book
    charter, change, protocol = (
        book.charter,
        book.charter.change,
        book.charter.governance.exceptions,
    )
    owner, sponsor = charter.people.production_owner, charter.people.executive_sponsor
    dates = [Dated(what=each.name, on=each.on) for each in charter.milestones]
    dates += [
        Dated(what=f"Training: {each.who}", on=each.by)
        for each in change.training
        if each.by is not None
    ]
    return Handout(
        outcome=None if charter.outcome is None else charter.outcome.statement,
        redesign=None if charter.process is None else charter.process.redesign,
        roles=[
            HandoutRole(
                role=each.role,
                headcount=each.headcount,
                what_changes=each.what_changes,
                why=each.why,
                representative=each.representative,
            )
            for each in change.roles
        ],
        will_do=list(change.will_do),
        will_not_do=list(change.will_not_do),
        contact=change.contact,
        feedback=change.feedback,
        owner=None if owner is None else owner.name,
        sponsor=None if sponsor is None else sponsor.name,
        exceptions_go_to=None if protocol is None else protocol.goes_to,
        due_hours=None if protocol is None else protocol.due_hours,
        steps=[] if protocol is None else list(protocol.steps),
        fallback=None if charter.rollback is None else charter.rollback.procedure,
        trainings=[
            HandoutTraining(who=each.who, scenarios=each.scenarios, by=each.by)
            for each in change.training
        ],
        dates=sorted(dates, key=lambda each: each.on),
        charter=book.loaded.content_hash,
        made_on=asked.now.date(),
    )


class NamedManager(BaseModel):
    """A manager of people whose work changes."""

    name: Line
    leads: MaybeLine = ""


class UnnamedManager(BaseModel):
    """Somebody who is no manager of theirs any more."""

    name: Line
    why: Words


class Equipped(BaseModel):
    """I can lead it."""

    note: MaybeWords = ""


class NewRule(BaseModel):
    """A rule, or who changes one of the charter by when."""

    rule: Line
    rewards: Literal["old", "new"] = "old"
    changed_by: MaybeLine = ""
    by: MaybeDay = ""


class ChangedRule(BaseModel):
    """A rule that was changed, and how one can tell."""

    rule: Line
    evidence: Words
    link: MaybeLink = ""


class ReopenedRule(BaseModel):
    """A rule that was not changed after all."""

    rule: Line
    evidence: Words


class LookedAtRules(BaseModel):
    """Which rules were read."""

    note: Words


def name_manager(asked: Asked, given: NamedManager) -> Done:
    """Name a manager of people whose work changes."""
    asked.record("manager.named", given.model_dump())
    return _managers(asked, f"{given.name} is asked to confirm.")


def unname_manager(asked: Asked, given: UnnamedManager) -> Done:
    """Take somebody off the list of managers, with the reason."""
    asked.record("manager.unnamed", given.model_dump())
    return _managers(asked, f"{given.name} is not asked any more.")


def be_equipped(asked: Asked, given: Equipped) -> Done:
    """Confirm, as a manager, that one has what it takes to lead the change."""
    person = asked.viewer.person
    if person is None or folded(person) not in asked.book.register.of(MANAGERS).named:
        raise NotAllowedError(
            "You are not known as one of the managers.",
            hint="The project owner names them; an administrator tells the dashboard by which "
            "name charters know you.",
        )
    asked.record("manager.equipped", given.model_dump())
    return _managers(asked, "Noted: you have what it takes to lead the change.")


def add_rule(asked: Asked, given: NewRule) -> Done:
    """Add a rule that rewards a way of working, or say who changes it by when."""
    asked.record("incentive.added", given.model_dump())
    return _rules(asked, "The rule is in the register.")


def change_rule(asked: Asked, given: ChangedRule) -> Done:
    """Note that a rule was changed, and how one can tell."""
    asked.record("incentive.changed", given.model_dump())
    return _rules(asked, "Noted: the rule does not reward the old way any more.")


def reopen_rule(asked: Asked, given: ReopenedRule) -> Done:
    """Note that a rule was not changed after all."""
    asked.record("incentive.reopened", given.model_dump())
    return _rules(asked, "The rule is open again.")


def look_at_rules(asked: Asked, given: LookedAtRules) -> Done:
    """Confirm that all rules of pay, promotion and targets were looked at."""
    asked.record("incentive.looked", given.model_dump())
    return _rules(asked, "Noted: you looked through the rules.")


def _managers(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/people#managers"))


def _rules(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/people#rules"))


_PATH = "/pilots/{pilot}/people"
_PREPARE = Permission.prepare

PAGES = (
    Page(
        path=f"{_PATH}/handout",
        title="For managers",
        template="people_handout.html.j2",
        needs=Permission.see,
        view=handout,
        shows=Handout,
    ),
)
DEEDS = (
    Deed(path=f"{_PATH}/managers", needs=_PREPARE, takes=NamedManager, do=name_manager),
    Deed(path=f"{_PATH}/managers/unname", needs=_PREPARE, takes=UnnamedManager, do=unname_manager),
    Deed(path=f"{_PATH}/managers/equipped", needs=Permission.train, takes=Equipped, do=be_equipped),
    Deed(path=f"{_PATH}/rules", needs=_PREPARE, takes=NewRule, do=add_rule),
    Deed(path=f"{_PATH}/rules/changed", needs=_PREPARE, takes=ChangedRule, do=change_rule),
    Deed(path=f"{_PATH}/rules/reopened", needs=_PREPARE, takes=ReopenedRule, do=reopen_rule),
    Deed(path=f"{_PATH}/rules/looked", needs=_PREPARE, takes=LookedAtRules, do=look_at_rules),
)
