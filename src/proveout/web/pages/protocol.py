"""What to do when an answer is doubtful or wrong, to be followed at once (R501, R504, R904)."""

from __future__ import annotations

from pydantic import BaseModel

from proveout.charter.schema.gateway import Gateway
from proveout.web.asked import Asked, Nothing, Page
from proveout.web.permissions import Permission


class Contact(BaseModel):
    """Somebody to be asked."""

    name: str
    role: str
    reached: str
    """E-mail or whatever the charter gives; may be empty."""


class ProtocolPage(BaseModel):
    """The exception protocol."""

    pilot: str
    is_agreed: bool
    goes_to: str
    due_hours: float | None
    channel: str | None
    steps: list[str]
    escalates_to: str | None
    escalates_after_hours: float | None
    contact: str | None
    """Whom to ask when one disagrees."""
    will_do: list[str]
    will_not_do: list[str]
    switch_off: str | None
    falls_back_to: str | None
    within_minutes: float | None
    decided_by: str | None
    fallback: str | None
    """What an answer is while it is down."""
    people: list[Contact]
    has_gateway: bool


def protocol(asked: Asked, _: Nothing) -> ProtocolPage:
    """Show what to do, step by step."""
    book, charter = asked.book, asked.book.charter
    agreed, rollback, gateway = charter.governance.exceptions, charter.rollback, charter.gateway
    return ProtocolPage(
        pilot=book.pilot,
        is_agreed=agreed is not None,
        goes_to="" if agreed is None else agreed.goes_to,
        due_hours=None if agreed is None else agreed.due_hours,
        channel=None if agreed is None else agreed.channel,
        steps=[] if agreed is None else list(agreed.steps),
        escalates_to=None if agreed is None else agreed.escalates_to,
        escalates_after_hours=None if agreed is None else agreed.escalates_after_hours,
        contact=charter.change.contact,
        will_do=list(charter.change.will_do),
        will_not_do=list(charter.change.will_not_do),
        switch_off=None if rollback is None else rollback.procedure,
        falls_back_to=None if rollback is None else rollback.to,
        within_minutes=None if rollback is None else rollback.within_minutes,
        decided_by=None if rollback is None else rollback.decided_by,
        fallback=_fallback(gateway),
        people=_people(asked),
        has_gateway=gateway is not None,
    )


def _fallback(gateway: Gateway | None) -> str | None:
    return None if gateway is None or gateway.fallback is None else gateway.fallback.manual


def _people(asked: Asked) -> list[Contact]:
    people = asked.book.charter.people
    named = (
        ("Reviewer", people.reviewer),
        ("Production owner", people.production_owner),
        *(("Engineer", each) for each in people.engineers[:3]),
        ("Executive sponsor", people.executive_sponsor),
    )
    return [
        Contact(name=person.name, role=role, reached=person.email or person.role or "")
        for role, person in named
        if person is not None
    ]


PAGES = (
    Page(
        path="/pilots/{pilot}/protocol", title="When an answer is wrong",
        template="protocol.html.j2", needs=Permission.see, view=protocol, shows=ProtocolPage,
    ),
)  # fmt: skip
