"""Who acts: the charter's people by role."""

from __future__ import annotations

from proveout.charter.schema import Charter, Person
from proveout.evidence.model import Subject
from proveout.gate.model import Role

NOBODY = "nobody named"


def owner(role: Role, subject: Subject, charter: Charter) -> str:
    """Return 'Maria Alvarez (production owner)', or who is not named: 'nobody named (…)'."""
    name = _data_owner(subject, charter) if role == "data owner" else _person(role, charter)
    return f"{name or NOBODY} ({role})"


def _person(role: Role, charter: Charter) -> str | None:
    people = charter.people
    engineer = people.engineers[0] if people.engineers else None
    acts = None if charter.monitoring is None else charter.monitoring.acts
    named: dict[Role, Person | None] = {
        "production owner": people.production_owner,
        "executive sponsor": people.executive_sponsor,
        "project owner": people.project_owner,
        "reviewer": people.reviewer,
        "engineer": engineer,
        "acts on alarms": acts or people.reviewer or people.production_owner,
    }
    if role == "legal":
        return next((question.asked_of for question in charter.legal if question.asked_of), None)
    person = named.get(role)
    return None if person is None else person.name


def _data_owner(subject: Subject, charter: Charter) -> str | None:
    """Return who answers for the source; for several sources, all who do."""
    wanted = subject.get("source")
    by_source = {person.source: person.name for person in charter.people.data_owners}
    for source in charter.data.production:
        if source.name is not None and source.owner is not None:
            by_source.setdefault(source.name, source.owner)
    if wanted is not None and wanted != "*":
        only = charter.data.production[0] if len(charter.data.production) == 1 else None
        return by_source.get(wanted) or (only.owner if only is not None else None)
    owners = [
        by_source.get(source.name or "") or source.owner for source in charter.data.production
    ]
    return ", ".join(dict.fromkeys(name for name in owners if name)) or None
