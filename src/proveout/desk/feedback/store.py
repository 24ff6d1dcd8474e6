"""What users said, and every act on it: each in one transaction, and once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk.feedback.item import (
    Item,
    Kind,
    MovedError,
    Rules,
    Said,
    Step,
    item_of,
    moment,
    storable,
)
from proveout.desk.port import Desk
from proveout.desk.tables.feedback import (
    FEEDBACK,
    FEEDBACK_ACTS,
    FEEDBACK_COUNTS,
    FEEDBACK_RECORDED,
    FEEDBACK_RULES,
)
from proveout.errors import InputError, NotFoundError

_table = FEEDBACK.c
_FOLLOWED = ("state", "is_open", "answer", "answered_by", "answered_at",
             "change", "change_link", "changed_by", "changed_at")  # fmt: skip
"""What becomes of an item becomes of those that say the same."""
LATEST = timedelta(days=90)
"""No answer is promised for later: what never falls due is in no figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who does something to an item, when, and what of it they had seen."""

    act: str
    who: str
    account: str | None
    now: datetime
    seen: int | None = None
    """The version that was looked at; None takes it as it stands."""


@dataclass(frozen=True, slots=True)
class FeedbackStore:
    """The feedback of one pilot."""

    desk: Desk
    pilot: str

    def say(self, said: Said) -> Item:
        """Keep it; the same act again is the same item."""
        row = _row(said)
        with self.desk.writing() as connection:
            added = connection.execute(
                self._insert(FEEDBACK)
                .values(row)
                .on_conflict_do_nothing(index_elements=["id"])
                .returning(_table.id)
            )
            if added.first() is not None:
                self._count(connection, {"new": 1})
            return self._one(connection, said.id)

    def get(self, id_: str) -> Item:
        """Return one. Raises NotFoundError."""
        with self.desk.reading() as connection:
            return self._one(connection, id_)

    def steps(self, id_: str) -> list[Step]:
        """Return what was done to it, in order."""
        acts = FEEDBACK_ACTS.c
        query = select(FEEDBACK_ACTS).where(acts.feedback == id_).order_by(acts.at, acts.act)
        with self.desk.reading() as connection:
            return [
                Step(
                    kind=row["kind"], who=row["who"], says=json.loads(row["says"]),
                    at=_certain(row["at"]),
                )
                for row in connection.execute(query).mappings()
            ]  # fmt: skip

    def triage(self, id_: str, by: Doer, *, kind: Kind, owner: str, due_at: datetime) -> Item:
        """Put the kind right, and say who answers until when."""

        def changes(item: Item, _: Connection) -> dict[str, Any]:
            _refuse_duplicate(item)
            if due_at > max(item.said_at, by.now) + LATEST:
                raise InputError(
                    f"{due_at:%Y-%m-%d} is too far away for an answer.",
                    hint=f"Answer within {LATEST.days} days, and say then what takes longer.",
                )
            return {
                "kind": kind, "owner": owner, "due_at": due_at.timestamp(),
                "triaged_by": by.who, "triaged_at": by.now.timestamp(),
                "state": "triaged" if item.state == "new" else item.state,
            }  # fmt: skip

        says = {"kind": kind, "owner": owner, "due": due_at.isoformat()}
        return self._change(id_, by, ("triaged", says), changes)

    def answer(self, id_: str, by: Doer, *, answer: str) -> Item:
        """Answer it; the day of the first answer stays."""

        def changes(item: Item, _: Connection) -> dict[str, Any]:
            _refuse_duplicate(item)
            state = "answered" if item.state in ("new", "triaged", "declined") else item.state
            return {**_answered(item, by, answer), "state": state}

        return self._change(id_, by, ("answered", {"answer": answer}), changes)

    def decline(self, id_: str, by: Doer, *, reason: str) -> Item:
        """Say that nothing will be done, and why: that is an answer, too."""

        def changes(item: Item, _: Connection) -> dict[str, Any]:
            _refuse_duplicate(item)
            if item.state == "changed":
                raise InputError(
                    "What was changed for it stands there already.", hint="Answer it instead."
                )
            return {**_answered(item, by, reason), "state": "declined"}

        return self._change(id_, by, ("declined", {"reason": reason}), changes)

    def changed(
        self, id_: str, by: Doer, *, gist: str, change: str, link: str | None, on: datetime
    ) -> Item:
        """Say what was changed for it, and where one sees it."""

        def changes(item: Item, _: Connection) -> dict[str, Any]:
            _refuse_duplicate(item)
            if item.answered_at is None:
                raise InputError(
                    "Nobody has answered it yet.", hint="Answer it first: who said it reads that."
                )
            return {
                "gist": gist, "change": change, "change_link": link, "changed_by": by.who,
                "changed_at": on.timestamp(), "state": "changed",
            }  # fmt: skip

        says = {"gist": gist, "change": change, "link": link, "on": on.isoformat()}
        return self._change(id_, by, ("changed", says), changes)

    def merge(self, id_: str, by: Doer, *, into: str) -> Item:
        """Say that it is the same as another; what becomes of that one becomes of it."""

        def changes(item: Item, connection: Connection) -> dict[str, Any]:
            other = self._one(connection, into)
            root = self._one(connection, other.duplicate_of) if other.duplicate_of else other
            if root.id == item.id:
                raise InputError("It cannot be the same as itself.", hint="Name another item.")
            connection.execute(
                update(FEEDBACK).where(_table.duplicate_of == item.id).values(duplicate_of=root.id)
            )
            followed = _stored(root)
            if root.answered_at is not None:
                # Its answer comes now, whenever the other one was given.
                followed["answered_at"] = max(by.now, root.answered_at).timestamp()
            return {"duplicate_of": root.id, **followed}

        return self._change(id_, by, ("merged", {"into": into}), changes)

    def reopen(self, id_: str, by: Doer, *, why: str, due_at: datetime) -> Item:
        """Take an answer as none: it waits again, and so do those that say the same."""

        def changes(item: Item, connection: Connection) -> dict[str, Any]:
            _refuse_duplicate(item)
            if item.is_open:
                raise InputError("It waits for an answer already.", hint="Answer it.")
            due = {"due_at": max(item.due_at, due_at).timestamp()}
            connection.execute(update(FEEDBACK).where(_table.duplicate_of == item.id).values(due))
            return {"state": "triaged", "answered_at": None, **due}

        says = {"why": why, "due": due_at.isoformat()}
        return self._change(id_, by, ("reopened", says), changes)

    def part(self, id_: str, by: Doer, *, why: str, due_at: datetime) -> Item:
        """Say that it is not the same after all: it waits for an answer of its own."""

        def changes(item: Item, _: Connection) -> dict[str, Any]:
            if item.duplicate_of is None:
                raise InputError("It was merged with no other.", hint="Answer it.")
            return {
                **dict.fromkeys(_FOLLOWED), "duplicate_of": None, "state": "new",
                "due_at": max(item.due_at, due_at).timestamp(),
            }  # fmt: skip

        return self._change(id_, by, ("parted", {"why": why}), changes)

    def blank(self, id_: str, by: Doer, *, why: str) -> Item:
        """Take out words and name for good; that something was said stays."""

        def changes(_: Item, __: Connection) -> dict[str, Any]:
            return {
                **dict.fromkeys(("words", "shown_case", "name", "account"), None),
                "blanked_by": by.who, "blanked_at": by.now.timestamp(), "blanked_why": why,
            }  # fmt: skip

        return self._change(id_, by, ("blanked", {"why": why}), changes)

    def to_queue(self, most: int = 100) -> list[Item]:
        """Return what is to go to the runtime's queue and has not yet."""
        query = select(FEEDBACK).where(_table.pilot == self.pilot, _table.is_to_queue).limit(most)
        with self.desk.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]

    def queued(self, id_: str, exception: str | None) -> None:
        """Note the exception that it became; None where there is no such answer in the log."""
        with self.desk.writing() as connection:
            connection.execute(
                update(FEEDBACK)
                .where(_table.id == id_, _table.pilot == self.pilot)
                .values(exception=exception, is_to_queue=False)
            )

    def rules(self) -> Rules:
        """Return what is allowed."""
        query = select(FEEDBACK_RULES).where(FEEDBACK_RULES.c.pilot == self.pilot)
        with self.desk.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return Rules()
        return Rules(
            may_be_nameless=row["may_be_nameless"], may_show_case=row["may_show_case"],
            set_by=row["set_by"],
        )  # fmt: skip

    def set_rules(self, rules: Rules, *, who: str, now: datetime) -> None:
        """Say what is allowed from now on."""
        values = {
            "may_be_nameless": rules.may_be_nameless, "may_show_case": rules.may_show_case,
            "set_by": who, "set_at": now.timestamp(),
        }  # fmt: skip
        with self.desk.writing() as connection:
            connection.execute(
                self._insert(FEEDBACK_RULES)
                .values(pilot=self.pilot, **values)
                .on_conflict_do_update(index_elements=["pilot"], set_=values)
            )

    def recorded(self) -> tuple[str, datetime] | None:
        """Return what was last recorded as evidence (its fingerprint), and when."""
        table = FEEDBACK_RECORDED.c
        query = select(table.fingerprint, table.at).where(table.pilot == self.pilot)
        with self.desk.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.fingerprint, _certain(row.at))

    def note_recorded(self, fingerprint: str, now: datetime) -> None:
        """Note it."""
        values = {"fingerprint": fingerprint, "at": now.timestamp()}
        with self.desk.writing() as connection:
            connection.execute(
                self._insert(FEEDBACK_RECORDED)
                .values(pilot=self.pilot, **values)
                .on_conflict_do_update(index_elements=["pilot"], set_=values)
            )

    def _change(
        self,
        id_: str,
        by: Doer,
        what: tuple[str, Mapping[str, Any]],
        changes: Callable[[Item, Connection], dict[str, Any]],
    ) -> Item:
        kind, says = what
        with self._held(id_) as (connection, item):
            acts = FEEDBACK_ACTS.c
            known = select(acts.act).where(acts.feedback == id_, acts.act == by.act)
            if connection.execute(known).first() is not None:
                return item
            if by.seen is not None and by.seen != item.version:
                raise MovedError(id_, self._last(connection, id_))
            new = {name: _clean(value) for name, value in changes(item, connection).items()}
            if "state" in new:
                new["is_open"] = new["state"] in ("new", "triaged")
            connection.execute(
                update(FEEDBACK).where(_table.id == id_).values(version=item.version + 1, **new)
            )
            connection.execute(
                FEEDBACK_ACTS.insert().values(
                    feedback=id_, act=by.act, kind=kind, who=by.who, account=by.account,
                    at=by.now.timestamp(), says=_clean(json.dumps(says, ensure_ascii=False)),
                )
            )  # fmt: skip
            after = self._one(connection, id_)
            moved: dict[str, int] = {item.state: -1}
            moved[after.state] = moved.get(after.state, 0) + 1
            for state, n in self._take_along(connection, after).items():
                moved[state] = moved.get(state, 0) + n
            self._count(connection, moved)
            return after

    def _take_along(self, connection: Connection, item: Item) -> dict[str, int]:
        """Let those that say the same follow; return by how much each state changed."""
        same = _table.duplicate_of == item.id
        query = select(_table.state, func.count()).where(same).group_by(_table.state)
        before: dict[str, int] = dict(iter(connection.execute(query)))
        if not before:
            return {}
        connection.execute(
            update(FEEDBACK).where(same).values(version=_table.version + 1, **_stored(item))
        )
        moved = {state: -n for state, n in before.items()}
        moved[item.state] = moved.get(item.state, 0) + sum(before.values())
        return moved

    def _count(self, connection: Connection, moved: Mapping[str, int]) -> None:
        for state, n in sorted(moved.items()):
            if n:
                connection.execute(
                    self._insert(FEEDBACK_COUNTS)
                    .values(pilot=self.pilot, state=state, n=n)
                    .on_conflict_do_update(
                        index_elements=["pilot", "state"], set_={"n": FEEDBACK_COUNTS.c.n + n}
                    )
                )

    @contextmanager
    def _held(self, id_: str) -> Iterator[tuple[Connection, Item]]:
        with self.desk.writing() as connection:
            yield connection, self._one(connection, id_, lock=True)

    def _last(self, connection: Connection, id_: str) -> str | None:
        acts = FEEDBACK_ACTS.c
        query = select(acts.who).where(acts.feedback == id_).order_by(acts.at.desc()).limit(1)
        found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def _one(self, connection: Connection, id_: str, *, lock: bool = False) -> Item:
        query = select(FEEDBACK).where(_table.id == storable(id_), _table.pilot == self.pilot)
        if lock and self.desk.dialect == "postgresql":
            query = query.with_for_update()
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(
                f"There is no feedback '{id_[:40]}' here.", hint="See the list for all."
            )
        return item_of(row)

    @property
    def _insert(self) -> Callable[[Any], Any]:
        return sqlite.insert if self.desk.dialect == "sqlite" else postgresql.insert


