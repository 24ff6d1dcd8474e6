"""How one is told of what is to be done, and how the background stands for the administrator."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, Field

from proveout.desk import keeping, outbox, walks
from proveout.errors import InputError
from proveout.notices.company import company_channels
from proveout.notices.letter import Item
from proveout.notices.preferences import (
    KINDS,
    WEEKDAYS,
    Preferences,
    Rhythm,
    TellKind,
    clock_time,
    known_zone,
)
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.permissions import Permission
from proveout.web.security import access_log

KIND_NAMES: dict[TellKind, str] = {
    "assignment": "Something new is mine to do",
    "due": "Something of mine is due tomorrow or today",
    "overdue": "Something of mine is overdue (once, then weekly)",
    "escalation": "Something that others did not do comes to me",
    "alarm": "An alarm is mine to act on",
    "digest": "The digest",
}


class ChannelLine(BaseModel):
    """A channel that one may choose."""

    name: str
    is_personal: bool
    is_chosen: bool


class SendingLine(BaseModel):
    """Something that one was told, or is to be."""

    kind: TellKind
    what: str
    made: datetime
    sent: datetime | None
    state: Literal["sent", "waits", "tried again later", "given up"]
    failure: str | None


class NoticesPage(BaseModel):
    """How one is told."""

    is_on: bool
    can_be_told: bool
    """Charters know the viewer by name; else nothing can be one's own."""
    channels: list[ChannelLine]
    kinds: dict[str, str]
    chosen_kinds: list[str]
    quiet_from: str
    quiet_to: str
    alarms_wake: bool
    time_zone: str
    digest: Rhythm
    digest_hour: int
    digest_weekday: int
    weekdays: list[str]
    zones: list[str]
    last: list[SendingLine]


class ChooseNotices(BaseModel):
    """What one chooses."""

    channels: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=20
    )
    kinds: list[TellKind] = Field(default_factory=list, max_length=20)
    quiet_from: str = Field(default="", max_length=5)
    quiet_to: str = Field(default="", max_length=5)
    alarms_wake: bool = False
    time_zone: str = Field(default="UTC", max_length=60)
    digest: Rhythm = "off"
    digest_hour: int = Field(default=8, ge=0, le=23)
    digest_weekday: int = Field(default=0, ge=0, le=6)


def notices(asked: Asked, _: Nothing) -> NoticesPage:
    """Show how the viewer is told, and what was sent last."""
    desk, account = asked.parts.desk, _account(asked)
    chosen = _chosen(asked)
    offered = company_channels(os.environ)
    said = chosen.as_dict()
    return NoticesPage(
        is_on=chosen.is_on,
        can_be_told=bool(asked.viewer.person),
        channels=[
            ChannelLine(
                name=each.name, is_personal=each.is_personal, is_chosen=each.name in chosen.channels
            )
            for each in offered
        ],
        kinds={kind: name for kind, name in KIND_NAMES.items() if kind != "digest"},
        chosen_kinds=sorted(chosen.kinds),
        quiet_from=said["quiet_from"] or "",
        quiet_to=said["quiet_to"] or "",
        alarms_wake=chosen.alarms_wake,
        time_zone=chosen.time_zone,
        digest=chosen.digest,
        digest_hour=chosen.digest_hour,
        digest_weekday=chosen.digest_weekday,
        weekdays=list(WEEKDAYS),
        zones=sorted(available_timezones()),
        last=[_line(each) for each in outbox.sendings(desk, account)],
    )


def choose(asked: Asked, given: ChooseNotices) -> Done:
    """Choose how one is told; without a channel one is told nothing."""
    offered = {each.name for each in company_channels(os.environ)}
    for name in given.channels:
        if name not in offered:
            raise InputError(
                f"There is no channel '{name}'.",
                hint="An administrator sets channels up: see docs/notifications.md.",
            )
    before = _chosen(asked)
    made = Preferences(
        channels=tuple(dict.fromkeys(given.channels)),
        kinds=frozenset(kind for kind in KINDS if kind in given.kinds),
        quiet_from=clock_time(given.quiet_from),
        quiet_to=clock_time(given.quiet_to),
        alarms_wake=given.alarms_wake,
        time_zone=known_zone(given.time_zone),
        digest=given.digest,
        digest_hour=given.digest_hour,
        digest_weekday=given.digest_weekday,
    )
    if (made.quiet_from is None) != (made.quiet_to is None):
        raise InputError("Quiet hours need a beginning and an end.", hint="Or leave both empty.")
    since = None if not made.is_on else (before.since if before.is_on else asked.now)
    made = replace(made, since=since)
    outbox.choose(asked.parts.desk, _account(asked), made.as_dict(), asked.now.timestamp())
    says = "You will be told so from now on." if made.is_on else "You will not be told anything."
    return Done(says=says, goes_to="/me/notices")


def try_out(asked: Asked, _: Nothing) -> Done:
    """Send oneself a message, to see that it comes."""
    account = _account(asked)
    if not _chosen(asked).is_on:
        raise InputError("You have chosen no channel.", hint="Choose one, save, and try again.")
    item = Item(kind="due", pilot="", what="This is a try: you are told in this way")
    row = outbox.Row(
        key=f"{account}|try|{asked.act_id}", account=account, kind="due", pilot="",
        says=item.as_dict(),
    )  # fmt: skip
    outbox.put(asked.parts.desk, [row], asked.now.timestamp())
    return Done(says="It is on its way: within two minutes.", goes_to="/me/notices")


