"""Those whose work changes know it, and somebody has spoken for them (R601, R604)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.charter.schema.organisation import AffectedRole
from proveout.charter.sealing.signing import digest, folded
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT, Subject
from proveout.register.act import Act, Fact
from proveout.register.growing import added
from proveout.register.saying import Told, count_of, latest, needed, person_of, said_at, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed:
    """One person's word: I know what changes for my role."""

    role: str
    who: str
    at: datetime
    knows: str
    """Of which text (`text_told`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedList:
    """People who signed on paper, as the one says who holds the list."""

    id: str
    role: str
    count: int
    note: str
    who: str
    at: datetime
    knows: str
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A representative's word: I spoke for them when it was agreed what is good enough."""

    role: str
    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What the section comes to."""

    informed: Mapping[str, Informed] = field(default_factory=dict)
    """By person: who says it for another role has changed roles, and counts once."""
    lists: Mapping[str, NotedList] = field(default_factory=dict)
    """By the id of the act."""
    spoken: Mapping[tuple[str, str], Spoken] = field(default_factory=dict)
    """By role and who says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """How far one role knows what changes for it."""

    role: str
    confirmed: int
    """Persons, each by an own word for the text as it stands."""
    listed: int
    """On lists, for the text as it stands."""
    to_confirm_again: int
    """Words and lists for a text that was rewritten since, in people."""
    headcount: int | None
    last: Told | None
    """The latest word or list of this role."""

    @property
    def known(self) -> int:
        """How many know; never more than there are."""
        told = self.confirmed + self.listed
        return told if self.headcount is None else min(told, self.headcount)


