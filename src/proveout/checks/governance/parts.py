"""What each part of the charter must hold to count as declared: one function per part.

A function returns what is missing, in the charter's own names; nothing missing means declared.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from proveout.charter.schema import Charter

Missing = list[str]


def _given(**values: Any) -> Missing:
    """Return the dotted paths (written with '__' for '.') whose value is empty."""
    return [path.replace("__", ".") for path, value in values.items() if not value]


def _outcome(charter: Charter) -> Missing:
    return _given(outcome=charter.outcome)


def _kpis(charter: Charter) -> Missing:
    return _given(kpis=charter.kpis)


def _kpi_baselines(charter: Charter) -> Missing:
    return _kpis(charter) or [
        f"kpis[{kpi.name}].baseline" for kpi in charter.kpis if kpi.baseline is None
    ]


def _kpi_thresholds(charter: Charter) -> Missing:
    return _kpis(charter) or [
        f"kpis[{kpi.name}].threshold" for kpi in charter.kpis if kpi.threshold is None
    ]


def _production_owner(charter: Charter) -> Missing:
    return _given(people__production_owner=charter.people.production_owner)


def _executive_sponsor(charter: Charter) -> Missing:
    return _given(people__executive_sponsor=charter.people.executive_sponsor)


def _project_owner(charter: Charter) -> Missing:
    return _given(people__project_owner=charter.people.project_owner)


def _reviewer(charter: Charter) -> Missing:
    return _given(people__reviewer=charter.people.reviewer)


def _distinct_owner(charter: Charter) -> Missing:
    missing = _production_owner(charter) + _project_owner(charter)
    if missing:
        return missing
    people = (charter.people.production_owner, charter.people.project_owner)
    names = {_folded(person.name) for person in people if person is not None}
    emails = {_folded(person.email) for person in people if person and person.email}
    is_one = len(names) == 1 or (len(emails) == 1 and all(p and p.email for p in people))
    return ["a production owner who is not the project owner"] if is_one else []


def _folded(text: str) -> str:
    """Write a name as it is recognised: spaces, case and invisible characters do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def _process(charter: Charter) -> Missing:
    process = charter.process
    return _given(process=process) or _given(process__redesign=process and process.redesign)


def _integration(charter: Charter) -> Missing:
    return _given(integration=charter.integration)


def _rollback(charter: Charter) -> Missing:
    return _given(rollback=charter.rollback)


def _production_design(charter: Charter) -> Missing:
    design = charter.production_design
    return _given(production_design=design) or _given(
        production_design__maintainer=design and design.maintainer,
        production_design__monitoring=design and design.monitoring,
        production_design__data_updates=design and design.data_updates,
        production_design__accountable=design and design.accountable,
    )


def _assumptions(charter: Charter) -> Missing:
    """Each needs what would refute it: a statement alone can never turn out wrong."""
    return _given(assumptions=charter.assumptions) or [
        f"assumptions[{assumption.name}].metric"
        for assumption in charter.assumptions
        if assumption.metric is None
    ]


def _exception_protocol(charter: Charter) -> Missing:
    return _given(governance__exceptions=charter.governance.exceptions)


def _refresh_cadence(charter: Charter) -> Missing:
    return _given(governance__refresh=charter.governance.refresh)


def _reviews(charter: Charter) -> Missing:
    return _given(governance__reviews=charter.governance.reviews)


def _output_audit(charter: Charter) -> Missing:
    audit = charter.governance.output_audit
    return _given(governance__output_audit=audit) or _given(
        governance__output_audit__done_by=audit and audit.done_by
    )


def _handoff(charter: Charter) -> Missing:
    return _given(governance__handoff=charter.governance.handoff)


def _inventory(charter: Charter) -> Missing:
    return _given(governance__inventory=charter.governance.inventory)


def _legal(charter: Charter) -> Missing:
    return _given(legal=charter.legal)


def _milestones(charter: Charter) -> Missing:
    """A milestone counts when the production owner attends it (R113)."""
    missing = _given(milestones=charter.milestones)
    owner = charter.people.production_owner
    if missing or owner is None:
        return missing or _production_owner(charter)
    return [
        f"{owner.name} in milestones[{milestone.name}].attended_by"
        for milestone in charter.milestones
        if _folded(owner.name) not in map(_folded, milestone.attended_by)
    ]


def _predecessors(charter: Charter) -> Missing:
    """An empty list says that there were none; no list says nothing."""
    return ["predecessors"] if charter.predecessors is None else []


def _data_owners(charter: Charter) -> Missing:
    if not charter.data.production:
        return ["data.production"]
    known = {owner.source for owner in charter.people.data_owners}
    return [
        f"data.production[{source.name or source.path}].owner"
        for source in charter.data.production
        if source.role == "records" and source.owner is None and source.name not in known
    ]


def _roles_affected(charter: Charter) -> Missing:
    return _given(change__roles=charter.change.roles) or [
        f"change.roles[{role.role}].{name}"
        for role in charter.change.roles
        for name in ("why", "representative")
        if getattr(role, name) is None
    ]


def _training(charter: Charter) -> Missing:
    return _given(change__training=charter.change.training)


def _contact(charter: Charter) -> Missing:
    return _given(change__contact=charter.change.contact)


def _feedback(charter: Charter) -> Missing:
    return _given(change__feedback=charter.change.feedback)


def _incentives(charter: Charter) -> Missing:
    return _given(change__incentives=charter.change.incentives) or [
        f"change.incentives[{number}].changed_by"
        for number, incentive in enumerate(charter.change.incentives)
        if incentive.rewards == "old" and incentive.changed_by is None
    ]


def _participants(charter: Charter) -> Missing:
    participants = charter.change.participants
    return _given(change__participants=participants) or _given(
        change__participants__population=participants and participants.population
    )


def _leadership(charter: Charter) -> Missing:
    leadership = charter.change.leadership
    return _given(change__leadership=leadership) or _given(
        change__leadership__commitments=leadership and leadership.commitments,
        change__leadership__managers_equipped_by=leadership and leadership.managers_equipped_by,
    )


def _will_and_will_not(charter: Charter) -> Missing:
    return _given(
        change__will_do=charter.change.will_do, change__will_not_do=charter.change.will_not_do
    )


MISSING: Mapping[str, Callable[[Charter], Missing]] = {
    "outcome": _outcome,
    "kpis": _kpis,
    "kpi-baselines": _kpi_baselines,
    "kpi-thresholds": _kpi_thresholds,
    "production-owner": _production_owner,
    "executive-sponsor": _executive_sponsor,
    "distinct-owner": _distinct_owner,
    "project-owner": _project_owner,
    "reviewer": _reviewer,
    "process": _process,
    "integration": _integration,
    "rollback": _rollback,
    "production-design": _production_design,
    "assumptions": _assumptions,
    "exception-protocol": _exception_protocol,
    "refresh-cadence": _refresh_cadence,
    "reviews": _reviews,
    "output-audit": _output_audit,
    "handoff": _handoff,
    "inventory": _inventory,
    "legal": _legal,
    "milestones": _milestones,
    "predecessors": _predecessors,
    "data-owners": _data_owners,
    "roles-affected": _roles_affected,
    "training": _training,
    "contact": _contact,
    "feedback": _feedback,
    "incentives": _incentives,
    "participants": _participants,
    "leadership": _leadership,
    "will-and-will-not": _will_and_will_not,
}
