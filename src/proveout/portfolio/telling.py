"""Who is told what, now: tasks, what people chose, and what was told before, in. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from proveout.charter.sealing.signing import folded
from proveout.notices.letter import Item, item_line
from proveout.notices.preferences import Preferences, TellKind
from proveout.portfolio.tasks import Task, in_order
from proveout.portfolio.tasks.task import same_person

ESCALATE_AFTER_DAYS = 3
DUE_AHEAD_DAYS = 1
"""The day before and on the day itself."""
OVERDUE_EVERY_DAYS = 7
"""What stays overdue is told again after so long, and not each day."""
MOST_IN_DIGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who can be told."""

    account: str
    person: str
    """The name by which charters know them."""
    preferences: Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that one person is to be told, once."""

    key: str
    """Of person, thing, kind and day: the same is never told twice."""
    account: str
    kind: TellKind
    pilot: str
    item: Item


def what_to_send(
    tasks: Sequence[Task],
    recipients: Sequence[Recipient],
    sent: Collection[str],
    now: datetime,
    *,
    escalate_after_days: int = ESCALATE_AFTER_DAYS,
) -> list[Told]:
    """Return what is to be told and was not: by person, what matters most first.

    `sent` are the keys of what was told or waits to be. What stood before somebody chose a channel
    is no news to them: it comes with the digest, and when it falls due.
    """
    by_person: dict[str, list[Task]] = {}
    from_below: dict[str, list[Task]] = {}
    for task in tasks:
        by_person.setdefault(folded(task.who), []).append(task)
        if task.next_up is not None and _days_left_undone(task, now) > escalate_after_days:
            from_below.setdefault(folded(task.next_up), []).append(task)
    found: list[Told] = []
    for each in recipients:
        if not each.preferences.is_on or not each.person.strip():
            continue
        mine = by_person.get(folded(each.person), [])
        below = from_below.get(folded(each.person), [])
        found += [*_of_tasks(each, mine, now), *_escalated(each, below), *_digest(each, mine, now)]
    return [told for told in found if told.key not in sent]


def _days_left_undone(task: Task, now: datetime) -> int:
    """Return the days past its day; an alarm has none, and is to be acted on when it is raised."""
    if task.kind == "alarm" and task.due is None:
        return 0 if task.since is None else (now - task.since).days
    return task.days_over(now.date()) or 0


def _of_tasks(to: Recipient, mine: Sequence[Task], now: datetime) -> Iterator[Told]:
    today = to.preferences.local(now).date()
    for task in mine:
        kind = _kind(task, to.preferences, today)
        if kind is None or kind not in to.preferences.kinds:
            continue
        yield _told(to, task, kind, _day(task, kind, today))


def _kind(task: Task, chosen: Preferences, today: date) -> TellKind | None:
    """Return as what a task is told today; None where there is no news of it."""
    days = task.days_over(today)
    if days is not None and days > 0:
        return "overdue"
    if days is not None and days >= -DUE_AHEAD_DAYS:
        return "due"
    if task.kind == "alarm":
        return "alarm"
    if task.since is not None and chosen.since is not None and task.since < chosen.since:
        return None
    return "assignment"


def _day(task: Task, kind: TellKind, today: date) -> str:
    """Return the day of the key: it tells one time of telling from the next."""
    if kind == "alarm" and task.since is not None:
        # Told when it is raised, and weekly while nobody resolves it.
        weeks = max(0, (today - task.since.date()).days) // OVERDUE_EVERY_DAYS
        return f"week {weeks}" if weeks else ""
    if task.due is None or kind in ("assignment", "alarm"):
        return ""
    if kind == "due":
        return task.due.isoformat()
    weeks = ((today - task.due).days - 1) // OVERDUE_EVERY_DAYS
    return (task.due + timedelta(days=1 + weeks * OVERDUE_EVERY_DAYS)).isoformat()


def _escalated(to: Recipient, below: Sequence[Task]) -> Iterator[Told]:
    if "escalation" not in to.preferences.kinds:
        return
    for task in below:
        if not same_person(task.who, to.person):
            due = "" if task.due is None else task.due.isoformat()
            yield _told(to, task, "escalation", due)


def _digest(to: Recipient, mine: Sequence[Task], now: datetime) -> Iterator[Told]:
    day = to.preferences.digest_of(now)
    if day is None or not mine:
        return
    today = to.preferences.local(now).date()
    ordered = in_order(mine, today)
    lines = [
        item_line(task.what, task.pilot_title, due=task.due, today=today)
        for task in ordered[:MOST_IN_DIGEST]
    ]
    if more := len(ordered) - len(lines):
        lines.append(f"and {more:,} more")
    yield Told(
        key=f"{to.account}|digest|{day.isoformat()}",
        account=to.account,
        kind="digest",
        pilot="",
        item=Item(kind="digest", pilot="", what="", lines=tuple(lines), path="/tasks"),
    )


def _told(to: Recipient, task: Task, kind: TellKind, day: str) -> Told:
    return Told(
        key=f"{to.account}|{task.id}|{kind}|{day}",
        account=to.account,
        kind=kind,
        pilot=task.pilot,
        item=Item(
            kind=kind,
            pilot=task.pilot_title,
            # An alarm is a sentence with figures, made for people; reasons of other tasks stand in
            # the dashboard, where it is decided who may read them.
            what=task.why if kind == "alarm" else task.what,
            due=None if task.due is None else task.due.isoformat(),
            whose=task.who if kind == "escalation" else None,
            path=task.path,
        ),
    )
