"""The feedback check: it tells how people were heard; the dashboard brings what they said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.errors import InputError
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.people import METRICS as PEOPLE
from proveout.evidence.model import WHOLE, Evidence, Subject
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    from proveout.desk.feedback import Group, Heard, Item, Result

ANSWERED, DAYS, FAVOURABLE = (
    "people.feedback_answered", "people.feedback_days", "people.favourable",
)  # fmt: skip
METRICS = tuple(each for each in PEOPLE if each.name in (ANSWERED, DAYS, FAVOURABLE))
VALID_DAYS = 30.0
"""Whoever has heard nothing for so long does not know how people are heard."""
SURVEY_DAYS = 180.0
"""How long a survey speaks for those asked."""
_SPAN = "in the last 90 days"


@dataclass(frozen=True, slots=True)
class FeedbackCheck:
    """Answers one question of the gate."""

    heard: Heard | None = None
    """What was said and answered; None in the registry, which has no dashboard."""
    name: str = "feedback"
    version: str = "1"
    question: str = "Are the people who use it heard, and are they better off?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing of the charter."""
        del charter
        return []

    def waits_to_be_asked(self, charter: Charter) -> bool:
        """Tell that what people say does not stand in the charter's folder."""
        return charter is not None

    def refuse_mere_mention(self, charter: Charter) -> None:
        """Raise InputError: to name it has heard nobody, and must not replace what was heard."""
        del charter
        if self.heard is None:
            raise InputError(
                "What people say is kept by the dashboard, which records it by itself. What it "
                "recorded stays as it is.",
                hint="Open it: proveout serve; then Feedback, 'Record as evidence now'",
            )

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Tell how people were heard."""
        self.refuse_mere_mention(context.charter)
        assert self.heard is not None  # noqa: S101  # refused otherwise
        yield _answered(context, self.heard)
        yield _days(context, self.heard)
        yield from _favourable(context, self.heard.survey)


def _answered(context: CheckContext, heard: Heard) -> Finding:
    if heard.n_due == 0:
        return NotMeasured(
            metric=ANSWERED,
            reason=f"nothing that users said fell due {_SPAN}",
            next_step="Show people where they can say it: the page 'Say something' of the pilot",
        )
    late = heard.n_due - heard.n_in_time
    summary = f"{heard.n_in_time:,} of {heard.n_due:,} things that users said were answered in time"
    if late:
        summary += f", {late:,} were not"
    return context.found(
        ANSWERED,
        heard.n_in_time / heard.n_due,
        n=heard.n_due,
        scope="production",
        valid_until=_until(context.now, VALID_DAYS),
        details={
            "summary": f"{summary}.",
            "late": heard.n_late,
            "kinds": dict(heard.kinds),
            "examples": [_example(each, context.now) for each in heard.late],
            "owner": _owner(context.charter, heard),
        },
    )


def _days(context: CheckContext, heard: Heard) -> Finding:
    from proveout.statistics.durations import duration_quantile

    if not heard.waits:
        return NotMeasured(
            metric=DAYS,
            reason=f"users said nothing {_SPAN}",
            next_step="Show people where they can say it: the page 'Say something' of the pilot",
        )
    import numpy as np

    days, over, counts = zip(*heard.waits, strict=True)
    found = duration_quantile(np.repeat(days, counts), np.repeat(over, counts), share=0.5)
    if found.value is None or found.interval is None:
        so_far = "" if found.value is None else f"; by those there are it is {found.value:.3g}"
        return NotMeasured(
            metric=DAYS,
            reason=f"{found.n:,} things were said {_SPAN}, {found.n_open:,} of them wait: that "
            f"does not bound the days for half of them: at least {found.low:.3g}{so_far}",
            next_step="Answer those that wait: Feedback in the dashboard",
        )
    return context.found(
        DAYS,
        found.value,
        n=found.n,
        scope="production",
        interval=found.interval,
        valid_until=_until(context.now, VALID_DAYS),
        details={"open": found.n_open, "owner": _owner(context.charter, heard)},
    )


def _favourable(context: CheckContext, survey: Result | None) -> Iterator[Finding]:
    if survey is None:
        yield NotMeasured(
            metric=FAVOURABLE,
            reason="no survey has ended",
            next_step="Ask those affected: Pulse in the dashboard",
        )
        return
    if survey.whole is None:
        yield NotMeasured(
            metric=FAVOURABLE,
            reason=f"{survey.n:,} of {survey.survey.asked:,} answered the latest survey; fewer "
            "than 5 are not counted, so that nobody is known by an answer",
            next_step="Ask again, and say what became of the last answers: Pulse in the dashboard",
        )
        return
    yield _share(context, survey, survey.whole, WHOLE)
    for group in survey.groups:
        yield _share(context, survey, group, Subject.of(group=group.name))


def _share(context: CheckContext, survey: Result, group: Group, subject: Subject) -> Evidence:
    from proveout.checks.feedback.finite import wilson_of_few
    from proveout.statistics import wilson

    lead, asked = survey.survey.questions[0], survey.survey
    n, k = group.n(lead.key), group.favourable(lead.key)
    # How many of a team were asked is not known: its interval has no correction.
    interval = wilson(k, n) if group.name else wilson_of_few(k, n, max(n, asked.asked))
    details: dict[str, Any] = {
        "question": lead.text,
        "survey": asked.id,
        "opened": asked.opened_at.isoformat(),
        "ended": asked.ends_at.isoformat(),
        "scores": list(group.scores[lead.key]),
    }
    if not group.name:
        details |= {
            "asked": asked.asked,
            "summary": f"{n:,} of {asked.asked:,} answered; who did not may think otherwise.",
            "others": {
                each.text: [group.favourable(each.key), group.n(each.key)]
                for each in asked.questions[1:]
            },
        }
    return context.found(
        FAVOURABLE,
        k / n,
        n=n,
        scope="production",
        subject=subject,
        interval=interval,
        valid_until=_until(asked.ends_at, SURVEY_DAYS),
        details=details,
    )


def _example(item: Item, now: datetime) -> dict[str, Any]:
    """Name an item without its words: evidence is never deleted, what somebody said may be."""
    return {
        "id": item.id,
        "kind": item.kind,
        "owner": item.owner or "nobody yet",
        "days_late": round((now - item.due_at).total_seconds() / 86_400, 1),
    }


def _owner(charter: Charter, heard: Heard) -> str:
    """Name who has the oldest one; without one, who looks at exceptions."""
    known = next((each.owner for each in heard.late if each.owner), None)
    protocol = charter.governance.exceptions
    return known or ("nobody named" if protocol is None else protocol.goes_to)


def _until(moment: datetime, days: float) -> datetime:
    return moment + timedelta(days=days)


CHECK = FeedbackCheck()
