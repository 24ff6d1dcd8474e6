"""From draws of a case to evidence, and to what a page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from proveout.charter.schema.returns import Returns
from proveout.checks.contract import CheckContext, Finding
from proveout.checks.value.returning_case import Assembled
from proveout.checks.value.returning_inputs import fingerprints
from proveout.checks.value.returning_words import (
    in_a_month,
    label_of,
    never_sentence,
    npv_sentence,
    payback_sentence,
    share_sentence,
    unit_of,
)
from proveout.checks.value.returning_worked import hours, parts, turning, what_drives
from proveout.evidence.model import Interval, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.returns import Spread, draw

LEVEL = 0.95
"""Two-sided, of every interval of a return."""
METHOD = "monte-carlo"
"""The shared interval method of a return."""


def tell(context: CheckContext, returns: Returns, found: Assembled) -> Iterator[Finding]:
    """Yield the four figures of a scenario; all that a page shows stands in value.npv."""
    drawn = draw(found.case, seed=context.seed, level=LEVEL)
    flows, currency = drawn.flows, returns.currency
    npv, net = drawn.spread(flows.npv), drawn.spread(flows.net_per_month)
    payback, share = drawn.spread(flows.payback_months), drawn.spread(flows.return_share)
    drivers = what_drives(found, drawn, currency)
    about = {"scenario": found.scenario, "currency": currency}

    def evidence(metric: str, spread: Spread, unit: str | None, told: Mapping[str, Any]) -> Finding:
        attested = found.basis == "attested"
        return context.found(
            metric,
            spread.value,
            n=found.n,
            scope=found.scope,
            subject=Subject.of(scenario=found.scenario),
            interval=Interval(low=spread.low, high=spread.high, level=LEVEL, method=METHOD),
            basis=found.basis,
            person=context.sealed_by if attested else None,
            unit=unit,
            inputs={**found.read_from, **fingerprints(found.inputs)},
            details={**about, **told},
        )

    yield evidence(
        "value.npv",
        npv,
        currency,
        {
            "told": npv_sentence(found.scenario, npv, currency, drawn, drivers),
            "months": returns.months,
            "discount_rate": returns.discount_rate,
            "ramp_months": found.case.ramp_months,
            "cases_per_month": found.case.cases_per_month,
            "npv": _plain(npv),
            "npv_ahead": _plain(drawn.spread(flows.npv + flows.spent)),
            "net_per_month": _plain(net),
            "payback_months": {**_plain(payback), "never": drawn.share_never},
            "return_share": _plain(share),
            "loss": drawn.share_at_a_loss,
            "parts": parts(drawn),
            "hours": hours(found, drawn.level),
            "drivers": drivers,
            "break_even": turning(found, drawn, currency),
            "inputs": list(_inputs(found, currency)),
            "left_out": list(found.left_out),
            "exchange": _exchange(returns.exchange, returns.exchange_on),
            "draws": len(flows.npv),
            "seed": context.seed,
        },
    )
    yield evidence(
        "value.net_per_month",
        net,
        f"{currency}/month",
        {"told": in_a_month(found.scenario, net, currency, drawn)},
    )
    if np.isfinite([payback.value, payback.low, payback.high]).all():
        yield evidence(
            "value.payback_months",
            payback,
            None,
            {"told": payback_sentence(found.scenario, payback, returns.months)},
        )
    else:
        yield NotMeasured(
            metric="value.payback_months",
            subject=Subject.of(scenario=found.scenario),
            reason=never_sentence(drawn.share_never, payback, returns.months),
            next_step="Look at what it depends on in the details of value.npv, and change "
            "what moves it most",
        )
    if np.isfinite([share.value, share.low, share.high]).all():
        yield evidence(
            "value.return_share", share, None, {"told": share_sentence(found.scenario, share)}
        )
    else:
        yield NotMeasured(
            metric="value.return_share",
            subject=Subject.of(scenario=found.scenario),
            reason="nothing is paid for it, so there is no return on it",
            next_step="Write what it costs under value.returns",
        )


def _plain(spread: Spread) -> dict[str, float | None]:
    return {
        name: value if np.isfinite(value) else None
        for name, value in (
            ("value", spread.value),
            ("low", spread.low),
            ("high", spread.high),
        )
    }


def _inputs(found: Assembled, currency: str) -> Iterator[dict[str, Any]]:
    """Tell where each input comes from, so that nothing that was said passes for measured."""
    ends = np.array([0.05, 0.5, 0.95])
    for name, each in found.inputs.items():
        low, value, high = each.figure.at(ends).tolist()
        yield {
            "name": name,
            "label": label_of(name),
            "unit": unit_of(name, found.effects, currency),
            "low": low,
            "value": value,
            "high": high,
            "origin": each.origin,
            "where": each.where,
        }


def _exchange(rates: Mapping[str, float], on: Any) -> dict[str, Any] | None:
    return {"rates": dict(rates), "on": str(on)} if rates else None
