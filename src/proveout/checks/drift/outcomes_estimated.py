"""How good the window's answers probably are, as long as their truth is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.contract import CheckContext, Finding, Served
from proveout.checks.drift.outcomes_pilot import kept_answers, moments
from proveout.checks.drift.outcomes_served import ANSWER, CONFIDENCE, TRUTH, judged_of
from proveout.checks.drift.outcomes_state import State
from proveout.evidence.model import Interval, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.truths import truth_by_field
from proveout.statistics.estimated import (
    Estimate,
    Estimator,
    NoEstimate,
    Reference,
    fit,
    partly_measured,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

METRIC = "drift.estimated_quality"
DECAY = Subject.of(kind="estimated_quality")
FEWEST_KNOWN = 50
"""From so many known outcomes on in the window they correct the estimate."""
FEWEST_WEEKS = 8
_AGAIN = "Measure quality on labelled records again: proveout check quality"


def estimated_findings(
    context: CheckContext, served: Served, state: State, *, inputs: Mapping[str, str]
) -> tuple[list[Finding], State]:
    """Return the estimate of the window and its alarm, and the state after it."""
    learnt = _learnt(context, state)
    if isinstance(learnt, NoEstimate):
        return [_none(METRIC, Subject(), learnt)], state
    frame = _window(context, served)
    answered = frame[ANSWER].notna().to_numpy() & frame[CONFIDENCE].notna().to_numpy()
    rows = frame[answered].reset_index(drop=True)
    confidence = rows[CONFIDENCE].to_numpy(dtype=float)
    answer = _texts(rows[ANSWER])
    estimate = learnt.estimate(confidence, answer, seed=context.seed)
    if isinstance(estimate, NoEstimate):
        return [_none(METRIC, Subject(), estimate)], state
    findings: list[Finding] = [
        _found(context, learnt, estimate, rows, unanswered=int((~answered).sum()), inputs=inputs)
    ]
    alarm, state = _decay(context, served, learnt, estimate, state=state, inputs=inputs)
    return [*findings, *alarm], state


def _learnt(context: CheckContext, state: State) -> Estimator | NoEstimate:
    if state.pilot.artifact is None:
        return NoEstimate(
            reason="the pilot's judged answers were not kept, only how often it was right",
            next_step=_AGAIN,
        )
    frame = kept_answers(context, state.pilot.artifact)
    if frame is None:
        return NoEstimate(
            reason=f"the pilot's judged answers ({state.pilot.artifact}) are gone",
            next_step=_AGAIN,
        )
    when = moments(frame)
    if when is None:
        return NoEstimate(
            reason="the pilot's records say no time, so that nothing shows whether confidence "
            "tells good weeks from bad ones",
            next_step="Name the column that holds the time of a record: data.timestamp",
        )
    frame = frame[frame["proveout_answer"].notna()]
    return fit(
        Reference(
            confidence=frame["proveout_confidence"].to_numpy(dtype=float, na_value=np.nan),
            correct=frame["proveout_correct"].to_numpy(dtype=bool),
            block=blocks(when[frame.index]),
            answer=_texts(frame["proveout_answer"]),
        ),
        seed=context.seed,
    )


def blocks(when: pd.Series[Any]) -> NDArray[np.intp]:
    """Return the week of each record; the day where there are fewer than FEWEST_WEEKS weeks."""
    day = (when - when.min().normalize()).dt.days.to_numpy(dtype=np.intp, na_value=0)
    weeks = day // 7
    return np.asarray(weeks if len(np.unique(weeks)) >= FEWEST_WEEKS else day)


def _window(context: CheckContext, served: Served) -> pd.DataFrame:
    table = served.rows.table
    truths = [name for name in truth_by_field(context.charter).values() if name in table.columns]
    columns = dict.fromkeys([ANSWER, CONFIDENCE, TRUTH, *truths])
    frame: pd.DataFrame = table.select(*columns).execute()
    return frame


def _found(
    context: CheckContext,
    learnt: Estimator,
    estimate: Estimate,
    rows: pd.DataFrame,
    *,
    unanswered: int,
    inputs: Mapping[str, str],
) -> Finding:
    """Tell the estimate, corrected by what is known where that is enough."""
    details: dict[str, Any] = {
        "in_the_pilot": estimate.no_change,
        "by_confidence_alone": estimate.by_confidence,
        "slope": estimate.slope,
        "blocks": learnt.blocks,
        "better_than_no_change_by": learnt.skill,
        "not_covered": {"without_answer_or_confidence": unanswered},
        "method": "calibrated confidence, with the slope that past blocks had",
    }
    value, low, high, method = estimate.value, estimate.low, estimate.high, "block-bootstrap"
    known = rows[TRUTH].notna().to_numpy()
    if known.sum() >= FEWEST_KNOWN:
        judged = judged_of(context, rows[known].reset_index(drop=True))
        if judged is not None and judged.correct is not None:
            likely = learnt.rightness(rows[CONFIDENCE].to_numpy(dtype=float), _texts(rows[ANSWER]))
            outcome = np.full(len(rows), np.nan)
            outcome[known] = judged.correct
            shifted = np.clip(likely + estimate.value - likely.mean(), 0, 1)
            partly = partly_measured(shifted, outcome, spread=learnt.spread)
            value, low, high = partly.value, partly.low, partly.high
            method = "augmented inverse probability weighting"
            details |= {
                "estimated_alone": estimate.value,
                "measured": partly.measured,
                "method": "estimated, and corrected by the truth that has come (each known outcome "
                "counts for the answers of about the same confidence)",
            }
    return context.found(
        METRIC,
        value,
        n=estimate.n,
        scope="production",
        basis="simulated",
        interval=Interval(low=low, high=high, level=estimate.level, method=method),
        inputs=inputs,
        details=details,
    )


def _decay(
    context: CheckContext,
    served: Served,
    learnt: Estimator,
    estimate: Estimate,
    *,
    state: State,
    inputs: Mapping[str, str],
) -> tuple[list[Finding], State]:
    """Watch the estimate for a decay that nobody sees because no truth comes.

    A look counts when the window holds nothing that an earlier one counted, nor what was there
    before the watch began anew.
    """
    from scipy.special import stdtr

    from proveout.statistics.sequential import Watch, from_p_at

    watch = (
        state.budget.watch("estimated_quality")
        if state.quality is None
        else Watch.from_dict(state.quality)
    )
    begun_anew = "estimated_quality" in state.budget.past
    since = watch.until or (watch.begins if begun_anew else served.window.begins)
    is_apart = served.window.begins >= since
    if is_apart and watch.is_new(served.window.ends):
        away = (estimate.value - estimate.no_change) / learnt.usual_difference
        p = float(stdtr(max(learnt.blocks - 1, 1), away))
        watch = watch.after(from_p_at(max(p, 1e-12), 0.01), until=served.window.ends)
    state = replace(state, quality=watch.to_dict())
    told = "The estimated quality shows no decay."
    if watch.is_alarm:
        told = (
            f"Answers are probably worse than in the pilot: about {estimate.value:.1%} right "
            f"({estimate.low:.1%} to {estimate.high:.1%}), against {estimate.no_change:.1%}; "
            "estimated from the confidence they state, as the truth has not come. Bring true "
            "answers for some of them, drawn at random."
        )
    return [
        context.found(
            "drift.alarm",
            1.0 if watch.is_alarm else 0.0,
            n=estimate.n,
            scope="production",
            subject=DECAY,
            basis="simulated",
            inputs=inputs,
            details={
                "what": told,
                "evidence": watch.evidence,
                "threshold": watch.threshold,
                "since": None if watch.since is None else watch.since.isoformat(),
            },
        )
    ], state


def _none(metric: str, subject: Subject, why: NoEstimate) -> NotMeasured:
    return NotMeasured(metric=metric, subject=subject, reason=why.reason, next_step=why.next_step)


def _texts(values: pd.Series[Any]) -> NDArray[np.object_]:
    from proveout.statistics.labels import normalise

    return normalise(values)
