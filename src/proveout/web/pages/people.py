"""Whose work changes, who knows it, who spoke for them, and what is ready for it (R601-R607)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel

from proveout.charter.schema.organisation import AffectedRole
from proveout.charter.sealing.signing import folded
from proveout.errors import InputError, NotAllowedError
from proveout.register.incentives import INCENTIVES, rules
from proveout.register.managers import MANAGERS
from proveout.register.preparing import (
    PREPARING,
    Preparation,
    has_spoken,
    knowing,
    speaks_for,
    text_told,
)
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.writing import Line, MaybeLine, People, Words
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class PaperList(BaseModel):
    """People who signed on paper, as somebody vouches."""

    id: str
    count: int
    note: str
    vouched_by: str
    at: datetime
    is_withdrawn: bool


class RoleLine(BaseModel):
    """One role whose work changes."""

    role: str
    headcount: int | None
    what_changes: str
    why: str | None
    text: str
    """Names what the role is told; sent back by whoever confirms it."""
    confirmed: int
    """Persons who say here that they know it as it stands."""
    listed: int
    to_confirm_again: int
    """People who knew an earlier text."""
    known: int
    lists: list[PaperList]
    representative: str | None
    spoken_at: datetime | None
    spoken_note: str
    is_spoken_for_by_me: bool
    mine: Literal["not said", "confirmed", "rewritten since"]


class ManagerLine(BaseModel):
    """One manager of people whose work changes."""

    name: str
    leads: str
    equipped_at: datetime | None
    note: str
    is_me: bool


class RuleLine(BaseModel):
    """One rule that rewards a way of working."""

    rule: str
    rewards: Literal["old", "new"]
    changed_by: str | None
    by: date | None
    is_done: bool
    is_overdue: bool
    evidence: str
    link: str
    said_by: str | None
    said_at: datetime | None
    is_in_charter: bool


class PeoplePage(BaseModel):
    """The people page of a pilot."""

    roles: list[RoleLine]
    known: int
    """People of roles with a headcount who know."""
    headcount: int
    """Of those roles."""
    represented: int
    will_do: list[str]
    will_not_do: list[str]
    contact: str | None
    feedback: str | None
    disagree_at: str
    """The page on which one asks or disagrees."""
    managers: list[ManagerLine]
    equipped: int
    handout_at: str
    rules: list[RuleLine]
    rules_of_old: int
    rules_changed: int
    looked_at: datetime | None
    looked_by: str | None
    looked_note: str
    who: str | None
    """The name by which charters know the viewer."""
    today: date


def people(asked: Asked, _: Nothing) -> PeoplePage:
    """Show whose work changes, and how far they are prepared."""
    book, today = asked.book, asked.now.astimezone(UTC).date()
    charter, change = book.charter, book.charter.change
    state = book.register.of(PREPARING)
    roles = _roles(asked, state)
    counted = [role for role in roles if role.headcount is not None]
    incentives = book.register.of(INCENTIVES)
    known_rules = [
        RuleLine(
            rule=rule.rule,
            rewards=rule.rewards,
            changed_by=rule.changed_by,
            by=rule.by,
            is_done=rule.is_done,
            is_overdue=rule.is_overdue(today),
            evidence="" if rule.word is None else rule.word.evidence,
            link="" if rule.word is None else rule.word.link,
            said_by=None if rule.word is None else rule.word.who,
            said_at=None if rule.word is None else rule.word.at,
            is_in_charter=rule.is_in_charter,
        )
        for rule in rules(incentives, charter)
    ]
    managers = _managers(asked)
    old = [rule for rule in known_rules if rule.rewards == "old"]
    looked = incentives.looked
    return PeoplePage(
        roles=roles,
        known=sum(role.known for role in counted),
        headcount=sum(role.headcount or 0 for role in counted),
        represented=sum(role.spoken_at is not None for role in roles),
        will_do=list(change.will_do),
        will_not_do=list(change.will_not_do),
        contact=change.contact,
        feedback=change.feedback,
        disagree_at=path_to(asked.book.pilot, "/feedback/new"),
        managers=managers,
        equipped=sum(each.equipped_at is not None for each in managers),
        handout_at=path_to(asked.book.pilot, "/people/handout"),
        rules=known_rules,
        rules_of_old=len(old),
        rules_changed=sum(rule.is_done for rule in old),
        looked_at=None if looked is None else looked.at,
        looked_by=None if looked is None else looked.who,
        looked_note="" if looked is None else looked.note,
        who=asked.viewer.person,
        today=today,
    )


def _roles(asked: Asked, state: Preparation) -> list[RoleLine]:
    charter = asked.book.charter
    mine = state.informed.get(f"account:{asked.viewer.account}")
    lines = []
    for role, known in zip(charter.change.roles, knowing(state, charter), strict=True):
        spoken = has_spoken(state, role)
        text = text_told(role)
        word: Literal["not said", "confirmed", "rewritten since"] = "not said"
        if mine is not None and mine.role == role.role:
            word = "confirmed" if mine.knows == text else "rewritten since"
        lines.append(
            RoleLine(
                role=role.role,
                headcount=role.headcount,
                what_changes=role.what_changes,
                why=role.why,
                text=text,
                confirmed=known.confirmed,
                listed=known.listed,
                to_confirm_again=known.to_confirm_again,
                known=known.known,
                lists=_lists(state, role),
                representative=role.representative,
                spoken_at=None if spoken is None else spoken.at,
                spoken_note="" if spoken is None else spoken.note,
                is_spoken_for_by_me=speaks_for(role, asked.viewer.person),
                mine=word,
            )
        )
    return lines


def _lists(state: Preparation, role: AffectedRole) -> list[PaperList]:
    return [
        PaperList(
            id=each.id,
            count=each.count,
            note=each.note,
            vouched_by=each.who,
            at=each.at,
            is_withdrawn=each.is_withdrawn,
        )
        for each in state.lists.values()
        if each.role == role.role
    ]


def _managers(asked: Asked) -> list[ManagerLine]:
    state, me = asked.book.register.of(MANAGERS), asked.viewer.person
    lines = []
    for key, manager in state.named.items():
        word = state.equipped.get(key)
        lines.append(
            ManagerLine(
                name=manager.name,
                leads=manager.leads,
                equipped_at=None if word is None else word.at,
                note="" if word is None else word.note,
                is_me=me is not None and folded(me) == key,
            )
        )
    return sorted(lines, key=lambda each: each.name)


class Knows(BaseModel):
    """I know what changes for my role."""

    role: Line
    text: Line
    """As the page gave it: what was read."""


class Listed(BaseModel):
    """A signed list of people who know."""

    role: Line
    text: Line
    count: People
    note: Words


class ListOf(BaseModel):
    """A list that was noted wrongly."""

    list: Line
    why: Words


class SpokeFor(BaseModel):
    """I spoke for them."""

    role: Line
    note: MaybeLine = ""


def confirm(asked: Asked, given: Knows) -> Done:
    """Confirm that one knows what changes for one's own role."""
    asked.record("preparing.informed", {"role": given.role, "knows": given.text})
    return _done(asked, f"Noted: you know what changes for {given.role}.")


