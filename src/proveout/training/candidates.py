"""From rows to candidates: what is shown, what is true, what the system says, and who is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, RecordedSystem
from proveout.errors import InputError, UnreachableError
from proveout.intake.inputs import given_columns, truth_columns
from proveout.intake.sampling import fetch
from proveout.intake.truths import (
    LABEL,
    join_truths,
    known_truths,
    objects,
    stands_in_data,
    truth_by_field,
)
from proveout.intake.union import SITE_COLUMN, SOURCE_COLUMN
from proveout.runtime.monitors.rows import ANSWER, CONFIDENCE, OURS
from proveout.scoring.values import as_text, is_empty
from proveout.statistics.labels import task_of
from proveout.statistics.scores import judge, known_truth
from proveout.systems import AnswerStatus, open_system
from proveout.systems.recorded import RecordedAnswers
from proveout.training.case import Case, Part, Shown, cut
from proveout.training.drawing import LOG, MOST_PAID, POOL, POOL_ASKED, Wanted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from proveout.intake.charter_data import CharterData
    from proveout.systems import Answers
    from proveout.systems.port import System

AnswersFrom = Literal["nobody", "recorded", "log", "asked now"]

_TROUBLES = {
    AnswerStatus.REFUSED: "The system refused to answer.",
    AnswerStatus.MALFORMED: "What the system returned was no answer.",
    AnswerStatus.FAILED: "The system failed.",
    AnswerStatus.TIMED_OUT: "The system did not answer in time.",
    AnswerStatus.MISSING: "The system returned nothing for this case.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns are used for what."""

    shown: tuple[str, ...]
    given: tuple[str, ...]
    """To the system."""
    recorded: RecordedSystem | None
    """Where its answers stand in the data."""
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """All rows of the pool as cases, numbered 0."""

    cases: tuple[Case, ...]
    answers_from: AnswersFrom
    simulated: bool


def columns_of(charter: Charter, found: Sequence[str], wanted: Wanted) -> Columns:
    """Tell which columns are needed. Raises InputError where one is not there, or gives it away."""
    recorded = _recorded(charter, wanted)
    told = () if recorded is None else (recorded.answer, recorded.confidence)
    answers = [name for name in told if name is not None]
    secret = {*truth_columns(charter), *answers, *OURS, SOURCE_COLUMN, SITE_COLUMN}
    given = tuple(name for name in given_columns(charter, found) if name not in secret)
    visible = [name for name in found if name not in secret]
    for name in (*wanted.columns, *wanted.leaves_out):
        if name not in visible:
            raise InputError(
                f"'{name}' is no column that could be shown.",
                hint=f"Columns: {', '.join(visible[:40])}",
            )
    shown = tuple(name for name in wanted.columns or given if name not in wanted.leaves_out)
    if not shown:
        raise InputError(
            "No column is left that a trainee could see.", hint="Leave out fewer columns."
        )
    labels = charter.data.labels
    keys = () if labels is None else labels.key
    needed = [*shown, *given, *answers, *truth_by_field(charter).values(), *keys, SOURCE_COLUMN]
    return Columns(
        shown=shown,
        given=given,
        recorded=recorded,
        needed=tuple(dict.fromkeys(name for name in needed if name in found)),
    )


def pool_of(charter: Charter, wanted: Wanted, columns: Columns) -> int:
    """Return how many rows are looked at: as many as are cheap to judge."""
    if columns.recorded is not None or not wanted.asks or charter.system is None:
        return POOL
    return POOL_ASKED if charter.system.web is None else min(MOST_PAID, 3 * wanted.cases)


def candidates(
    loaded: LoadedCharter, wanted: Wanted, frame: pd.DataFrame, columns: Columns, data: CharterData
) -> Candidates:
    """Make a candidate of every row."""
    charter = loaded.charter
    truth = _truth(charter, frame, data)
    answers, answers_from = _answers(loaded, wanted, frame, columns)
    task = task_of(charter.system, truth)
    known = known_truth(truth, task=task)
    right = _right(loaded, truth, known, answers)
    rows = frame[list(columns.shown)].to_dict("records")
    origins = frame[SOURCE_COLUMN].tolist() if SOURCE_COLUMN in frame else [""] * len(frame)
    cases = []
    for at, row in enumerate(rows):
        status = AnswerStatus.MISSING if answers is None else AnswerStatus(int(answers.status[at]))
        is_answered = answers is not None and status is AnswerStatus.OK
        # No answer is not a wrong one: there is nothing that a trainee could let stand.
        whole, by_field = right[at] if is_answered else (None, {})
        answer = None if answers is None else answers.value[at]
        true = truth[at] if known[at] else None
        cases.append(
            Case(
                number=0,
                shown=tuple(Shown(column=str(n), text=_text(v)) for n, v in row.items()),
                parts=_parts(charter, true, answer, by_field, whole),
                has_truth=bool(known[at]),
                has_answer=is_answered,
                confidence=_confidence(answers, at),
                is_right=whole,
                origin=str(origins[at]),
                trouble="" if answers is None else _TROUBLES.get(status, ""),
            )
        )
    return Candidates(
        cases=tuple(cases),
        answers_from=answers_from,
        simulated=answers is not None and answers.simulated,
    )