@dataclass(frozen=True, slots=True)
class Preparing:
    """The section.

    Acts: 'preparing.informed' {role, knows}, 'preparing.listed' {role, knows, count, note},
    'preparing.list_withdrawn' {list, why}, 'preparing.represented' {role, note}.
    """

    name: str = "preparing"

    def empty(self) -> Preparation:
        """Nobody said anything."""
        return Preparation()

    def taken(self, state: Preparation, act: Act) -> Preparation:
        """Keep the latest word of each person, every list, and each representative's word."""
        match act.kind:
            case "preparing.informed":
                word = Informed(
                    role=act.says["role"], who=act.who, at=act.at, knows=act.says["knows"]
                )
                return replace(state, informed=added(state.informed, person_of(act), word))
            case "preparing.listed":
                noted = NotedList(
                    id=act.id,
                    role=act.says["role"],
                    count=act.says["count"],
                    note=act.says["note"],
                    who=act.who,
                    at=act.at,
                    knows=act.says["knows"],
                )
                return replace(state, lists=added(state.lists, act.id, noted))
            case "preparing.list_withdrawn" if act.says["list"] in state.lists:
                gone = replace(state.lists[act.says["list"]], is_withdrawn=True)
                return replace(state, lists=added(state.lists, gone.id, gone))
            case "preparing.represented":
                spoken = Spoken(
                    role=act.says["role"], who=act.who, at=act.at, note=text_of(act, "note")
                )
                return replace(
                    state, spoken=added(state.spoken, (spoken.role, folded(act.who)), spoken)
                )
        return state

    def refuse(self, state: Preparation, act: Act, charter: Charter) -> None:
        """Refuse roles that the charter does not know, old texts, and words for others."""
        if act.kind == "preparing.list_withdrawn":
            found = state.lists.get(act.says["list"])
            if found is None or found.is_withdrawn:
                raise InputError("There is no such list.", hint="Open the page again.")
            needed(act, "why", what="The reason", hint="Say what was wrong with the list.")
            return
        role = _role(charter, needed(act, "role", what="The role", hint="Choose one."))
        match act.kind:
            case "preparing.represented":
                _refuse_unless_named(role, act.who)
            case "preparing.informed" | "preparing.listed":
                if act.says.get("knows") != text_told(role):
                    raise InputError(
                        f"What changes for '{role.role}' was rewritten meanwhile.",
                        hint="Open the page again, and read it as it stands now.",
                    )
                if act.kind == "preparing.listed":
                    count_of(act, "count")
                    needed(
                        act, "note", what="Where the list is kept",
                        hint="Say which meeting, which day, and where the signed list is.",
                    )  # fmt: skip
            case _:
                raise InputError(f"There is no such act: '{act.kind}'.")

    def facts(self, state: Preparation, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield how many know, by role and in all, and how many roles were spoken for."""
        said: list[Told] = [*state.informed.values(), *state.lists.values()]
        if (last := latest(said)) is not None:
            yield from _informed(knowing(state, charter), last, _of_roles(charter))
        if (spoken := latest(state.spoken.values())) is not None and charter.change.roles:
            yield _represented(state, charter, spoken)


def text_told(role: AffectedRole) -> str:
    """Name the text that people of a role are told: another one is to be read anew."""
    text = f"{role.role}\n{role.what_changes}\n{role.why or ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def knowing(state: Preparation, charter: Charter) -> list[Knowing]:
    """Tell how far each role of the charter knows what changes for it."""
    return [_knowing(state, role) for role in charter.change.roles]


def speaks_for(role: AffectedRole, who: str | None) -> bool:
    """Tell whether a person is the representative of a role."""
    return bool(who and role.representative and folded(role.representative) == folded(who))


def has_spoken(state: Preparation, role: AffectedRole) -> Spoken | None:
    """Return the word of the role's representative; that of an earlier one does not count."""
    return state.spoken.get((role.role, folded(role.representative or "")))


def _knowing(state: Preparation, role: AffectedRole) -> Knowing:
    current = text_told(role)
    words = [each for each in state.informed.values() if each.role == role.role]
    lists = [
        each for each in state.lists.values() if each.role == role.role and not each.is_withdrawn
    ]
    return Knowing(
        role=role.role,
        confirmed=sum(each.knows == current for each in words),
        listed=sum(each.count for each in lists if each.knows == current),
        to_confirm_again=sum(each.knows != current for each in words)
        + sum(each.count for each in lists if each.knows != current),
        headcount=role.headcount,
        last=latest([*words, *lists]),
    )


def _of_roles(charter: Charter) -> dict[str, str]:
    return {f"{PART_INPUT}roles": digest("roles", charter)}


def _informed(roles: Iterable[Knowing], last: Told, inputs: Mapping[str, str]) -> Iterator[Fact]:
    counted = [(role, role.headcount) for role in roles if role.headcount is not None]
    if not counted:
        return
    for role, headcount in counted:
        if role.last is not None:
            yield Fact(
                metric="people.informed",
                subject=Subject.of(role=role.role),
                value=role.known / headcount,
                n=headcount,
                person=role.last.who,
                inputs=inputs,
                details={**_counted([role]), **said_at(role.last)},
            )
    people = sum(headcount for _, headcount in counted)
    known = [role for role, _ in counted]
    yield Fact(
        metric="people.informed",
        value=sum(role.known for role in known) / people,
        n=people,
        person=last.who,
        inputs=inputs,
        details={**_counted(known), **said_at(last)},
    )


def _counted(roles: Iterable[Knowing]) -> dict[str, int]:
    roles = list(roles)
    return {
        "confirmed": sum(role.confirmed for role in roles),
        "on_lists": sum(role.listed for role in roles),
        "to_confirm_again": sum(role.to_confirm_again for role in roles),
    }


def _represented(state: Preparation, charter: Charter, last: Told) -> Fact:
    roles = charter.change.roles
    missing = [role.role for role in roles if has_spoken(state, role) is None]
    return Fact(
        metric="people.represented",
        value=(len(roles) - len(missing)) / len(roles),
        n=len(roles),
        person=last.who,
        inputs=_of_roles(charter),
        details={**({"missing": missing} if missing else {}), **said_at(last)},
    )


def _role(charter: Charter, name: str) -> AffectedRole:
    for role in charter.change.roles:
        if role.role == name:
            return role
    raise InputError(
        f"The charter knows no role '{name}' whose work changes.",
        hint="Name it in the charter: change.roles",
    )


def _refuse_unless_named(role: AffectedRole, who: str) -> None:
    if role.representative is None:
        raise InputError(
            f"The charter names nobody who speaks for '{role.role}'.",
            hint="Name a representative in the charter: change.roles",
        )
    if not speaks_for(role, who):
        raise InputError(
            f"{role.representative} speaks for '{role.role}', and not {who}.",
            hint=f"Let {role.representative} sign in and confirm it.",
        )


PREPARING = Preparing()
