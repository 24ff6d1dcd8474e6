"""From which confidence on an answer may go out alone: chosen and told for any check that asks.

No check of its own: stress has asked for the clean rows and for the damaged ones already, so that
it tells both at one threshold. Where stress asks for few rows or none, quality tells it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.charter.schema import Charter
from proveout.charter.schema.system import LetThrough
from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import Scope
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.selective import (
    METHOD,
    NoThreshold,
    Point,
    Recommended,
    point_at,
    recommend,
    risk_coverage,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from proveout.statistics.judged import Judged

Choice = Recommended | NoThreshold

EXAMPLES, CELLS, LONGEST_TEXT = 3, 8, 80


def is_told_by_quality(charter: Charter) -> bool:
    """Tell whether stress has too little to choose on: nothing recorded, few rows that are paid."""
    system = charter.system
    return system is not None and (system.recorded is not None or system.chat is not None)


def choose(judged: Judged, promise: LetThrough, *, seed: int) -> Choice:
    """Choose the threshold on answers whose truth is known."""
    if judged.correct is None:
        return NoThreshold(
            reason="the charter does not say how far off an answer may be",
            next_step="Say it in the unit of the label: system.tolerance",
            best=None,
        )
    confidence = may_go_out(judged)
    if judged.answered.any() and np.isnan(confidence).all():
        return NoThreshold(
            reason="the system states no confidence, so nothing tells a sure answer from another",
            next_step="Let it state one beside its answers; until then a person looks at all.",
            best=None,
        )
    return recommend(
        confidence,
        judged.correct,
        max_error=promise.max_error,
        probability=promise.probability,
        seed=seed,
    )


def may_go_out(judged: Judged) -> NDArray[np.float64]:
    """Return the confidence of each row, NaN where there is no usable answer to go out."""
    return np.where(judged.answered, judged.confidence, np.nan)


def findings(
    context: CheckContext,
    judged: Judged,
    choice: Choice,
    *,
    rows: pd.DataFrame,
    scope: Scope,
    inputs: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Tell the threshold, what goes out alone with it, and how much of that is wrong.

    `rows` are what the system was given, row for row as they were judged.
    """
    if isinstance(choice, NoThreshold):
        yield from _none(context, judged, choice, scope=scope, inputs=inputs)
        return
    whole, n = choice.whole, judged.n
    promise = {
        "max_error": choice.max_error,
        "probability": choice.probability,
        "method": METHOD,
        "tested_on": choice.tested.n,
        "share_let_through": whole.coverage,
        "error": whole.error,
    }
    yield context.found(
        "confidence.threshold", choice.threshold, n=n, scope=scope, inputs=inputs, details=promise
    )
    yield context.found(
        "confidence.coverage",
        whole.coverage,
        n=n,
        scope=scope,
        interval=whole.coverage_interval(),
        inputs=inputs,
        details={
            "threshold": choice.threshold,
            "let_through": whole.let_through,
            **_people(context.charter, whole.coverage),
            **_rows(judged),
        },
    )
    error = whole.error
    assert error is not None  # noqa: S101  # nothing is recommended that lets nothing through
    yield context.found(
        "confidence.selective_error",
        error,
        n=whole.let_through,
        scope=scope,
        interval=whole.error_interval(),
        inputs=inputs,
        details={
            "threshold": choice.threshold,
            "max_error": choice.max_error,
            "wrong": whole.wrong,
            "stated_error": stated_error(judged, choice.threshold),
            "examples": _examples(rows, judged, choice.threshold),
        },
    )


def stated_error(judged: Judged, threshold: float) -> float | None:
    """Return the share of wrong answers that the system itself expects among those let through."""
    confidence = may_go_out(judged)
    through = confidence >= threshold
    return float(1 - confidence[through].mean()) if through.any() else None


def _none(
    context: CheckContext,
    judged: Judged,
    choice: NoThreshold,
    *,
    scope: Scope,
    inputs: Mapping[str, str] | None,
) -> Iterator[Finding]:
    yield NotMeasured(
        metric="confidence.threshold", reason=choice.reason, next_step=choice.next_step
    )
    if choice.best is None:
        return
    yield context.found(  # as long as no threshold is shown to be safe, nothing goes out alone
        "confidence.coverage",
        0.0,
        n=judged.n,
        scope=scope,
        inputs=inputs,
        details={
            "reason": choice.reason,
            "let_through": 0,
            "at_best": _plain(choice.best),
            **_people(context.charter, 0.0),
            **_rows(judged),
        },
    )


def _examples(rows: pd.DataFrame, judged: Judged, threshold: float) -> list[dict[str, Any]]:
    """Show wrong answers that go out alone, the surest first."""
    assert judged.correct is not None  # noqa: S101  # choose() saw to it
    confidence = may_go_out(judged)
    wrong = np.flatnonzero((confidence >= threshold) & ~judged.correct)
    return [
        {
            "inputs": {
                str(name): _cell(value) for name, value in list(rows.iloc[at].items())[:CELLS]
            },
            "answer": _cell(judged.answer[at]),
            "confidence": _cell(float(confidence[at])),
            "truth": _cell(judged.truth[at]),
        }
        for at in wrong[np.argsort(-confidence[wrong], kind="stable")][:EXAMPLES].tolist()
    ]


def _cell(value: Any) -> Any:
    """Write a value as JSON can hold it, long text cut."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, bool | int):
        return plain
    if isinstance(plain, float):
        return float(f"{plain:.6g}") if math.isfinite(plain) else None
    text = str(plain)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _rows(judged: Judged) -> dict[str, Any]:
    """Tell what there was to choose from: the curve, and what never goes out alone."""
    confidence = may_go_out(judged)
    assert judged.correct is not None  # noqa: S101  # choose() saw to it
    stated = confidence[~np.isnan(confidence)]
    return {
        "unanswered": int((~judged.answered).sum()),
        "without_confidence": int((judged.answered & np.isnan(judged.confidence)).sum()),
        "distinct_confidences": len(np.unique(stated)),
        "let_all_through": _plain(point_at(float(stated.min()), confidence, judged.correct)),
        "curve": [_plain(point) for point in risk_coverage(confidence, judged.correct)],
    }


def _plain(point: Point) -> dict[str, Any]:
    interval = point.error_interval()
    return {
        "threshold": point.threshold,
        "coverage": point.coverage,
        "let_through": point.let_through,
        "wrong": point.wrong,
        "error": point.error,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }


def _people(charter: Charter, coverage: float) -> dict[str, Any]:
    """Tell how many cases a day are left to people when everybody uses it."""
    if charter.load is None:
        return {}
    a_day = charter.load.users * charter.load.requests_per_user_per_day
    return {"cases_a_day": a_day, "to_people_a_day": a_day * (1 - coverage)}
