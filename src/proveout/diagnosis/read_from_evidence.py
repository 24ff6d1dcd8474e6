"""What was measured, and what people attest, in the terms of the interview's questions.

One rule per metric or pair of metrics: from which figure on an option is taken. The bounds are
judgement, like the weights, and stand here in one place. Of one metric the worst subject counts.
Simulated evidence tells nothing of what happened, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proveout.charter.schema import Charter
from proveout.diagnosis.readings import Reading, Source
from proveout.evidence.figures import full_figure
from proveout.evidence.model import Evidence

SILENT: Final = ""
"""In the place of an option: the figure says nothing. Complete data may be other data all the
same."""

Bands = tuple[tuple[float, str], ...]
"""From the best on: up to (or, where more is better, from) this figure, this option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the figures of one metric answer one question."""

    metric: str
    signal: str
    bands: Bands
    otherwise: str
    """The option where no band holds."""
    what: str
    """The metric in words, to stand before its figure."""
    is_higher_better: bool = True

    def option(self, value: float) -> str:
        """Return the option that a figure stands for."""
        for bound, option in self.bands:
            if value >= bound if self.is_higher_better else value <= bound:
                return option
        return self.otherwise


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        metric="readiness.sandbox_auc", signal="live_data", is_higher_better=False,
        bands=((0.65, "same"), (0.85, "somewhat")), otherwise="much",
        what="How well pilot and production records are told apart (0.5: not at all)",
    ),
    Rule(
        metric="readiness.sandbox_auc", signal="trial_data", is_higher_better=False,
        bands=((0.75, "everyday"),), otherwise="cleaned",
        what="How well the trial's records are told from production's (0.5: not at all)",
    ),
    Rule(
        metric="readiness.required_completeness", signal="live_data",
        bands=((0.98, SILENT), (0.80, "somewhat")), otherwise="much",
        what="A field that the system needs is filled in",
    ),
    Rule(
        metric="readiness.outside_pilot", signal="unseen_cases", is_higher_better=False,
        bands=((0.02, "hardly"), (0.15, "some")), otherwise="many",
        what="Production records of a kind that the sample never showed",
    ),
    Rule(
        metric="quality.sandbox_drop", signal="live_quality", is_higher_better=False,
        bands=((0.03, "as_good"), (0.15, "worse")), otherwise="much_worse",
        what="Drop in quality from the sample to production",
    ),
    Rule(
        metric="governance.owner_attendance", signal="owner",
        bands=((0.5, "from_start"),), otherwise="late",
        what="Reviews that the production owner attended",
    ),
    Rule(
        metric="governance.reviews_kept", signal="oversight",
        bands=((0.8, "regular"), (0.01, "weak")), otherwise="nobody",
        what="Reviews due that were held",
    ),
    Rule(
        metric="exceptions.overdue", signal="wrong_answers", is_higher_better=False,
        bands=((0, "settled"),), otherwise="on_paper", what="Exceptions past their due time",
    ),
    Rule(
        metric="people.obstacles_overdue", signal="warnings", is_higher_better=False,
        bands=((0, "acted"),), otherwise="late", what="Obstacles that were raised and stand open",
    ),
    Rule(
        metric="governance.legal_signed", signal="legal",
        bands=((1, "settled"),), otherwise="late", what="Questions of legal that are signed",
    ),
    Rule(
        metric="people.represented", signal="involved",
        bands=((1, "yes_say"), (0.01, "heard")), otherwise="not_asked",
        what="Roles whose representative confirms having spoken for them",
    ),
    Rule(
        metric="people.trained", signal="prepared",
        bands=((0.8, "prepared"), (0.01, "partly")), otherwise="not_prepared",
        what="Trained of those invited",
    ),
    Rule(
        metric="people.favourable", signal="fit",
        bands=((0.6, "fits"), (0.35, "mixed")), otherwise="against",
        what="Say that they are better off with it",
    ),
    Rule(
        metric="people.incentives_changed", signal="fit",
        bands=((1, "fits"), (0.01, "mixed")), otherwise="against",
        what="Rules rewarding the old way that were changed",
    ),
    Rule(
        metric="adoption.active_share", signal="used",
        bands=((0.6, "most"), (0.2, "some")), otherwise="few", what="Use it of those it is for",
    ),
    Rule(
        metric="adoption.old_way_share", signal="used", is_higher_better=False,
        bands=((0.3, "most"), (0.7, "some")), otherwise="few",
        what="Cases that are still done the old way",
    ),
    Rule(
        metric="cost.budget_share", signal="cost", is_higher_better=False,
        bands=((1.1, "within"), (2.5, "more")), otherwise="too_much",
        what="A month at full use, as a share of the budget",
    ),
    Rule(
        metric="load.abandonment", signal="speed", is_higher_better=False,
        bands=((0.01, "enough"), (0.10, "at_times")), otherwise="not_enough",
        what="Users who give up waiting at full use",
    ),
    Rule(
        metric="load.error_rate", signal="speed", is_higher_better=False,
        bands=((0.01, "enough"), (0.10, "at_times")), otherwise="not_enough",
        what="Requests that end in an error at full use",
    ),
    Rule(
        metric="latency.served_rate", signal="speed",
        bands=((0.99, "enough"), (0.90, "at_times")), otherwise="not_enough",
        what="Requests that it answered in time",
    ),
    Rule(
        metric="governance.refresh_practised", signal="upkeep",
        bands=((1, "kept"),), otherwise="irregular",
        what="The company's own people have practised the refresh",
    ),
    Rule(
        metric="drift.alarms", signal="upkeep", is_higher_better=False,
        bands=((0, "kept"),), otherwise="irregular", what="Drift alarms that nobody has resolved",
    ),
    Rule(
        metric="drill.passed", signal="run_by", bands=((1, "own"),), otherwise="specialists",
        what="The company's own people kept it up in a drill",
    ),
)  # fmt: skip

_ON_PRODUCTION = frozenset({"readiness.required_completeness"})
"""Metrics that tell of use only where they were found on production data."""
_WHOLE = frozenset({
    "adoption.active_share", "adoption.old_way_share", "people.represented", "people.favourable",
    "load.abandonment", "load.error_rate", "drift.alarms",
})  # fmt: skip
"""Metrics of which the figure for all counts, not that of a group or a smaller size."""


def from_evidence(evidence: Iterable[Evidence], charter: Charter | None) -> Iterator[Reading]:
    """Yield what was measured or attested, signal by signal."""
    counting = [found for found in evidence if found.basis != "simulated" and found.n > 0]
    for rule in RULES:
        yield from _by_rule(rule, counting)
    yield from _result(counting, charter)


def _by_rule(rule: Rule, evidence: Sequence[Evidence]) -> Iterator[Reading]:
    known = [
        found
        for found in evidence
        if found.metric == rule.metric
        and (rule.metric not in _ON_PRODUCTION or found.scope == "production")
        and (rule.metric not in _WHOLE or not found.subject.parts)
    ]
    sources: tuple[Source, ...] = ("measured", "attested")
    for source in sources:
        of_source = [found for found in known if found.basis == source]
        if of_source:
            sign = 1 if rule.is_higher_better else -1
            worst = min(of_source, key=lambda found: (sign * found.value, str(found.subject)))
            option = rule.option(worst.value)
            if option != SILENT:
                yield _reading(rule.signal, option, worst, rule.what)


def _reading(signal: str, option: str, found: Evidence, what: str) -> Reading:
    about = f" ({found.subject})" if found.subject.parts else ""
    by = f", says {found.person}" if found.person else ""
    return Reading(
        signal=signal,
        option=option,
        source="measured" if found.basis == "measured" else "attested",
        told=f"{what}{about}: {full_figure(found)}{by}.",
        where=found.metric,
    )


def _result(evidence: Sequence[Evidence], charter: Charter | None) -> Iterator[Reading]:
    """Tell by what success was told, and what became of the business result."""
    kpis = [found for found in evidence if found.metric == "value.kpi"]
    measured = [found for found in kpis if found.basis == "measured"]
    technical = [
        found
        for found in evidence
        if found.basis == "measured" and found.metric.startswith("quality.")
    ]
    if measured:
        yield _reading("judged_by", "business", measured[0], "A KPI was measured")
        yield from _reached(measured, charter)
    elif technical:
        told = (
            f"{len({found.metric for found in technical})} technical figures were measured, and "
            "no KPI."
        )
        for signal, option in (("judged_by", "technical"), ("business_result", "never_measured")):
            yield Reading(
                signal=signal, option=option, source="measured", told=told, where="value.kpi"
            )


def _reached(kpis: Sequence[Evidence], charter: Charter | None) -> Iterator[Reading]:
    agreed = {} if charter is None else {kpi.name: kpi for kpi in charter.kpis}
    met = []
    for found in kpis:
        kpi = agreed.get(found.subject.get("kpi") or "")
        if kpi is None or kpi.threshold is None:
            continue
        sign = 1 if kpi.direction == "higher" else -1
        low = found.value if found.interval is None else found.interval.low
        high = found.value if found.interval is None else found.interval.high
        bound = low if sign > 0 else high
        met.append((sign * bound >= sign * kpi.threshold, found))
    if not met:
        return
    n_met = sum(is_met for is_met, _ in met)
    option = "reached" if n_met == len(met) else "some" if n_met else "none"
    what = f"{n_met} of {len(met)} KPIs reach their threshold; for example"
    yield _reading("business_result", option, next((f for ok, f in met if not ok), met[0][1]), what)
