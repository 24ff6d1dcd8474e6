"""What damage does to the answers that go out alone, at the threshold chosen on clean rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proveout.checks import CheckContext, Finding
from proveout.checks.confidence import (
    choose,
    findings,
    is_told_by_quality,
    may_go_out,
    stated_error,
)
from proveout.checks.stress.figures import Figure, worst
from proveout.checks.stress.plan import Plan, Planned
from proveout.checks.stress.trial import Asked, Trial
from proveout.evidence.figures import figure as written
from proveout.evidence.model import Interval, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import simultaneous_level
from proveout.statistics.selective import Point, Recommended, point_at


class LettingThrough:
    """Chooses the threshold on the clean rows and follows it through the trials.

    It asks the system nothing: the trials hold confidence and correctness already.
    """

    def __init__(self, context: CheckContext, plan: Plan, clean: Asked) -> None:
        assert context.charter.system is not None  # noqa: S101  # needs() has seen to it
        self._context = context
        self._plan = plan
        self._clean = clean
        self._choice = choose(clean.judged, context.charter.system.let_through, seed=plan.seed)
        self._level = simultaneous_level(0.95, len(plan.trials))
        self._wide: list[tuple[Planned, Figure]] = []

    def of_the_clean(self) -> Iterator[Finding]:
        """Tell the threshold and what it does on rows as they are."""
        if is_told_by_quality(self._context.charter):
            return
        judged = self._clean.judged
        yield from findings(
            self._context, judged, self._choice, rows=self._clean.inputs, scope="production"
        )

    def of_trial(self, planned: Planned, trial: Trial) -> Iterator[Finding]:
        """Tell what still goes out alone after the damage, and how much of that is wrong."""
        if not isinstance(self._choice, Recommended):
            return  # said once, by of_the_worst
        about = Subject.of(operator=planned.operator.name, severity=f"{planned.severity:g}")
        before, after = self._at(trial, is_after=False), self._at(trial, is_after=True)
        yield self._context.found(
            "stress.share_let_through",
            after.coverage,
            subject=about,
            interval=after.coverage_interval(),
            n=after.n,
            scope="synthetic",
            details={"threshold": self._choice.threshold, "before": before.coverage},
        )
        interval = after.error_interval()
        if after.error is None or interval is None:
            yield NotMeasured(
                metric="stress.error_let_through",
                subject=about,
                reason="no answer goes out alone any more: all go to a person",
                next_step="Nothing has to be done: being unsure of damaged inputs is right.",
            )
            return
        yield self._context.found(
            "stress.error_let_through",
            after.error,
            subject=about,
            interval=interval,
            n=after.let_through,
            scope="synthetic",
            details={
                **self._details(planned, trial, before, after),
                "promise": standing(interval, self._choice.max_error),
            },
        )
        wide = after.error_interval(level=self._level)
        assert wide is not None  # noqa: S101  # there is one at every level or at none
        self._wide.append((planned, Figure(value=after.error, interval=wide, n=after.let_through)))

    def of_the_worst(self) -> Iterator[Finding]:
        """Tell the worst of all trials, with bounds that hold for all of them together."""
        choice = self._choice
        if not isinstance(choice, Recommended) or not self._wide:
            reason = "no damage left an answer that goes out alone"
            step = "Look at stress.share_let_through."
            if not isinstance(choice, Recommended):
                reason, step = choice.reason, choice.next_step
            yield NotMeasured(
                metric="stress.worst_error_let_through", reason=reason, next_step=step
            )
            return
        planned = max(self._wide, key=lambda each: each[1].value)[0]
        top = worst(each for _, each in self._wide)
        yield self._context.found(
            "stress.worst_error_let_through",
            top.value,
            interval=top.interval,
            n=top.n,
            scope="synthetic",
            details={
                "at": f"{planned.operator.name} in {written(planned.severity, 'fraction')} "
                "of records",
                "threshold": choice.threshold,
                "max_error": choice.max_error,
                "promise": standing(top.interval, choice.max_error),
                "tried": len(self._plan.trials),
                "without_figure": len(self._plan.trials) - len(self._wide),
            },
        )

    def _at(self, trial: Trial, *, is_after: bool) -> Point:
        judged = trial.after if is_after else trial.before
        assert isinstance(self._choice, Recommended)  # noqa: S101  # asked for only then
        assert judged.correct is not None  # noqa: S101  # else none was chosen
        return point_at(self._choice.threshold, may_go_out(judged), judged.correct)

    def _details(
        self, planned: Planned, trial: Trial, before: Point, after: Point
    ) -> dict[str, Any]:
        choice, hit = self._choice, trial.is_hit
        assert isinstance(choice, Recommended)  # noqa: S101  # asked for only then
        told: dict[str, Any] = {
            "stands_for": planned.operator.stands_for,
            "threshold": choice.threshold,
            "max_error": choice.max_error,
            "let_through": after.let_through,
            "wrong": after.wrong,
            "before": {
                "share_let_through": before.coverage,
                "error": before.error,
                "stated_error": stated_error(trial.before, choice.threshold),
            },
            "stated_error": stated_error(trial.after, choice.threshold),
            "examples": [
                each
                for each in trial.examples
                if each["confidence"] is not None and each["confidence"] >= choice.threshold
            ],
        }
        if hit.any():
            damaged = trial.after.take(hit)
            assert damaged.correct is not None  # noqa: S101  # else none was chosen
            alone = point_at(choice.threshold, may_go_out(damaged), damaged.correct)
            told["on_rows_hit"] = {
                "rows": alone.n,
                "let_through": alone.let_through,
                "wrong": alone.wrong,
                "error": alone.error,
            }
        return told


def standing(interval: Interval, max_error: float) -> str:
    """Say whether the limit still holds: 'kept', 'broken', or 'cannot tell'."""
    if interval.high <= max_error:
        return "kept"
    return "broken" if interval.low > max_error else "cannot tell"