def note_list(asked: Asked, given: Listed) -> Done:
    """Note a signed list of people who know what changes for them."""
    says = {"role": given.role, "knows": given.text, "count": given.count, "note": given.note}
    asked.record("preparing.listed", says)
    return _done(asked, f"Noted: {given.count} on a signed list; you vouch for it.")


def withdraw_list(asked: Asked, given: ListOf) -> Done:
    """Take back a list that was noted wrongly."""
    asked.record("preparing.list_withdrawn", {"list": given.list, "why": given.why})
    return _done(asked, "The list does not count any more.")


def speak(asked: Asked, given: SpokeFor) -> Done:
    """Confirm that one spoke for a role when it was agreed what is good enough."""
    roles = {role.role: role for role in asked.book.charter.change.roles}
    role = roles.get(given.role)
    if role is None:
        raise InputError(f"The charter knows no role '{given.role}' whose work changes.")
    if not speaks_for(role, asked.viewer.person):
        raise NotAllowedError(
            f"You are not known as the one who speaks for '{role.role}'.",
            hint="The charter names the representative; an administrator tells the dashboard by "
            "which name charters know you.",
        )
    asked.record("preparing.represented", {"role": given.role, "note": given.note})
    return _done(asked, f"Noted: you spoke for {given.role}.")


def _done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/people"))


_PATH = "/pilots/{pilot}/people"

PAGES = (
    Page(
        path=_PATH,
        title="People",
        template="people.html.j2",
        needs=Permission.see,
        view=people,
        shows=PeoplePage,
    ),
)
DEEDS = (
    Deed(path=f"{_PATH}/informed", needs=Permission.train, takes=Knows, do=confirm),
    Deed(path=f"{_PATH}/lists", needs=Permission.prepare, takes=Listed, do=note_list),
    Deed(path=f"{_PATH}/lists/withdraw", needs=Permission.prepare, takes=ListOf, do=withdraw_list),
    Deed(path=f"{_PATH}/represented", needs=Permission.train, takes=SpokeFor, do=speak),
)
