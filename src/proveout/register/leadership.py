"""What leadership did beyond the announcement: said, attended, removed, equipped (R607)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import folded
from proveout.errors import InputError
from proveout.register.act import Act, Fact
from proveout.register.growing import added
from proveout.register.saying import Told, day_of, end_of, latest, needed, text_of

WINDOW = timedelta(days=30)
"""So long something that leadership did counts as continuing engagement."""
REMOVED_WITHIN = timedelta(days=14)
"""An obstacle without a day of its own is overdue after it."""

Kind = Literal["message", "review", "obstacle removed", "manager equipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """One thing that leadership did and people can see."""

    id: str
    """Of the act."""
    kind: Kind
    what: str
    by: str
    """Who did it."""
    to: str
    """Whom a message was for; else ''."""
    link: str
    who: str
    """Who vouches for it."""
    at: datetime
    """When it happened."""
    present: tuple[str, ...] = ()
    """Of a review: who was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Something in the way, and who is to remove it."""

    id: str
    what: str
    raised_by: str
    owner: str
    due: date
    is_due_agreed: bool
    """False: the 14 days that hold where nothing was agreed."""
    who: str
    """Who noted it."""
    at: datetime
    removed: Removed | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it stands past its day; the day itself is still in time."""
        return self.removed is None and end_of(self.due) < now

    def days_open(self, now: datetime) -> int:
        """Return the whole days from when it was raised to when it was removed, or to now."""
        return max(0, ((now if self.removed is None else self.removed.at) - self.at).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The word that an obstacle is gone."""

    how: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedThrough:
    """The word that the list of obstacles is complete as it stands."""

    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What the section comes to."""

    done: Mapping[str, Visible] = field(default_factory=dict)
    """By the id of the act."""
    raised: Mapping[str, Obstacle] = field(default_factory=dict)
    """By the id of the act that raised it."""
    removed: Mapping[str, Removed] = field(default_factory=dict)
    """By the id of the obstacle; the first word."""
    looked: LookedThrough | None = None

    @property
    def obstacles(self) -> list[Obstacle]:
        """All of them, the oldest first."""
        whole = [replace(each, removed=self.removed.get(key)) for key, each in self.raised.items()]
        return sorted(whole, key=lambda each: (each.at, each.id))

    def timeline(self, charter: Charter) -> list[Visible]:
        """Return all that was done, the latest first; of reviews those that a leader attended."""
        gone = [
            Visible(
                id=f"{each.id}-removed",
                kind="obstacle removed",
                what=each.what,
                by=each.removed.who,
                to="",
                link="",
                who=each.removed.who,
                at=each.removed.at,
            )
            for each in self.obstacles
            if each.removed is not None
        ]
        done = [_of_leaders(each, charter) for each in self.done.values()]
        seen = [*(each for each in done if each.by), *gone]
        return sorted(seen, key=lambda each: (each.at, each.id), reverse=True)


@dataclass(frozen=True, slots=True)
class Leadership:
    """The section.

    Acts: 'leadership.message' {what, by, to, on, link}, 'leadership.obstacle' {what, raised_by,
    owner, due}, 'leadership.removed' {obstacle, how}, 'leadership.looked' {note}: no other
    obstacle is known. Hears 'manager.equipped', and 'review.held' where owner or sponsor attended.
    """

    name: str = "leadership"

    def empty(self) -> Engagement:
        """Nothing was done."""
        return Engagement()

    def taken(self, state: Engagement, act: Act) -> Engagement:
        """Note what was done, raised, removed."""
        match act.kind:
            case "leadership.obstacle":
                return replace(state, raised=added(state.raised, act.id, _obstacle(act)))
            case "leadership.removed":
                if act.says["obstacle"] in state.removed:
                    return state
                word = Removed(how=text_of(act, "how"), who=act.who, at=act.at)
                return replace(state, removed=added(state.removed, act.says["obstacle"], word))
            case "leadership.looked":
                looked = LookedThrough(who=act.who, at=act.at, note=text_of(act, "note"))
                return replace(state, looked=looked)
        visible = _visible(act)
        if visible is None:
            return state
        return replace(state, done=added(state.done, act.id, visible))

    def refuse(self, state: Engagement, act: Act, charter: Charter) -> None:
        """Refuse what has not happened yet, and obstacles that nobody owns."""
        match act.kind:
            case "leadership.message":
                needed(act, "what", what="What was said", hint="One sentence will do.")
                needed(act, "by", what="Who said it", hint="Name the leader.")
                on = day_of(act, "on")
                if on is not None and on > act.at.date():
                    raise InputError(f"{on} is still to come.", hint="Note it when it was given.")
            case "leadership.obstacle":
                needed(act, "what", what="What is in the way", hint="One sentence will do.")
                needed(act, "owner", what="Who is to remove it", hint="Name a person.")
                due = day_of(act, "due")
                if due is not None and due < act.at.date():
                    raise InputError(f"{due} is over.", hint="Give a day to come.")
            case "leadership.removed":
                if act.says.get("obstacle") not in state.raised:
                    raise InputError("There is no such obstacle.", hint="Open the page again.")
                if act.says["obstacle"] in state.removed:
                    raise InputError("That obstacle was removed before.")
                needed(act, "how", what="How it was removed", hint="Say what was done.")
            case "leadership.looked":
                pass
            case _:
                raise InputError(f"There is no such act: '{act.kind}'.")

    def facts(self, state: Engagement, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield what was done in the last 30 days, and which obstacles stand too long."""
        timeline = state.timeline(charter)
        if timeline:
            last = timeline[0]
            counted = [each for each in timeline if each.at > last.at - WINDOW]
            yield Fact(
                metric="people.leadership_acts",
                value=float(len(counted)),
                n=len(counted),
                person=last.who,
                valid_until=last.at + WINDOW,
                details={"latest": last.at.isoformat(), "kinds": _by_kind(counted)},
            )
        obstacles = state.obstacles
        words: list[Told] = [*obstacles, *state.removed.values()]
        if state.looked is not None:
            words.append(state.looked)
        said = latest(words)
        if said is not None:
            yield _overdue(obstacles, said.who, said.at, now)


def _overdue(obstacles: list[Obstacle], who: str, said_at: datetime, now: datetime) -> Fact:
    late = [each for each in obstacles if each.is_overdue(now)]
    to_come = [each.due for each in obstacles if each.removed is None and each not in late]
    return Fact(
        metric="people.obstacles_overdue",
        value=float(len(late)),
        n=len(obstacles) or 1,
        person=who,
        valid_until=end_of(min(to_come)) if to_come else None,
        details={
            "said_at": said_at.isoformat(),
            "open": sum(each.removed is None for each in obstacles),
            "overdue": [f"{each.what} ({each.owner}, {each.due})" for each in late[:10]],
        },
    )


def _by_kind(done: list[Visible]) -> dict[str, int]:
    return dict(sorted(Counter[str](each.kind for each in done).items()))


def _obstacle(act: Act) -> Obstacle:
    due = day_of(act, "due")
    return Obstacle(
        id=act.id,
        what=text_of(act, "what"),
        raised_by=text_of(act, "raised_by") or act.who,
        owner=text_of(act, "owner"),
        due=(act.at + REMOVED_WITHIN).date() if due is None else due,
        is_due_agreed=due is not None,
        who=act.who,
        at=act.at,
    )


def _visible(act: Act) -> Visible | None:
    """Return what people can see of an act; None where it is nothing that leadership did."""
    match act.kind:
        case "leadership.message":
            return Visible(
                id=act.id,
                kind="message",
                what=text_of(act, "what"),
                by=text_of(act, "by"),
                to=text_of(act, "to"),
                link=text_of(act, "link"),
                who=act.who,
                at=_given(day_of(act, "on"), act.at),
            )
        case "manager.equipped":
            return Visible(
                id=act.id,
                kind="manager equipped",
                what=text_of(act, "note") or "Has what it takes to lead the change",
                by=act.who,
                to="",
                link="",
                who=act.who,
                at=act.at,
            )
        case "review.held":
            return Visible(
                id=act.id,
                kind="review",
                what=text_of(act, "name"),
                by="",
                to="",
                link="",
                who=act.who,
                at=_given(day_of(act, "on"), act.at),
                present=tuple(str(name) for name in act.says["present"]),
            )
    return None


def _of_leaders(done: Visible, charter: Charter) -> Visible:
    """Say of a review which leaders attended it; '' where none did."""
    if done.kind != "review":
        return done
    return replace(done, by=", ".join(name for name in done.present if is_leader(charter, name)))


def _given(on: date | None, noted: datetime) -> datetime:
    """Return when something of a day took place: at noon, and never after it was noted."""
    return noted if on is None else min(noted, datetime.combine(on, time(12), UTC))


def is_leader(charter: Charter, name: str) -> bool:
    """Tell whether somebody owns the result in the business, or sponsors it."""
    leaders = (charter.people.production_owner, charter.people.executive_sponsor)
    return any(each is not None and folded(each.name) == folded(name) for each in leaders)


LEADERSHIP = Leadership()
