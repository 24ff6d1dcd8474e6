"""What is going to be tried: which damage, how much of it, on which columns of which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.charter.schema import Charter
from proveout.checks import DataAccess
from proveout.checks.stress.budget import Budget, budget_of, rows_of, within
from proveout.checks.stress.columns import Kind, kinds_of
from proveout.checks.stress.operators import OPERATORS, Operator, applicable, n_hit
from proveout.checks.stress.sample import draw
from proveout.checks.stress.trial import Rules
from proveout.errors import InputError
from proveout.scoring import comparers_of
from proveout.statistics.labels import task_of
from proveout.statistics.scores import known_truth

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


FILE_ROWS = 1_000
"""At most so many rows of each broken file are given to the system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One kind of damage at one severity."""

    operator: Operator
    severity: float
    """Share of the rows that are hit."""
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All trials of a run."""

    inputs: pd.DataFrame
    """The rows as they are, indexed by position."""
    truth: NDArray[Any]
    rules: Rules
    trials: tuple[Planned, ...]
    not_applicable: Mapping[str, str]
    """Operators that do not fit the data, and why."""
    asked_for: frozenset[str]
    """Operators that the charter names."""
    fingerprints: Mapping[str, str]
    absent: tuple[str, ...]
    """Declared inputs that production does not have."""
    seed: int
    by_column: bool
    """Whether the worst kinds of damage are tried on single columns as well."""
    kinds: Mapping[str, frozenset[Kind]]
    """Of the columns that are open to damage."""
    moments: pd.Series[Any] | None
    """When each row came about, where that is known."""
    budget: Budget
    over_budget: frozenset[str]
    """Operators that stress.max_requests leaves no room for."""
    n_asked: int
    """Rows that will be asked for, all in all, the search by column excepted."""


def prepare(charter: Charter, access: DataAccess, *, folder: Path) -> Plan:
    """Draw the rows and find out what can be tried on them. Raises InputError."""
    system, stress = charter.system, charter.stress
    assert system is not None  # noqa: S101  # needs() has seen to it
    sample = draw(charter, access, rows=rows_of(charter), seed=stress.seed)
    task = task_of(system, sample.truth)
    known = np.flatnonzero(known_truth(sample.truth, task=task))
    inputs = sample.inputs.iloc[known].reset_index(drop=True)
    columns = stress.columns or tuple(inputs.columns)
    for name in columns:
        if name not in inputs.columns:
            raise InputError(
                f"stress.columns names '{name}', which is no column that the system is given.",
                hint=f"It is given: {', '.join(map(str, inputs.columns[:20]))}.",
            )
    kinds = {name: kinds_of(inputs[name]) for name in columns}
    trials: list[Planned] = []
    not_applicable: dict[str, str] = {}
    for name in stress.operators or OPERATORS:
        fitting, why_not = applicable(OPERATORS[name], kinds, inputs)
        if OPERATORS[name].needs == "truth" and task not in ("classification", "regression"):
            why_not = "the true answers are neither classes nor numbers"
        if why_not is not None:
            not_applicable[name] = why_not
            continue
        trials += [
            Planned(operator=OPERATORS[name], severity=severity, columns=fitting)
            for severity in sorted(set(stress.severities))
            if severity > 0
        ]
    budget = budget_of(charter)
    aside = stress.combine * n_hit(min(stress.severities), len(known))
    aside += len(stress.files) * min(FILE_ROWS, rows_of(charter))
    kept, left_out, n_asked = within(trials, rows=len(known), aside=aside, budget=budget)
    return Plan(
        inputs=inputs,
        truth=sample.truth[known],
        rules=Rules(
            task=task,
            positive=system.positive,
            tolerance=system.tolerance,
            confident_at=system.confident_at,
            comparers=comparers_of(system.scoring, folder=folder),
        ),
        trials=kept,
        not_applicable={**not_applicable, **left_out},
        kinds=kinds,
        moments=(
            None if sample.moments is None else sample.moments.iloc[known].reset_index(drop=True)
        ),
        budget=budget,
        over_budget=frozenset(left_out),
        n_asked=n_asked,
        asked_for=frozenset(stress.operators),
        fingerprints=sample.fingerprints,
        absent=sample.absent,
        seed=stress.seed,
        by_column=system.web is None,
    )


def without_what_needs_confidence(plan: Plan, confidence: NDArray[np.float64]) -> Plan:
    """Leave out damage that is done where the system is least sure, where it never says so."""
    if not np.isnan(confidence).all():
        return plan
    without = {each.operator.name for each in plan.trials if each.operator.needs == "confidence"}
    return replace(
        plan,
        trials=tuple(each for each in plan.trials if each.operator.name not in without),
        not_applicable={
            **plan.not_applicable,
            **dict.fromkeys(sorted(without), "the system gives no confidence"),
        },
    )
