"""The run: ask, score, compare, break down."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from proveout.checks import confidence
from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.quality import breakdown, words
from proveout.checks.quality.asking import ask, statuses, throughput
from proveout.checks.quality.familiar import familiarity
from proveout.checks.quality.kept import keep_answers
from proveout.checks.quality.records import (
    NEVER_MEET,
    Records,
    Unlabelled,
    label_name,
    pilot_records,
    production_records,
)
from proveout.checks.quality.trial import Trial
from proveout.evidence.model import WHOLE, Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.scoring import Comparers, comparers_of
from proveout.statistics import difference_of_proportions, relative_increase
from proveout.statistics.labels import task_of
from proveout.statistics.scores import (
    Result,
    Score,
    Task,
    Unscored,
    exception_rate,
    is_share,
    judge,
    known_truth,
    main_metric,
    main_score,
    scores,
)
from proveout.systems.port import System


def run(context: CheckContext) -> Iterator[Finding]:
    """Yield figures on the curated sample, on production, the drop, and the breakdown."""
    yield Progress(done=0, total=None, what="fetching rows")
    pilot = pilot_records(context)
    production, left_out = production_records(context)
    if isinstance(pilot, Unlabelled):
        left_out, pilot = [*left_out, pilot], None
    wanted = [records for records in (pilot, production) if records is not None]
    task = _task(context, wanted)
    metric = f"quality.{main_metric(task)}"
    for source in left_out:
        yield NotMeasured(
            metric=metric,
            subject=Subject.of(source=source.source),
            reason=source.reason,
            next_step="Bring true answers for its records: data.label, or data.labels.",
        )
    trials = {}
    comparers = _comparers(context, task)
    with context.open_system() as system:
        for records in wanted:
            trial = yield from _try(context, system, records, task, comparers)
            if trial.answers.simulated:
                context = replace(context, basis="simulated")
            yield from _figures(context, trial)
            yield from _letting_through(context, trial)
            trials[records.scope] = trial
    if "production" not in trials:
        yield NotMeasured(
            metric=metric,
            reason="there are no production rows with a known true answer",
            next_step="Name the records and their true answers: data.production, data.label.",
        )
    yield _drop(context, trials.get("pilot"), trials.get("production"))
    if "production" in trials:
        yield from _breakdown(context, trials["production"], trials.get("pilot"))


def _task(context: CheckContext, wanted: list[Records]) -> Task:
    truth = [records.truth for records in wanted] or [np.zeros(0, dtype=object)]
    return task_of(context.charter.system, np.concatenate(truth))


def _comparers(context: CheckContext, task: Task) -> Comparers | None:
    """Make them before anything is asked: each question to a language model is paid for."""
    system = context.charter.system
    if system is None or not words.are_answers(task):
        return None
    return comparers_of(system.scoring, folder=context.loaded.folder)


def _try(
    context: CheckContext,
    system: System,
    records: Records,
    task: Task,
    comparers: Comparers | None,
) -> Generator[Progress, None, Trial]:
    settings = context.charter.system
    assert settings is not None  # noqa: S101  # see QualityCheck.needs
    what = f"asking {system.label} on {records.scope} rows"
    answers, calls = yield from ask(system, records.batch, what=what)
    judged = judge(
        records.truth,
        answers.value,
        answers.confidence,
        answers.status,
        task=task,
        positive=settings.positive,
        tolerance=settings.tolerance,
        confident_at=settings.confident_at,
        comparers=comparers,
    )
    declared = context.charter.data.fields.get(label_name(context.charter.data))
    return Trial(
        records=records,
        answers=answers,
        calls=calls,
        known=known_truth(records.truth, task=task),
        judged=judged,
        inputs={**records.fingerprints, "system": system.fingerprint},
        unit=(declared.unit if declared else None) or "*",
    )


def _figures(context: CheckContext, trial: Trial) -> Iterator[Finding]:
    main = main_metric(trial.judged.task)
    for result in scores(trial.judged):
        is_main = result.metric == main
        finding = _finding(context, trial, result, _about_rows(context, trial) if is_main else {})
        if is_main and isinstance(finding, Evidence):
            finding = finding.evolve(artifact=keep_answers(context, trial))
        yield finding
    yield _finding(
        context, trial, exception_rate(trial.answers.status), _about_exceptions(context, trial)
    )
    for result, subject, details in words.results(context, trial):
        yield _finding(context, trial, result, details, subject)
    yield _throughput(context, trial)


def _letting_through(context: CheckContext, trial: Trial) -> Iterator[Finding]:
    """Tell from which confidence on an answer may go out alone, where stress does not."""
    settings = context.charter.system
    if settings is None or trial.records.scope != "production":
        return
    if not confidence.is_told_by_quality(context.charter):
        return
    choice = confidence.choose(trial.judged, settings.let_through, seed=context.seed)
    yield from confidence.findings(
        context,
        trial.judged,
        choice,
        rows=trial.records.batch[trial.known],
        scope=trial.records.scope,
        inputs=trial.inputs,
    )


def _about_rows(context: CheckContext, trial: Trial) -> dict[str, Any]:
    """Tell how the rows were chosen, and how many have no true answer."""
    rows, labelled = len(trial.known), int(trial.known.sum())
    return {
        **trial.records.notes,
        "rows_without_known_truth": rows - labelled,
        "share_without_known_truth": (rows - labelled) / rows if rows else 0.0,
        "inputs": list(trial.records.inputs),
        **words.about_answers(context, trial),
    }


def _about_exceptions(context: CheckContext, trial: Trial) -> dict[str, Any]:
    status, known = trial.answers.status, trial.known
    failed = np.flatnonzero(status)
    keys = [name for name in context.charter.data.key if name in trial.records.frame.columns]
    shown = trial.records.frame.iloc[failed[:3]]
    return {
        "by_status": statuses(trial.answers),
        "faults": list(trial.answers.faults[:10]),
        "examples": [
            {"row": int(at), **{key: str(row[key]) for key in keys}}
            for at, (_, row) in zip(failed[:3], shown.iterrows(), strict=True)
        ],
        "rows_without_known_truth": int((~known).sum()),
        "exceptions_among_those": int((status[~known] != 0).sum()),
    }


def _throughput(context: CheckContext, trial: Trial) -> Finding:
    settings = context.charter.system
    reason, found = "", None
    if settings is not None and settings.recorded is not None:
        reason = "recorded answers say nothing of how fast the system is"
        next_step = "Let the system itself answer: system.python or system.http"
    else:
        n = len(trial.answers.status)
        found = throughput(trial.calls, float(np.mean(trial.answers.status == 0)) if n else 0.0)
        reason = f"{n:,} rows in {len(trial.calls)} calls are too few answers to time"
        if n and not (trial.answers.status == 0).any():
            reason = f"none of {n:,} rows got a usable answer"
        next_step = "Bring more rows, or look at why the system answered none."
    if found is None:
        return NotMeasured(
            metric="quality.throughput", reason=_in(trial, reason), next_step=next_step
        )
    return context.found(
        "quality.throughput",
        found.value,
        n=len(trial.answers.status),
        scope=trial.records.scope,
        interval=found.interval,
        inputs=trial.inputs,
        details=found.details,
    )


def _breakdown(context: CheckContext, production: Trial, pilot: Trial | None) -> Iterator[Finding]:
    blocked = _why_unscored(production)
    if blocked is None:
        yield from breakdown.findings(context, production)
        if pilot is not None:
            inputs = breakdown.known_beforehand(context, production)
            yield from familiarity(context, pilot, production, inputs)
    else:
        yield NotMeasured(
            metric="quality.worst_slice", reason=blocked.reason, next_step=blocked.next_step
        )


def _why_unscored(trial: Trial) -> Unscored | None:
    """Return why the main metric cannot be had; parts and differences of it cannot either."""
    result = main_score(trial.judged)
    return result if isinstance(result, Unscored) else None


def _drop(context: CheckContext, pilot: Trial | None, production: Trial | None) -> Finding:
    if pilot is None or production is None:
        absent = "curated sample" if pilot is None else "production"
        return NotMeasured(
            metric="quality.sandbox_drop",
            reason=f"there is no {absent} with true answers to compare with",
            next_step="Name it: data.pilot" if pilot is None else "Name it: data.production",
        )
    for trial in (pilot, production):
        blocked = _why_unscored(trial)
        if blocked is not None:
            return NotMeasured(
                metric="quality.sandbox_drop",
                reason=_in(trial, blocked.reason),
                next_step=blocked.next_step,
            )
    one, other = pilot.judged, production.judged
    a, b = one.loss[~np.isnan(one.loss)], other.loss[~np.isnan(other.loss)]
    is_class = is_share(one.task)
    if not is_class and a.sum() == 0:
        return NotMeasured(
            metric="quality.sandbox_drop",
            reason="the sample has no error at all, to which that of production could be compared",
            next_step="Look at quality.mae in production alone.",
        )
    if is_class:
        value, interval = difference_of_proportions(int(b.sum()), len(b), int(a.sum()), len(a))
    else:
        value, interval = relative_increase(a, b)
    before, after = (1 - a.mean(), 1 - b.mean()) if is_class else (a.mean(), b.mean())
    return context.found(
        "quality.sandbox_drop",
        value,
        n=len(a) + len(b),
        scope="production",
        interval=interval,
        inputs={**pilot.inputs, **production.inputs},
        details={
            "metric": main_metric(one.task),
            "pilot": {"value": float(before), "n": len(a)},
            "production": {"value": float(after), "n": len(b)},
        },
    )


def _finding(
    context: CheckContext,
    trial: Trial,
    result: Result,
    more: Mapping[str, Any],
    subject: Subject = WHOLE,
) -> Evidence | NotMeasured:
    metric = f"quality.{result.metric}"
    if not isinstance(result, Score):
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason=_in(trial, result.reason),
            next_step=result.next_step,
        )
    return context.found(
        metric,
        result.value,
        n=result.n,
        scope=trial.records.scope,
        subject=subject,
        interval=result.interval,
        unit=trial.unit if context.catalogue[metric].unit == "*" else None,
        inputs=trial.inputs,
        details={**result.details, **more},
    )


def _in(trial: Trial, reason: str) -> str:
    where = "the curated sample" if trial.records.scope == "pilot" else "production"
    apart = trial.records.notes.get(NEVER_MEET)
    return f"in {where}: {reason}" + (f"; {apart}" if apart else "")
