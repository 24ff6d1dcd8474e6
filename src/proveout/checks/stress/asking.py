"""Asks the system for damaged rows, each kind of damage once, and keeps what it said."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from proveout.checks.stress.breaking import Effects, effects_of
from proveout.checks.stress.operators import Damaged, Known, TooFewError, apply, n_hit
from proveout.checks.stress.plan import Plan, Planned
from proveout.checks.stress.trial import Asked, Inquiry, Trial, inquire
from proveout.systems import Answers, System, fit_to_task

if TYPE_CHECKING:
    import pandas as pd


class Asker:
    """All questions of a run go through here."""

    def __init__(self, plan: Plan, system: System, clean: Asked) -> None:
        self.plan = plan
        self.clean = clean
        self.known = Known(confidence=clean.judged.confidence, truth=plan.truth)
        self._system = system
        self._asked: dict[tuple[str, tuple[str, ...]], Inquiry] = {}
        self.rows_asked = len(plan.truth)

    def try_out(self, planned: Planned) -> Trial:
        """Return one trial. Raises TooFewError."""
        return self.inquire(planned).at(n_hit(planned.severity, len(self.plan.truth)))

    def effects(self, planned: Planned) -> Effects | None:
        """Return what the damage did row by row, where it was asked for already."""
        inquiry = self._asked.get((planned.operator.name, planned.columns))
        if inquiry is None:
            return None
        return effects_of(inquiry, is_random=planned.operator.choose is None)

    def inquire(self, planned: Planned) -> Inquiry:
        """Ask for the greatest share of this damage that is planned, once for all of them.

        Raises TooFewError where there is no such damage of the severity that is wanted.
        """
        plan, key = self.plan, (planned.operator.name, planned.columns)
        known, wanted = self._asked.get(key), n_hit(planned.severity, len(plan.truth))
        if known is not None and len(known.damaged.hit) >= wanted:
            return known
        greater = {
            each.severity
            for each in plan.trials
            if each.operator.name == planned.operator.name and each.severity > planned.severity
        }
        self._asked[key] = self.ask(self._greatest(planned, greater))
        return self._asked[key]

    def _greatest(self, planned: Planned, greater: set[float]) -> Damaged:
        """Do as much of the damage as there can be, as much as is wanted at least."""
        for severity in sorted(greater, reverse=True):
            with suppress(TooFewError):
                return self._damaged(planned, severity)
        return self._damaged(planned, planned.severity)

    def ask(self, damaged: Damaged) -> Inquiry:
        """Ask for damaged rows."""
        plan = self.plan
        if not damaged.replaces:
            self.rows_asked += sum(len(part) for part in damaged.parts)
        return inquire(self._system, self.clean, plan.truth, damaged, plan.rules)

    def may_ask(self, rows: int) -> bool:
        """Tell whether the budget holds so many more rows."""
        most = self.plan.budget.rows
        return most is None or self.rows_asked + rows <= most

    def answer(self, rows: pd.DataFrame) -> Answers:
        """Ask for rows of another place, whose true answers nobody knows."""
        self.rows_asked += len(rows)
        return fit_to_task(self._system.answer(rows), self.plan.rules.task)

    def _damaged(self, planned: Planned, severity: float) -> Damaged:
        return apply(
            planned.operator,
            self.plan.inputs,
            planned.columns,
            severity=severity,
            seed=self.plan.seed,
            known=self.known,
        )
