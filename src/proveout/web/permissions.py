"""Who may do what: the one table. docs/dashboard.md shows it, a test walks every route with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from proveout.charter.schema import Charter, Person
from proveout.charter.sealing.signing import folded


class Role(StrEnum):
    """What somebody is: in the company (the first two), or in a pilot."""

    administrator = "administrator"
    auditor = "auditor"
    owner = "production owner"
    sponsor = "executive sponsor"
    project_owner = "project owner"
    reviewer = "reviewer"
    engineer = "engineer"
    data_owner = "data owner"
    legal = "legal"
    user = "user"


class Permission(StrEnum):
    """What may be done. The first three need no pilot; `anybody` needs no account."""

    anybody = "come in and be told where to sign in"
    signed_in = "see one's own tasks, settings and tokens"
    administer = "manage accounts, roles and the dashboard"
    see_all = "see the portfolio, inventory and calendar"
    see = "see a pilot's verdict, charter, evidence and people"
    seal = "seal the charter, and amend it in the open"
    waive = "let a criterion pass until a day, for a reason"
    assess = "run checks"
    sign = "sign off in one's own role"
    accept_handoff = "accept or refuse ownership for the receiving team"
    review = "plan and hold reviews, and write their notes"
    prepare = "manage roles, training, incentives and the inventory"
    train = "take a training, and confirm what changes for oneself"
    say = "give feedback, disagree, and answer the pulse survey"
    answer = "triage and answer feedback"
    resolve = "work on the exception queue"
    lead = "note what leadership did, obstacles and spending"
    audit = "see the audit trail, and export it"
    diagnose = "record why a pilot failed, which binds the next one"


_R = Role
_EVERYBODY_IN_PILOT = frozenset(Role) - {_R.administrator}
_RESPONSIBLE = frozenset({_R.owner, _R.sponsor, _R.project_owner})

ALLOWED: Mapping[Permission, frozenset[Role]] = {
    Permission.administer: frozenset({_R.administrator}),
    Permission.see_all: frozenset(Role) - {_R.user},
    Permission.see: _EVERYBODY_IN_PILOT | {_R.administrator},
    Permission.seal: frozenset({_R.owner, _R.project_owner}),
    Permission.waive: frozenset({_R.owner, _R.sponsor}),
    Permission.assess: frozenset({_R.engineer, _R.project_owner, _R.owner}),
    Permission.sign: frozenset({_R.owner, _R.sponsor, _R.reviewer, _R.data_owner, _R.legal}),
    Permission.accept_handoff: frozenset({_R.owner, _R.engineer}),
    Permission.review: _RESPONSIBLE | {_R.reviewer},
    Permission.prepare: _RESPONSIBLE,
    Permission.train: _EVERYBODY_IN_PILOT - {_R.auditor},
    Permission.say: _EVERYBODY_IN_PILOT - {_R.auditor},
    Permission.answer: _RESPONSIBLE | {_R.reviewer, _R.engineer},
    Permission.resolve: frozenset({_R.reviewer, _R.owner, _R.engineer}),
    Permission.lead: _RESPONSIBLE,
    Permission.diagnose: _RESPONSIBLE | {_R.reviewer},
    Permission.audit: frozenset({_R.auditor, _R.administrator, _R.legal}) | _RESPONSIBLE,
}
"""By permission: in which roles. `anybody` and `signed_in` need none."""

NEEDS_NO_PILOT = frozenset(
    {Permission.anybody, Permission.signed_in, Permission.administer, Permission.see_all}
)
"""Held by whoever has the role anywhere."""


def may(roles: frozenset[Role], permission: Permission) -> bool:
    """Tell whether one of the roles is enough."""
    if permission in (Permission.anybody, Permission.signed_in):
        return True
    return not roles.isdisjoint(ALLOWED[permission])


def roles_by_name(person: str | None, charter: Charter) -> frozenset[Role]:
    """Return the roles that a charter gives to a person by name; legal is whoever is asked."""
    if person is None:
        return frozenset()
    name = folded(person)
    return frozenset(role for role, who in _named(charter) if folded(who) == name)


def names_in(charter: Charter) -> frozenset[str]:
    """Return the people to whom a charter gives a role."""
    return frozenset(who.strip() for _, who in _named(charter) if who.strip())


def expected_in(charter: Charter) -> frozenset[str]:
    """Return everybody whom a charter names for something, with a role or without.

    Who attends a review or changes a rule has tasks under that name, so an account must be able to
    bear it.
    """
    governance = charter.governance
    handled, reviews, audited = governance.exceptions, governance.reviews, governance.output_audit
    named: list[str | None] = [
        *(() if handled is None else (handled.goes_to, handled.escalates_to)),
        *(() if reviews is None else reviews.attended_by),
        *(() if audited is None else (audited.done_by,)),
        *(name for each in governance.inventory for name in (each.owner, each.monitored_by)),
        *(name for each in charter.milestones for name in each.attended_by),
        *(each.changed_by for each in charter.change.incentives),
    ]
    return names_in(charter) | {who.strip() for who in named if who and who.strip()}


def _named(charter: Charter) -> list[tuple[Role, str]]:
    people = charter.people
    holders: list[tuple[Role, Person | None]] = [
        (_R.owner, people.production_owner),
        (_R.sponsor, people.executive_sponsor),
        (_R.project_owner, people.project_owner),
        (_R.reviewer, people.reviewer),
        *((_R.engineer, each) for each in people.engineers),
        *((_R.data_owner, each) for each in people.data_owners),
    ]
    named: list[tuple[Role, str | None]] = [
        *((role, None if holder is None else holder.name) for role, holder in holders),
        *((_R.data_owner, each.owner) for each in charter.data.production),
        *((_R.legal, each.asked_of) for each in charter.legal),
        *((_R.legal, each.signed.who) for each in charter.legal if each.signed is not None),
        *((_R.user, each.representative) for each in charter.change.roles),
    ]
    return [(role, who) for role, who in named if who]


def table() -> str:
    """Return who may do what, as the table in docs/dashboard.md."""
    roles = [role for role in Role if any(role in allowed for allowed in ALLOWED.values())]
    head = f"| | {' | '.join(role.value for role in roles)} |"
    lines = [
        f"| {permission.value} | "
        + " | ".join("yes" if may(frozenset({role}), permission) else "" for role in roles)
        + " |"
        for permission in Permission
    ]
    return "\n".join([head, f"| --- |{' --- |' * len(roles)}", *lines])
