"""How a pilot stands for both teams: does the system do what was agreed, and does it pay (R703).

Technical success and business result are two measurements. They are held against the same sealed
thresholds as at the gates, but for their age: what was known last tells how it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import measured_hash
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing.signing import digest
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.figures import figure, spanned_figure
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.bench import Bench, lay_out
from proveout.gate.causes import Cause, Looked, causes_of
from proveout.gate.judge import is_surely_broken, judge
from proveout.gate.model import Criterion, Dossier, Finding
from proveout.gate.standard import standard_for

StandingState = Literal["both", "technical", "business", "neither", "unknown"]
SideState = Literal["met", "short", "unknown"]

NAMES: Final[Mapping[StandingState, str]] = {
    "both": "A success for both",
    "technical": "Technically a success, no business result",
    "business": "A business result, technically short",
    "neither": "Neither yet",
    "unknown": "Not yet known",
}

_RUNNING = (
    ("latency.p95", "continue.latency", "production.load-latency"),
    ("latency.unanswered_rate", "continue.unanswered", "production.load-errors"),
)
"""How it runs: the metric of a system in use and its line, and the line that was tried before."""


_STAGES: Final[tuple[Stage, ...]] = ("production", "scale", "continue")
_UNAGREED = "production.quality-agreed"
"""Stands where the charter agrees on no quality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion, as it stands by what was known last."""

    criterion: Criterion
    finding: Finding
    """The worst of its subjects."""
    state: SideState
    is_simulated: bool
    """Any of its subjects, not the worst alone, is told from a simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one team looks at."""

    state: SideState
    lines: tuple[Line, ...]

    def of(self, state: SideState) -> tuple[Line, ...]:
        """Return the lines in one state."""
        return tuple(each for each in self.lines if each.state == state)


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotStanding:
    """Both sides together, and why they differ."""

    state: StandingState
    name: str
    """The state in words: 'Technically a success, no business result'."""
    sentence: str
    """What each side came to, with its figures."""
    technical: Side
    business: Side
    causes: tuple[Cause, ...]
    """What the evidence shows that can have kept it from the result; the nearest first."""
    is_simulated: bool
    """Some of it comes from a simulation: a rehearsal, and no result."""


def standing_of(
    loaded: LoadedCharter,
    evidence: Sequence[Evidence],
    outcomes: Sequence[CheckOutcome],
    catalogue: Catalogue,
    now: datetime,
) -> PilotStanding:
    """Tell how a pilot stands for both teams.

    A side is `met` where every line of it is; `short` where one is broken for sure, whatever its
    interval; `unknown` else, so that little evidence is neither a success nor a failure.
    """
    charter = loaded.charter
    bench = lay_out(
        Dossier(evidence=tuple(evidence), outcomes=tuple(outcomes)),
        now=now,
        charter_hash=loaded.content_hash,
        measured_hash=lambda check: measured_hash(charter, check),
        part_hash=lambda part: digest(part, charter),
        measured_by={each.name: each.name.partition(".")[0] for each in catalogue},
    )
    lines = {
        each.id: each for stage in _STAGES for each in standard_for(stage, charter, catalogue)[0]
    }
    scale = [each for each in lines.values() if each.stage == "scale"]
    technical = _side(_technical(lines, charter, bench), bench)
    # A KPI without threshold stands as the line that asks for one.
    business = _side((each for each in scale if each.id.startswith("scale.kpi")), bench)
    state = _state(technical.state, business.state)
    beside = [_line(each, bench) for each in scale if each.metric.startswith("adoption.")]
    is_simulated = any(each.is_simulated for each in (*technical.lines, *business.lines))
    return PilotStanding(
        state=state,
        name=f"{NAMES[state]}, in a rehearsal" if is_simulated else NAMES[state],
        sentence=_sentence(technical, business, is_simulated=is_simulated),
        technical=technical,
        business=business,
        causes=causes_of(
            Looked(
                charter=charter,
                evidence=tuple(evidence),
                outcomes=tuple(outcomes),
                is_technically_met=technical.state == "met",
                is_technically_short=technical.state == "short",
                met=tuple(_kpi(each) for each in business.of("met")),
                not_met=tuple(_kpi(each) for each in (*business.of("short"),
                                                      *business.of("unknown"))),
                fell_short=tuple(
                    (each.criterion, each.finding.evidence)
                    for each in beside
                    if each.state == "short" and each.finding.evidence is not None
                ),
                technically_short=tuple(
                    (each.criterion.title, each.finding) for each in technical.of("short")
                ),
            )
        ),
        is_simulated=is_simulated,
    )  # fmt: skip


def _technical(lines: Mapping[str, Criterion], charter: Charter, bench: Bench) -> list[Criterion]:
    """Return what was agreed of its answers, and how it runs: in use, else as it was tried.

    How sound the data are, and what damage does, are conditions of success and not success.
    """
    agreed = {each.metric for each in charter.acceptance if each.metric.startswith("quality.")}
    chosen = [
        each
        for each in lines.values()
        if each.stage == "production"
        and ((each.origin == "charter" and each.metric in agreed) or each.id == _UNAGREED)
    ]
    for metric, in_use, tried in _RUNNING:
        line = lines.get(in_use if metric in bench.by_metric else tried)
        chosen += [] if line is None else [line]
    return chosen


def _side(criteria: Iterable[Criterion], bench: Bench) -> Side:
    lines = tuple(_line(each, bench) for each in criteria)
    states = {each.state for each in lines}
    state: SideState = "short" if "short" in states else "met" if states == {"met"} else "unknown"
    return Side(state=state, lines=lines)


def _line(criterion: Criterion, bench: Bench) -> Line:
    is_kpi = criterion.metric.startswith(("value.", "adoption."))
    asked = replace(
        criterion,
        max_age=None,
        bases=("attested",) if criterion.bases == ("attested",) else ("measured", "simulated"),
        # Of a pilot before its launch the business is told too.
        scope=None if is_kpi else criterion.scope,
    )
    findings = judge(asked, bench)
    state: SideState = "unknown"
    if any(is_surely_broken(each, asked) for each in findings):
        state = "short"
    elif all(each.state == "passed" for each in findings):
        state = "met"
    seen = [each.evidence for each in findings if each.evidence is not None]
    return Line(
        criterion=criterion,
        finding=findings[0],
        state=state,
        is_simulated=any(each.basis == "simulated" for each in seen),
    )


def _state(technical: SideState, business: SideState) -> StandingState:
    match (technical, business):
        case ("met", "met"):
            return "both"
        case ("met", "short"):
            return "technical"
        case ("short", "met"):
            return "business"
        case ("short", "short"):
            return "neither"
        case _:
            return "unknown"


def _kpi(line: Line) -> tuple[str, Finding]:
    return line.criterion.subject.get("kpi") or line.criterion.id, line.finding


def _sentence(technical: Side, business: Side, *, is_simulated: bool) -> str:
    said = f"{_of_technical(technical)} {_of_business(business)}"
    if not is_simulated:
        return said
    return f"By figures that are simulated in part: {said[:1].lower()}{said[1:]}"


def _of_technical(side: Side) -> str:
    n = len(side.lines)
    match side.state:
        case "met":
            return f"The system does what was agreed: all {n} technical lines are met."
        case "short":
            first = side.of("short")[0]
            return (
                f"The system falls short of what was agreed in {len(side.of('short'))} of {n} "
                f"technical lines: {_told(first)}."
            )
        case _:
            open_ = side.of("unknown")
            if not open_:
                return "Nothing was agreed that the system has to do."
            return (
                f"Whether the system does what was agreed is not known yet: {len(open_)} of {n} "
                f"technical lines are open: {_told(open_[0])}."
            )


def _of_business(side: Side) -> str:
    n = len(side.lines)
    figures = "the figure" if n == 1 else f"all {n} figures"
    match side.state:
        case "met":
            return (
                f"The business has its result: {figures} of the business reached what was sealed."
            )
        case "short":
            first = side.of("short")[0]
            return (
                f"The business result is not there: {len(side.of('short'))} of {n} figures "
                f"of the business fell short: {_told(first)}."
            )
        case _:
            open_ = side.of("unknown")
            if not open_:
                return "No figure of the business was named."
            return (
                f"Whether the business has its result is not known yet: {len(open_)} of {n} "
                f"figures of the business are open: {_told(open_[0])}."
            )


def _told(line: Line) -> str:
    """Return a line with its figure: 'cost per invoice is 2.20 EUR, agreed was at most 2 EUR'."""
    criterion, found = line.criterion, line.finding.evidence
    if found is None or found.unit == "flag":
        # Its title says already which KPI it is of.
        reason = line.finding.reason.removeprefix(f"{criterion.subject}: ")
        return f"“{criterion.title}”: {reason.partition('. ')[0].rstrip('.')}"
    kpi = criterion.subject.get("kpi")
    if kpi is None:
        return f"“{criterion.title}” was asked, and it is {spanned_figure(found)}"
    bound = "at least" if criterion.comparison == ">=" else "at most"
    agreed = f"{bound} {figure(criterion.threshold, found.unit)}"
    return f"{kpi.replace('-', ' ')} is {spanned_figure(found)}, agreed was {agreed}"
