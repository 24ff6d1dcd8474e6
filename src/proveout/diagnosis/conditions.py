"""What must be shown to be so before a next pilot, by cause of failure (R1002).

Where a figure or a part of the charter can show it, the condition names it; the gate `design` of
the next pilot asks for it. What only a person can show is attested by name, with what shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from proveout.charter.schema import Charter
from proveout.diagnosis.failures import Failure, named
from proveout.evidence.model import WHOLE, Scope, Subject

MET: Final = "diagnosis.condition_met"
"""Metric of a condition that the charter shows or a person attests."""

Role = Literal[
    "production owner", "executive sponsor", "project owner", "data owner", "engineer", "legal",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that must be shown before the next pilot begins."""

    failure: Failure
    part: str
    """Its name within the cause; stable."""
    text: str
    """What must be so, in a sentence."""
    fix: str
    """What to do, as an instruction."""
    role: Role
    metric: str = MET
    """What shows it; with its own metric, the charter or a person does."""
    subject: Subject = WHOLE
    comparison: Literal[">=", "<="] = ">="
    threshold: float = 1
    scope: Scope | None = None
    is_measured: bool = False
    """Whether only a measurement shows it."""

    @property
    def id(self) -> str:
        """Return its name among all conditions."""
        return f"{named(self.failure).short}-{self.part}"

    @property
    def takes_word(self) -> bool:
        """Whether a named person may show it: not what is measured, nor whose own word it is."""
        return not self.is_measured and self.metric not in _OWN_WORD

    @property
    def attested_as(self) -> Subject:
        """Return what somebody who shows that it is met attests it under."""
        return Subject.of(failure=self.failure, part=self.part)


_OWN_WORD: Final = frozenset({
    "governance.signoff", "governance.legal_signed", "people.represented",
})  # fmt: skip
"""What only those who are asked can say, each for himself; nobody says it for them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether a charter shows that a condition is met, and the sentence for it."""

    is_met: bool
    told: str


def _declared(
    failure: Failure, part: str, text: str, fix: str, role: Role, *, name: str | None = None
) -> Condition:
    return Condition(
        failure=failure, part=name or part, text=text, fix=fix, role=role,
        metric="governance.declared", subject=Subject.of(part=part),
    )  # fmt: skip


_OWNER: Final[Role] = "production owner"
_PROJECT: Final[Role] = "project owner"

