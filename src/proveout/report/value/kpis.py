"""One KPI as an operations manager reads it: each number in a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from proveout.charter.schema import Kpi
from proveout.charter.schema.adoption import DASHBOARD
from proveout.evidence.figures import figure, full_figure, unit_in_words
from proveout.evidence.model import Evidence
from proveout.report.value.sentences import (
    KpiState,
    agreed_on,
    as_exactly,
    ends,
    mapping,
    sentences,
)
from proveout.report.value.told import Told
from proveout.report.value.wording import in_words

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


def _story(kpi: Kpi, told: Told) -> KpiStory:
    found = told.one("value.kpi", kpi=kpi.name)
    baseline = told.one("value.baseline", kpi=kpi.name)
    effect = told.one("value.effect", kpi=kpi.name)
    signals = told.one("value.signals", kpi=kpi.name)
    broken = told.one("value.assumptions_broken", kpi=kpi.name)
    details: Mapping[str, Any] = {} if found is None else found.details
    estimate = mapping(details.get("estimate"))
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
        before="" if baseline is None else as_exactly(kpi, baseline, found),
        agreed=agreed_on(kpi),
        sentences=[why, *_manual(baseline)]
        if found is None
        else list(sentences(kpi, found, baseline, effect, state)),
        how=[in_words(each, told.charter) for each in _how(kpi, details, estimate, told)],
        running=_running(mapping(details.get("running"))),
        next_step=next_step,
        statements=[_statement(each) for each in assumptions],
        records=str(mapping(details.get("records")).get("told") or ""),
        left_out=[
            Left(
                why=str(each.get("why", "")), n=int(each.get("n", 0)),
                examples=[_example(row) for row in (each.get("examples") or [])[:3]],
            )
            for each in mapping(details.get("records")).get("left_out") or []
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
    low, high = ends(found)
    is_lower = kpi.direction == "lower"
    worse, better = (high, low) if is_lower else (low, high)
    if worse <= kpi.threshold if is_lower else worse >= kpi.threshold:
        return "met"
    is_missed = better > kpi.threshold if is_lower else better < kpi.threshold
    return "missed" if is_missed else "open"


def _state_words(state: KpiState, found: Evidence | None) -> str:
    is_simulated = found is not None and found.basis == "simulated"
    return f"{STATE_WORDS[state]}, in a rehearsal" if is_simulated else STATE_WORDS[state]


def _manual(baseline: Evidence | None) -> Iterator[str]:
    """Say what the manual way was measured as, where that is all there is yet."""
    if baseline is not None:
        yield f"The manual way was measured: {full_figure(baseline)}."


def _how(
    kpi: Kpi, details: Mapping[str, Any], estimate: Mapping[str, Any], told: Told
) -> Iterator[str]:
    if not details and kpi.threshold is not None:
        yield f"Agreed is {agreed_on(kpi)}."
    if estimate.get("sentence"):
        yield str(estimate["sentence"])
    if mapping(details.get("design")).get("why"):
        yield str(details["design"]["why"])
    if mapping(details.get("decides")).get("told"):
        yield str(details["decides"]["told"])
    days = told.one("value.days_to_decide", kpi=kpi.name)
    if days is not None:
        yield str(
            days.details.get("told")
            or f"It can be decided in about {figure(float(round(days.value)), 'days')}."
        )
    sealed = mapping(details.get("sealed_baseline"))
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
