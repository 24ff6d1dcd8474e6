"""Who signed what, what legal answered, whether the receiving team accepts (R112, R501, R505)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest, folded, part_of
from proveout.errors import InputError, NotAllowedError
from proveout.evidence.figures import evidence_figure
from proveout.register.handoff import HANDOFF
from proveout.register.legal import LEGAL, questions
from proveout.register.signoffs import SIGNING_ROLES, SIGNOFFS, RoleState, is_current, standing
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.paths import path_to
from proveout.web.permissions import Permission, Role

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]

HOLDS: Mapping[str, Role] = {
    "production-owner": Role.owner,
    "executive-sponsor": Role.sponsor,
    "reviewer": Role.reviewer,
    "data-owner": Role.data_owner,
    "legal": Role.legal,
}
_SIGNS: Mapping[str, str] = {
    "production-owner": "The whole charter.",
    "executive-sponsor": "The whole charter.",
    "reviewer": "How exceptions are handled, how outputs are audited, how it is monitored.",
    "data-owner": "The data: sources, owners, fields and how fresh they must be.",
    "legal": "The purpose, the data, legal's questions, and what users are promised.",
}
_STATES: Mapping[RoleState, str] = {
    "signed": "Signed",
    "changed": "To be signed anew: what was signed has changed",
    "partly": "Signed in part",
    "withdrawn": "Withdrawn",
    "unsigned": "Not signed",
}


class Word(BaseModel):
    """One signature, or its withdrawal."""

    who: str
    at: datetime
    why: str
    is_given: bool
    is_current: bool
    """False: what was signed has changed since."""


class Said(BaseModel):
    """One line of what is signed."""

    path: str
    says: str


class RoleLine(BaseModel):
    """One role that signs."""

    role: str
    label: str
    signs: str
    state: RoleState
    state_in_words: str
    holders: list[str]
    missing: list[str]
    words: list[Word]
    part: str
    """Hash of what stands there now; a signature has to name it."""
    says: list[Said]
    """What is signed, line by line; empty for the whole charter, which has a page of its own."""
    may_sign: bool
    has_signed: bool
    """The viewer did, and what was signed stands."""
    may_withdraw: bool


class LegalLine(BaseModel):
    """One question of legal or compliance."""

    number: int
    question: str
    asked_of: str | None
    answer: str | None
    signed_by: str | None
    signed_on: date | None


class DrillLine(BaseModel):
    """What the drill found."""

    title: str
    value: str
    observed_at: datetime


class HandoffLine(BaseModel):
    """Whether the receiving team accepts."""

    to: str
    state: Literal["accepted", "refused", "open"]
    who: str | None = None
    on: date | None = None
    why: str | None = None
    is_of_this_team: bool = True
    drill: list[DrillLine] = []
    """What they showed in the drill."""


class SignoffsPage(BaseModel):
    """Signatures, legal's answers and the handoff."""

    pilot: str
    is_sealed: bool
    n_signed: int
    roles: list[RoleLine]
    questions: list[LegalLine]
    may_sign_answers: bool
    handoff: HandoffLine | None


def signoffs(asked: Asked, _: Nothing) -> SignoffsPage:
    """Show who has signed what, and what is left to sign."""
    book = asked.book
    roles = list(_roles(asked))
    known = questions(book.register.of(LEGAL), book.charter, asked.now.date())
    return SignoffsPage(
        pilot=book.pilot,
        is_sealed=book.is_sealed,
        n_signed=sum(each.state == "signed" for each in roles),
        roles=roles,
        questions=[
            LegalLine(
                number=number,
                question=each.question,
                asked_of=each.asked_of,
                answer=each.answer,
                signed_by=each.signed_by,
                signed_on=each.signed_on,
            )
            for number, each in enumerate(known)
        ],
        may_sign_answers=asked.may(Permission.sign) and Role.legal in asked.viewer.roles_in(book),
        handoff=_handoff(asked),
    )


def _roles(asked: Asked) -> Iterator[RoleLine]:
    book, mine = asked.book, asked.viewer.roles_in(asked.book)
    may_here = book.is_sealed and asked.may(Permission.sign)
    for each in standing(book.register.of(SIGNOFFS), book.charter):
        holds = may_here and HOLDS[each.role] in mine
        own = next((w for w in each.words if folded(w.who) == folded(asked.who)), None)
        yield RoleLine(
            role=each.role,
            label=each.role.replace("-", " ").capitalize(),
            signs=_SIGNS[each.role],
            state=each.state,
            state_in_words=_STATES[each.state],
            holders=list(each.holders),
            missing=list(each.missing),
            words=[
                Word(
                    who=word.who, at=word.at, why=word.why, is_given=word.is_given,
                    is_current=is_current(word, book.charter),
                )
                for word in each.words
            ],
            part=digest(each.role, book.charter),
            says=list(_said(each.role, book.charter)),
            may_sign=holds,
            has_signed=own is not None and own.is_given and is_current(own, book.charter),
            may_withdraw=holds and own is not None and own.is_given,
        )  # fmt: skip


def _said(role: str, charter: Charter) -> Iterator[Said]:
    if role in ("production-owner", "executive-sponsor"):
        return
    for path, value in part_of(role, charter).items():
        yield from _lines(path, value)


