"""Where the named failure comes: by the documented weights, by weights fitted to other cases.

Fitted weights minimise the log-loss of "this failure is named first" (a softmax over the sums of
the five structural failures) plus `pull` times the squared distance from where they start: from
the documented weights, or from nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.diagnosis.worked import Case
from proveout.diagnosis.answers import Answers
from proveout.diagnosis.failures import STRUCTURAL
from proveout.diagnosis.questions import BY_ID, QUESTIONS, UNKNOWN
from proveout.diagnosis.readings import said
from proveout.diagnosis.signals import BY_SIGNAL
from proveout.diagnosis.weighing import weigh

_OPTIONS = tuple((question.id, each.id) for question in QUESTIONS for each in question.options)
_AT = {pair: row for row, pair in enumerate(_OPTIONS)}
Weights = np.ndarray
"""Options × structural failures."""


def documented() -> Weights:
    """Return the weights that the diagnosis uses."""
    return np.array([
        [BY_SIGNAL[question].weight(failure, option) for failure in STRUCTURAL]
        for question, option in _OPTIONS
    ])  # fmt: skip


def place(answers: Answers, failure: str) -> int:
    """Return where the diagnosis names a failure among the structural ones, from 1."""
    order = [str(cause.failure) for cause in weigh(said(answers)) if cause.failure in STRUCTURAL]
    return order.index(failure) + 1


def place_by(weights: Weights, case: Case) -> int:
    """Return the same by other weights; one that is as high goes before."""
    sums = _told([case])[0] @ weights
    first = sums[STRUCTURAL.index(_first(case))]
    return int(np.sum(sums >= first - 1e-9))


def fitted(others: Sequence[Case], start: Weights, pull: float) -> Weights:
    """Fit the weights to cases."""
    told, first = _told(others), [STRUCTURAL.index(_first(each)) for each in others]
    rows = np.arange(len(others))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(start.shape)
        sums = told @ weights
        whole = logsumexp(sums, axis=1)
        slope = np.exp(sums - whole[:, None])
        slope[rows, first] -= 1
        gap = weights - start
        value = float(np.sum(whole - sums[rows, first]) + pull * np.sum(gap**2))
        return value, (told.T @ slope + 2 * pull * gap).ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B")
    return np.asarray(found.x).reshape(start.shape)


def left_out(cases: Sequence[Case], start: Weights, pull: float) -> dict[str, int]:
    """Return the place of each case by weights that were fitted to all the others."""
    return {
        case.name: place_by(fitted([o for o in cases if o is not case], start, pull), case)
        for case in cases
    }


def without_one(case: Case) -> list[int]:
    """Return the places when one of its answers after the other is not known."""
    return [_with(case, question, UNKNOWN) for question in case.answers.known]


def one_step_off(case: Case) -> list[int]:
    """Return the places when one of its answers after the other is the one beside it."""
    places = []
    for question, option in case.answers.known.items():
        options = [each.id for each in BY_ID[question].options]
        at = options.index(option)
        beside = [options[to] for to in (at - 1, at + 1) if 0 <= to < len(options)]
        places += [_with(case, question, each) for each in beside]
    return places


def _with(case: Case, question: str, option: str) -> int:
    answers = {**case.answers.known, question: option}
    return place(case.answers.model_copy(update={"answers": answers}), _first(case))


def _told(cases: Sequence[Case]) -> np.ndarray:
    told = np.zeros((len(cases), len(_OPTIONS)))
    for row, case in enumerate(cases):
        for pair in case.answers.known.items():
            told[row, _AT[pair]] = 1
    return told


def _first(case: Case) -> str:
    if case.first is None:
        msg = f"{case.name} went well: no failure is named first"
        raise LookupError(msg)
    return case.first
