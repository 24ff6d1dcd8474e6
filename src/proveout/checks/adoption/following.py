"""Whether people follow it, and whether they use it more or less than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proveout.checks.adoption.days import Answers
from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import WHOLE, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.change_of_use import FEWEST_DAYS, change_of_use

MOSTLY = 0.5
"""From this share of answers with a known fate on, those without one are left out."""
EXAMPLES = 3


def overrides(
    context: CheckContext, answers: Answers, inputs: Mapping[str, str]
) -> Iterator[Finding]:
    """Tell the share of answers that people overrule, as a whole and by team."""
    for subject, part in _by_team(context, answers):
        yield _override_rate(context, part, subject, inputs)


def _override_rate(
    context: CheckContext,
    answers: Answers,
    subject: Subject,
    inputs: Mapping[str, str],
) -> Finding:
    from proveout.statistics import wilson

    metric = "adoption.override_rate"
    counts = answers.window
    n_all, n_known = counts["answers"], counts["fate_known"]
    if n_all == 0:
        return _no_answers(metric, subject)
    if not answers.has_queue and n_known == 0:
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason="nobody could say that an answer is wrong, and no true answer has come",
            next_step="Let users say it (POST /proveout/feedback), or import what came of the "
            "answers: proveout labels import FILE",
        )
    among_known = n_known >= MOSTLY * n_all
    n = n_known if among_known else n_all
    k = counts["overruled"]
    details = {
        "overruled": k,
        "fate_known": n_known,
        "answers": n_all,
        "over": "answers whose fate is known" if among_known else "all answers",
        "examples": answers.examples(EXAMPLES),
    }
    if not among_known:
        # Of most answers nobody reported anything, which may mean that nobody looked.
        details["note"] = "at least so many: what nobody reports counts as followed"
    return context.found(
        metric, k / n, n=n, scope="production", subject=subject, interval=wilson(k, n),
        inputs=inputs, details=details,
    )  # fmt: skip


def use_change(
    context: CheckContext, answers: Answers, inputs: Mapping[str, str]
) -> Iterator[Finding]:
    """Tell how use changed against the window before, weekday by weekday."""
    for subject, part in _by_team(context, answers):
        yield _change(context, part, subject, inputs)


def _change(
    context: CheckContext, answers: Answers, subject: Subject, inputs: Mapping[str, str]
) -> Finding:
    metric = "adoption.use_change"
    days = answers.days()
    n_days = round((answers.ends - answers.begins) / 86_400.0)
    back = -(-n_days // 7) * 7
    pairs = [day for day in range(-n_days, 0) if day - back in days.index]
    now = [int(days.requests[day]) for day in pairs]
    before = [int(days.requests[day - back]) for day in pairs]
    found = change_of_use(now, before)
    if found is None:
        few = len(pairs) < FEWEST_DAYS
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason=f"only {len(pairs)} days have the same weekday before them to compare with"
            if few
            else "nothing was asked in one of the two spans",
            next_step="Wait until it has been in use for two windows."
            if few
            else "Ask those it was made for why: change.feedback says how",
        )
    return context.found(
        metric, found.value, n=found.days, scope="production", subject=subject,
        interval=found.interval, inputs=inputs,
        details={"requests": found.now, "requests_before": found.before, "days": found.days,
                 "weeks_back": back // 7},
    )  # fmt: skip


def _by_team(context: CheckContext, answers: Answers) -> Iterator[tuple[Subject, Answers]]:
    yield WHOLE, answers
    monitoring = context.charter.monitoring
    for each in () if monitoring is None else monitoring.teams:
        yield Subject.of(group=each.team), answers.of_team(each.team)


def _no_answers(metric: str, subject: Subject) -> NotMeasured:
    return NotMeasured(
        metric=metric,
        subject=subject,
        reason="nothing was answered in the window whose payload is kept",
        next_step="Look at a longer window (monitoring.window_days), or keep payloads: "
        "gateway.log.payload",
    )
