"""From trials to evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from proveout.checks import CheckContext, Finding
from proveout.checks.stress.asking import Asker
from proveout.checks.stress.confidence import LettingThrough
from proveout.checks.stress.figures import (
    Figure,
    Unknown,
    believed_quality,
    grew_surer,
    quality_drop,
    refusal_rate,
    silent_failure,
    worst,
)
from proveout.checks.stress.operators import TooFewError
from proveout.checks.stress.plan import Planned
from proveout.checks.stress.trial import Trial
from proveout.evidence.figures import figure as written
from proveout.evidence.model import WHOLE, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import simultaneous_level
from proveout.statistics.scores import is_share, main_metric

COLUMN_SECONDS = 10.0
"""Time for trying the worst kinds of damage column by column."""

NAMED = 3
"""How many of the worst are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A trial's figure, wide enough to hold together with those of all the other trials."""

    planned: Planned
    wide: Figure
    plain: Figure
    """The same with the interval that is its own."""
    examples: list[dict[str, Any]]


class Teller:
    """Runs the trials and tells what they show."""

    def __init__(self, context: CheckContext, asker: Asker) -> None:
        plan, clean = asker.plan, asker.clean
        self._context = context
        self._asker = asker
        self._plan = plan
        self._clean = clean
        self._drops: list[_Tried] = []
        self._silent: list[_Tried] = []
        self._letting_through = LettingThrough(context, plan, clean)
        self._wide_level = simultaneous_level(0.95, len(plan.trials))
        self._left_out: dict[str, str] = {}
        self._clean_belief = believed_quality(clean.judged)
        self._gives_confidence = bool((clean.judged.confidence >= 0).any())

    def of_the_clean(self) -> Iterator[Finding]:
        """Tell from which confidence on an answer may go out alone."""
        yield from self._letting_through.of_the_clean()

    def of_trial(self, planned: Planned) -> Iterator[Finding]:
        """Damage, ask, and tell the figures."""
        try:
            trial = self._asker.try_out(planned)
        except TooFewError as why:
            self._left_out[f"{planned.operator.name} at {planned.severity:g}"] = str(why)
            yield from self._if_asked_for(planned.operator.name, str(why))
            return
        about = Subject.of(operator=planned.operator.name, severity=f"{planned.severity:g}")
        details = self._details(planned, trial)
        drop, silent = quality_drop(trial), silent_failure(trial)
        yield self._told("stress.quality_drop", drop, about, self._with_drop(details, trial))
        yield self._told("stress.refusal_rate", refusal_rate(trial), about, details)
        if isinstance(silent, Figure):  # else it is unknown for all trials, and said once
            told = {**details, **self._silent_details(trial), "examples": trial.examples}
            yield self._told("stress.silent_failure", silent, about, told)
        yield from self._letting_through.of_trial(planned, trial)
        yield from self._believed(trial, about, details)
        level = self._wide_level
        for kept, plain, figure in (
            (self._drops, drop, quality_drop(trial, level=level)),
            (self._silent, silent, silent_failure(trial, level=level)),
        ):
            if isinstance(figure, Figure) and isinstance(plain, Figure):
                kept.append(
                    _Tried(planned=planned, wide=figure, plain=plain, examples=trial.examples)
                )

    def of_the_worst(self) -> Iterator[Finding]:
        """Tell the worst of all trials, with bounds that hold for all of them together."""
        yield self._worst("stress.worst_quality_drop", self._drops, quality_drop, {})
        extra = self._meaning_of_silent()
        silent = self._worst("stress.worst_silent_failure", self._silent, silent_failure, extra)
        if isinstance(silent, NotMeasured):
            yield replace(silent, metric="stress.silent_failure")
        yield silent
        yield from self._letting_through.of_the_worst()

    def worst_of_each(self) -> list[Planned]:
        """Return all kinds of damage, each at its worst, the worst by either figure in turn."""
        drops = sorted(self._drops, key=lambda each: -each.wide.value)
        silent = sorted(self._silent, key=lambda each: -each.wide.value)
        first: dict[str, Planned] = {}
        for each in chain.from_iterable(zip_longest(drops, silent)):
            if each is not None:
                first.setdefault(each.planned.operator.name, each.planned)
        return list(first.values())

    def of_what_did_not_apply(self) -> Iterator[NotMeasured]:
        """Name each operator that the charter asks for and the data have nothing for."""
        for name, reason in self._plan.not_applicable.items():
            yield from self._if_asked_for(name, reason)

    def _if_asked_for(self, name: str, reason: str) -> Iterator[NotMeasured]:
        if name in self._plan.asked_for:
            yield NotMeasured(
                metric="stress.quality_drop",
                subject=Subject.of(operator=name),
                reason=f"the operator does not apply: {reason}",
                next_step="Take it out of stress.operators, or add columns (stress.columns).",
            )

    def _believed(self, trial: Trial, about: Subject, details: dict[str, Any]) -> Iterator[Finding]:
        """Tell what the system believes of itself, where it says how sure it is."""
        found, clean = believed_quality(trial.after), self._clean_belief
        if isinstance(found, Unknown) or isinstance(clean, Unknown):
            return
        figure, right = found
        told = {
            "stands_for": details["stands_for"],
            "rows_hit": details["rows_hit"],
            "believed_before": clean[0].value,
            "right_before": clean[1],
            "right_after": right,
            "overrates_itself_by": figure.value - right,
            "grew_surer_while_it_got_worse": grew_surer(trial),
        }
        yield self._told("stress.believed_quality", figure, about, told)

    def _worst(
        self, metric: str, tried: list[_Tried], figure_of: Any, extra: dict[str, Any]
    ) -> Finding:
        if not tried:
            unknown = self._why_none(figure_of)
            return NotMeasured(metric=metric, reason=unknown.reason, next_step=unknown.next_step)
        top = worst((each.wide for each in tried), plain=(each.plain for each in tried))
        named = sorted(tried, key=lambda each: -each.wide.value)[:NAMED]
        first = named[0].planned
        details = {
            **extra,
            "at": f"{first.operator.name} in {written(first.severity, 'fraction')} of records",
            "rows": len(self._plan.truth),
            "answered_as_they_are": float(self._clean.judged.answered.mean()),
            "tried": len(self._plan.trials),
            "rows_asked": self._asker.rows_asked,
            "without_figure": len(self._plan.trials) - len(tried),
            "worst": [self._named(each, figure_of) for each in named],
            "not_applicable": {**self._plan.not_applicable, **self._left_out},
        }
        if self._plan.absent:
            details["inputs_not_in_the_data"] = list(self._plan.absent)
        return self._told(metric, top, WHOLE, details)

    def _why_none(self, figure_of: Any) -> Unknown:
        try:
            found = figure_of(self._asker.try_out(self._plan.trials[0]))
        except (TooFewError, IndexError) as why:
            found = why
        if isinstance(found, Unknown):
            return found
        return Unknown(
            reason="no kind of damage could be tried; "
            + "; ".join(f"{name}: {why}" for name, why in list(self._left_out.items())[:NAMED]),
            next_step="Name other operators or columns (stress.operators, stress.columns).",
        )

    def _named(self, tried: _Tried, figure_of: Any) -> dict[str, Any]:
        operator = tried.planned.operator
        return {
            "operator": operator.name,
            "severity": tried.planned.severity,
            "value": tried.wide.value,
            "low": tried.wide.interval.low,
            "high": tried.plain.interval.high,
            "stands_for": operator.stands_for,
            "by_column": self._by_column(tried.planned, figure_of),
            "examples": tried.examples,
        }

    def _by_column(self, planned: Planned, figure_of: Any) -> list[dict[str, Any]] | str:
        """Try the damage on one column at a time: which one does the harm."""
        if not self._plan.by_column:
            return "not tried: each trial would be paid for by the request"
        operator = planned.operator
        is_whole = operator.takes_all or operator.replaces or operator.fewest_columns > 1
        if is_whole or len(planned.columns) < 2:
            return "not tried: this damage is not one of single columns"
        n_rows = self._asker.rows_of(planned) * len(planned.columns)
        if not self._asker.may_ask(n_rows):
            return "not tried: stress.max_requests leaves no room for it"
        seconds = n_rows * self._clean.answers.elapsed_s / len(self._plan.truth)
        if seconds > COLUMN_SECONDS / (2 * NAMED):
            return f"not tried: it would take about {seconds:.0f} s"
        found: list[dict[str, Any]] = []
        for column in planned.columns:
            alone = replace(planned, columns=(column,))
            with suppress(TooFewError):  # nothing of this column changes, or too few rows hold it
                figure = figure_of(self._asker.try_out(alone))
                if isinstance(figure, Figure):
                    found.append({"column": column, "value": figure.value, "n": figure.n})
        return sorted(found, key=lambda each: -each["value"])[:10]

    def _told(
        self, metric: str, figure: Figure | Unknown, about: Subject, details: dict[str, Any]
    ) -> Finding:
        if isinstance(figure, Unknown):
            return NotMeasured(
                metric=metric, subject=about, reason=figure.reason, next_step=figure.next_step
            )
        return self._context.found(
            metric,
            figure.value,
            subject=about,
            interval=figure.interval,
            n=figure.n,
            scope="synthetic",
            details=details,
        )

    def _details(self, planned: Planned, trial: Trial) -> dict[str, Any]:
        return {
            "stands_for": planned.operator.stands_for,
            "does": planned.operator.does,
            "columns": list(planned.columns),
            "rows_hit": trial.n_hit,
            "rows_changed": trial.n_changed,
            "answers_on_rows_hit": trial.status,
            "faults": list(trial.faults[:5]),
        }

    def _with_drop(self, details: dict[str, Any], trial: Trial) -> dict[str, Any]:
        task = self._plan.rules.task
        told: dict[str, Any] = {"main_metric": main_metric(task)}
        known = ~np.isnan(trial.before.loss) & ~np.isnan(trial.after.loss)  # NaN: unanswered
        for name, judged in (("before", trial.before), ("after", trial.after)):
            for rows, which in ((known, ""), (known & trial.is_hit, "_on_rows_hit")):
                if rows.any():
                    loss = float(judged.loss[rows].mean())
                    told[f"{name}{which}"] = 1 - loss if is_share(task) else loss
        if is_share(task):
            told |= _shares_of_drop(trial)
        return {**details, **told}

    def _silent_details(self, trial: Trial) -> dict[str, Any]:
        if trial.silent is None or not trial.is_hit.any():
            return self._meaning_of_silent()
        on_hit = float(trial.silent[trial.is_hit].mean())
        return {**self._meaning_of_silent(), "on_rows_hit": on_hit}

    def _meaning_of_silent(self) -> dict[str, Any]:
        """Say what counts, and how often it happens on the rows as they are."""
        if self._gives_confidence:
            at = self._plan.rules.confident_at
            what = f"wrong, with a confidence of at least {at:g} or none"
        else:
            what = "every wrong answer, because the system gives no confidence"
        told: dict[str, Any] = {"counts_as_silent": what}
        if self._clean.judged.correct is not None:
            told["baseline"] = float(self._clean.silent.mean())
        return told


def _shares_of_drop(trial: Trial) -> dict[str, float]:
    """Part the drop into answers that are wrong now and answers that are not given any more."""
    was_right, is_right = 1 - trial.before.loss, 1 - trial.after.loss
    lost = was_right - is_right
    both = trial.before.answered & trial.after.answered
    return {
        "drop_by_wrong_answers": float(lost[both].sum() / len(lost)),
        "drop_by_refusals": float(lost[~both].sum() / len(lost)),
    }
