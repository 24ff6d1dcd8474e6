"""Why a system that works brings no result, or a result comes though it does not: by evidence.

Each cause is looked up in what was measured; where nothing was, nothing is said. They come together
with the result and need not have caused it: each says what to look at next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from proveout.charter.schema import Charter
from proveout.evidence.figures import figure, full_figure, spanned_figure
from proveout.evidence.model import WHOLE, Evidence
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.model import Criterion, Finding

_WEAK: Final[Mapping[str, str]] = {
    "before-after": "a comparison of before and after",
    "matched": "a comparison with cases that are alike",
}
_DAYS_ON = 3650
"""A forecast beyond ten years is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that the evidence shows."""

    name: str
    """Stable: 'adoption-low'."""
    says: str
    """One sentence with its figures."""
    next_step: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What causes are looked up in."""

    charter: Charter
    evidence: tuple[Evidence, ...]
    outcomes: tuple[CheckOutcome, ...]
    is_technically_met: bool
    is_technically_short: bool
    met: tuple[tuple[str, Finding], ...]
    """KPIs that reached what was sealed."""
    not_met: tuple[tuple[str, Finding], ...]
    """The others."""
    fell_short: tuple[tuple[Criterion, Evidence], ...]
    """Lines on adoption that are broken for sure."""
    technically_short: tuple[tuple[str, Finding], ...]

    def one(self, metric: str, kpi: str | None = None) -> Evidence | None:
        """Return what was found last on a metric, of a KPI or as a whole."""
        wanted = [
            each
            for each in self.evidence
            if each.metric == metric
            and (each.subject == WHOLE if kpi is None else each.subject.get("kpi") == kpi)
        ]
        return max(wanted, key=lambda each: each.observed_at, default=None)


def causes_of(looked: Looked) -> tuple[Cause, ...]:
    """Return the causes that the evidence shows, the nearest to the result first."""
    found: list[Cause] = []
    for rule in _RULES:
        found += rule(looked)
    return tuple(found)


_ADOPTION: Final[Mapping[str, tuple[str, str, str]]] = {
    "adoption.active_share": (
        "adoption-low",
        "Too few of those it was made for use it: {}",
        "Ask those who do not use it; the page Adoption shows which teams.",
    ),
    "adoption.override_rate": (
        "overridden",
        "Its answers are overruled: {}",
        "Look at overruled answers with the reviewer: either the system or the trust in it is "
        "wrong.",
    ),
    "adoption.old_way_share": (
        "old-way-kept",
        "Cases are still done the old way: {}",
        "Ask what people get there; then end the old way on a day that is announced.",
    ),
    "adoption.abandoned_share": (
        "broken-off",
        "Uses are broken off before an answer is taken: {}",
        "Look at the cases that people broke off, and at how long they waited.",
    ),
}


def _not_taken_up(looked: Looked) -> Iterator[Cause]:
    if not looked.not_met:
        return
    for criterion, found in looked.fell_short:
        if criterion.metric not in _ADOPTION or found.subject != WHOLE:
            continue
        name, says, step = _ADOPTION[criterion.metric]
        asked = figure(criterion.threshold, found.unit)
        bound = "at least" if criterion.comparison == ">=" else "at most"
        yield Cause(
            name=name,
            says=f"{says.format(full_figure(found))}, where {bound} {asked} is asked.",
            next_step=step,
            evidence=(found,),
        )


def _elsewhere(looked: Looked) -> Iterator[Cause]:
    """The system is right, people use it, and the figure stays where it was."""
    is_used = looked.one("adoption.active_share") is not None and not looked.fell_short
    if not looked.is_technically_met or not is_used:
        return
    for kpi, finding in looked.not_met:
        effect = looked.one("value.effect", kpi)
        if effect is None or effect.interval is None or finding.evidence is None:
            continue
        if not effect.interval.low <= 0 <= effect.interval.high or _might_reach(looked, kpi):
            continue
        if _is_guardrail(looked.charter, kpi):
            continue
        yield Cause(
            name="bottleneck-elsewhere",
            says=f"The system is right and is used, and {_plain(kpi)} was not seen to move: the "
            f"effect is {spanned_figure(effect)}. What holds the figure up may lie elsewhere in "
            "the process.",
            next_step="Follow some cases from beginning to end, and see where they wait.",
            evidence=(effect,),
        )


def _wrong_way(looked: Looked) -> Iterator[Cause]:
    for kpi, _ in looked.not_met:
        effect, direction = looked.one("value.effect", kpi), _direction(looked.charter, kpi)
        if effect is None or effect.interval is None or direction is None:
            continue
        is_lower = direction == "lower"
        is_worse = effect.interval.low > 0 if is_lower else effect.interval.high < 0
        if is_worse:
            yield Cause(
                name="made-worse",
                says=f"With the system {_plain(kpi)} became worse: the effect is "
                f"{spanned_figure(effect)}, and {direction} is better.",
                next_step="Look at what the system adds to a case: checking, correcting, waiting.",
                evidence=(effect,),
            )


