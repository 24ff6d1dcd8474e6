"""From what the system did to the KPIs to what it returns (R702)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.value.returning_effect import KpiEffect
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured

__all__ = ["METRICS_OF_RETURN", "KpiEffect", "returning"]

METRICS_OF_RETURN = (
    "value.net_per_month",
    "value.npv",
    "value.payback_months",
    "value.return_share",
)


def returning(
    context: CheckContext, effects: Sequence[KpiEffect], cases_per_month: float | None
) -> Iterator[Finding]:
    """Yield what it returns at full size and at the pilot's, or why that cannot be told.

    `effects` has one entry for each KPI of the charter. `cases_per_month` is how many there are
    once all have the system: the charter's, or what was counted in the records.
    """
    value = context.charter.value
    returns = None if value is None else value.returns
    if returns is None:
        yield from _not_measured(
            "full",
            "the charter does not say what a better figure is worth, and what it costs",
            "Write both under value.returns",
        )
        return
    from proveout.checks.value.returning_case import Scenario, assemble
    from proveout.checks.value.returning_inputs import Known, Lacking
    from proveout.checks.value.returning_telling import tell

    known = Known(context.known(), context.charter, returns, context.now)
    scenarios: tuple[Scenario, ...] = ("full", "pilot")
    for scenario in scenarios:
        found = assemble(
            context.charter,
            returns,
            effects,
            known,
            scenario=scenario,
            cases_per_month=cases_per_month,
        )
        if isinstance(found, Lacking):
            yield from _not_measured(scenario, found.reason, found.next_step)
        elif found.basis == "attested" and context.sealed_by is None:
            said = "; ".join(found.inputs[name].where for name in found.only_said)
            yield from _not_measured(
                scenario,
                f"it rests on what nobody has measured or sealed: {said}",
                "Measure it (proveout check cost), or seal the charter: proveout seal --who NAME",
            )
        else:
            yield from tell(context, returns, found)


def _not_measured(scenario: str, reason: str, next_step: str) -> Iterator[NotMeasured]:
    for metric in METRICS_OF_RETURN:
        yield NotMeasured(
            metric=metric,
            subject=Subject.of(scenario=scenario),
            reason=reason,
            next_step=next_step,
        )