def _lines(path: str, value: Any) -> Iterator[Said]:
    """Write a part of a charter line by line: 'governance.exceptions.due_hours: 4'."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _lines(f"{path}.{key}", item)
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value, 1):
            yield from _lines(f"{path}[{number}]", item)
    elif isinstance(value, list):
        yield Said(path=path, says=", ".join(map(str, value)))
    else:
        plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield Said(path=path, says=plain)


def _handoff(asked: Asked) -> HandoffLine | None:
    book = asked.book
    agreed = book.charter.governance.handoff
    if agreed is None:
        return None
    said = book.register.of(HANDOFF)
    drill = list(_drill(asked))
    if said is not None and said.to in (None, agreed.to):
        return HandoffLine(
            to=agreed.to, state="accepted" if said.is_accepted else "refused", who=said.who,
            on=said.at.date(), why=said.why, drill=drill,
        )  # fmt: skip
    if agreed.accepted is not None and agreed.accepted.on <= asked.now.date():
        return HandoffLine(
            to=agreed.to, state="accepted", who=agreed.accepted.who, on=agreed.accepted.on,
            why=agreed.accepted.note, drill=drill,
        )  # fmt: skip
    return HandoffLine(to=agreed.to, state="open", drill=drill, is_of_this_team=said is None)


def _drill(asked: Asked) -> Iterator[DrillLine]:
    report = asked.parts.library.report(asked.book, "production", asked.now)
    for found in report.evidence:
        if found.check.name == "drill" and not found.subject.parts:
            label = report.catalogue[found.metric].label
            yield DrillLine(
                title=label[0].upper() + label[1:],
                value=evidence_figure(found),
                observed_at=found.observed_at,
            )


class Sign(BaseModel):
    """A signature, or its withdrawal."""

    role: Annotated[str, StringConstraints(max_length=40)]
    why: Words
    part: Annotated[str, StringConstraints(max_length=100)]
    """Hash of what was read; as the page gives it."""


class Withdraw(BaseModel):
    """A signature that no longer holds."""

    role: Annotated[str, StringConstraints(max_length=40)]
    why: Words


class AnswerLegal(BaseModel):
    """An answer to a question of the charter."""

    question: Words
    answer: Words


class Accept(BaseModel):
    """The word of the receiving team."""

    accepts: Literal["yes", "no"]
    why: Words


def sign(asked: Asked, given: Sign) -> Done:
    """Sign what is one's own, for a reason."""
    _refuse_others(asked, given.role)
    _refuse_unsealed(asked)
    says = {
        "role": given.role,
        "why": given.why,
        "charter": asked.book.loaded.content_hash,
        "signed": given.part,
    }
    asked.record("signoff.given", says)
    return _done(asked, f"You have signed as {given.role.replace('-', ' ')}.")


def withdraw(asked: Asked, given: Withdraw) -> Done:
    """Withdraw one's own signature."""
    _refuse_others(asked, given.role)
    says = {
        "role": given.role,
        "why": given.why,
        "charter": asked.book.loaded.content_hash,
    }
    asked.record("signoff.withdrawn", says)
    return _done(asked, "Your signature is withdrawn.")


def sign_answer(asked: Asked, given: AnswerLegal) -> Done:
    """Answer a question of legal, and sign the answer."""
    if Role.legal not in asked.viewer.roles_in(asked.book):
        raise NotAllowedError("Only legal signs legal's answers.", hint="Write an answer down.")
    asked.record("legal.signed", {"question": given.question, "answer": given.answer})
    return _done(asked, "The answer is signed.")


def answer(asked: Asked, given: AnswerLegal) -> Done:
    """Write down an answer for legal to sign."""
    asked.record("legal.answered", {"question": given.question, "answer": given.answer})
    return _done(asked, "The answer is written down. Legal has yet to sign it.")


def accept(asked: Asked, given: Accept) -> Done:
    """Accept or refuse ownership for the receiving team."""
    agreed = asked.book.charter.governance.handoff
    kind = "handoff.accepted" if given.accepts == "yes" else "handoff.refused"
    says = {"why": given.why, **({} if agreed is None else {"to": agreed.to})}
    asked.record(kind, says)
    done = "accepted" if given.accepts == "yes" else "refused"
    return _done(asked, f"Ownership is {done}.")


def _refuse_others(asked: Asked, role: str) -> None:
    if role not in SIGNING_ROLES:
        raise InputError(f"'{role}' signs nothing.", hint=f"Who signs: {', '.join(SIGNING_ROLES)}")
    if HOLDS[role] not in asked.viewer.roles_in(asked.book):
        raise NotAllowedError(
            f"You are not {role.replace('-', ' ')} here, and sign in your own role alone.",
            hint="The charter names who holds a role; an administrator names deputies.",
        )


def _refuse_unsealed(asked: Asked) -> None:
    if not asked.book.is_sealed:
        raise InputError(
            "The charter is not sealed: what can still be rewritten is not signed.",
            hint="Have the production owner or the project owner seal it first.",
        )


def _done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/signoffs"))


_BASE = "/pilots/{pilot}/signoffs"
PAGES = (
    Page(
        path=_BASE, title="Sign-offs", template="signoffs.html.j2", needs=Permission.see,
        view=signoffs, shows=SignoffsPage,
    ),
)  # fmt: skip
DEEDS = (
    Deed(path=f"{_BASE}/sign", needs=Permission.sign, takes=Sign, do=sign),
    Deed(path=f"{_BASE}/withdraw", needs=Permission.sign, takes=Withdraw, do=withdraw),
    Deed(path=f"{_BASE}/legal/sign", needs=Permission.sign, takes=AnswerLegal, do=sign_answer),
    Deed(path=f"{_BASE}/legal/answer", needs=Permission.prepare, takes=AnswerLegal, do=answer),
    Deed(path=f"{_BASE}/handoff", needs=Permission.accept_handoff, takes=Accept, do=accept),
)
