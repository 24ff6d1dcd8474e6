"""The calendar of reviews: held with whom, moved why, kept or not (R113, R504, R607)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest, folded
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact
from proveout.register.refresh import REFRESHES, refresh_due
from proveout.register.schedule import GRACE, PERFORMANCE, Held, Move, Occasion, later, occasions

if TYPE_CHECKING:
    from proveout.register.register import Register

LOOKS_BACK = timedelta(days=180)
NOTED_LATE = timedelta(days=30)
"""What is noted later is remembered, not noted: it counts, and every verdict says so."""
_FURTHEST = timedelta(days=366)
MOST_MOVES = 2
"""A review that is moved once more is not meant to be held."""
ESCALATES_AFTER = GRACE
"""Overdue for longer, the executive sponsor is told as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What was held, moved and begun."""

    held: tuple[Held, ...] = ()
    moves: tuple[Move, ...] = ()
    live_on: date | None = None
    """When it went live: performance reviews are counted from there."""
    sealed_on: date | None = None
    """When the charter was sealed: nothing is missed before."""
    last_by: str = ""
    """Who noted something here last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How the calendar was kept in the last 180 days."""

    n_due: int
    n_in_time: int
    n_held: int
    n_with_owner: int
    n_planned: int
    """Days that are yet to come."""
    valid_until: datetime | None
    """When the next one will be a week late."""
    late: tuple[str, ...]
    """Names of those that were not held in time, with their days."""

    @property
    def share(self) -> float | None:
        """The share held in time; None before any fell due: nothing shows that they are held."""
        return self.n_in_time / self.n_due if self.n_due else None

    @property
    def attendance(self) -> float | None:
        """The share with the production owner; None where none was held."""
        return self.n_with_owner / self.n_held if self.n_held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """A review or refresh that is due or overdue, and who has to know."""

    occasion: Occasion
    days_overdue: int
    """Negative: so many days to go."""
    tells: tuple[str, ...]
    """Names: who is expected; the owner once it is overdue, the sponsor after a week."""

    @property
    def is_escalated(self) -> bool:
        """Whether it is overdue for more than a week."""
        return self.days_overdue > ESCALATES_AFTER.days


def calendar_of(state: Calendar, charter: Charter, today: date) -> tuple[Occasion, ...]:
    """Return every milestone and performance review until the next one, by day."""
    return occasions(
        charter,
        state.held,
        state.moves,
        live_on=state.live_on,
        sealed_on=state.sealed_on,
        today=today,
    )


def kept(state: Calendar, charter: Charter, today: date) -> Kept | None:
    """Count how the calendar was kept; None where no review has a day."""
    known = calendar_of(state, charter, today)
    # What is still to be held counts however long ago it was due: to wait does not heal it.
    recent = [
        each
        for each in known
        if (each.due >= today - LOOKS_BACK or each.is_open()) and not each.waits_for_seal
    ]
    if not recent:
        return None
    due = [each for each in recent if each.has_fallen_due(today)]
    in_time = [each for each in due if each.state(today) == "held"]
    held = [each.held for each in recent if each.held is not None and not each.is_besides]
    owner = charter.people.production_owner
    name = "" if owner is None else folded(owner.name)
    next_due = min((each.due for each in recent if each.is_open()), default=None)
    return Kept(
        n_due=len(due),
        n_in_time=len(in_time),
        n_held=len(held),
        n_with_owner=sum(name in map(folded, each.present) for each in held),
        n_planned=sum(each.is_open() for each in recent),
        valid_until=_valid_until(next_due, today),
        late=tuple(f"{each.name} of {each.due}" for each in due if each not in in_time),
    )


def reviews_due(
    register: Register, charter: Charter, now: datetime, *, ahead: timedelta = GRACE
) -> tuple[ReviewDue, ...]:
    """Return what is overdue or falls due within `ahead`, the longest overdue first. Pure."""
    today = now.astimezone(UTC).date()
    refresh = refresh_due(register.of(REFRESHES), charter)
    known = [*calendar_of(register.of(REVIEWS), charter, today)]
    known += [] if refresh is None else [refresh]
    waiting = [
        each
        for each in known
        if each.is_open() and not each.waits_for_seal and each.due <= later(today, ahead)
    ]
    found = [
        ReviewDue(
            occasion=each,
            days_overdue=(today - each.due).days,
            tells=_tells(each, charter, (today - each.due).days),
        )
        for each in waiting
    ]
    return tuple(sorted(found, key=lambda each: -each.days_overdue))


def _tells(occasion: Occasion, charter: Charter, days_overdue: int) -> tuple[str, ...]:
    people = charter.people
    names = list(occasion.expects)
    if days_overdue > 0 and people.production_owner is not None:
        names.append(people.production_owner.name)
    if days_overdue > ESCALATES_AFTER.days and people.executive_sponsor is not None:
        names.append(people.executive_sponsor.name)
    return tuple({folded(name): name for name in names}.values())


def _valid_until(next_due: date | None, today: date) -> datetime | None:
    """Return the end of the day after which the next one is late; nothing where it is already."""
    if next_due is None or later(next_due, GRACE) < today:
        return None
    return datetime.combine(later(next_due, GRACE), time.max, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The section.

    Acts: 'review.held' {name, on, present, notes, decisions}; 'review.moved' {name, day, to, why};
    'review.live' {on}: it went live, and performance reviews are counted from there.
    """

    name: str = "review"

    def empty(self) -> Calendar:
        """Nothing was held."""
        return Calendar()

    def taken(self, state: Calendar, act: Act) -> Calendar:
        """Note what was held, moved or begun."""
        noted = replace(state, last_by=act.who)
        match act.kind:
            case "review.held":
                return replace(noted, held=(*state.held, _held(act)))
            case "review.moved":
                return replace(noted, moves=(*state.moves, _move(act)))
            case "review.live":
                return replace(noted, live_on=date.fromisoformat(act.says["on"]))
        return state

    def sealed(self, state: Calendar, at: datetime) -> Calendar:
        """Note when the charter was sealed: the first seal counts."""
        if state.sealed_on is not None:
            return state
        return replace(state, sealed_on=at.astimezone(UTC).date())

    def refuse(self, state: Calendar, act: Act, charter: Charter) -> None:
        """Refuse what was not planned, days to come for what was held, and empty attendance."""
        today = act.at.astimezone(UTC).date()
        match act.kind:
            case "review.held":
                _refuse_held(state, act.says, charter, today)
            case "review.moved":
                _refuse_move(state, act.says, charter, today)
            case "review.live":
                if date.fromisoformat(act.says["on"]) > today:
                    raise InputError("That day is to come.", hint="Note it once it is live.")
            case _:
                raise InputError(f"There is no such act: '{act.kind}'.")

    def facts(self, state: Calendar, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield how the calendar was kept, once somebody noted something here."""
        if not state.last_by:
            return
        counted = kept(state, charter, now.astimezone(UTC).date())
        if counted is None:
            return
        inputs = {f"{PART_INPUT}reviews": digest("reviews", charter)}
        told: dict[str, Any] = {"held": counted.n_held, "noted": len(state.held)}
        told |= _how_noted(state)
        told |= {"late": list(counted.late)} if counted.late else {}
        if counted.share is not None:
            yield Fact(
                metric="governance.reviews_kept",
                value=counted.share,
                n=counted.n_due,
                person=state.last_by,
                valid_until=counted.valid_until,
                inputs=inputs,
                details={"due": counted.n_due, **told},
            )
        if counted.attendance is not None:
            yield Fact(
                metric="governance.owner_attendance",
                value=counted.attendance,
                n=counted.n_held,
                person=state.last_by,
                valid_until=counted.valid_until,
                inputs=inputs,
                details=told,
            )


def _how_noted(state: Calendar) -> dict[str, Any]:
    """Tell by whom reviews were noted, how many long afterwards, and how often one was moved."""
    late = [each for each in state.held if each.at.astimezone(UTC).date() - each.on > NOTED_LATE]
    return {
        "noted_by": sorted({each.who for each in state.held}),
        **({"noted_late": len(late)} if late else {}),
        **({"moves": len(state.moves)} if state.moves else {}),
    }


def _refuse_held(state: Calendar, says: Any, charter: Charter, today: date) -> None:
    if date.fromisoformat(says["on"]) > today:
        raise InputError("That day is to come.", hint="Note a review once it was held.")
    if not any(str(name).strip() for name in says["present"]):
        raise InputError("Nobody was there.", hint="Name who attended, one name a line.")
    _refuse_unknown(says["name"], charter)
    name, on = says["name"], date.fromisoformat(says["on"])
    if name == PERFORMANCE and any((each.name, each.on) == (name, on) for each in state.held):
        raise InputError(
            f"A performance review of {on} is noted already.", hint="One a day is one review."
        )
    if name != PERFORMANCE and any(each.name == name for each in state.held):
        raise InputError(f"'{name}' was held already.", hint="A milestone is held once.")


def _refuse_move(state: Calendar, says: Any, charter: Charter, today: date) -> None:
    _refuse_unknown(says["name"], charter)
    if not str(says["why"]).strip():
        raise InputError("To move a review needs a reason.", hint="Say why it is moved.")
    day, to = date.fromisoformat(says["day"]), date.fromisoformat(says["to"])
    known = calendar_of(state, charter, today)
    there = next((e for e in known if (e.name, e.due) == (says["name"], day) and e.is_open()), None)
    if there is None:
        raise InputError(
            f"No '{says['name']}' waits on {day}.", hint="It was held or moved meanwhile."
        )
    if len(there.moved) >= MOST_MOVES:
        raise InputError(
            f"It was moved {MOST_MOVES} times already.",
            hint="Hold it; or agree on another day in the open: amend the charter.",
        )
    if to < today:
        raise InputError("That day is over.", hint="Move it to a day to come.")
    if to - (max(day, today) if there.waits_for_seal else day) > _FURTHEST:
        raise InputError("That is more than a year later.", hint="Move it by less, or amend it.")
    if later(day, GRACE) < today and not there.waits_for_seal:
        raise InputError(
            f"It was due on {day}, more than a week ago: to move it would hide that.",
            hint="Hold it, and note when it was held.",
        )


def _refuse_unknown(name: str, charter: Charter) -> None:
    known = [each.name for each in charter.milestones]
    known += [PERFORMANCE] if charter.governance.reviews is not None else []
    if name not in known:
        raise InputError(
            f"The charter plans no review '{name}'.",
            hint=f"It plans: {', '.join(known) or 'none; write governance.reviews or milestones'}",
        )


def _held(act: Act) -> Held:
    says = act.says
    return Held(
        name=says["name"],
        on=date.fromisoformat(says["on"]),
        present=tuple(says["present"]),
        notes=says.get("notes", ""),
        decisions=tuple(says.get("decisions", ())),
        who=act.who,
        at=act.at,
    )


def _move(act: Act) -> Move:
    says = act.says
    return Move(
        name=says["name"],
        day=date.fromisoformat(says["day"]),
        to=date.fromisoformat(says["to"]),
        why=says["why"],
        who=act.who,
        at=act.at,
    )


REVIEWS = Reviews()
