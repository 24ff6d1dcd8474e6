"""The cost check: what one request takes, and what a month at full size comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need, Progress
from proveout.checks.needs import production_rows, said, system_that_answers
from proveout.errors import ProveoutError
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.cost import METRICS
from proveout.evidence.outcome import NotMeasured

FEWEST_ROWS = 20
"""Below this the mean cost of a request says too little."""


@dataclass(frozen=True, slots=True)
class CostCheck:
    """Puts production rows through the system and adds up the bill."""

    name: str = "cost"
    version: str = "1"
    question: str = "What does a month at full size cost, and does the budget hold it?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks, all of it at once."""
        budget = charter.budget
        return [
            *system_that_answers(
                charter, why_not_recorded="recorded answers do not show what an answer takes"
            ),
            *production_rows(charter),
            *said(
                (
                    budget,
                    "the charter does not say what it may cost",
                    "Say what a month may cost: budget",
                ),
                (
                    charter.load,
                    "the charter does not say how many users there will be",
                    "Say how many, and how often they ask: load.users",
                ),
            ),
            *(
                said(
                    (
                        budget.price,
                        "the charter gives no price",
                        "Say what is paid for: budget.price, with a model of the price table or "
                        "prices",
                    )
                )
                if budget is not None
                else []
            ),
        ]

    def needs_in_use(self, charter: Charter) -> list[Need]:
        """Say what it lacks once the log tells what was asked, by how many, and what it cost."""
        return said(
            (
                charter.budget,
                "the charter does not say what it may cost",
                "Say what a month may cost: budget",
            )
        )

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Measure some rows, price them, and add up the month; in use, the log has measured."""
        served = context.data.served()
        if served is not None:
            from proveout.checks.cost.in_use import in_use

            yield from in_use(context, served)
            return
        from proveout.checks.cost.measured import measure
        from proveout.checks.cost.telling import tell
        from proveout.intake.inputs import production_inputs
        from proveout.pricing.charges import refuse_unpriced
        from proveout.pricing.table import PriceTable

        charter = context.charter
        budget = charter.budget
        assert budget is not None and budget.price is not None  # noqa: S101, PT018  # needs()
        try:  # before the rows are paid for
            refuse_unpriced(budget.price, PriceTable(on=context.now), currency=budget.currency)
        except ProveoutError as error:
            yield from _not_measured(error.message, error.hint or "")
            return
        yield Progress(done=0, total=None, what="drawing production rows")
        drawn = production_inputs(
            charter, context.data.production(), rows=budget.rows, seed=context.seed
        )
        if len(drawn.frame) < FEWEST_ROWS:
            yield from _not_measured(
                f"production holds {len(drawn.frame)} rows; {FEWEST_ROWS} are needed",
                "Name more production data: data.production",
            )
            return
        with context.open_system() as system:
            inputs = {**drawn.fingerprints, "system": system.fingerprint}
            measured = yield from measure(
                system, drawn.frame, rows_per_request=_rows_per_request(charter)
            )
        if measured.answered_share == 0:
            fault = "".join(f": {fault}" for fault in measured.faults[:1])
            yield from _not_measured(
                f"the system answers none of the rows{fault}", "Look at system."
            )
            return
        if measured.simulated:
            context = replace(context, basis="simulated")
        try:
            yield from tell(context, measured, inputs)
        except ProveoutError as error:
            yield from _not_measured(error.message, error.hint or "")


CHECK = CostCheck()


def _rows_per_request(charter: Charter) -> int | None:
    """Return how many rows go in one request; None where the system is no service."""
    web = charter.system.web if charter.system is not None else None
    return None if web is None else getattr(web, "batch_rows", 1)


def _not_measured(reason: str, next_step: str) -> Iterator[NotMeasured]:
    for metric in METRICS:
        yield NotMeasured(metric=metric.name, reason=reason, next_step=next_step)
