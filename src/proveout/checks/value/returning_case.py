"""From the charter, the effects and what other checks found to the case of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from proveout.charter.schema import Charter
from proveout.charter.schema.returns import Returns, Worth
from proveout.checks.value.returning_effect import KpiEffect
from proveout.checks.value.returning_inputs import (
    Input,
    Known,
    Lacking,
    money_of,
    ranged,
    stated,
)
from proveout.evidence.model import Basis, Scope
from proveout.statistics.returns import BusinessCase, Exceptions, Gain, Measured

Scenario = Literal["full", "pilot"]

_DECIDING = ("effect:", "run")
"""Inputs that have to be measured for the return to be called measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A case that can be drawn, and what it rests on."""

    scenario: Scenario
    case: BusinessCase
    inputs: Mapping[str, Input]
    """By the names of the case's inputs."""
    effects: Sequence[KpiEffect]
    """Those that are given a worth."""
    found: Sequence[KpiEffect]
    """Those of all KPIs."""
    ratios: Mapping[str, float]
    """By KPI, how many cases it has for each case of the process."""
    left_out: tuple[str, ...]
    """What is not counted, each a sentence."""

    @property
    def basis(self) -> Basis:
        """The weakest: of a simulation, else of what is only said, else measured."""
        if any(each.origin == "simulated" for each in self.inputs.values()):
            return "simulated"
        return "attested" if self.only_said else "measured"

    @property
    def only_said(self) -> list[str]:
        """Names of the inputs that have to be measured and are not."""
        return [
            name
            for name, each in self.inputs.items()
            if name.startswith(_DECIDING) and each.origin in ("charter", "register")
        ]

    @property
    def scope(self) -> Scope:
        """That of the effects: what was found in a pilot is no finding on production."""
        scopes = {each.scope for each in self.effects}
        return "production" if scopes == {"production"} else "pilot"

    @property
    def read_from(self) -> dict[str, str]:
        """Fingerprints of the records behind the effects."""
        return {name: told for each in self.effects for name, told in each.inputs.items()}

    @property
    def n(self) -> int:
        """Cases behind the effect that rests on the fewest."""
        return min(each.n for each in self.effects)


def assemble(
    charter: Charter,
    returns: Returns,
    effects: Sequence[KpiEffect],
    known: Known,
    *,
    scenario: Scenario,
    cases_per_month: float | None,
) -> Assembled | Lacking:
    """Return the case of a scenario, or what is missing for it."""
    is_full = scenario == "full"
    cases = cases_per_month if is_full else returns.pilot_cases_per_month
    if cases is None:
        return _NO_CASES[scenario]
    users = None if charter.load is None else charter.load.pilot_users
    inputs: dict[str, Input] = {}
    for name, found in (
        ("run", known.run() if is_full else known.pilot_run(users)),
        ("spent", known.spent()),
    ):
        if isinstance(found, Lacking):
            return found
        inputs[name] = found
    handled = _handled(returns, known, inputs)
    if isinstance(handled, Lacking):
        return handled
    ratios = _ratios(returns, effects, cases_per_month)
    gains = _gains(returns, effects, known, inputs, ratios)
    if isinstance(gains, Lacking):
        return gains
    inputs |= _stated(returns, is_full=is_full)
    case = BusinessCase(
        gains=gains,
        cases_per_month=cases,
        months=returns.months,
        discount_rate=returns.discount_rate,
        ramp_months=returns.ramp_months if is_full else 0.0,
        exceptions=handled,
        people=float(returns.people or 0) if is_full else 0.0,
        run=inputs["run"].figure,
        spent=inputs["spent"].figure,
        **{name: inputs[name].figure for name in _STATED if name in inputs},
    )
    named = {worth.kpi for worth in returns.worth}
    return Assembled(
        scenario=scenario,
        case=case,
        inputs=inputs,
        effects=[each for each in effects if each.kpi.name in named],
        found=effects,
        ratios=ratios,
        left_out=tuple(_left_out(returns, effects)),
    )


_NO_CASES: Mapping[Scenario, Lacking] = {
    "full": Lacking(
        reason="how many cases there are in a month is not known",
        next_step="Write value.cases_per_month, or let the records show it",
    ),
    "pilot": Lacking(
        reason="how many cases the pilot does in a month is not known",
        next_step="Write value.returns.pilot_cases_per_month",
    ),
}

_STATED = {
    "support": "support_per_month",
    "hourly_cost": "hourly_cost",
    "training_hours": "training_hours",
    "rollout": "rollout",
}
"""Inputs that nothing but the charter tells, and their keys."""
_ONCE = ("training_hours", "rollout")
"""What is only paid when it is given to all."""


