"""The adoption check: on a window of the prediction log, on imported usage, or on both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.charter.schema.adoption import Adoption
from proveout.checks.contract import CheckContext, Finding, Need, Progress, Served
from proveout.checks.needs import not_in_use
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.adoption import METRICS
from proveout.evidence.model import Scope

if TYPE_CHECKING:
    from proveout.checks.adoption.record import UseRecord


@dataclass(frozen=True, slots=True)
class AdoptionCheck:
    """Answers one question of the gate."""

    name: str = "adoption"
    version: str = "2"
    question: str = "Do the people it was made for use it, and do they follow it?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def looks_before_launch(self, charter: Charter) -> bool:
        """Imported usage can be looked at by an assessment, that of a pilot too."""
        return charter.adoption is not None and charter.adoption.usage is not None

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing to begin with: what a figure lacks is said in its place."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window of the log, on imported usage, or on both."""
        from proveout.checks.adoption.record import record_of

        served = context.data.served()
        record = record_of(context, served)
        if record is None:
            yield from not_in_use(METRICS)
            return
        is_logged = served is not None and _has_requests(served)
        yield Progress(done=1, total=4, what="adoption: who uses it")
        yield from _of_people(context, record, served, is_logged=is_logged)
        if served is not None:
            yield from _of_answers(context, served, is_logged=is_logged or not _imports(context))


def _of_people(
    context: CheckContext, record: UseRecord, served: Served | None, *, is_logged: bool
) -> Iterator[Finding]:
    """Tell the funnel by team, role and kind of people, and what is to be expected of others."""
    from proveout.checks.adoption.expecting import expected
    from proveout.checks.adoption.funnel import Telling, funnel
    from proveout.checks.adoption.imported import by_usage, weekly
    from proveout.checks.adoption.people import People, told_by_team
    from proveout.checks.adoption.record import moments
    from proveout.checks.adoption.roster import groups_of, those_of

    adoption = context.charter.adoption or Adoption()
    those, others = those_of(context, record)
    begins, ends = moments(record)
    inputs = dict(record.inputs)
    if served is not None:
        inputs["window"] = str(served.window)
    tell = Telling(
        context=context,
        record=record,
        scope=_scope(adoption, record.begins, served),
        inputs=inputs,
        window={"begins": begins, "ends": ends, "days": record.days, **record.unread.as_details()},
        notes={
            **{name: n for name, n in those.notes.items() if n},
            **({"uses_of_others": int(others["uses"].sum())} if len(others) else {}),
            "active_at_least": those.at_least,
        },
    )
    # Without a source of its own the check tells by the log and the headcounts, as ever.
    by_log_alone = adoption.people is None and adoption.usage is None
    fewest = 1 if by_log_alone else adoption.fewest_told
    groups, too_few = groups_of(context, those, fewest=fewest)
    weeks = weekly(record.weeks(those.frame))
    if served is not None and by_log_alone:
        yield from told_by_team(context, People.of(served), {"window": str(served.window)}, weeks)
    elif is_logged and served is not None:
        per_user = told_by_team(context, People.of(served), inputs, weeks)
        yield from (each for each in per_user if _is_of(each, "requests_per_user"))
    else:
        yield from by_usage(tell, groups, weeks)
    for subject, part in groups:
        for each in funnel(tell, part, subject):
            if not (by_log_alone and _is_of(each, "active_share")):
                yield each
    for subject, n in too_few:
        yield tell.missing(
            "active_share",
            subject,
            f"these are {n} people: fewer than {fewest} are not told apart, since they would be "
            "single persons",
            "They count in the whole; adoption.fewest_told says from how many on",
        )
    yield Progress(done=2, total=4, what="adoption: what is to be expected of others")
    yield from expected(tell, groups)


def _of_answers(context: CheckContext, served: Served, *, is_logged: bool) -> Iterator[Finding]:
    """Tell what became of the answers that the log holds."""
    from proveout.checks.adoption.days import Answers
    from proveout.checks.adoption.decay import silent_decay
    from proveout.checks.adoption.following import overrides, use_change

    inputs = {"window": str(served.window)}
    yield Progress(done=3, total=4, what="adoption: what became of the answers")
    answers = Answers.of(served, context.charter)
    if is_logged:
        yield from overrides(context, answers, inputs)
        yield from use_change(context, answers, inputs)
    yield silent_decay(context, answers, inputs)


def _scope(adoption: Adoption, begins: float, served: Served | None) -> Scope:
    """A pilot's participants are the pilot; whoever uses it after the launch is production."""
    launched = adoption.launched_on
    is_launched = (
        launched is not None and datetime.combine(launched, time(), UTC).timestamp() <= begins
    )
    return "production" if served is not None or is_launched else "pilot"


def _imports(context: CheckContext) -> bool:
    return context.charter.adoption is not None and context.charter.adoption.usage is not None


def _has_requests(served: Served) -> bool:
    return bool(served.requests.table.count().execute())


def _is_of(finding: Finding, metric: str) -> bool:
    return not isinstance(finding, Progress) and finding.metric == f"adoption.{metric}"


CHECK = AdoptionCheck()
