"""The adoption check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need, Progress
from proveout.checks.needs import not_in_use
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.adoption import METRICS


@dataclass(frozen=True, slots=True)
class AdoptionCheck:
    """Answers one question of the gate."""

    name: str = "adoption"
    version: str = "1"
    question: str = "Do the people it was made for use it, and do they follow it?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing to begin with: what a figure lacks is said in its place."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window."""
        from proveout.checks.adoption.days import Answers
        from proveout.checks.adoption.decay import silent_decay
        from proveout.checks.adoption.following import overrides, use_change
        from proveout.checks.adoption.people import People, told_by_team

        served = context.data.served()
        if served is None:
            yield from not_in_use(METRICS)
            return
        inputs = {"window": str(served.window)}
        yield from told_by_team(context, People.of(served), inputs)
        yield Progress(done=1, total=3, what="adoption: what became of the answers")
        answers = Answers.of(served, context.charter)
        yield from overrides(context, answers, inputs)
        yield from use_change(context, answers, inputs)
        yield Progress(done=2, total=3, what="adoption: silent decay")
        yield silent_decay(context, answers, inputs)


CHECK = AdoptionCheck()
