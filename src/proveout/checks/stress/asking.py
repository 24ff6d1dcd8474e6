"""Asks the system for damaged rows, each kind of damage once, and keeps what it said."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from proveout.checks.stress.breaking import Effects, effects_of
from proveout.checks.stress.budget import cost_of
from proveout.checks.stress.changes import changes
from proveout.checks.stress.operators import Damaged, Known, TooFewError, apply, n_hit
from proveout.checks.stress.plan import Plan, Planned
from proveout.checks.stress.trial import Asked, Inquiry, Trial, inquire
from proveout.systems import Answers, System, fit_to_task

if TYPE_CHECKING:
    import pandas as pd


NOTHING_CHANGES = "it changes none of the records that are hit"
"""What does nothing cannot show that nothing happens."""


class Asker:
    """All questions of a run go through here."""

    def __init__(self, plan: Plan, system: System, clean: Asked) -> None:
        self.plan = plan
        self.clean = clean
        self.known = Known(confidence=clean.judged.confidence, truth=plan.truth)
        self._system = system
        self._asked: dict[tuple[str, tuple[str, ...]], Inquiry] = {}
        self.rows_asked = len(plan.truth)
        self._requests = plan.budget.sent(clean.answers)

    def try_out(self, planned: Planned) -> Trial:
        """Return one trial. Raises TooFewError, also where not one row of it changes."""
        trial = self.inquire(planned).at(n_hit(planned.severity, len(self.plan.truth)))
        if not trial.n_changed:
            raise TooFewError(NOTHING_CHANGES)
        return trial

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
        self._asked[key] = self.ask(self._greatest(planned))
        return self._asked[key]

    def rows_of(self, planned: Planned) -> int:
        """Count the rows that it takes to inquire into a kind of damage for the first time."""
        return cost_of(planned.operator, self._severities(planned), len(self.plan.truth))

    def _severities(self, planned: Planned) -> list[float]:
        """The severities at which a kind of damage may be asked for, the greatest first."""
        greater = {
            each.severity
            for each in self.plan.trials
            if each.operator.name == planned.operator.name and each.severity > planned.severity
        }
        return [*sorted(greater, reverse=True), planned.severity]

    def _greatest(self, planned: Planned) -> Damaged:
        """Do as much of the damage as there can be, as much as is wanted at least."""
        *greater, wanted = self._severities(planned)
        for severity in greater:
            with suppress(TooFewError):
                return self._damaged(planned, severity)
        return self._damaged(planned, wanted)

    def ask(self, damaged: Damaged) -> Inquiry:
        """Ask for damaged rows. Raises TooFewError where the budget does not hold them."""
        plan, rows = self.plan, sum(len(part) for part in damaged.parts)
        if damaged.replaces:
            return inquire(self._system, self.clean, plan.truth, damaged, plan.rules)
        if not self.may_ask(rows):
            raise TooFewError(f"stress.max_requests leaves no room for {rows:,} more")
        inquiry = inquire(self._system, self.clean, plan.truth, damaged, plan.rules)
        self.rows_asked += rows
        self._requests += sum(plan.budget.sent(each.answers) for each in inquiry.asked)
        return inquiry

    def may_ask(self, rows: int) -> bool:
        """Tell whether the budget holds so many more rows, were each of them to be sent again."""
        budget = self.plan.budget
        return budget.most is None or self._requests + budget.at_worst(rows) <= budget.most

    def answer(self, rows: pd.DataFrame) -> Answers:
        """Ask for rows of another place, whose true answers nobody knows."""
        answers = self._system.answer(rows)
        self.rows_asked += len(rows)
        self._requests += self.plan.budget.sent(answers)
        return fit_to_task(answers, self.plan.rules.task)

    def _damaged(self, planned: Planned, severity: float) -> Damaged:
        damaged = apply(
            planned.operator,
            self.plan.inputs,
            planned.columns,
            severity=severity,
            seed=self.plan.seed,
            known=self.known,
        )
        if not changes(self.plan.inputs, damaged):
            raise TooFewError(NOTHING_CHANGES)
        return damaged