def _row(said: Said) -> dict[str, Any]:
    is_named = not said.is_nameless
    return {
        "id": said.id, "pilot": said.pilot, "kind": said.kind, "words": storable(said.words),
        "shown_case": storable(said.shown_case), "call": storable(said.call),
        "team": storable(said.team), "account": said.account if is_named else None,
        "name": said.name if is_named else None, "said_at": said.now.timestamp(),
        "due_at": said.due_at.timestamp(), "state": "new", "is_open": True, "version": 1,
        "is_to_queue": said.kind == "wrong" and bool(said.call),
    }  # fmt: skip


def _answered(item: Item, by: Doer, answer: str) -> dict[str, Any]:
    first = by.now if item.answered_at is None else item.answered_at
    own = {} if item.owner is not None else {
        "owner": by.who, "triaged_by": by.who, "triaged_at": by.now.timestamp(),
    }  # fmt: skip
    return {"answer": answer, "answered_by": by.who, "answered_at": first.timestamp(), **own}


def _stored(item: Item) -> dict[str, Any]:
    found = {name: getattr(item, name) for name in _FOLLOWED}
    return {
        name: value.timestamp() if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _refuse_duplicate(item: Item) -> None:
    if item.duplicate_of is not None:
        raise InputError(
            f"It says the same as '{item.duplicate_of}', and follows that one.",
            hint="Answer that one.",
        )


def _clean(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _certain(seconds: float) -> datetime:
    found = moment(seconds)
    assert found is not None  # noqa: S101  # a number was given
    return found
