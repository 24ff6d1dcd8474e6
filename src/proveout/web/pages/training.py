"""Training: who is invited, who has completed it, and the sets of cases that there are (R602)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel

from proveout.charter.sealing.signing import folded
from proveout.register.training import TRAINING, Progress, progress
from proveout.training import CaseSet, Classroom, Mine
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.pages.writing import Line, Long, MaybeLine, People, Words
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

NAMES_A_PAGE = 50


class SetLine(BaseModel):
    """One set of cases."""

    id: str
    state: Literal["draft", "approved", "withdrawn"]
    n_cases: int
    origin: str
    made_by: str
    made_at: datetime
    n_begun: int
    n_signed: int
    path: str
    """Where the preparer looks at it."""
    practise_at: str
    is_signed_by_me: bool
    done_by_me: int
    """Cases that the viewer has gone through, in the latest attempt."""


class TrainedPaper(BaseModel):
    """People who were trained elsewhere, as somebody vouches."""

    id: str
    count: int
    note: str
    vouched_by: str
    at: datetime
    is_withdrawn: bool


class Waiting(BaseModel):
    """Somebody who was invited and has not completed it yet."""

    name: str
    invited_by: str
    invited_at: datetime


class TrainingLine(BaseModel):
    """One training of the charter."""

    name: str
    who: str
    scenarios: str
    by: date | None
    is_overdue: bool
    invited: int | None
    completed: int
    practised: int
    """Persons who signed off here."""
    listed: int
    counted_in_charter: int
    caught: int
    """Wrong answers that those who practised here did not let stand, all together."""
    of_wrong: int
    named: int
    """Invited by name."""
    waiting: list[Waiting]
    """Of those, who has not completed it: for the preparer, by name, at most 50 at once."""
    n_waiting: int
    older: str | None
    """The next page of names."""
    lists: list[TrainedPaper]
    sets: list[SetLine]
    is_for_me: bool
    """The viewer is invited by name."""


class TrainingPage(BaseModel):
    """The training page of a pilot."""

    trainings: list[TrainingLine]
    invited: int
    completed: int
    is_counted: bool
    """Every training says how many are invited; otherwise there is no figure for the gate."""
    today: date


class From(BaseModel):
    """Which page of names."""

    after: MaybeLine = ""
    """The last name seen."""


def training(asked: Asked, asks: From) -> TrainingPage:
    """Show the trainings of the charter, and how far each is."""
    book, today = asked.book, asked.now.astimezone(UTC).date()
    known = progress(book.register.of(TRAINING), book.charter)
    room = Classroom(asked.parts.desk, book.pilot)
    sets = room.sets()
    mine = room.mine([each.id for each in sets], asked.viewer.account or "")
    lines = [
        _line(
            asked,
            each,
            [_set(asked, one, mine) for one in _shown(asked, each, sets)],
            today,
            asks.after,
        )
        for each in known
    ]
    return TrainingPage(
        trainings=lines,
        invited=sum(each.invited or 0 for each in known),
        completed=sum(each.completed for each in known if each.invited),
        is_counted=bool(known) and all(each.invited for each in known),
        today=today,
    )


def _line(
    asked: Asked, each: Progress, sets: list[SetLine], today: date, after: str
) -> TrainingLine:
    prepares = asked.may(Permission.prepare)
    waiting = _waiting(each)
    rest = [one for one in waiting if folded(one.name) > folded(after)] if after else waiting
    shown = rest[:NAMES_A_PAGE]
    is_complete = each.invited is not None and each.completed >= each.invited
    me = folded(asked.who)
    return TrainingLine(
        name=each.training,
        who=each.plan.who,
        scenarios=each.plan.scenarios,
        by=each.by,
        is_overdue=each.by is not None and each.by < today and not is_complete,
        invited=each.invited,
        completed=each.completed,
        practised=each.practised,
        listed=each.of.listed,
        counted_in_charter=each.plan.completed,
        caught=sum(one.caught for one in each.of.completed.values()),
        of_wrong=sum(one.of for one in each.of.completed.values()),
        named=len(each.of.named),
        waiting=shown if prepares else [],
        n_waiting=len(waiting),
        older=path_to(asked.book.pilot, f"/training?after={_quoted(shown[-1].name)}")
        if prepares and len(rest) > len(shown)
        else None,
        lists=[
            TrainedPaper(
                id=one.id,
                count=one.count,
                note=one.note,
                vouched_by=one.who,
                at=one.at,
                is_withdrawn=one.is_withdrawn,
            )
            for one in each.of.lists.values()
        ],
        sets=sets,
        is_for_me=me in each.of.named,
    )


def _waiting(each: Progress) -> list[Waiting]:
    done = {folded(one.name) for one in each.of.completed.values()}
    found = [
        Waiting(name=one.name, invited_by=one.who, invited_at=one.at)
        for key, one in each.of.named.items()
        if key not in done
    ]
    return sorted(found, key=lambda one: folded(one.name))


def _shown(asked: Asked, each: Progress, sets: list[CaseSet]) -> list[CaseSet]:
    prepares = asked.may(Permission.prepare)
    return [
        one
        for one in sets
        if one.training == each.training and (prepares or one.state == "approved")
    ]


def _set(asked: Asked, one: CaseSet, mine: Mapping[str, Mine]) -> SetLine:
    path = path_to(asked.book.pilot, f"/training/sets/{_quoted(one.id)}")
    own = mine.get(one.id, Mine(done=0, is_signed=False))
    return SetLine(
        id=one.id,
        state=one.state,
        n_cases=one.n_cases,
        origin=str(one.says.get("origin", "")),
        made_by=one.made_by,
        made_at=one.made_at,
        n_begun=one.n_begun,
        n_signed=one.n_signed,
        path=path,
        practise_at=f"{path}/try",
        is_signed_by_me=own.is_signed,
        done_by_me=own.done,
    )


def _quoted(text: str) -> str:
    return quote(text, safe="")


class Invited(BaseModel):
    """People who are to be trained, one name a line."""

    training: Line
    people: Long


class Excused(BaseModel):
    """Somebody who is not to be trained after all."""

    training: Line
    name: Line
    why: Words


class DueBy(BaseModel):
    """By when a training is to be completed."""

    training: Line
    by: date


class TrainedList(BaseModel):
    """A signed list of people who were trained elsewhere."""

    training: Line
    count: People
    note: Words


class ListOf(BaseModel):
    """A list that was noted wrongly."""

    training: Line
    list: Line
    why: Words


def invite(asked: Asked, given: Invited) -> Done:
    """Invite people to a training, by name."""
    names = [" ".join(line.split()) for line in given.people.splitlines() if line.strip()]
    asked.record("training.invited", {"training": given.training, "people": names})
    return _done(asked, f"Invited: {len(names)}.")


def excuse(asked: Asked, given: Excused) -> Done:
    """Take somebody off the list of those invited, with the reason."""
    asked.record("training.excused", given.model_dump())
    return _done(asked, f"{given.name} is not invited any more.")


def set_due(asked: Asked, given: DueBy) -> Done:
    """Say by when a training is to be completed."""
    says = {"training": given.training, "by": given.by.isoformat()}
    asked.record("training.due", says)
    return _done(asked, f"To be completed by {given.by}.")


def note_list(asked: Asked, given: TrainedList) -> Done:
    """Note a signed list of people who were trained elsewhere."""
    asked.record("training.listed", given.model_dump())
    return _done(asked, f"Noted: {given.count} on a signed list; you vouch for it.")


def withdraw_list(asked: Asked, given: ListOf) -> Done:
    """Take back a list that was noted wrongly."""
    asked.record("training.list_withdrawn", given.model_dump())
    return _done(asked, "The list does not count any more.")


def _done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/training"))


_PATH = "/pilots/{pilot}/training"
_PREPARE = Permission.prepare

PAGES = (
    Page(
        path=_PATH,
        title="Training",
        template="training.html.j2",
        needs=Permission.see,
        view=training,
        shows=TrainingPage,
        asks=From,
    ),
)
DEEDS = (
    Deed(path=f"{_PATH}/invitations", needs=_PREPARE, takes=Invited, do=invite),
    Deed(path=f"{_PATH}/invitations/excused", needs=_PREPARE, takes=Excused, do=excuse),
    Deed(path=f"{_PATH}/due", needs=_PREPARE, takes=DueBy, do=set_due),
    Deed(path=f"{_PATH}/lists", needs=_PREPARE, takes=TrainedList, do=note_list),
    Deed(path=f"{_PATH}/lists/withdraw", needs=_PREPARE, takes=ListOf, do=withdraw_list),
)
