"""Who signed what: the holder of a role puts a name to the part of the charter that is his (R501).

Of a role that one person holds, the latest word counts. Where the charter names several owners of
data, each signs; a deputy whom it does not name signs for those who have not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest, folded, holders
from proveout.errors import InputError
from proveout.evidence.model import CHARTER_INPUT, PART_INPUT, Subject
from proveout.register.act import Act, Fact

SIGNING_ROLES = ("production-owner", "executive-sponsor", "reviewer", "data-owner", "legal")

RoleState = Literal["signed", "changed", "partly", "withdrawn", "unsigned"]
"""`changed`: signed, and what was signed has changed since. `partly`: some owners have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One signature, or its withdrawal."""

    role: str
    who: str
    at: datetime
    why: str
    charter: str
    """Content hash of the charter that was signed."""
    is_given: bool
    """False: withdrawn."""
    signed: str | None = None
    """Hash of the part of it that is the role's; of the whole where none was noted."""
    until: datetime | None = None
    """When whoever signed wants to be asked again, if ever."""
    account: str | None = None
    """Id of the account that gave it; None from the command line, where nobody signs in."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The state: the latest word of each person in each role, in the order of the latest words."""

    words: tuple[SignOff, ...] = ()

    def get(self, role: str) -> SignOff | None:
        """Return the latest word of a role."""
        return next((word for word in reversed(self.words) if word.role == role), None)

    def of(self, role: str) -> tuple[SignOff, ...]:
        """Return the words of a role, the latest last."""
        return tuple(word for word in self.words if word.role == role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one role stands under a charter."""

    role: str
    state: RoleState
    holders: tuple[str, ...]
    """Whom the charter names."""
    words: tuple[SignOff, ...]
    """Those that count."""
    missing: tuple[str, ...] = ()
    """Who has yet to sign what stands there now."""


def standing(state: Signatures, charter: Charter) -> tuple[Standing, ...]:
    """Return how each role that signs stands under the charter as it is now."""
    return tuple(_standing(role, state, charter) for role in SIGNING_ROLES)


def is_current(word: SignOff, charter: Charter) -> bool:
    """Tell whether what was signed still stands there."""
    if word.signed is not None:
        return word.signed == digest(word.role, charter)
    return word.charter == digest("production-owner", charter)


def _standing(role: str, state: Signatures, charter: Charter) -> Standing:
    named, words = holders(role, charter), _counting(role, state, charter)
    current = [word for word in words if word.is_given and is_current(word, charter)]
    # Legal may be named as departments: who signed for it is asked again.
    waits = (words[-1].who,) if role == "legal" and words else named
    signed = {folded(word.who) for word in current}
    is_covered = _is_covered(role, current, named)
    missing = () if is_covered else tuple(name for name in waits if folded(name) not in signed)
    found: RoleState
    if not words:
        found = "unsigned"
    elif any(not word.is_given for word in words):
        found = "withdrawn"
    elif len(current) < len(words):
        found = "changed"
    else:
        found = "partly" if missing else "signed"
    return Standing(role=role, state=found, holders=named, words=words, missing=missing)


def _counting(role: str, state: Signatures, charter: Charter) -> tuple[SignOff, ...]:
    """Return the words that count: of owners of data each one's, of other roles the latest."""
    words, named = state.of(role), {folded(name) for name in holders(role, charter)}
    own = tuple(word for word in words if folded(word.who) in named)
    if role != "data-owner" or not own:
        return words[-1:]
    deputies = [word for word in words if folded(word.who) not in named]
    have_said = {folded(word.who) for word in own}
    return own if named <= have_said else (*own, *deputies[-1:])


def _is_covered(role: str, current: list[SignOff], named: tuple[str, ...]) -> bool:
    """Tell whether nobody is left to sign: of owners of data all, or a deputy for the rest."""
    if role != "data-owner":
        return bool(current)
    signed, known = {folded(word.who) for word in current}, {folded(name) for name in named}
    return bool(current) and (known <= signed or not signed <= known)


@dataclass(frozen=True, slots=True)
class SignOffs:
    """The section. Acts: 'signoff.given', 'signoff.withdrawn'.

    Each says {role, why, charter}, and may say {signed, until}: the hash of the part that was
    shown to whoever signed, and a day.
    """

    name: str = "signoff"

    def empty(self) -> Signatures:
        """Nobody has signed."""
        return Signatures()

    def taken(self, state: Signatures, act: Act) -> Signatures:
        """Keep the latest word of each person in each role."""
        said = _signed(act)
        others = tuple(
            word
            for word in state.words
            if (word.role, folded(word.who)) != (said.role, folded(said.who))
        )
        return Signatures((*others, said))

    def refuse(self, state: Signatures, act: Act, charter: Charter) -> None:
        """Refuse a role that signs nothing, a reason that says nothing, and what has changed."""
        role = act.says["role"]
        if role not in SIGNING_ROLES:
            raise InputError(
                f"'{role}' signs nothing.", hint=f"Who signs: {', '.join(SIGNING_ROLES)}"
            )
        if not str(act.says["why"]).strip():
            raise InputError("A signature needs a reason.", hint="Say what it rests on.")
        if act.kind == "signoff.withdrawn":
            mine = next((w for w in state.of(role) if folded(w.who) == folded(act.who)), None)
            if mine is None or not mine.is_given:
                raise InputError(
                    f"{act.who} has not signed as {role.replace('-', ' ')}, so there is nothing "
                    "to withdraw.",
                    hint="Whoever signed withdraws.",
                )
        elif act.says.get("signed") not in (None, digest(role, charter)):
            raise InputError(
                "What you were to sign has changed since you read it.",
                hint="Open the page again, read it, and sign what stands there now.",
            )

    def facts(self, state: Signatures, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield one fact per role that said something."""
        for role in SIGNING_ROLES:
            if state.get(role) is not None:
                yield _fact(_standing(role, state, charter), charter)


def _signed(act: Act) -> SignOff:
    until = act.says.get("until")
    return SignOff(
        role=act.says["role"],
        who=act.who,
        at=act.at,
        why=act.says["why"],
        charter=act.says["charter"],
        is_given=act.kind == "signoff.given",
        signed=act.says.get("signed"),
        until=None if until is None else datetime.fromisoformat(until),
        account=act.account,
    )


def _fact(standing: Standing, charter: Charter) -> Fact:
    # An old signature decides: it is of another charter, and that makes the fact stale.
    words = sorted(standing.words, key=lambda word: (is_current(word, charter), word.at))
    deciding = words[0] if standing.state == "changed" else standing.words[-1]
    given = all(word.is_given for word in standing.words)
    lacking = standing.missing if standing.state == "partly" else ()
    inputs = {CHARTER_INPUT: deciding.charter}
    if deciding.signed is not None:
        inputs[f"{PART_INPUT}{standing.role}"] = deciding.signed
    details: dict[str, object] = {"note": deciding.why, "on": f"{deciding.at:%Y-%m-%d}"}
    details["accounts"] = {word.who: word.account for word in standing.words}
    if len(standing.words) > 1:
        details["signed_by"] = [word.who for word in standing.words]
    if lacking:
        details["unsigned"] = list(lacking)
    return Fact(
        metric="governance.signoff",
        subject=Subject.of(role=standing.role),
        value=float(given and not lacking),
        n=len(standing.words),
        person=deciding.who,
        # Of several, the oldest: recorded anew, it is no younger.
        seen_at=min(word.at for word in standing.words),
        inputs=inputs,
        valid_until=min((word.until for word in standing.words if word.until), default=None),
        details=details,
    )


SIGNOFFS = SignOffs()
