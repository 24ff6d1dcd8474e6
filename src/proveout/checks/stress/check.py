"""The stress check: damage production rows in every way that fits, and see what the system does."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need, Progress
from proveout.checks.needs import production_rows, system_that_answers
from proveout.checks.truths import truths_missing
from proveout.evidence.catalogue import Metric, confidence, stress
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    from proveout.checks.stress.plan import Plan

FEWEST_ROWS = 30
"""Below this no interval says anything."""


@dataclass(frozen=True, slots=True)
class StressCheck:
    """Feeds the system damaged production rows."""

    name: str = "stress"
    version: str = "2"
    question: str = "What does the system do with damaged inputs, and does it say so?"
    metrics: tuple[Metric, ...] = (*stress.METRICS, *confidence.METRICS)

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks, all of it at once."""
        return [
            *system_that_answers(
                charter,
                why_not_recorded="recorded answers cannot be asked again for damaged inputs",
            ),
            *production_rows(charter),
            *truths_missing(charter),
            *_unknown_operators(charter),
        ]

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Ask for the clean rows, then for each kind of damage, and name the worst."""
        from proveout.checks.stress.asking import Asker
        from proveout.checks.stress.files import of_files
        from proveout.checks.stress.late import of_late_labels
        from proveout.checks.stress.pairs import of_pairs
        from proveout.checks.stress.plan import prepare, without_what_needs_confidence
        from proveout.checks.stress.smallest import of_breaking
        from proveout.checks.stress.telling import Teller
        from proveout.checks.stress.trial import ask

        yield Progress(done=0, total=None, what="drawing production rows")
        plan = prepare(context.charter, context.data, folder=context.loaded.folder)
        if len(plan.truth) < FEWEST_ROWS or not plan.trials:
            yield from _not_measured(_why_nothing_to_try(plan))
            return
        total = len(plan.trials)
        with context.open_system() as system:
            inputs = {**context.inputs, **plan.fingerprints, "system": system.fingerprint}
            what = f"rows as they are; {plan.n_asked:,} answers will be asked for in all"
            yield Progress(done=0, total=total, what=what)
            clean = ask(system, plan.inputs, plan.truth, plan.rules)
            if not clean.judged.answered.any():
                # Nothing can get worse than this: a drop of zero would look like a pass.
                fault = "".join(f": {fault}" for fault in clean.answers.faults[:1])
                yield from _not_measured(f"the system answers none of the rows as they are{fault}")
                return
            if clean.judged.trouble is not None:
                yield from _not_measured(clean.judged.trouble)
                return
            basis = "simulated" if clean.answers.simulated else context.basis
            plan = without_what_needs_confidence(plan, clean.judged.confidence)
            asker = Asker(plan, system, clean)
            found_by = replace(context, inputs=inputs, basis=basis)
            teller = Teller(found_by, asker)
            yield from teller.of_the_clean()
            for done, trial in enumerate(plan.trials):
                what = f"{trial.operator.name} at {trial.severity:.0%}"
                yield Progress(done=done, total=total, what=what)
                yield from teller.of_trial(trial)
            yield Progress(done=total, total=total, what="the worst, column by column")
            yield from teller.of_the_worst()
            worst = teller.worst_of_each()
            yield from of_breaking(found_by, asker, worst)
            yield Progress(done=total, total=total, what="the worst, two at a time")
            yield from of_pairs(found_by, asker, worst)
            yield from of_files(found_by, asker)
            yield from of_late_labels(found_by, asker)
        yield from teller.of_what_did_not_apply()


CHECK = StressCheck()


def _unknown_operators(charter: Charter) -> list[Need]:
    if not charter.stress.operators:
        return []
    from proveout.checks.stress.operators import OPERATORS

    needs = []
    for name in charter.stress.operators:
        if name not in OPERATORS:
            close = difflib.get_close_matches(name, OPERATORS, n=1)
            meant = f"Did you mean '{close[0]}'? " if close else ""
            needs.append(
                Need(
                    what=f"stress.operators names '{name}', which is no operator",
                    next_step=f"{meant}Known: {', '.join(OPERATORS)}",
                )
            )
    return needs


def _why_nothing_to_try(plan: Plan) -> str:
    rows = len(plan.truth)
    if rows < FEWEST_ROWS:
        return f"{rows} production rows have a known true answer; {FEWEST_ROWS} are needed"
    if plan.over_budget:
        return (
            f"stress.max_requests allows {plan.budget.most:,} requests, which is too few for "
            f"{rows:,} rows as they are and any damage to them"
        )
    return "no kind of damage fits the columns that the system is given"


def _not_measured(reason: str) -> Iterator[NotMeasured]:
    for metric in (
        "stress.worst_quality_drop",
        "stress.worst_silent_failure",
        "stress.worst_error_let_through",
        "confidence.threshold",
    ):
        yield NotMeasured(
            metric=metric,
            reason=reason,
            next_step="Look at data.production, data.label, data.inputs, stress and system.",
        )
