"""Figures that are counted from the charter: who signed, accepted, was trained, practised.

Each function returns a figure with what it rests on, or says why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from proveout.charter.schema import Charter
from proveout.register.reviews import Calendar, kept


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure and what it rests on."""

    value: float
    n: int
    details: Mapping[str, Any] = field(default_factory=dict)
    valid_until: datetime | None = None
    """When time alone will make it untrue."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Why there is no figure, and what to write so that there is one."""

    reason: str
    next_step: str


def handoff_accepted(charter: Charter, today: date, _: date | None = None) -> Counted | NotCounted:
    """Tell whether the receiving team has accepted; a day to come is not yet an acceptance."""
    handoff = charter.governance.handoff
    if handoff is None:
        return NotCounted("governance.handoff names no receiving team", "Name it: handoff.to.")
    accepted = handoff.accepted
    if accepted is None:
        return Counted(0, 1, {"missing": ["governance.handoff.accepted"], "to": handoff.to})
    if accepted.on > today:
        return Counted(0, 1, {"missing": [f"the day itself: {accepted.on} is to come"]})
    return Counted(1, 1, {"to": handoff.to, "who": accepted.who, "on": str(accepted.on)})


def legal_signed(charter: Charter, today: date, _: date | None = None) -> Counted | NotCounted:
    """Return the share of legal's questions that are answered and signed."""
    questions = charter.legal
    if not questions:
        return NotCounted(
            "legal holds no question", "Ask legal and compliance, and write down their questions."
        )
    unanswered = [
        question.question
        for question in questions
        if question.answer is None or question.signed is None or question.signed.on > today
    ]
    share = 1 - len(unanswered) / len(questions)
    return Counted(share, len(questions), {"missing": unanswered} if unanswered else {})


def trained(charter: Charter, *_: object) -> Counted | NotCounted:
    """Return the share of those invited to training who completed it."""
    counted = [item for item in charter.change.training if item.invited is not None]
    if not counted or len(counted) < len(charter.change.training):
        return NotCounted(
            "a training under change.training does not say how many were invited"
            if charter.change.training
            else "change.training holds no training",
            "Write invited and completed for each training.",
        )
    invited = sum(item.invited or 0 for item in counted)
    completed = sum(item.completed for item in counted)
    groups = {item.who: f"{item.completed} of {item.invited}" for item in counted}
    return Counted(completed / invited, invited, {"groups": groups})


def volunteers(charter: Charter, *_: object) -> Counted | NotCounted:
    """Tell whether the participants are volunteers."""
    participants = charter.change.participants
    if participants is None:
        return NotCounted(
            "change.participants does not say how participants were chosen",
            "Write count, population and chosen.",
        )
    details = {"chosen": participants.chosen, "population": participants.population}
    return Counted(float(participants.chosen == "volunteers"), participants.count, details)


def refresh_practised(charter: Charter, today: date, _: date | None = None) -> Counted | NotCounted:
    """Tell whether the retraining run was practised within the last cadence."""
    refresh = charter.governance.refresh
    if refresh is None:
        return NotCounted("governance.refresh is not there", "Agree on the refresh cadence.")
    last = refresh.last_practised
    if last is None or last > today:
        return Counted(0, 1, {"missing": ["governance.refresh.last_practised"]})
    due = last + timedelta(days=refresh.every_days)
    if due < today:
        return Counted(0, 1, {"missing": [f"a run since {due}"], "last_practised": str(last)})
    details = {"last_practised": str(last), "due": str(due)}
    return Counted(1, 1, details, valid_until=datetime.combine(due, time.max, tzinfo=UTC))


def predecessor_addressed(charter: Charter, *_: object) -> Counted | NotCounted:
    """Return the share of failed or stalled predecessors whose failure is addressed."""
    if charter.predecessors is None:
        return NotCounted(
            "predecessors does not say which pilots there were before",
            "List them, or write predecessors: [] when there were none.",
        )
    failed = [item for item in charter.predecessors if item.result != "succeeded"]
    if not failed:
        said = max(1, len(charter.predecessors))  # "there were none" is a statement, too
        return Counted(1, said, {"failed": 0})
    open_ = [item.pilot for item in failed if item.addressed is None]
    return Counted(1 - len(open_) / len(failed), len(failed), {"missing": open_} if open_ else {})


def reviews_kept(
    charter: Charter, today: date, sealed_on: date | None = None
) -> Counted | NotCounted:
    """Return the share of reviews held in time, as far as the charter tells: it notes none.

    What is noted in the dashboard goes before it.
    """
    counted = kept(Calendar(sealed_on=sealed_on), charter, today)
    if counted is None:
        return NotCounted(
            "no review has fallen due in 180 days or has a day to come; before the seal none does",
            "Give governance.reviews.next_on or a milestone its day.",
        )
    if counted.share is None:
        return NotCounted(
            "no review has fallen due yet, so nothing shows that they are held",
            "Hold the first one, and note it on the page Reviews.",
        )
    late = {"missing": [f"that it was held: {name}" for name in counted.late]}
    return Counted(counted.share, counted.n_due, late, counted.valid_until)


def owner_attendance(_: Charter, __: date, sealed_on: date | None = None) -> NotCounted:
    """Tell that a charter notes no review as held, so that nobody is known to have come."""
    del sealed_on
    return NotCounted("no review was noted as held", "Note who attended on the page Reviews.")


COUNTS: Mapping[str, Callable[..., Counted | NotCounted]] = {
    "governance.handoff_accepted": handoff_accepted,
    "governance.legal_signed": legal_signed,
    "governance.refresh_practised": refresh_practised,
    "governance.predecessor_addressed": predecessor_addressed,
    "governance.reviews_kept": reviews_kept,
    "governance.owner_attendance": owner_attendance,
    "people.trained": trained,
    "people.volunteers": volunteers,
}
"""By metric: from the charter, today, and the day of its seal."""
