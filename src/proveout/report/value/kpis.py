"""One KPI as an operations manager reads it: each number in a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from proveout.charter.schema import Kpi
from proveout.charter.schema.adoption import DASHBOARD
from proveout.evidence.figures import figure, full_figure, span, unit_in_words
from proveout.evidence.model import Evidence, Interval
from proveout.report.value.told import Told
from proveout.report.value.wording import change, change_span, in_words

_TIMES = {"s", "seconds", "min", "minutes", "h", "hours", "days", "weeks", "months"}
_MOST_CASES = {
    "median": "half of all cases", "p75": "three of four cases", "p90": "nine of ten cases",
    "p95": "19 of 20 cases",
}  # fmt: skip
KpiState = Literal["met", "missed", "open", "unknown"]

STATE_WORDS: dict[KpiState, str] = {
    "met": "reached",
    "missed": "not reached",
    "open": "not decided yet",
    "unknown": "not measured",
}


class Statement(BaseModel):
    """Something that the comparison rests on."""

    statement: str
    state: Literal["holds", "doubtful", "broken", "untested"]
    seen: str
    breaks_by: str


class Left(BaseModel):
    """Rows of the records that do not count."""

    why: str
    n: int
    examples: list[str]


class KpiStory(BaseModel):
    """One KPI."""

    kpi: str
    title: str
    unit: str
    scale: str
    """What stands at the axis of its drawing: 'in minutes an invoice'."""
    direction: str
    state: KpiState
    state_words: str
    """'reached', 'not reached', 'not decided yet', 'not measured'; and whether in a rehearsal."""
    level: str
    """The figure with the system; empty where it is not known."""
    before: str
    """The manual way."""
    agreed: str
    """'at most 12 minutes'; empty where nothing was."""
    sentences: list[str]
    """What was found, number by number."""
    how: list[str]
    """How it was found: design, cases, when it is decided."""
    running: str
    """The figure of today, which does not decide; empty where there is none."""
    next_step: str
    """Where it is not measured: what to do."""
    statements: list[Statement]
    records: str
    left_out: list[Left]
    signals: str
    """What the control chart shows."""
    basis: str
    """'measured', 'simulated' or ''."""
    evidence: str | None
    """Its id."""
    value: float | None
    low: float | None
    high: float | None
    baseline: float | None
    effect: float | None
    threshold: float | None
    n: int | None


def kpi_stories(told: Told) -> list[KpiStory]:
    """Tell every KPI of the charter, in its order."""
    return [_story(kpi, told) for kpi in told.charter.kpis]


def title_of(kpi: Kpi) -> str:
    """Return what people call it."""
    return kpi.meaning or kpi.name.replace("-", " ").capitalize()


def agreed_on(kpi: Kpi) -> str:
    """Return 'at most 12 minutes'; empty where no threshold was agreed."""
    if kpi.threshold is None:
        return ""
    bound = "at least" if kpi.direction == "higher" else "at most"
    return f"{bound} {figure(kpi.threshold, kpi.unit)}"


def _story(kpi: Kpi, told: Told) -> KpiStory:
    found = told.one("value.kpi", kpi=kpi.name)
    baseline = told.one("value.baseline", kpi=kpi.name)
    effect = told.one("value.effect", kpi=kpi.name)
    signals = told.one("value.signals", kpi=kpi.name)
    broken = told.one("value.assumptions_broken", kpi=kpi.name)
    details: Mapping[str, Any] = {} if found is None else found.details
    estimate = _mapping(details.get("estimate"))
    state = _state(kpi, found)
    why, next_step = ("", "") if found is not None else _why_not(kpi, told)
    assumptions = estimate.get("assumptions") or (
        [] if broken is None else broken.details.get("assumptions", [])
    )
    interval = None if found is None else found.interval
    return KpiStory(
        kpi=kpi.name,
        title=title_of(kpi),
        unit=kpi.unit,
        scale="" if kpi.unit == "fraction" else f"in {unit_in_words(kpi.unit)}",
        direction=kpi.direction,
        state=state,
        state_words=_state_words(state, found),
        level="" if found is None else figure(found.value, kpi.unit, interval),
        before="" if baseline is None else _before(kpi, baseline, found),
        agreed=agreed_on(kpi),
        sentences=[why, *_manual(baseline)]
        if found is None
        else list(_sentences(kpi, found, baseline, effect, state)),
        how=[in_words(each, told.charter) for each in _how(kpi, details, estimate, told)],
        running=_running(_mapping(details.get("running"))),
        next_step=next_step,
        statements=[_statement(each) for each in assumptions],
        records=str(_mapping(details.get("records")).get("told") or ""),
        left_out=[
            Left(
                why=str(each.get("why", "")), n=int(each.get("n", 0)),
                examples=[_example(row) for row in (each.get("examples") or [])[:3]],
            )
            for each in _mapping(details.get("records")).get("left_out") or []
        ],
        signals="" if signals is None
        else in_words(str(signals.details.get("told", "")), told.charter),
        basis="" if found is None else found.basis,
        evidence=None if found is None else found.id,
        value=None if found is None else found.value,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        baseline=None if baseline is None else baseline.value,
        effect=None if effect is None else effect.value,
        threshold=kpi.threshold,
        n=None if found is None else found.n,
    )  # fmt: skip


def _state(kpi: Kpi, found: Evidence | None) -> KpiState:
    """Held against the threshold as the gate does: by the worse end of the interval."""
    if found is None:
        return "unknown"
    if kpi.threshold is None:
        return "open"
    low, high = _ends(found)
    is_lower = kpi.direction == "lower"
    worse, better = (high, low) if is_lower else (low, high)
    if worse <= kpi.threshold if is_lower else worse >= kpi.threshold:
        return "met"
    is_missed = better > kpi.threshold if is_lower else better < kpi.threshold
    return "missed" if is_missed else "open"


def _state_words(state: KpiState, found: Evidence | None) -> str:
    is_simulated = found is not None and found.basis == "simulated"
    return f"{STATE_WORDS[state]}, in a rehearsal" if is_simulated else STATE_WORDS[state]


def _before(kpi: Kpi, baseline: Evidence, found: Evidence | None) -> str:
    """Write the manual way as exactly as the figure that it stands beside."""
    return figure(baseline.value, kpi.unit, _narrower(baseline, found))


def _manual(baseline: Evidence | None) -> Iterator[str]:
    """Say what the manual way was measured as, where that is all there is yet."""
    if baseline is not None:
        yield f"The manual way was measured: {full_figure(baseline)}."


def _narrower(*facts: Evidence | None) -> Interval | None:
    intervals = [each.interval for each in facts if each is not None and each.interval is not None]
    return min(intervals, key=lambda each: each.high - each.low, default=None)


def _sentences(
    kpi: Kpi, found: Evidence, baseline: Evidence | None, effect: Evidence | None, state: KpiState
) -> Iterator[str]:
    yield _level(kpi, found, baseline)
    yield from _sure(kpi, found)
    yield from _effect(kpi, found, effect, baseline)
    yield from _threshold(kpi, found, state)


def _level(kpi: Kpi, found: Evidence, baseline: Evidence | None) -> str:
    statistic = str(_mapping(found.details.get("kpi")).get("statistic") or "mean")
    level = figure(found.value, kpi.unit, found.interval)
    before = (
        "" if baseline is None
        else f"; the manual way, {_before(kpi, baseline, found)}"
    )  # fmt: skip
    is_time = kpi.unit.partition("/")[0] in _TIMES
    if statistic in _MOST_CASES:
        verb = "take at most" if is_time else "come to at most"
        return f"With the system, {_MOST_CASES[statistic]} {verb} {level}{before}."
    if statistic == "share":
        return f"With the system it is so in {level} of all cases{before}."
    if statistic == "rate":
        return f"With the system it is {level} over all cases{before}."
    if "/" in kpi.unit:
        return f"With the system it is {level} on average{before}."
    verb = "takes" if is_time else "comes to"
    return f"With the system, a case {verb} {level} on average{before}."


def _sure(kpi: Kpi, found: Evidence) -> Iterator[str]:
    interval = found.interval
    if interval is None:
        yield f"This is a full count of {found.n:,} cases."
        return
    by = str(_mapping(found.details.get("decides")).get("by", ""))
    often = ", however often one looks" if by == "looks" else ""
    level = figure(interval.level, "fraction")
    between = span(interval, kpi.unit).replace(" to ", " and ")
    yield (
        f"We are {level} sure that it is between {between}{often}; this rests on {found.n:,} cases."
    )


def _effect(
    kpi: Kpi, found: Evidence, effect: Evidence | None, baseline: Evidence | None
) -> Iterator[str]:
    if effect is None or effect.interval is None:
        return
    interval = effect.interval
    if interval.low <= 0 <= interval.high:
        yield (
            "That the system changed it at all is not shown: it may be anything from "
            f"{_signed(interval.low, kpi, interval)} to {_signed(interval.high, kpi, interval)}."
        )
        return
    low, high = sorted((abs(interval.low), abs(interval.high)))
    around = Interval(low=low, high=high, level=interval.level, method=interval.method)
    # As exactly as the figures whose difference it is: 25.3 less 17.8 is no 8.
    alike = _narrower(found, effect) or around
    is_less = effect.value < 0
    is_better = is_less == (kpi.direction == "lower")
    share = ""
    if baseline is not None and baseline.value > 0:
        part = abs(effect.value) / baseline.value
        share = f", about {100 * part:.{0 if part >= 0.01 else 1}f} % of the manual way"
    what = "takes off" if is_less else "adds"
    yield (
        f"The system itself {what} {change(abs(effect.value), kpi.unit, alike)} "
        f"({change_span(around, kpi.unit, alike)}){share}: that is "
        f"{'better' if is_better else 'worse'}. What a trend, a season or the choice of people did "
        "is not counted as its merit."
    )


def _signed(value: float, kpi: Kpi, around: Interval) -> str:
    told = change(abs(value), kpi.unit, around)
    return f"{told} {'less' if value < 0 else 'more'}"


def _threshold(kpi: Kpi, found: Evidence, state: KpiState) -> Iterator[str]:
    if kpi.threshold is None:
        yield "No threshold was agreed, so that nothing decides whether this is enough."
        return
    low, high = _ends(found)
    is_lower = kpi.direction == "lower"
    worse, better = (high, low) if is_lower else (low, high)
    meant = "It was to be kept" if kpi.guardrail else "Agreed was"
    match state:
        case "met":
            end = figure(worse, kpi.unit, found.interval)
            yield f"{meant} {agreed_on(kpi)}: reached, even at the worse end ({end})."
        case "missed":
            end = figure(better, kpi.unit, found.interval)
            yield f"{meant} {agreed_on(kpi)}: not reached, even at the better end ({end})."
        case _:
            yield (
                f"{meant} {agreed_on(kpi)}: not decided yet, since what we are sure of lies on "
                "both sides of it."
            )


def _how(
    kpi: Kpi, details: Mapping[str, Any], estimate: Mapping[str, Any], told: Told
) -> Iterator[str]:
    if not details and kpi.threshold is not None:
        yield f"Agreed is {agreed_on(kpi)}."
    if estimate.get("sentence"):
        yield str(estimate["sentence"])
    if _mapping(details.get("design")).get("why"):
        yield str(details["design"]["why"])
    if _mapping(details.get("decides")).get("told"):
        yield str(details["decides"]["told"])
    days = told.one("value.days_to_decide", kpi=kpi.name)
    if days is not None:
        yield str(
            days.details.get("told")
            or f"It can be decided in about {figure(float(round(days.value)), 'days')}."
        )
    sealed = _mapping(details.get("sealed_baseline"))
    if sealed.get("told"):
        yield str(sealed["told"])
    elif kpi.baseline is not None:
        source = kpi.baseline.source
        yield (
            f"The charter was sealed with {figure(kpi.baseline.value, kpi.unit)} the manual way "
            f"({source})."
        )
    if details.get("volunteers"):
        yield str(details["volunteers"])


def _running(running: Mapping[str, Any]) -> str:
    told = str(running.get("told") or "")
    if not told:
        return ""
    return told if "not for deciding" in told.casefold() else f"{told} This is not for deciding."


def _why_not(kpi: Kpi, told: Told) -> tuple[str, str]:
    """Return why a KPI is not known, and what to do next."""
    why = told.why_not("value.kpi", kpi=kpi.name)
    if why is not None:
        return f"Not measured: {why.reason.rstrip('.')}.", f"{why.next_step.rstrip('.')}."
    value, measured = told.charter.value, kpi.measured
    own = None if measured is None else measured.source
    record = own or (None if value is None else value.records)
    if record is None:
        return (
            "Not measured: the charter does not say where the cases of the process are recorded.",
            "Name the records in the charter (value.records), or give observations below and write "
            "value: {records: dashboard}.",
        )
    if measured is None and record.source.path != DASHBOARD:
        return (
            "Not measured: the charter does not say how it is taken from the records.",
            "Say it in the charter: kpis[].measured with value, begins and ends, or happened.",
        )
    return "Not measured yet.", "Start an assessment: the value check reads the records."


def _statement(each: Mapping[str, Any]) -> Statement:
    return Statement(
        statement=str(each.get("statement", "")),
        state=_known_state(str(each.get("state", ""))),
        seen=str(each.get("seen", "")),
        breaks_by=str(each.get("breaks_by", "")),
    )


def _known_state(state: str) -> Literal["holds", "doubtful", "broken", "untested"]:
    match state:
        case "holds" | "doubtful" | "broken":
            return state
        case _:
            return "untested"


def _example(row: Any) -> str:
    if isinstance(row, Mapping):
        return ", ".join(f"{key} {value}" for key, value in row.items() if value is not None)[:120]
    return str(row)[:120]


def _ends(found: Evidence) -> tuple[float, float]:
    if found.interval is None:
        return found.value, found.value
    return found.interval.low, found.interval.high


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
