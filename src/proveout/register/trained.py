"""What is known of one training, act by act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from proveout.charter.sealing.signing import folded
from proveout.errors import InputError
from proveout.register.act import Act
from proveout.register.growing import added
from proveout.register.saying import count_of, day_of, needed, person_of, text_of

MOST_NAMES = 2_000
"""Of one invitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One person who is to be trained."""

    name: str
    who: str
    """Who invited."""
    at: datetime
    is_open: bool = True
    """False: was taken off the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One person's word: I have practised on so many cases of our own work."""

    name: str
    cases: int
    caught: int
    """Wrong answers of the system that were not let stand."""
    of: int
    """Wrong answers among the cases."""
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperList:
    """People who were trained elsewhere, as the one says who holds the signed list."""

    id: str
    count: int
    note: str
    who: str
    at: datetime
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """By when a training is to be completed, as set here."""

    by: date
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOne:
    """What is known of one training."""

    invited: Mapping[str, Invitation] = field(default_factory=dict)
    """By name."""
    completed: Mapping[str, Completion] = field(default_factory=dict)
    """By person; the latest of each."""
    lists: Mapping[str, PaperList] = field(default_factory=dict)
    due: DueDay | None = None

    @property
    def named(self) -> dict[str, Invitation]:
        """Those who are on the list now."""
        return {key: each for key, each in self.invited.items() if each.is_open}

    @property
    def listed(self) -> int:
        """People on paper lists."""
        return sum(each.count for each in self.lists.values() if not each.is_withdrawn)

    @property
    def finished(self) -> dict[str, Completion]:
        """What everybody said last, by plain name: to be asked for once, for many people."""
        found: dict[str, Completion] = {}
        for each in self.completed.values():
            before = found.get(key := folded(each.name))
            if before is None or before.at < each.at:
                found[key] = each
        return found


def taken(of: OfOne, act: Act) -> OfOne:
    """Return what is known after an act; one of a newer Proveout changes nothing."""
    take = _TAKES.get(act.kind)
    return of if take is None else take(of, act)


def refuse(of: OfOne, act: Act) -> None:
    """Raise InputError where an act makes no sense."""
    check = _REFUSES.get(act.kind)
    if check is None:
        raise InputError(f"There is no such act: '{act.kind}'.")
    check(of, act)


def _invited(of: OfOne, act: Act) -> OfOne:
    new = {
        folded(name): Invitation(name=" ".join(name.split()), who=act.who, at=act.at)
        for name in act.says["people"]
    }
    # Whoever was invited before stays as invited then.
    return replace(of, invited={**of.invited, **new, **of.named})


def _excused(of: OfOne, act: Act) -> OfOne:
    name = text_of(act, "name")
    gone = Invitation(name=name, who=act.who, at=act.at, is_open=False)
    return replace(of, invited=added(of.invited, folded(name), gone))


def _due(of: OfOne, act: Act) -> OfOne:
    by = day_of(act, "by")
    return of if by is None else replace(of, due=DueDay(by=by, who=act.who, at=act.at))


def _completed(of: OfOne, act: Act) -> OfOne:
    told = {key: int(act.says[key]) for key in ("cases", "caught", "of")}
    done = Completion(name=act.who, who=act.who, at=act.at, **told)
    return replace(of, completed=added(of.completed, person_of(act), done))


def _listed(of: OfOne, act: Act) -> OfOne:
    noted = PaperList(
        id=act.id, count=act.says["count"], note=text_of(act, "note"), who=act.who, at=act.at
    )
    return replace(of, lists=added(of.lists, act.id, noted))


def _list_withdrawn(of: OfOne, act: Act) -> OfOne:
    found = of.lists.get(text_of(act, "list"))
    if found is None:
        return of
    return replace(of, lists=added(of.lists, found.id, replace(found, is_withdrawn=True)))


_TAKES: Mapping[str, Callable[[OfOne, Act], OfOne]] = {
    "training.invited": _invited,
    "training.excused": _excused,
    "training.due": _due,
    "training.completed": _completed,
    "training.listed": _listed,
    "training.list_withdrawn": _list_withdrawn,
}


def _refuse_names(_: OfOne, act: Act) -> None:
    people = act.says.get("people")
    if not isinstance(people, list | tuple) or not people:
        raise InputError("Nobody is named.", hint="Write one name per line.")
    if len(people) > MOST_NAMES:
        raise InputError(
            f"{len(people):,} names are too many at once.", hint=f"At most {MOST_NAMES:,}."
        )
    if not all(isinstance(each, str) and each.strip() for each in people):
        raise InputError("A name is empty.", hint="Write one name per line.")


def _refuse_excuse(of: OfOne, act: Act) -> None:
    person = needed(act, "name", what="The name", hint="Choose one of those invited.")
    if folded(person) not in of.named:
        raise InputError(f"'{person}' is not among those invited.")
    needed(act, "why", what="The reason", hint="Such as: has left the team.")


def _refuse_no_day(_: OfOne, act: Act) -> None:
    if day_of(act, "by") is None:
        raise InputError("The day is missing.", hint="Write it as YYYY-MM-DD.")


def _refuse_nothing_practised(_: OfOne, act: Act) -> None:
    told = [act.says.get(key) for key in ("cases", "caught", "of")]
    if not all(isinstance(each, int) and each >= 0 for each in told) or not told[0]:
        raise InputError("Nothing was practised.", hint="Go through the cases first.")


def _refuse_list(_: OfOne, act: Act) -> None:
    count_of(act, "count")
    needed(
        act, "note", what="Where the list is kept",
        hint="Say which training, which day, and where the signed list is.",
    )  # fmt: skip


def _refuse_withdrawal(of: OfOne, act: Act) -> None:
    found = of.lists.get(text_of(act, "list"))
    if found is None or found.is_withdrawn:
        raise InputError("There is no such list.", hint="Open the page again.")
    needed(act, "why", what="The reason", hint="Say what was wrong with the list.")


_REFUSES: Mapping[str, Callable[[OfOne, Act], None]] = {
    "training.invited": _refuse_names,
    "training.excused": _refuse_excuse,
    "training.due": _refuse_no_day,
    "training.completed": _refuse_nothing_practised,
    "training.listed": _refuse_list,
    "training.list_withdrawn": _refuse_withdrawal,
}
