"""What the last verdict, alarms and waivers ask of people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from proveout.gate.owners import NOBODY
from proveout.portfolio.book import PilotBook
from proveout.portfolio.tasks.ground import Ground
from proveout.portfolio.tasks.making import task
from proveout.portfolio.tasks.task import Task
from proveout.register.fixes import FIXES, Fix

MOST_FIXES = 3
"""So many are named to each owner, the heaviest; the rest are counted in one line."""
WAIVERS_AHEAD = timedelta(days=14)
_OWNER = re.compile(r"(?P<names>.+) \((?P<role>[^()]+)\)")


def alarms(ground: Ground) -> Iterator[Task]:
    """Yield the alarms that nobody has resolved."""
    book = ground.book
    for alarm in book.alarms:
        yield task(
            book, "alarm", alarm.id, who=alarm.who_acts, role="acts on alarms",
            what="Find out why the alarm was raised, and resolve it", why=alarm.what,
            page="", since=alarm.raised_at,
        )  # fmt: skip


def waivers(ground: Ground) -> Iterator[Task]:
    """Yield the waivers that end soon, for who granted them; a later one takes its place."""
    book = ground.book
    latest = {waiver.criterion: waiver for waiver in book.waivers}
    for waiver in latest.values():
        if ground.now <= waiver.until <= ground.now + WAIVERS_AHEAD:
            yield task(
                book, "waiver", f"{waiver.criterion}/{waiver.until:%Y-%m-%d}",
                who=waiver.who, role="granted the waiver",
                what=f"Decide what follows your waiver of {waiver.criterion}",
                why="When it ends, the criterion holds the gate again.",
                page="/charter", since=waiver.until - WAIVERS_AHEAD, due=waiver.until.date(),
            )  # fmt: skip


def fixes(ground: Ground) -> Iterator[Task]:
    """Yield what holds the gate by the last verdict: for who promised it, or else who owns it."""
    book = ground.book
    if not book.history:
        return
    last = book.history[-1]
    plans: Mapping[str, Fix] = book.register.states.get(FIXES.name, {})
    rulings = {each["criterion"]: each for each in last["rulings"]}
    of_owner: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for criterion in last["fix_first"]:
        if criterion in plans:
            yield _promised(book, last, rulings[criterion], plans[criterion])
            continue
        for owner in owners_in(rulings[criterion]["owner"]):
            of_owner.setdefault(owner, []).append(rulings[criterion])
    for (who, role), held in of_owner.items():
        yield from _owned(book, last, held, who=who, role=role)


def _promised(
    book: PilotBook, last: Mapping[str, Any], ruling: Mapping[str, Any], plan: Fix
) -> Task:
    name = ruling["criterion"]
    return task(
        book, "fix", f"{last['stage']}/{name}/{plan.owner}/{plan.due}",
        who=plan.owner, role="put it right", what=plan.note or _asked(ruling["state"], name),
        why=ruling["reason"], page="", since=plan.at, due=plan.due,
    )  # fmt: skip


def _owned(
    book: PilotBook,
    last: Mapping[str, Any],
    held: Sequence[Mapping[str, Any]],
    *,
    who: str,
    role: str,
) -> Iterator[Task]:
    since = datetime.fromisoformat(last["decided_at"])
    for ruling in held[:MOST_FIXES]:
        name = ruling["criterion"]
        yield task(
            book, "fix", f"{last['stage']}/{name}/{who}", who=who, role=role,
            what=_asked(ruling["state"], name), why=ruling["reason"], page="", since=since,
        )  # fmt: skip
    more = len(held) - MOST_FIXES
    if more > 0:
        yield task(
            book, "fix", f"{last['stage']}/more/{who}", who=who, role=role,
            what=f"See {more} more of what holds the gate, and is yours",
            why="They weigh less, and hold it as well.", page="", since=since,
        )  # fmt: skip


def owners_in(owner: str) -> list[tuple[str, str]]:
    """Return names and role of 'Grace Obi, Josef Lang (data owner)'; none where nobody is named."""
    found = _OWNER.fullmatch(owner)
    if found is None or found["names"] == NOBODY:
        return []
    return [(name.strip(), found["role"]) for name in found["names"].split(",") if name.strip()]


def _asked(state: str, criterion: str) -> str:
    said = criterion.partition(".")[2].replace("_", " ").replace("-", " ") or criterion
    if state == "stale":
        return f"Measure again: {said}"
    if state == "missing":
        return f"Get evidence for: {said}"
    return f"Fix: {said}"
