"""What there is to say of answers in words and of documents, beyond right and wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from proveout.checks.contract import CheckContext
from proveout.checks.quality.trial import Trial
from proveout.evidence.model import WHOLE, Subject
from proveout.scoring import FieldOutcomes, Outcome
from proveout.scoring.documents import WRONG_WAYS
from proveout.scoring.values import as_text, value_at
from proveout.statistics.scores import Result, Task, field_scores, invented_rate, status_rate
from proveout.systems.port import AnswerStatus, Usage

_EXAMPLES = 3
_LONGEST = 160
"""Characters of an answer or a truth that an example shows."""

Told = tuple[Result, Subject, dict[str, Any]]


def are_answers(task: Task) -> bool:
    """Tell whether answers are words or documents."""
    return task in ("text", "extraction")


def results(context: CheckContext, trial: Trial) -> Iterator[Told]:
    """Yield refusals, malformed answers, every field, and what was invented."""
    if not are_answers(trial.judged.task):
        return
    for metric, code in (
        ("refusal_rate", AnswerStatus.REFUSED),
        ("malformed_rate", AnswerStatus.MALFORMED),
    ):
        yield status_rate(metric, trial.answers.status, code), WHOLE, {}
    fields = trial.judged.fields
    if fields is None:
        return
    for name, result in field_scores(trial.judged):
        ways = _examples(context, trial, fields, [name], WRONG_WAYS)
        yield result, Subject.of(field=name), {"examples": ways}
    made_up = _examples(context, trial, fields, fields.names, (Outcome.INVENTED,))
    yield invented_rate(trial.judged), WHOLE, {"examples": made_up}


def about_answers(context: CheckContext, trial: Trial) -> dict[str, Any]:
    """Return wrong answers as examples, and what answers took where the system tells it."""
    told: dict[str, Any] = {}
    usage = trial.answers.usage
    if usage is not None:
        told["took"] = _took(usage, trial)
    judged = trial.judged
    if judged.task == "text" and judged.correct is not None:
        wrong = np.flatnonzero(judged.answered & ~judged.correct)
        # The surest first: nobody is warned of these.
        sure = np.nan_to_num(judged.confidence[wrong], nan=-1.0)
        wrong = wrong[np.argsort(-sure, kind="stable")][:_EXAMPLES]
        told["examples"] = [
            {
                **_record(context, trial, at),
                **_question(trial, at),
                "truth": shown(judged.truth[at]),
                "answer": shown(judged.answer[at]),
            }
            for at in wrong.tolist()
        ]
    return told


def shown(value: Any) -> str:
    """Write a value of a document or an answer as an example."""
    text = " ".join(as_text(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _examples(
    context: CheckContext,
    trial: Trial,
    fields: FieldOutcomes,
    names: list[str] | tuple[str, ...],
    kinds: tuple[Outcome, ...],
) -> list[dict[str, str]]:
    """Return up to three, of as many kinds and fields as there are."""
    judged, chosen = trial.judged, []
    for name in names:
        outcome = fields.outcome[:, fields.names.index(name)]
        for kind in kinds:
            rows = np.flatnonzero(outcome == kind)[:_EXAMPLES].tolist()
            chosen += [(place, name, kind, row) for place, row in enumerate(rows)]
    chosen.sort(key=lambda each: each[0])  # stable: the first of every kind, then the second ones
    return [
        {
            **_record(context, trial, row),
            "field": name,
            "kind": kind.name.lower(),
            "truth": shown(judged.truth[row].get(name)),
            "answer": shown(value_at(judged.answer[row], name)),
        }
        for _, name, kind, row in chosen[:_EXAMPLES]
    ]


def _record(context: CheckContext, trial: Trial, judged_row: int) -> dict[str, str]:
    """Name a record: by the key of the charter, or by its place among those that were asked."""
    at = int(np.flatnonzero(trial.known)[judged_row])
    frame = trial.records.frame
    keys = [name for name in context.charter.data.key if name in frame.columns]
    if not keys:
        return {"record": f"row {at + 1}"}
    return {"record": ", ".join(f"{name} {shown(frame[name].iloc[at])}" for name in keys)}


def _question(trial: Trial, judged_row: int) -> dict[str, str]:
    """Return the first of the inputs, which with most assistants is the question."""
    given = trial.records.batch
    at = int(np.flatnonzero(trial.known)[judged_row])
    return {"question": shown(given.iloc[at, 0])} if given.shape[1] else {}


def _took(usage: Usage, trial: Trial) -> dict[str, Any]:
    """Return attempts, tokens and seconds per answer; cost and load measure them in earnest."""
    latency = trial.answers.latency_s
    told: dict[str, Any] = {"tokens_from": usage.tokens_from}
    for name, values in (
        ("attempts_per_answer", usage.attempts),
        ("input_tokens_per_answer", usage.input_tokens),
        ("output_tokens_per_answer", usage.output_tokens),
    ):
        known = values[~np.isnan(values)]
        if known.size:
            told[name] = round(float(known.mean()), 2)
    for name, seconds in (("first_token_s", usage.first_token_s), ("latency_s", latency)):
        known = seconds[~np.isnan(seconds)]
        if known.size:
            low, high = np.quantile(known, [0.5, 0.95]).tolist()
            told[name] = {"median": round(low, 3), "p95": round(high, 3)}
    return told
