"""What governance asks of people: the seal, signatures, legal answers, the handoff. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from proveout.charter.sealing.signing import digest
from proveout.portfolio.tasks.ground import Ground
from proveout.portfolio.tasks.making import short, task
from proveout.portfolio.tasks.naming import holders
from proveout.portfolio.tasks.task import Task, same_person
from proveout.register.handoff import HANDOFF
from proveout.register.legal import LEGAL, questions
from proveout.register.signoffs import SIGNOFFS, Standing, standing

RENEW_AHEAD = timedelta(days=14)


def sealing(ground: Ground) -> Iterator[Task]:
    """Yield that the charter is to be sealed, for its owner or who leads the project."""
    book = ground.book
    people = book.charter.people
    owner = people.production_owner or people.project_owner
    if book.is_sealed or owner is None:
        return
    yield task(
        book, "seal", "charter", who=owner.name, role="production owner",
        what="Seal the charter",
        why="Until the standard is fixed, no result counts as a pass.",
        page="/charter", since=book.since,
    )  # fmt: skip


def signing(ground: Ground) -> Iterator[Task]:
    """Yield the signatures that are missing, and those for what has changed since."""
    book = ground.book
    if not book.is_sealed:
        return
    last = book.sealing.amendments[-1].at if book.sealing.amendments else None
    sealed_at = None if book.sealing.seal is None else book.sealing.seal.at
    for each in standing(book.register.of(SIGNOFFS), book.charter):
        is_old = each.state == "changed"
        spoken = each.role.replace("-", " ")
        shown = digest(each.role, book.charter)[-10:]
        for name in each.missing:
            yield task(
                book, "sign", f"{each.role}/{short(name)}/{shown}", who=name, role=spoken,
                what=f"Sign off again as {spoken}" if is_old else f"Sign off as {spoken}",
                why=(
                    "What was signed has changed since."
                    if is_old
                    else "The gate asks for a signature in this role."
                ),
                page="/signoffs",
                since=(last or sealed_at) if is_old else sealed_at,
            )  # fmt: skip
        yield from _renewals(ground, each)


def _renewals(ground: Ground, standing: Standing) -> Iterator[Task]:
    """Yield the signatures that end soon, because whoever gave them asked so."""
    for word in standing.words:
        if word.until is None or not word.is_given or word.who in standing.missing:
            continue
        if word.until - RENEW_AHEAD <= ground.now:
            spoken = standing.role.replace("-", " ")
            yield task(
                ground.book, "sign", f"{standing.role}/{short(word.who)}/{word.until:%Y%m%d}",
                who=word.who, role=spoken, what=f"Renew your sign-off as {spoken}",
                why="It ends on the day that was set when it was given.",
                page="/signoffs", since=word.until - RENEW_AHEAD, due=word.until.date(),
            )  # fmt: skip


def legal(ground: Ground) -> Iterator[Task]:
    """Yield the questions that nobody has answered and signed."""
    book = ground.book
    state = book.register.of(LEGAL)
    for question in questions(state, book.charter, ground.now.date()):
        if question.asked_of is None or question.is_signed:
            continue
        yield task(
            book, "legal", short(question.question), who=question.asked_of, role="legal",
            what=f"Answer and sign: {question.question}",
            why="A legal question without a signed answer holds the gate.",
            page="/signoffs", since=book.since,
        )  # fmt: skip


def handing_over(ground: Ground) -> Iterator[Task]:
    """Yield that the receiving team is to accept; the owner acts where the team is no person."""
    book = ground.book
    wanted, owner = book.charter.governance.handoff, book.charter.people.production_owner
    if wanted is None or wanted.accepted is not None or not book.is_sealed:
        return
    said = book.register.of(HANDOFF)
    if said is not None and said.is_accepted:
        return
    known = {name for names in holders(book.charter).values() for name in names}
    known |= {each.name for each in book.charter.people.engineers}
    who = next((name for name in known if same_person(name, wanted.to)), None)
    who = who or (None if owner is None else owner.name)
    if who is None:
        return
    refused = "" if said is None else f" It was refused on {said.at:%Y-%m-%d}: {said.why}"
    yield task(
        book, "handoff", short(wanted.to), who=who, role="production owner",
        what=f"See that {wanted.to} accepts ownership",
        why=f"Nobody runs it after the project until they do.{refused}",
        page="/signoffs", since=book.since,
    )  # fmt: skip
