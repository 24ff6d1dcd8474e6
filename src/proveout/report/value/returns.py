"""The return as sentences: what it is worth, what a month leaves, when it has paid back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from proveout.evidence.figures import figure, full_figure, span
from proveout.evidence.model import Evidence, Interval
from proveout.report.value.told import Told
from proveout.report.value.wording import change, change_span, in_words

_TITLES: Final = {"full": "Once all have it", "pilot": "At the pilot's size"}
_METRICS: Final = ("npv", "net_per_month", "payback_months", "return_share")


class Money(BaseModel):
    """One figure of the return."""

    metric: str
    label: str
    says: str
    """With its interval; or why it is not known."""
    is_known: bool
    basis: str
    evidence: str | None


class Scenario(BaseModel):
    """The return at one size."""

    name: str
    title: str
    figures: list[Money]


class Origin(BaseModel):
    """Where one input of the return comes from."""

    label: str
    says: str
    """With the ends below and above which it is once in twenty."""
    origin: str
    """'measured', 'from the charter', 'noted by a person', 'simulated'."""
    where: str


class ReturnStory(BaseModel):
    """What it returns."""

    lead: str
    next_step: str
    scenarios: list[Scenario]
    drawn: str
    """What a draw is, and how many there were; empty where nothing was drawn."""
    hours: list[str]
    """Hours of people that move, KPI by KPI."""
    turns: list[str]
    """At which inputs a gain would turn into a loss, or the other way round."""
    origins: list[Origin]


def return_story(told: Told) -> ReturnStory:
    """Tell the return, or what is missing for it."""
    names = sorted(
        {
            each.subject.get("scenario") or "full"
            for each in told.evidence
            if each.metric.startswith("value.") and each.metric.partition(".")[2] in _METRICS
        },
        key=lambda name: (name != "full", name),
    )
    scenarios = [_scenario(name, told) for name in names]
    lead, next_step = _lead(told)
    npv = _npv(told)
    return ReturnStory(
        lead=lead,
        next_step=next_step,
        scenarios=scenarios,
        drawn=_drawn(npv),
        hours=[in_words(each, told.charter) for each in _sentences(npv, "hours")],
        turns=[in_words(each, told.charter) for each in _sentences(npv, "break_even")],
        origins=[] if npv is None else list(_origins(npv.details, told)),
    )


def _sentences(npv: Evidence | None, key: str) -> list[str]:
    rows = [] if npv is None else npv.details.get(key) or []
    return [str(each["told"]) for each in rows if each.get("told")]


def _drawn(npv: Evidence | None) -> str:
    draws = 0 if npv is None else int(npv.details.get("draws") or 0)
    if not draws:
        return ""
    return (
        "Each figure is followed by the range in which it lies 19 times in 20. To find it, all "
        f"that is unsure was drawn {draws:,} times together: a draw is one way in which it can "
        "come out."
    )


def _npv(told: Told) -> Evidence | None:
    return _found(told, "npv", "full") or _found(told, "npv", "pilot")


def npv_details(told: Told) -> Mapping[str, Any]:
    """Return what stands beside the net present value, for the drawing of what it hangs on."""
    found = _npv(told)
    return {} if found is None else found.details


def _found(told: Told, name: str, scenario: str) -> Evidence | None:
    found = told.one(f"value.{name}", scenario=scenario)
    return found or (told.one(f"value.{name}") if scenario == "full" else None)


def _lead(told: Told) -> tuple[str, str]:
    npv = _npv(told)
    if npv is not None:
        return _verdict(npv), ""
    value = told.charter.value
    if value is None or value.returns is None:
        return (
            "What it returns is not known: the charter does not say what a better figure is worth, "
            "nor what it costs.",
            "Write the business case into the charter: value.returns with worth, currency and "
            "costs.",
        )
    why = told.why_not("value.npv", scenario="full")
    if why is not None:
        return f"What it returns is not known: {why.reason.rstrip('.')}.", why.next_step
    return "What it returns has not been measured yet.", "Start an assessment."


def _verdict(npv: Evidence) -> str:
    interval = npv.interval
    if interval is None or interval.low > 0:
        said = "It pays, even at the worse end of what we are sure of."
    elif interval.high < 0:
        said = "It does not pay, even at the better end of what we are sure of."
    else:
        said = "Whether it pays is not certain yet: what we are sure of reaches from loss to gain."
    if npv.basis == "simulated":
        return f"By simulated figures, which prove nothing of the real process: {said}"
    return said


def _scenario(name: str, told: Told) -> Scenario:
    return Scenario(
        name=name,
        title=_TITLES.get(name, name.capitalize()),
        figures=[_money(metric, name, told) for metric in _METRICS],
    )


_LABELS: Final = {
    "npv": "Worth today",
    "net_per_month": "A month",
    "payback_months": "Paid back",
    "return_share": "For each 100 spent",
}


def _money(metric: str, scenario: str, told: Told) -> Money:
    found = _found(told, metric, scenario)
    if found is None:
        why = told.why_not(f"value.{metric}", scenario=scenario)
        says = "not known" if why is None else f"Not known: {why.reason.rstrip('.')}."
        if why is not None and "never pays back" in why.reason:
            # That it does not is known, and is the answer.
            says = f"{why.reason[:1].upper()}{why.reason[1:].rstrip('.')}."
        return Money(
            metric=f"value.{metric}", label=_LABELS[metric], says=says, is_known=False, basis="",
            evidence=None,
        )  # fmt: skip
    return Money(
        metric=f"value.{metric}",
        label=_LABELS[metric],
        says=in_words(_says(found), told.charter),
        is_known=True,
        basis=found.basis,
        evidence=found.id,
    )


def _says(found: Evidence) -> str:
    return str(found.details.get("told") or full_figure(found))


_ORIGINS: Final = {
    "measured": "measured",
    "simulated": "simulated",
    "register": "noted by a person",
    "charter": "from the charter",
}


def _origins(details: Mapping[str, Any], told: Told) -> Iterator[Origin]:
    for each in details.get("inputs") or ():
        unit = str(each["unit"])
        low, value, high = (_short(each[name]) for name in ("low", "value", "high"))
        around = Interval(low=low, high=high, level=0.9, method="")
        yield Origin(
            label=in_words(str(each["label"]), told.charter),
            says=_input(value, unit, around, is_change=str(each["name"]).startswith("effect:")),
            origin=_ORIGINS.get(str(each["origin"]), str(each["origin"])),
            where=str(each.get("where", "")),
        )


def _input(value: float, unit: str, around: Interval, *, is_change: bool) -> str:
    if around.low == around.high:
        return figure(value, unit)
    if is_change:
        return f"{change(value, unit, around)} ({change_span(around, unit)})"
    return f"{figure(value, unit, around)} ({span(around, unit)})"


def _short(value: Any) -> float:
    """Round to three digits: a return is not known to more."""
    return float(f"{float(value):.3g}")
