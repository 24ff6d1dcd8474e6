"""Do people use it: the funnel, each team, lines by week beside accuracy, and what to expect."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field

from proveout.charter.schema import Charter
from proveout.charter.schema.adoption import DASHBOARD
from proveout.desk.usage import Kept, kept_usage
from proveout.evidence.figures import figure, full_figure, span, spanned_figure
from proveout.evidence.model import WHOLE, Evidence, Interval
from proveout.evidence.outcome import NotMeasured
from proveout.web.asked import Asked, Nothing, Page
from proveout.web.pages.adoption_drawing import drawn, panels
from proveout.web.pages.taking_in import Came, came
from proveout.web.permissions import Permission

CHECK = "adoption"
WEEK = timedelta(days=7)
MOST_GROUPS = 50
"""Teams and roles shown; the others are in the evidence."""

_FIGURES = (
    ("abandoned_share", "Uses that were broken off"),
    ("override_rate", "Answers that were overruled"),
    ("old_way_share", "Cases still done the old way"),
    ("requests_per_user", "Uses of a person in a week"),
    ("first_value_days", "Days until half have got something out of it"),
    ("use_change", "Use, against the window before"),
)
_STEPS = (
    ("eligible", "Eligible", "could use it in the window"),
    ("activated", "Activated", "have got something out of it, ever"),
    ("active", "Active", "used it in the window"),
    ("retained", "Retained", "used it in the window before too"),
)


class Step(BaseModel):
    """One step of the funnel."""

    name: str
    what: str
    people: int
    of_eligible: float | None


class Figure(BaseModel):
    """One figure, or why it is not known."""

    metric: str
    label: str
    value: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    says: str
    """In words, with its interval; or why it could not be told."""
    next_step: str = ""
    evidence: str | None = None
    """Its id."""


class Group(BaseModel):
    """A team, a role, or how people came to it."""

    kind: str
    """'team', 'role' or 'volunteer'."""
    name: str
    eligible: int | None
    active: int
    activated: int
    retained: int
    never_began: int | None
    """People who never used it: a number, never names."""
    stopped: int
    active_share: float | None
    weeks: list[tuple[datetime, int]] = []
    """People who used it, week by week."""


class Week(BaseModel):
    """Seven days that end with the window, or before it."""

    begins: datetime
    uses: int
    people: int
    overruled: int
    outcome_known: int
    abandoned: int
    old_way: int


class Correct(BaseModel):
    """How well it answered, by one assessment or window."""

    at: datetime
    value: float
    low: float | None
    high: float | None
    n: int


class Prediction(BaseModel):
    """What is to be expected of those who did not come forward."""

    says: str
    is_known: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reasons: list[str] = []
    next_step: str = ""


class Definition(BaseModel):
    """How a figure is computed."""

    metric: str
    meaning: str
    computed: str


class Held(BaseModel):
    """The usage that the dashboard holds."""

    events: int
    first_at: datetime | None
    last_at: datetime | None
    imports: list[Came]
    is_used: bool
    """Whether the charter reads it: adoption.usage: dashboard."""


class Panel(BaseModel):
    """One drawing of several on one axis of time."""

    title: str
    labels: list[str]


class AdoptionPage(BaseModel):
    """Whether people use it."""

    is_simulated: bool
    """A simulated system answered, so that this is a rehearsal."""
    measured_at: datetime | None
    of: str
    """'pilot' or 'production'; empty where nothing was measured."""
    begins: datetime | None
    ends: datetime | None
    summary: str
    steps: list[Step]
    figures: list[Figure]
    groups: list[Group]
    n_groups: int
    too_few: list[str]
    """Groups that are too small to be told apart."""
    weeks: list[Week]
    quality_metric: str
    quality_unit: str
    quality: list[Correct]
    prediction: Prediction | None
    definitions: list[Definition]
    held: Held
    panels: list[Panel] = Field(default_factory=list, exclude=True)
    drawings: dict[str, str] = Field(default_factory=dict, exclude=True)
    """SVG of what stands above in figures."""


def adoption(asked: Asked, _: Nothing) -> AdoptionPage:
    """Show who uses it, how that changes, and what to expect of the others."""
    found, missing, measured_at = _last(asked)
    by_name = {(each.metric.partition(".")[2], each.subject): each for each in found}
    active = by_name.get(("active_share", WHOLE))
    often = by_name.get(("requests_per_user", WHOLE))
    some = active or often or next(iter(found), None)
    details: Mapping[str, Any] = {} if some is None else some.details
    ends = _moment(details.get("ends"))
    weeks = weeks_of(often, ends)
    groups, too_few = _groups(found, missing, ends)
    metric, quality = _quality(asked)
    shown = AdoptionPage(
        is_simulated=any(each.basis == "simulated" for each in found),
        measured_at=measured_at,
        of="" if some is None else some.scope,
        begins=_moment(details.get("begins")),
        ends=ends,
        summary=_summary(active, missing, asked.book.charter),
        steps=_steps(active),
        figures=[_figure(name, label, by_name, missing) for name, label in _FIGURES],
        groups=groups[:MOST_GROUPS],
        n_groups=len(groups),
        too_few=too_few,
        weeks=weeks,
        quality_metric=metric,
        quality_unit=asked.parts.registry.catalogue[metric].unit,
        quality=quality,
        prediction=_prediction(by_name, missing),
        definitions=_definitions(asked),
        held=_held(asked),
    )
    shown.panels = [
        Panel(title=each.title, labels=[line.label for line in each.lines])
        for each in panels(shown)
    ]
    shown.drawings = drawn(shown)
    return shown


def _last(asked: Asked) -> tuple[list[Evidence], list[NotMeasured], datetime | None]:
    """Return what the check found when it last came to its end, and what it could not tell."""
    last = asked.parts.library.last_run(asked.book, CHECK)
    if last is None:
        return [], [], None
    outcome, after = last
    ledger: Any = asked.book.ledger
    found = _of_run(ledger, asked.book.pilot, outcome.run, after)
    return list(found), list(outcome.not_measured), outcome.ended_at or outcome.started_at


@lru_cache(maxsize=256)
def _of_run(ledger: Any, pilot: str, run: str, after: int) -> tuple[Evidence, ...]:
    """Read what a run found that has ended: it never changes any more."""
    entries = ledger.evidence(pilot, runs=(run,), after=after)
    found = [Evidence.from_dict(entry.body) for entry in entries]
    return tuple(each for each in found if each.run == run and each.check.name == CHECK)


def _summary(active: Evidence | None, missing: Sequence[NotMeasured], charter: Charter) -> str:
    if active is not None:
        return str(active.details.get("told") or _plain(active))
    why = _why("active_share", missing)
    if why is not None:
        return f"How many use it is not known: {why.reason}."
    if charter.adoption is None or charter.adoption.usage is None:
        return (
            "Nothing was measured yet. In production a monitor tells it from the log. Before, say "
            "in the charter who it is made for and where its use is recorded (adoption), and run "
            "an assessment."
        )
    return "Nothing was measured yet. Run an assessment: it counts what the charter names."


def _plain(active: Evidence) -> str:
    told = active.details
    people = told.get("people", active.n)
    return f"{told.get('active', 0):,} of the {people:,} people it was made for use it."


def _steps(active: Evidence | None) -> list[Step]:
    if active is None or "activated" not in active.details:
        return []
    counts = active.details
    eligible = counts.get("eligible")
    return [
        Step(
            name=name,
            what=what,
            people=int(counts[key]),
            of_eligible=min(1.0, counts[key] / eligible) if eligible else None,
        )
        for key, name, what in _STEPS
        if counts.get(key) is not None
    ]


def _figure(
    name: str, label: str, found: Mapping[Any, Evidence], missing: Sequence[NotMeasured]
) -> Figure:
    metric = f"adoption.{name}"
    evidence = found.get((name, WHOLE))
    if evidence is None:
        why = _why(name, missing)
        return Figure(
            metric=metric,
            label=label,
            says="not measured yet" if why is None else f"not known: {why.reason}",
            next_step="" if why is None else why.next_step,
        )
    interval = evidence.interval
    return Figure(
        metric=metric,
        label=label,
        value=evidence.value,
        unit=evidence.unit,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        n=evidence.n,
        says=full_figure(evidence),
        evidence=evidence.id,
    )


def _why(name: str, missing: Sequence[NotMeasured]) -> NotMeasured | None:
    return next(
        (each for each in missing if each.metric == f"adoption.{name}" and each.subject == WHOLE),
        None,
    )


def _groups(
    found: Sequence[Evidence], missing: Sequence[NotMeasured], ends: datetime | None
) -> tuple[list[Group], list[str]]:
    lines = {
        each.subject.get("group"): each.details.get("weeks", [])
        for each in found
        if each.metric == "adoption.requests_per_user"
    }
    groups = []
    for each in found:
        if each.metric != "adoption.active_share" or each.subject == WHOLE:
            continue
        dimension, name = each.subject.parts[0]
        counts = each.details
        groups.append(
            Group(
                kind="team" if dimension == "group" else dimension,
                name=name,
                eligible=counts.get("eligible", counts.get("people", each.n)),
                active=counts.get("active", 0),
                activated=counts.get("activated", 0),
                retained=counts.get("retained", 0),
                never_began=counts.get("never_began"),
                stopped=counts.get("stopped", 0),
                active_share=each.value,
                weeks=_people_by_week(lines.get(name, []), ends) if dimension == "group" else [],
            )
        )
    order = {"team": 0, "role": 1, "volunteer": 2}
    groups.sort(key=lambda group: (order[group.kind], group.active_share or 0.0, group.name))
    too_few = [
        str(each.subject).replace("group=", "team ").replace("=", " ")
        for each in missing
        if each.metric == "adoption.active_share" and each.subject != WHOLE
        and each.reason.startswith("these are ")
    ]  # fmt: skip
    return groups, too_few


def _people_by_week(
    rows: Iterable[Sequence[int]], ends: datetime | None
) -> list[tuple[datetime, int]]:
    return [] if ends is None else [(ends + WEEK * row[0], row[2]) for row in rows]


def weeks_of(often: Evidence | None, ends: datetime | None) -> list[Week]:
    """Return each week from the first one on; one without any use too."""
    if often is None:
        return []
    ends = ends or _window_ends(often)
    rows = {row[0]: row for row in often.details.get("weeks", ())}
    if not rows or ends is None:
        return []
    return [
        Week(
            begins=ends + WEEK * week,
            uses=row[1], people=row[2], overruled=row[3], outcome_known=row[4],
            abandoned=row[5], old_way=row[6],
        )
        for week in range(min(rows), 0)
        for row in (rows.get(week, [week, 0, 0, 0, 0, 0, 0]),)
    ]  # fmt: skip


def _window_ends(found: Evidence) -> datetime | None:
    return _moment(found.inputs.get("window", "").partition("/")[2] or None)


def _quality(asked: Asked) -> tuple[str, list[Correct]]:
    """Return the history of the metric that was agreed on, of accuracy where none was."""
    agreed = (each.metric for each in asked.book.charter.acceptance)
    metric = next((each for each in agreed if each.startswith("quality.")), "quality.accuracy")
    ledger: Any = asked.book.ledger
    told = HISTORIES.of(ledger, asked.book.pilot, metric, asked.book.last_seq)
    return metric, [
        Correct(
            at=each.observed_at,
            value=each.value,
            low=None if each.interval is None else each.interval.low,
            high=None if each.interval is None else each.interval.high,
            n=each.n,
        )
        for each in told
        if not each.subject.parts and each.scope == "production"
    ]


class _Histories:
    """All that was found of some metrics: read once, and then only what is new."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Any, str, str], tuple[int, tuple[Evidence, ...]]]
        self._kept = OrderedDict()
        self._lock = threading.Lock()

    def of(self, ledger: Any, pilot: str, metric: str, until: int) -> tuple[Evidence, ...]:
        """Return those of one pilot up to a position of its ledger."""
        about = ledger, pilot, metric
        with self._lock:
            after, told = self._kept.get(about, (0, ()))
        if until > after:
            entries = ledger.evidence(pilot, metrics=(metric,), after=after, until=until)
            new = [
                Evidence.from_dict(entry.body)
                for entry in entries
                if entry.body["metric"] == metric
            ]
            told = (*told, *new)
            with self._lock:
                self._kept[about] = until, told
                self._kept.move_to_end(about)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return told