def _wrong_measure(looked: Looked) -> Iterator[Cause]:
    """One figure of the business moved and another did not."""
    if not looked.met:
        return
    for kpi, finding in looked.not_met:
        effect = looked.one("value.effect", kpi)
        if finding.evidence is None or effect is None or effect.interval is None:
            continue
        if not effect.interval.low <= 0 <= effect.interval.high or _might_reach(looked, kpi):
            # While it may still be what was agreed, that it stands still is not known.
            continue
        if not _is_guardrail(looked.charter, kpi):
            others = " and ".join(_plain(name) for name, _ in looked.met)
            yield Cause(
                name="wrong-kpi",
                says=f"{others[0].upper()}{others[1:]} reached what was agreed and {_plain(kpi)} "
                f"was not seen to move ({spanned_figure(effect)}): it may not be a figure that the "
                "system can change.",
                next_step="Ask the production owner by which of them the result is to be judged; a "
                "change is an amendment in the open.",
                evidence=(effect,),
            )


def _broken(looked: Looked) -> Iterator[Cause]:
    for kpi, _ in looked.not_met:
        found = looked.one("value.assumptions_broken", kpi)
        if found is None or found.value < 1:
            continue
        broken = [
            str(each.get("statement", ""))
            for each in found.details.get("assumptions", ())
            if isinstance(each, Mapping) and each.get("state") == "broken"
        ]
        what = f": {broken[0]}" if broken else "."
        yield Cause(
            name="comparison-broken",
            says=f"What the comparison of {_plain(kpi)} rests on is not so{what}",
            next_step="Assign the next cases at random, case by case or week by week: then nothing "
            "of this has to be assumed.",
            evidence=(found,),
        )


def _weak(looked: Looked) -> Iterator[Cause]:
    for kpi, _ in looked.not_met:
        found = looked.one("value.kpi", kpi)
        if found is None or not _might_reach(looked, kpi):
            continue
        estimate = found.details.get("estimate")
        design = str(estimate.get("design", "")) if isinstance(estimate, Mapping) else ""
        if design in _WEAK:
            yield Cause(
                name="weak-design",
                says=f"An effect on {_plain(kpi)} may be hidden: {_WEAK[design]} cannot tell it "
                f"closer than {spanned_figure(found)}.",
                next_step="Assign the next cases at random: it tells the same from fewer cases.",
                evidence=(found,),
            )


def _too_few(looked: Looked) -> Iterator[Cause]:
    for kpi, finding in looked.not_met:
        days = looked.one("value.days_to_decide", kpi)
        if days is None or finding.evidence is None or not _might_reach(looked, kpi):
            continue
        if days.value <= 0 or days.value > _DAYS_ON:
            continue
        yield Cause(
            name="too-few-cases",
            says=f"{_plain(kpi)[0].upper()}{_plain(kpi)[1:]} cannot be decided yet from "
            f"{finding.evidence.n:,} cases; at this pace it can in about "
            f"{figure(float(round(days.value)), 'days')}.",
            next_step="Go on as planned until then, or let more cases in.",
            evidence=(days,),
        )


def _unmeasured(looked: Looked) -> Iterator[Cause]:
    """A figure of the business that nobody measured: as the check said, else as it is."""
    for kpi, finding in looked.not_met:
        if finding.evidence is not None:
            continue
        why = next(
            (
                each
                for outcome in looked.outcomes
                for each in outcome.not_measured
                if each.metric == "value.kpi" and each.subject.get("kpi") in (None, kpi)
            ),
            None,
        )
        if why is not None:
            yield Cause(
                name="not-measured",
                says=f"{_plain(kpi)[0].upper()}{_plain(kpi)[1:]} was not measured: "
                f"{why.reason.rstrip('.')}.",
                next_step=f"{why.next_step.rstrip('.')}.",
            )


def _carried(looked: Looked) -> Iterator[Cause]:
    """The result is there though the system falls short: people may make up for it."""
    if not looked.is_technically_short or not looked.met:
        return
    beside: Sequence[tuple[str, str]] = (
        ("adoption.override_rate", "of the answers are overruled"),
        ("exceptions.rate", "of the requests went to a person"),
    )
    for metric, what in beside:
        found = looked.one(metric)
        if found is not None and found.value > 0:
            yield Cause(
                name="carried-by-people",
                says=f"People may make up for what it does wrong: {full_figure(found)} {what}.",
                next_step="Count that work in the return before it widens; it grows with the use.",
                evidence=(found,),
            )


_RULES: Final[tuple[Callable[[Looked], Iterator[Cause]], ...]] = (
    _unmeasured, _not_taken_up, _wrong_way, _elsewhere, _wrong_measure, _broken, _weak, _too_few,
    _carried,
)  # fmt: skip


def _might_reach(looked: Looked, kpi: str) -> bool:
    """Tell whether the interval of a KPI still holds what was sealed."""
    found = looked.one("value.kpi", kpi)
    asked = next((each for each in looked.charter.kpis if each.name == kpi), None)
    if found is None or found.interval is None or asked is None or asked.threshold is None:
        return False
    if asked.direction == "lower":
        return found.interval.low <= asked.threshold
    return found.interval.high >= asked.threshold


def _direction(charter: Charter, kpi: str) -> str | None:
    return next((each.direction for each in charter.kpis if each.name == kpi), None)


def _plain(kpi: str) -> str:
    return kpi.replace("-", " ")


def _is_guardrail(charter: Charter, kpi: str) -> bool:
    return any(each.guardrail for each in charter.kpis if each.name == kpi)
