"""Whether answers have become worse: as far as the truth has come, and as far as it has not.

    yield from outcome_findings(context, served)

The state of what was counted travels in the details of the alarm's evidence, so that each true
answer is counted once, however the windows of two looks overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.monitoring import Monitoring
from proveout.checks.contract import CheckContext, Finding, Served
from proveout.checks.drift.outcomes_estimated import DECAY, estimated_findings
from proveout.checks.drift.outcomes_pilot import find_pilot
from proveout.checks.drift.outcomes_served import (
    AT,
    Known,
    answers_by_day,
    inputs_shown,
    known_answers,
)
from proveout.checks.drift.outcomes_state import State, begin
from proveout.evidence.figures import figure, span
from proveout.evidence.model import Interval, Subject
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    from proveout.statistics.sequential import RateWatch

ABOUT = Subject.of(kind="error_rate")
EXAMPLES = 3
FALLEN = 0.8
"""An error rate that is surely below so much of the pilot's has fallen."""
_ASSESS = "Assess once more with the truth of some records: proveout check quality"


def outcome_findings(
    context: CheckContext, served: Served, *, inputs: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Yield the error rate, its alarm, and the estimated quality of the window."""
    before = served.before()
    answers = answers_by_day(served, before)
    state = _state(context, served, answers)
    if state is None:
        reason = "the quality check has not measured how often the pilot was wrong"
        for metric in ("drift.error_rate", "drift.alarm", "drift.estimated_quality"):
            subject = ABOUT if metric == "drift.alarm" else Subject()
            yield NotMeasured(metric=metric, subject=subject, reason=reason, next_step=_ASSESS)
        return
    known = known_answers(context, served, before)
    if known.correct is None and len(known.frame):
        yield NotMeasured(
            metric="drift.error_rate",
            reason=known.why_not,
            next_step="Say it in the unit of the label: system.tolerance",
        )
        known = replace(known, frame=known.frame.iloc[:0])
    look = served.window.ends.astimezone(UTC)
    state = _counted(context, state, known, answers, on=look.date())
    quality, state = estimated_findings(context, served, state, inputs=inputs or {})
    yield from _error_rate(context, state, inputs or {})
    yield _alarm(context, state, known, inputs or {})
    yield from quality


def _state(context: CheckContext, served: Served, answers: Mapping[date, int]) -> State | None:
    """Return where the last look left off; at the first, begin with what the pilot was like."""
    monitoring = context.charter.monitoring or Monitoring()
    state = _kept(context)
    if state is None:
        pilot = find_pilot(context)
        if pilot is None:
            return None
        launch = min(answers, default=served.window.begins.astimezone(UTC).date())
        alarms = monitoring.false_alarms
        return begin(
            pilot, launch=launch, probability=alarms.probability, life_days=alarms.life_days
        )
    for each in context.resolved():
        alarm = each.alarm
        stream = alarm.subject.get("kind")
        is_ours = alarm.metric == "drift.alarm" and alarm.subject in (ABOUT, DECAY)
        in_life = state.budget.begins <= each.at < state.budget.ends
        if is_ours and stream is not None and in_life and alarm.id not in state.resolved:
            state = state.begun_anew(stream, alarm=alarm.id, at=each.at)
    if served.window.ends >= state.budget.ends:  # a new life begins with a new budget
        anew = begin(
            state.pilot,
            launch=state.budget.ends.date(),
            probability=monitoring.false_alarms.probability,
            life_days=monitoring.false_alarms.life_days,
        )
        state = replace(state, budget=anew.budget, begins=anew.begins, quality=None)
    return state


def _kept(context: CheckContext) -> State | None:
    for each in (*context.earlier(), *context.known()):
        if each.metric == "drift.alarm" and each.subject == ABOUT and "state" in each.details:
            return State.from_dict(each.details["state"])
    return None


def _counted(
    context: CheckContext, state: State, known: Known, answers: Mapping[date, int], *, on: date
) -> State:
    seen: dict[date, tuple[int, int]] = {}
    if len(known.frame) and known.correct is not None:
        days = known.frame[AT].dt.tz_convert("UTC").dt.date
        by_day = (~known.frame.assign(right=known.correct)["right"]).groupby(days)
        seen = {day: (int(each.sum()), len(each)) for day, each in by_day}
    delay = (context.charter.monitoring or Monitoring()).label_delay_days
    return state.with_labels(seen, on=on).with_share(
        answers, on=on, delay=None if delay is None else timedelta(days=delay)
    )


def _error_rate(
    context: CheckContext, state: State, inputs: Mapping[str, str]
) -> Iterator[Finding]:
    if not state.n:
        yield NotMeasured(
            metric="drift.error_rate",
            reason="no true answer has come since the launch",
            next_step="Import them as they become known: proveout labels import FILE",
        )
        return
    import numpy as np

    from proveout.statistics.sequential import running_rate

    # Within a day the order is not kept: its wrong answers are spread evenly over it.
    days = [(0, 0), *(counts for _, counts in sorted(state.arrived.items()))]
    outcomes = np.concatenate([_spread(wrong, n) for wrong, n in days])
    found = running_rate(outcomes)
    yield context.found(
        "drift.error_rate",
        float(outcomes.mean()) if found.n else state.wrong / state.n,
        n=found.n or state.n,
        scope="production",
        interval=Interval(low=found.low, high=found.high, level=found.level, method=found.method),
        inputs=inputs,
        details={
            "wrong": int(outcomes.sum()),
            "since": min(state.arrived, default=state.begins).isoformat(),
            "pilot": {"error_rate": state.pilot.wrong / state.pilot.n, "n": state.pilot.n},
            "share_with_known_truth": state.labelled,
            "not_guaranteed": not_guaranteed(state),
        },
    )


def _spread(wrong: int, n: int) -> Any:
    import numpy as np

    each = np.zeros(n)
    if wrong:
        each[(np.arange(wrong) * n) // wrong] = 1.0
    return each


def _alarm(context: CheckContext, state: State, known: Known, inputs: Mapping[str, str]) -> Finding:
    from proveout.statistics.sequential import watch_rate

    monitoring = context.charter.monitoring or Monitoring()
    counted = state.in_order()
    watched = watch_rate(
        state.pilot.rate(),
        counted if state.labelled is not None else [],
        share=state.budget.share("error_rate"),
        begins=state.begins,
        life_days=(state.budget.ends.date() - state.begins).days,
        harm=monitoring.harm,
        labelled=state.labelled or 1.0,
    )
    details: dict[str, Any] = {
        "what": _told(context, state, watched),
        "evidence": watched.evidence,
        "highest": watched.highest,
        "threshold": watched.threshold,
        "since": None if watched.since is None else watched.since.isoformat(),
        "alarmed_on": None if watched.alarmed_on is None else watched.alarmed_on.isoformat(),
        "harm": monitoring.harm,
        "acts": acts(context),
        "share_with_known_truth": state.labelled,
        "not_guaranteed": not_guaranteed(state),
        "state": state.to_dict(),
    }
    if watched.since is not None:
        details |= _where_and_what(context, known, watched.since)
    return context.found(
        "drift.alarm",
        1.0 if watched.is_alarm else 0.0,
        n=sum(day.n for day in counted),
        scope="production",
        subject=ABOUT,
        inputs=inputs,
        details=details,
    )


def _told(context: CheckContext, state: State, watched: RateWatch) -> str:
    """Say it as an operations manager would."""
    usual = state.usual
    if watched.since is None or watched.rate is None:
        if state.labelled is None:
            return "Too few true answers have come yet to watch the error rate."
        return " ".join(["The error rate shows no harmful rise.", *_fallen(state)])
    from proveout.statistics import wilson

    interval = wilson(watched.wrong, watched.n)
    now = f"{figure(watched.rate, 'fraction', interval)} ({span(interval, 'fraction')})"
    times = f"{watched.rate / usual:.1f} times as often" if usual else "more often"
    return (
        f"Since about {watched.since:%Y-%m-%d} answers are wrong {times} as in the pilot: {now} of "
        f"{watched.n:,} answers whose truth is known, against {figure(usual, 'fraction')} of "
        f"{state.pilot.n:,}. {acts(context)} acts: find out what changed on that day, and roll "
        "back if it was the system."
    )


def _fallen(state: State) -> list[str]:
    """Tell a fall, which is either good or made by what gets a label: nobody can tell which."""
    from proveout.statistics import wilson

    if not state.n or wilson(state.wrong, state.n).high >= FALLEN * state.usual:
        return []
    now = figure(state.wrong / state.n, "fraction", wilson(state.wrong, state.n))
    return [
        f"Of {state.n:,} answers whose truth is known {now} were wrong, against "
        f"{figure(state.usual, 'fraction')} in the pilot. Either answers have become better, or "
        "wrong ones get a true answer less often or later than right ones, and then a rise would "
        "not be seen: have some answers checked that were drawn at random."
    ]


def not_guaranteed(state: State) -> str:
    """Say what the watch cannot promise, given how many answers get a label."""
    if state.labelled is None:
        return "It is not known yet how many answers get a true answer: nothing is watched so far."
    which = "Which answers get a true one, and how late, must not depend on their being wrong"
    if state.labelled >= 1:
        return (
            f"{which} in another way than in the pilot: a rise among the few that never get one, "
            "or get it later than others, is found late or not at all."
        )
    return (
        f"Only {figure(state.labelled, 'fraction')} of answers get a true one. {which}: where "
        "wrong ones get it less often or later than right ones, a rise is found late or not at "
        "all; where that changes in use, the alarm may be for nothing."
    )


def _where_and_what(context: CheckContext, known: Known, since: date) -> dict[str, Any]:
    """Show three wrong answers since then, and how often each site has them."""
    if known.correct is None or not len(known.frame):
        return {"examples": []}
    frame = known.frame.assign(wrong=~known.correct)
    recent = frame[frame[AT].dt.tz_convert("UTC").dt.date >= since]
    wrong = recent[recent["wrong"]].tail(EXAMPLES)
    told: dict[str, Any] = {
        "examples": [
            {
                "id": row["proveout_id"],
                "at": row[AT].isoformat(),
                "inputs": inputs_shown(context, row),
                "answer": None if row["proveout_answer"] is None else str(row["proveout_answer"]),
                "truth": str(row["proveout_label"]),
            }
            for _, row in wrong.iterrows()
        ]
    }
    site = context.charter.data.site_column
    if site is not None and site in recent:
        sites = recent.groupby(recent[site].astype("string"))["wrong"].agg(["sum", "size"])
        ordered = sites.sort_values("sum", ascending=False).head(10)
        told["by_site"] = {
            str(name): {"wrong": int(row["sum"]), "n": int(row["size"])}
            for name, row in ordered.iterrows()
        }
    return told


def acts(context: CheckContext) -> str:
    """Return the name of whom an alarm calls."""
    people, monitoring = context.charter.people, context.charter.monitoring
    for person in (
        monitoring.acts if monitoring is not None else None,
        people.reviewer, people.production_owner, people.project_owner,
    ):  # fmt: skip
        if person is not None:
            return person.name
    return "Nobody is named (monitoring.acts) who"
