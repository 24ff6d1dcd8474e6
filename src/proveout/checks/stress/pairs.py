"""Two kinds of damage on the same rows: what survives either may not survive both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from proveout.checks import CheckContext, Finding
from proveout.checks.stress.asking import Asker
from proveout.checks.stress.changes import changes, n_changed
from proveout.checks.stress.columns import Kind, kinds_of
from proveout.checks.stress.figures import Figure, quality_drop, silent_failure
from proveout.checks.stress.operators import (
    Damaged,
    Hit,
    Operator,
    TooFewError,
    apply,
    damaged_rows,
    n_hit,
)
from proveout.checks.stress.plan import Planned
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    import pandas as pd

CANDIDATES = 16
"""Pairs are chosen among so many of the worst kinds of damage."""


class _Pair(NamedTuple):
    first: Planned
    second: Planned

    @property
    def names(self) -> str:
        return f"{self.first.operator.name}+{self.second.operator.name}"


def of_pairs(context: CheckContext, asker: Asker, worst: Sequence[Planned]) -> Iterator[Finding]:
    """Try the worst kinds of damage two at a time, in few rows."""
    severity = min(context.charter.stress.severities)
    rows = n_hit(severity, len(asker.plan.truth))
    fitting = ((pair, _both(asker, pair, severity)) for pair in _chosen(asker, worst))
    to_try = ((pair, both) for pair, both in fitting if both is not None)
    for pair, both in islice(to_try, context.charter.stress.combine):
        if not asker.may_ask(rows):
            yield NotMeasured(
                metric="stress.combined_quality_drop",
                subject=Subject.of(operator=pair.names),
                reason=f"stress.max_requests leaves no room for {rows:,} more",
                next_step="Raise stress.max_requests, or set stress.combine to 0.",
            )
            return
        yield from _of_pair(context, asker, pair, both, severity)


def _chosen(asker: Asker, worst: Sequence[Planned]) -> list[_Pair]:
    """Return pairs, the worst first, those before all others that damage different columns."""
    possible = (each for each in worst if _can_be_combined(each.operator))
    fitting = list(islice((each for each in possible if _is_answered(asker, each)), CANDIDATES))
    rank = {each.operator.name: place for place, each in enumerate(fitting)}
    pairs = (_Pair(one, other) for one, other in combinations(fitting, 2))
    return sorted(
        (pair for pair in pairs if not _hides(pair)),
        key=lambda pair: (
            bool(set(pair.first.columns) & set(pair.second.columns)),
            sum(rank[each.operator.name] for each in pair),
        ),
    )


def _hides(pair: _Pair) -> bool:
    """Tell whether one of the two leaves nothing to be seen of the other."""
    overlap = set(pair.first.columns) & set(pair.second.columns)
    return bool(overlap) and any(each.operator.overwrites for each in pair)


def _can_be_combined(operator: Operator) -> bool:
    return operator.keeps_shape and operator.choose is None and not operator.replaces


def _is_answered(asker: Asker, planned: Planned) -> bool:
    """Tell whether the system answers most of such rows: what it refuses cannot get worse."""
    try:
        trial = asker.try_out(planned)
    except TooFewError:
        return False
    return bool(trial.after.answered[trial.is_hit].mean() > 0.5)


def _of_pair(
    context: CheckContext, asker: Asker, pair: _Pair, both: Damaged, severity: float
) -> Iterator[Finding]:
    trial = asker.ask(both).at(n_hit(severity, len(asker.plan.truth)))
    alone = []
    for each in pair:
        with suppress(TooFewError):  # in so few rows it may change nothing by itself
            alone.append(asker.try_out(replace(each, severity=severity)))
    details = {
        "stands_for": f"{pair.first.operator.stands_for}; and {pair.second.operator.stands_for}",
        "rows_hit": trial.n_hit,
        "answers_on_rows_hit": trial.status,
        "examples": trial.examples,
    }
    for metric, figure_of in (
        ("stress.combined_quality_drop", quality_drop),
        ("stress.combined_silent_failure", silent_failure),
    ):
        figure = figure_of(trial)
        if not isinstance(figure, Figure):
            continue
        each_alone = [figure_of(one) for one in alone]
        yield context.found(
            metric,
            figure.value,
            subject=Subject.of(operator=pair.names, severity=f"{severity:g}"),
            interval=figure.interval,
            n=figure.n,
            scope="synthetic",
            details={
                **details,
                "each_alone": [one.value for one in each_alone if isinstance(one, Figure)],
            },
        )


def _both(asker: Asker, pair: _Pair, severity: float) -> Damaged | None:
    """Damage the same rows in the one way, and then in the other; None where either does nothing.

    What is told of a pair must not be what one of them does alone.
    """
    plan = asker.plan
    first = apply(
        pair.first.operator,
        plan.inputs,
        pair.first.columns,
        severity=severity,
        seed=plan.seed,
        known=asker.known,
    )
    if not changes(plan.inputs, first):
        return None
    (rows,) = first.parts
    operator = pair.second.operator
    columns = tuple(
        name
        for name in pair.second.columns
        if not operator.kinds or operator.kinds & _kinds_left(asker, pair, rows, name)
    )
    if len(columns) < operator.fewest_columns:
        return None
    hit = Hit(rows=rows, sample=plan.inputs, columns=columns, known=asker.known)
    (twice,) = damaged_rows(operator, hit, np.random.default_rng([plan.seed, 2]))
    return replace(first, parts=(twice,)) if n_changed(rows, twice) else None


def _kinds_left(asker: Asker, pair: _Pair, rows: pd.DataFrame, name: str) -> frozenset[Kind]:
    """Tell the kinds of a column after the first damage; a few rows do not show categories."""
    known = asker.plan.kinds[name]
    if name not in pair.first.columns:
        return known
    left = kinds_of(rows[name])
    return left | (known & {"category"}) if "text" in left else left