def _recorded(charter: Charter, wanted: Wanted) -> RecordedSystem | None:
    if wanted.source == LOG:
        return RecordedSystem(answer=ANSWER, confidence=CONFIDENCE)
    return None if charter.system is None else charter.system.recorded


def _truth(charter: Charter, frame: pd.DataFrame, data: CharterData) -> NDArray[np.object_]:
    """Return what is true of each row; None where nobody knows."""
    columns = list(dict.fromkeys(truth_by_field(charter).values()))
    nothing = np.full(len(frame), None, dtype=object)
    if not columns:
        return nothing
    # The log brings what people said since under the names of the charter.
    if stands_in_data(charter, list(frame.columns)) or all(name in frame for name in columns):
        return known_truths(charter, {n: objects(frame[n]) for n in columns}, len(frame))
    opened, labels = data.labels(), charter.data.labels
    if opened is None or labels is None or any(key not in frame for key in labels.key):
        return nothing
    wanted = [*labels.key, *columns]
    if any(name not in opened.table.columns for name in wanted):
        return nothing
    known = fetch(opened.table, wanted, rows=None, seed=0)
    found, _ = join_truths(frame, known, key=labels.key, columns=columns)
    return known_truths(charter, found, len(frame))


def _answers(
    loaded: LoadedCharter, wanted: Wanted, frame: pd.DataFrame, columns: Columns
) -> tuple[Answers | None, AnswersFrom]:
    settings = loaded.charter.system
    if columns.recorded is not None and columns.recorded.answer in frame:
        task = None if settings is None else settings.task
        system: System = RecordedAnswers(columns.recorded, task=task, known={})
        return system.answer(frame), "log" if wanted.source == LOG else "recorded"
    if settings is None or not wanted.asks:
        return None, "nobody"
    with open_system(settings, folder=loaded.folder) as opened:
        answers = opened.answer(frame[list(columns.given)])
    if not (answers.status == AnswerStatus.OK).any():
        why = f" {answers.faults[0]}" if answers.faults else ""
        raise UnreachableError(
            f"The system answered none of {len(frame)} cases.{why}",
            hint="See that it runs, or draw the cases without its answers.",
        )
    return answers, "asked now"


def _right(
    loaded: LoadedCharter,
    truth: NDArray[np.object_],
    known: NDArray[np.bool_],
    answers: Answers | None,
) -> list[tuple[bool | None, dict[str, bool]]]:
    """Tell of each row whether the answer is right as a whole, and of documents by field."""
    nothing: list[tuple[bool | None, dict[str, bool]]] = [(None, {}) for _ in truth]
    settings = loaded.charter.system
    if answers is None or settings is None or not known.any():
        return nothing
    from proveout.scoring import comparers_of

    task = task_of(settings, truth)
    words = task in ("text", "extraction")
    judged = judge(
        truth,
        answers.value,
        answers.confidence,
        answers.status,
        task=task,
        tolerance=settings.tolerance,
        comparers=comparers_of(settings.scoring, folder=loaded.folder) if words else None,
    )
    if judged.correct is None:
        return nothing
    for at, row in enumerate(np.flatnonzero(known)):
        fields = judged.fields
        by_field = (
            {}
            if fields is None
            else {name: bool(fields.right[at, n]) for n, name in enumerate(fields.names)}
        )
        nothing[row] = bool(judged.correct[at]), by_field
    return nothing


def _parts(
    charter: Charter, truth: Any, answer: Any, right: dict[str, bool], whole: bool | None
) -> tuple[Part, ...]:
    fields = [name for name in truth_by_field(charter) if name != LABEL]
    if not fields:
        return (Part(field="", truth=_text(truth), answer=_text(answer), is_right=whole),)
    true, said = (each if isinstance(each, dict) else {} for each in (truth, answer))
    return tuple(
        Part(
            field=name,
            truth=_text(true.get(name)),
            answer=_text(said.get(name)),
            is_right=right.get(name),
        )
        for name in fields
    )


def _text(value: Any) -> str | None:
    return None if is_empty(value) else cut(as_text(value))


def _confidence(answers: Answers | None, at: int) -> float | None:
    if answers is None or np.isnan(answers.confidence[at]):
        return None
    return float(answers.confidence[at])