class JobLine(BaseModel):
    """A job that runs in the background."""

    job: str
    began: datetime | None
    ended: datetime | None
    went_well: datetime | None
    failed: datetime | None
    failure: str | None
    """Why it failed the last time; None where it went well."""
    says: str


class LedgerLine(BaseModel):
    """A ledger, and how it was last found."""

    name: str
    """Under which it stands here; its address is not shown."""
    pilots: list[str]
    walked: datetime | None
    whole: datetime | None
    """When it was last found whole."""
    entries: int
    """Then."""
    broken: str | None


class BackgroundPage(BaseModel):
    """How the background stands."""

    is_kept: bool
    """Some process keeps it going now."""
    kept_by: str | None
    jobs: list[JobLine]
    ledgers: list[LedgerLine]
    waiting: int
    """Messages to be sent."""
    given_up: int
    channels: list[str]
    """Names of those that are set up."""


def background(asked: Asked, _: Nothing) -> BackgroundPage:
    """Show what runs in the background, and what failed last."""
    desk = asked.parts.desk
    found = {each.job: each for each in keeping.standings(desk)}
    keeper = found.pop(keeping.KEEPER, None)
    waits, up = outbox.counts(desk)
    is_kept = keeper is not None and (keeper.held_until or 0) > asked.now.timestamp()
    return BackgroundPage(
        is_kept=is_kept,
        kept_by=keeper.held_by if keeper is not None and is_kept else None,
        jobs=[
            JobLine(
                job=each.job, began=_moment(each.began_at), ended=_moment(each.ended_at),
                went_well=_moment(each.went_well_at), failed=_moment(each.failed_at),
                failure=each.failure, says=each.says or "",
            )
            for each in found.values()
            if not each.job.startswith(walks.PREFIX)
        ],
        ledgers=_ledgers(asked),
        waiting=waits,
        given_up=up,
        channels=[each.name for each in company_channels(os.environ)],
    )  # fmt: skip


def _ledgers(asked: Asked) -> list[LedgerLine]:
    books = asked.parts.library.pilots()
    found = []
    for place in asked.parts.library.places:
        walk = walks.last_walk(asked.parts.desk, place.location)
        found.append(
            LedgerLine(
                name=walks.name_of(place.location),
                pilots=[book.pilot for book in books if book.ledger is place.ledger],
                walked=None if walk is None else _moment(walk.at),
                whole=None if walk is None else _moment(walk.whole_at),
                entries=0 if walk is None else walk.n_entries,
                broken=None if walk is None else walk.broken,
            )
        )
    return found


class RestoredForm(BaseModel):
    """Which ledger was restored, and why."""

    name: Annotated[str, Field(max_length=40)]
    why: Annotated[str, Field(min_length=1, max_length=300)]


def restored(asked: Asked, given: RestoredForm) -> Done:
    """Say that a ledger was restored on purpose: the next walk expects no hash from before."""
    desk = asked.parts.desk
    if not walks.accept(desk, given.name):
        raise InputError("There is no such ledger.", hint="Open the page again.")
    with desk.writing() as connection:
        access_log.note(
            connection, now=asked.now, who=asked.who, account=asked.viewer.account,
            what="took a ledger as restored", about=f"{given.name}: {given.why}",
        )  # fmt: skip
    return Done(says="It is verified anew within minutes.", goes_to="/admin/background")


def _account(asked: Asked) -> str:
    if asked.viewer.account is None:
        msg = "nobody is signed in"
        raise LookupError(msg)
    return asked.viewer.account


def _chosen(asked: Asked) -> Preferences:
    settings = outbox.preferences_of(asked.parts.desk, _account(asked))
    return Preferences() if settings is None else Preferences.from_dict(settings)


def _line(sending: outbox.Sending) -> SendingLine:
    item = Item.from_dict(sending.says)
    state: Literal["sent", "waits", "tried again later", "given up"]
    if sending.sent_at is not None:
        state = "sent"
    elif sending.given_up_at is not None:
        state = "given up"
    else:
        state = "waits" if sending.failure is None else "tried again later"
    n = len(item.lines)
    return SendingLine(
        kind=item.kind,
        what=item.what or f"Digest: {n:,} {'line' if n == 1 else 'lines'}",
        made=datetime.fromtimestamp(sending.made_at, UTC),
        sent=_moment(sending.sent_at),
        state=state,
        failure=None if state == "sent" else sending.failure,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


PAGES = (
    Page(
        path="/me/notices",
        title="How I am told",
        template="notices.html.j2",
        needs=Permission.signed_in,
        view=notices,
        shows=NoticesPage,
    ),
    Page(
        path="/admin/background",
        title="What runs in the background",
        template="background.html.j2",
        needs=Permission.administer,
        view=background,
        shows=BackgroundPage,
    ),
)

DEEDS = (
    Deed(path="/me/notices", needs=Permission.signed_in, takes=ChooseNotices, do=choose),
    Deed(
        path="/admin/background/restored",
        needs=Permission.administer,
        takes=RestoredForm,
        do=restored,
    ),
    Deed(path="/me/notices/try", needs=Permission.signed_in, takes=Nothing, do=try_out),
)
