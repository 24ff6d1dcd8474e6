"""Whose word the organisational half is: what a reader must know where few hands hold it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from proveout.charter.sealing.signing import folded
from proveout.evidence.model import Evidence
from proveout.gate.bench import Bench
from proveout.gate.dossier import ATTEST

SIGN_OFF = "governance.signoff"
_FEW = 5
"""Fewer facts by one person say nothing: a small pilot has begun."""


def notes_on_hands(bench: Bench) -> Iterator[str]:
    """Name who holds several signatures, which account gave them, and who vouches for it all."""
    given = [found for found in bench.by_metric.get(SIGN_OFF, ()) if found.value]
    signatures = [
        (name, str(found.subject.get("role")).replace("-", " "), account)
        for found in given
        for name, account in _who(found)
    ]
    yield from _several_roles(signatures)
    yield from _one_account(signatures)
    yield from _past_the_dashboard(signatures)
    yield from _one_voice(bench)
    for metric, thin in _THIN.items():
        for found in bench.by_metric.get(metric, ()):
            if found.check.name == ATTEST and not found.subject.parts:
                yield from thin(found)


def _who(found: Evidence) -> list[tuple[str, str | None]]:
    """Return who signed, and with which account; as it is told where the register recorded it."""
    accounts = found.details.get("accounts")
    if isinstance(accounts, dict) and accounts:
        return [(str(name), None if each is None else str(each)) for name, each in accounts.items()]
    return [] if found.person is None else [(found.person, None)]


_Signature = tuple[str, str, str | None]
"""Name, role, account."""


def _several_roles(signatures: Iterable[_Signature]) -> Iterator[str]:
    roles: dict[str, tuple[str, list[str]]] = {}
    for name, role, _ in signatures:
        _, known = roles.setdefault(folded(name), (name, []))
        if role not in known:
            known.append(role)
    for name, known in roles.values():
        if len(known) > 1:
            yield (
                f"One person holds several signatures: {name} signed as {_and(sorted(known))}. "
                "Nobody else looked at it in these roles."
            )


def _one_account(signatures: Iterable[_Signature]) -> Iterator[str]:
    names: dict[str, dict[str, str]] = {}
    for name, _, account in signatures:
        if account is not None:
            names.setdefault(account, {}).setdefault(folded(name), name)
    for known in names.values():
        if len(known) > 1:
            yield (
                "One account gave the signatures of several people: "
                f"{_and(sorted(known.values()))}."
            )


def _past_the_dashboard(signatures: list[_Signature]) -> Iterator[str]:
    """Where some sign in the dashboard, name those for whom somebody typed their name."""
    if all(account is None for _, _, account in signatures):
        return
    typed = sorted({f"{role} ({name})" for name, role, account in signatures if account is None})
    if typed:
        yield (
            f"Signed at the command line, where nobody signs in, while others sign in the "
            f"dashboard: {_and(typed)}."
        )


def _one_voice(bench: Bench) -> Iterator[str]:
    said = [
        found
        for facts in bench.by_metric.values()
        for found in facts
        if found.check.name == ATTEST and found.person is not None
    ]
    names = {folded(found.person or ""): found.person for found in said}
    if len(said) >= _FEW and len(names) == 1:
        (name,) = names.values()
        yield (
            f"All {len(said)} facts that people attest are the word of one person, {name}: "
            "nobody else has said anything."
        )


def _on_reviews(found: Evidence) -> Iterator[str]:
    noted, late, moves = (_number(found, key) for key in ("noted", "noted_late", "moves"))
    if late:
        yield (
            f"{late} of {noted} reviews were noted more than 30 days after they were held: "
            f"remembered, as {found.person} vouches."
        )
    if moves:
        yield f"Reviews were moved {'once' if moves == 1 else f'{moves} times'} to another day."


def _on_training(found: Evidence) -> Iterator[str]:
    fewest, easy = _number(found, "fewest_cases"), _number(found, "met_no_wrong_answer")
    if 0 < fewest < FEW_CASES:
        yield (
            f"Training was completed on as few as {fewest} {'case' if fewest == 1 else 'cases'}: "
            "that shows presence, and little else."
        )
    if easy:
        people = "person" if easy == 1 else "people"
        yield f"{easy} {people} completed training without meeting a wrong answer to be caught."
    yield from _on_lists(found, "were trained")


def _on_being_told(found: Evidence) -> Iterator[str]:
    yield from _on_lists(found, "know what changes for them")


def _on_lists(found: Evidence, what: str) -> Iterator[str]:
    listed = _number(found, "on_lists")
    if listed:
        yield (
            f"Of {listed} of {found.n} it is known from lists alone that they {what}: nobody of "
            "them said so in person."
        )


def _number(found: Evidence, key: str) -> int:
    told = found.details.get(key)
    return told if isinstance(told, int) else 0


FEW_CASES = 5
"""Below it, chance alone catches every wrong answer too easily."""

_THIN: Mapping[str, Callable[[Evidence], Iterator[str]]] = {
    "governance.reviews_kept": _on_reviews,
    "people.trained": _on_training,
    "people.informed": _on_being_told,
}
"""By metric: what is said of an attested figure that rests on little."""


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