CONDITIONS: Final[tuple[Condition, ...]] = (
    _declared(
        "experiment-framing", "kpi-thresholds",
        "The business result it has to reach is written down, with a figure that decides",
        "Agree on kpis[].threshold with the business, before there are results.",
        _OWNER, name="result",
    ),
    _declared(
        "experiment-framing", "production-design",
        "It is designed from the start how it will run in everyday work",
        "Say in production_design who maintains, monitors, updates the data and is accountable.",
        _PROJECT,
    ),
    _declared(
        "experiment-framing", "integration",
        "It is said to which tools of every day it connects",
        "Say in integration.connects_to where people will meet it.",
        _PROJECT,
    ),
    _declared(
        "experiment-framing", "milestones",
        "There are days on which the production owner decides whether to go on",
        "Set milestones; name the production owner among attended_by.",
        _OWNER,
    ),
    _declared(
        "experiment-framing", "handoff",
        "The team that will run it is named",
        "Name in governance.handoff.to who takes over, and let them take part from now on.",
        _OWNER,
    ),
    Condition(
        failure="data-gap", part="production-read",
        text="Every source of production has been read and audited",
        fix="Name the real sources under data.production and run: proveout check readiness.",
        role="data owner", metric="readiness.rows", subject=Subject.of(source="*"),
        scope="production", is_measured=True,
    ),
    Condition(
        failure="data-gap", part="completeness",
        text="What the system needs is there in 95 of 100 production records, in every source",
        fix="Fill the field at its source, or design the system so that it does not need it.",
        role="data owner", metric="readiness.required_completeness",
        subject=Subject.of(source="*", column="*"), threshold=0.95, scope="production",
        is_measured=True,
    ),
    _declared(
        "data-gap", "data-owners",
        "Every source of production has an owner",
        "Name them in people.data_owners or at the source.",
        _PROJECT,
    ),
    Condition(
        failure="data-gap", part="like-production",
        text="It is tried on production data, or on a sample that lacks at most one kind in ten",
        fix="Draw the sample from production: proveout sample; name it as data.pilot, or leave "
        "data.pilot out and try it on production data.",
        role="data owner", metric="readiness.outside_pilot", comparison="<=", threshold=0.10,
    ),
    _declared(
        "no-governance-bridge", "distinct-owner",
        "Somebody in the business owns the result who is not the project's leader",
        "Name another person in people.production_owner.",
        "executive sponsor", name="owner",
    ),
    Condition(
        failure="no-governance-bridge", part="owner-signed",
        text="That owner has signed for it by name",
        fix="Have the production owner sign: proveout attest governance.signoff yes --subject "
        "role=production-owner --who NAME --note WHERE, or on the page People.",
        role=_OWNER, metric="governance.signoff", subject=Subject.of(role="production-owner"),
    ),
    _declared(
        "no-governance-bridge", "exception-protocol",
        "It is settled where a wrong or doubtful answer goes, and by when",
        "Write governance.exceptions: goes_to, due_hours.",
        _OWNER, name="exceptions",
    ),
    _declared(
        "no-governance-bridge", "output-audit",
        "It is settled who audits its answers, and how",
        "Write governance.output_audit: how, share, done_by.",
        _OWNER,
    ),
    _declared(
        "no-governance-bridge", "reviews",
        "Regular reviews are set, with who attends them",
        "Write governance.reviews: every_days, attended_by.",
        _OWNER,
    ),
    Condition(
        failure="no-governance-bridge", part="legal-signed",
        text="Legal and compliance have answered their questions and signed",
        fix="Have the answers under legal signed, or on the page Legal.",
        role="legal", metric="governance.legal_signed",
    ),
    _declared(
        "no-change-management", "roles-affected",
        "For every role it is said what changes and why, and who spoke for it",
        "Write change.roles with what_changes, why and representative.",
        _OWNER, name="roles",
    ),
    Condition(
        failure="no-change-management", part="represented",
        text="Those who speak for the roles confirm that they were heard",
        fix="Have each representative confirm it on the page People.",
        role=_OWNER, metric="people.represented",
    ),
    _declared(
        "no-change-management", "training",
        "Training on cases of their own work is planned for those who will use it",
        "Write change.training: who, scenarios, by, invited.",
        _OWNER,
    ),
    _declared(
        "no-change-management", "will-and-will-not",
        "It is told what it will do and what it will not",
        "Write change.will_do and change.will_not_do.",
        _OWNER, name="told",
    ),
    _declared(
        "no-change-management", "incentives",
        "It is known which rules reward the old way, and who changes them",
        "Write change.incentives with changed_by for each that rewards the old way.",
        "executive sponsor",
    ),
    Condition(
        failure="no-change-management", part="not-volunteers",
        text="Those who take part in it are not volunteers alone",
        fix="Draw those who take part, or take everybody: change.participants.chosen.",
        role=_PROJECT, metric="people.volunteers", comparison="<=", threshold=0,
    ),
    _declared(
        "wrong-metrics", "kpi-baselines",
        "Every KPI has a baseline of the process as it is today",
        "Measure the process and give kpis[].baseline with value and source.",
        _OWNER, name="baselines",
    ),
    _declared(
        "wrong-metrics", "kpi-thresholds",
        "Every KPI has a threshold that was agreed beforehand",
        "Agree with the business on kpis[].threshold.",
        _OWNER, name="thresholds",
    ),
    Condition(
        failure="wrong-metrics", part="measured",
        text="It is said for every KPI from which records it is taken",
        fix="Write kpis[].measured and value.records, so that it can be measured.",
        role=_OWNER,
    ),
    Condition(
        failure="wrong-metrics", part="stands-for-it",
        text="Those who need the result agree that the KPIs stand for it",
        fix="Ask them, and say where: proveout diagnose --met metrics-stands-for-it.",
        role=_OWNER,
    ),
    Condition(
        failure="cost-latency", part="budget-at-size",
        text="The load at full size and a budget for it are agreed",
        fix="Write load and budget for the number of users it is meant for.",
        role=_PROJECT,
    ),
    _declared(
        "maintenance", "refresh-cadence",
        "It is settled who updates it, and how often",
        "Write governance.refresh: every_days, done_by.",
        _OWNER, name="refresh",
    ),
    _declared(
        "maintenance", "handoff",
        "The team that will keep it up is named",
        "Name it in governance.handoff.to.",
        _OWNER,
    ),
    Condition(
        failure="technology", part="can-do-it",
        text="A trial on real cases has shown that the task can be done at all",
        fix="Say which trial shows it: proveout diagnose --met technology-can-do-it.",
        role="engineer",
    ),
)  # fmt: skip

BY_CONDITION: Final[Mapping[str, Condition]] = {each.id: each for each in CONDITIONS}


def condition_about(subject: Subject) -> Condition | None:
    """Return the condition that somebody attests under this subject."""
    return next((each for each in CONDITIONS if each.attested_as == subject), None)


def conditions_of(failures: Iterable[str]) -> tuple[Condition, ...]:
    """Return what must be shown after some causes, in the order of the list."""
    wanted = set(failures)
    return tuple(each for each in CONDITIONS if each.failure in wanted)


def shown_by_charter(condition: str, charter: Charter) -> Shown | None:
    """Tell whether the charter itself shows a condition; None where it cannot."""
    match condition:
        case "data-like-production":
            return _like_production(charter)
        case "metrics-measured":
            return _measured(charter)
        case "cost-budget-at-size":
            missing = [name for name in ("load", "budget") if getattr(charter, name) is None]
            told = f"the charter has no {' and no '.join(missing)}"
            return Shown(not missing, told if missing else "the charter has both")
        case _:
            return None


def _like_production(charter: Charter) -> Shown | None:
    """A curated sample is shown to be like production by what is found in it, not by the charter.

    Whoever tries it on production data alone needs no sample.
    """
    if not charter.data.production:
        return Shown(False, "data.production names no source")
    if not charter.data.pilot:
        return Shown(True, "there is no curated sample; it is tried on data.production")
    return None


def _measured(charter: Charter) -> Shown:
    if not charter.kpis:
        return Shown(False, "the charter has no KPI")
    records = charter.value is not None and charter.value.records is not None
    lacking = [
        kpi.name
        for kpi in charter.kpis
        if kpi.measured is None or (kpi.measured.source is None and not records)
    ]
    told = f"nothing says from which records {', '.join(lacking)} is taken"
    return Shown(not lacking, told if lacking else "every KPI says from which records it is taken")