HISTORIES = _Histories()


def _prediction(found: Mapping[Any, Evidence], missing: Sequence[NotMeasured]) -> Prediction | None:
    evidence = found.get(("predicted_reject_rate", WHOLE))
    if evidence is None:
        why = _why("predicted_reject_rate", missing)
        if why is None:
            return None
        said = why.reason[0].upper() + why.reason[1:]
        return Prediction(says=f"{said}.", is_known=False, next_step=why.next_step)
    details, interval = evidence.details, evidence.interval
    return Prediction(
        says=f"{spanned_figure(evidence)} of those who did not come forward can be expected not to "
        "take it up.",
        is_known=True,
        value=evidence.value,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        reasons=list(_reasons(details)),
        next_step=""
        if "invite" not in details
        else f"Invite {details['invite']} more people who did not come forward: that tells it "
        "within ± 15 points.",
    )


def _reasons(details: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"{details['others']:,} people who did not come forward had it for the whole window; "
        f"{details['others_rejecting']:,} do not use it, {details['others_never_began']:,} of them "
        "never began."
    )
    if details["volunteers"]:
        value, low, high = details["difference"]
        around = Interval(low=low, high=high, level=0.95, method="newcombe")
        yield (
            f"Of {details['volunteers']:,} volunteers, {details['volunteers_rejecting']:,} do not "
            f"use it. The difference is {figure(value, 'fraction', around)} "
            f"({span(around, 'fraction')})."
        )
    if details["ahead"]:
        whom = "those of their own team" if details["by_team"] else "all of them together"
        yield (
            f"It is carried to {details['ahead']:,} people who have it ahead and are expected to "
            f"do as {whom}."
        )
    yield f"It rests on this: {details['rests_on']}."


def _definitions(asked: Asked) -> list[Definition]:
    catalogue = asked.parts.registry.catalogue
    return [
        Definition(metric=each.name, meaning=each.meaning, computed=each.computed)
        for each in catalogue
        if each.name.startswith("adoption.")
    ]


def _held(asked: Asked) -> Held:
    kept: Kept = kept_usage(asked.parts.desk, asked.book.pilot)
    said = asked.book.charter.adoption
    is_used = said is not None and said.usage is not None and said.usage.source.path == DASHBOARD
    return Held(
        events=kept.n,
        first_at=kept.first_at,
        last_at=kept.last_at,
        is_used=is_used,
        imports=came(kept),
    )


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


PAGES = (
    Page(
        path="/pilots/{pilot}/adoption",
        title="Adoption",
        template="adoption.html.j2",
        needs=Permission.see,
        view=adoption,
        shows=AdoptionPage,
    ),
)