def _stated(returns: Returns, *, is_full: bool) -> dict[str, Input]:
    return {
        name: stated(told, key)
        for name, key in _STATED.items()
        if (told := getattr(returns, key)) is not None and (is_full or name not in _ONCE)
    }


def _handled(
    returns: Returns, known: Known, inputs: dict[str, Input]
) -> Exceptions | Lacking | None:
    if returns.exception_minutes is None:
        return None
    rate = known.exception_rate()
    if isinstance(rate, Lacking):
        return rate
    minutes = stated(returns.exception_minutes, "exception_minutes")
    inputs |= {"exception_rate": rate, "exception_minutes": minutes}
    return Exceptions(rate=rate.figure, minutes=minutes.figure)


def _gains(
    returns: Returns,
    effects: Sequence[KpiEffect],
    known: Known,
    inputs: dict[str, Input],
    ratios: Mapping[str, float],
) -> tuple[Gain, ...] | Lacking:
    if not returns.worth:
        return Lacking(
            reason="no KPI is given a worth",
            next_step="Say what one unit of a KPI is worth in a case: value.returns.worth",
        )
    by_name = {each.kpi.name: each for each in effects}
    gains = []
    for worth in returns.worth:
        gain = _gain(worth, by_name.get(worth.kpi), known, inputs)
        if isinstance(gain, Lacking):
            return gain
        gains.append(replace(gain, cases_ratio=ratios[worth.kpi]))
    return tuple(gains)


def _gain(
    worth: Worth, found: KpiEffect | None, known: Known, inputs: dict[str, Input]
) -> Gain | Lacking:
    if found is None or found.estimate is None:
        why = "" if found is None or not found.why_not else f": {found.why_not}"
        return Lacking(
            reason=f"what the system does to {worth.kpi} is not known{why}",
            next_step="Let the records show it, cases with the system and without it: "
            "value.records",
        )
    broken = [each for each in found.estimate.assumptions if each.state == "broken"]
    if broken:
        return Lacking(
            reason=f"what was found of {worth.kpi} rests on something that is not so: "
            f"{broken[0].seen}",
            next_step="Choose a design whose assumptions hold: value.design",
        )
    currency = money_of(found.kpi) or known.returns.currency
    rate = known.rate(currency)
    if isinstance(rate, Lacking):
        return Lacking(reason=f"KPI {worth.kpi}: {rate.reason}", next_step=rate.next_step)
    inputs[f"effect:{worth.kpi}"] = Input(
        figure=better_by(found),
        origin="simulated" if found.basis == "simulated" else "measured",
        where=f"value.effect of {worth.kpi}, {found.estimate.design}",
    )
    key = f"worth of {worth.kpi}"
    told = Input(
        figure=ranged(worth.per_unit, times=rate),
        origin="charter",
        where=f"value.returns.{key} in the charter" + (f": {worth.why}" if worth.why else ""),
    )
    inputs[f"worth:{worth.kpi}"] = told
    return Gain(
        kpi=worth.kpi,
        better_by=inputs[f"effect:{worth.kpi}"].figure,
        worth=told.figure,
        realised=worth.realised,
    )


def _ratios(
    returns: Returns, effects: Sequence[KpiEffect], cases: float | None
) -> dict[str, float]:
    said = {each.kpi: each.cases_per_month for each in returns.worth}
    own = {each.kpi.name: said.get(each.kpi.name) or each.cases_per_month for each in effects}
    return {
        name: 1.0 if number is None or not cases else number / cases for name, number in own.items()
    }


def better_by(found: KpiEffect) -> Measured:
    """Turn an effect so that what is better is above zero.

    Its interval is taken for what it promises over all looks, so that a return may be looked at as
    often: an interval of one look, at 99 %, whose errors add up to 5 % over all, is one at 95 %.
    """
    assert found.estimate is not None  # noqa: S101  # its caller has seen to it
    effect, level = found.estimate.effect, min(found.estimate.confidence, found.kpi.confidence)
    if found.kpi.direction == "higher":
        return Measured(value=effect.value, low=effect.low, high=effect.high, level=level)
    return Measured(value=-effect.value, low=-effect.high, high=-effect.low, level=level)


def _left_out(returns: Returns, effects: Sequence[KpiEffect]) -> list[str]:
    named = {worth.kpi for worth in returns.worth}
    said = []
    for each in effects:
        if each.kpi.name in named:
            continue
        harmed = ""
        if each.estimate is not None:
            better = better_by(each)
            if better.value < 0:
                sure = ", for certain" if better.high < 0 else ""
                harmed = f", and it became worse{sure}"
        said.append(f"KPI {each.kpi.name} is given no worth{harmed}: it is not counted.")
    if returns.exception_minutes is None:
        said.append(
            "Cases that people have to look at are not counted: value.returns.exception_minutes "
            "says what each takes."
        )
    return said
