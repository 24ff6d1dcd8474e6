"""What a pilot inherits from those before it that failed or stalled (R1002). Pure.

From its charter, which names them and why they failed, and from the diagnoses that people recorded
in the same ledger. A cause that the charter leaves out is inherited all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from proveout.charter.schema import Charter
from proveout.diagnosis.failures import FAILURES
from proveout.diagnosis.recorded import RecordedDiagnosis
from proveout.diagnosis.sameness import Sameness, compare_designs
from proveout.gate.model import Dossier, Relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Forerunner:
    """An earlier pilot that failed or stalled."""

    pilot: str
    """As the charter calls it."""
    result: str
    failures: tuple[str, ...]
    """Why, by charter and diagnosis together."""
    left_out: tuple[str, ...] = ()
    """Those that the charter leaves out."""
    diagnosis: RecordedDiagnosis | None = None
    """The latest that was recorded."""
    dropped: Mapping[str, RecordedDiagnosis] = field(default_factory=dict)
    """What an earlier diagnosis named, and neither the latest nor the charter does any more."""
    sealed: Mapping[str, Any] | None = None
    """Its own charter as it was sealed, where it is in the same ledger."""
    amended: Mapping[str, Any] | None = None
    """The same as it was amended last; None where it never was."""


def forerunners(charter: Charter, dossier: Dossier | None = None) -> tuple[Forerunner, ...]:
    """Return the earlier pilots that failed or stalled, with why."""
    found = []
    for named in charter.predecessors or ():
        told = _diagnoses(named.pilot, dossier)
        diagnosis = told[-1] if told else None
        ended_badly = diagnosis is not None and _ended_badly(diagnosis)
        if named.result == "succeeded" and not ended_badly:
            continue
        relative = _relative(named.pilot, dossier)
        diagnosed = () if diagnosis is None else diagnosis.named
        both = {*named.failures, *diagnosed}
        known = [each.id for each in FAILURES]
        found.append(
            Forerunner(
                pilot=named.pilot,
                result=_result(diagnosis, named.result) if ended_badly else named.result,
                failures=tuple(failure for failure in known if failure in both),
                left_out=tuple(each for each in known if each in both - {*named.failures}),
                diagnosis=diagnosis,
                dropped=_dropped(told, both),
                sealed=None if relative is None else relative.content,
                amended=None if relative is None else relative.amended,
            )
        )
    return tuple(found)


def by_failure(found: Sequence[Forerunner]) -> dict[str, tuple[str, ...]]:
    """Return which earlier pilots failed by what, in the order in which causes are told."""
    return {
        each.id: pilots
        for each in FAILURES
        if (pilots := tuple(one.pilot for one in found if each.id in one.failures))
    }


def sameness(found: Forerunner, failure: str, after: Mapping[str, Any]) -> Sameness | None:
    """Compare with the earlier design in what failed; None where there is nothing to compare.

    With what it was amended to in the end; with what was sealed at first where that is the same.
    """
    if found.sealed is None or failure not in found.failures:
        return None
    at_first = compare_designs(failure, found.sealed, after)
    in_the_end = compare_designs(failure, found.amended or found.sealed, after)
    return at_first if at_first is not None and at_first.is_same else in_the_end


def left_out_notes(found: Sequence[Forerunner]) -> Iterator[str]:
    """Say what a charter, or a later diagnosis, leaves out of what was found about those before."""
    names: dict[str, str] = {each.id: each.name[0].lower() + each.name[1:] for each in FAILURES}
    for each in found:
        if each.diagnosis is None and each.sealed is None:
            yield (
                f"Nothing of {each.pilot} is in this ledger: what is inherited is what the charter "
                "says of it, and its design is compared with none."
            )
        if each.diagnosis is not None and each.left_out:
            told = ", ".join(names[one] for one in each.left_out)
            yield (
                f"The charter leaves out why {each.pilot} {each.result}: {told}, as "
                f"{each.diagnosis.who} recorded on {each.diagnosis.at:%Y-%m-%d}. It is inherited "
                "all the same."
            )
        for failure, first in each.dropped.items():
            latest = each.diagnosis or first
            yield (
                f"{first.who} recorded on {first.at:%Y-%m-%d} that {each.pilot} failed by "
                f"{names[failure]}; the latest diagnosis, by {latest.who} on "
                f"{latest.at:%Y-%m-%d}, does not name it, so it is not inherited."
            )


def unnamed_notes(charter: Charter, dossier: Dossier | None) -> Iterator[str]:
    """Say which pilots of this ledger were found to have failed and are not named before it."""
    if dossier is None:
        return
    named = {
        each.pilot
        for before in charter.predecessors or ()
        for each in _diagnoses(before.pilot, dossier)
    }
    latest = {each.pilot: each for each in sorted(dossier.diagnosed, key=lambda each: each.at)}
    others = [
        pilot
        for pilot, each in sorted(latest.items())
        if pilot not in named and _ended_badly(each) and pilot != charter.pilot
    ]
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        yield (
            f"Diagnosed in this ledger and not named under predecessors: {', '.join(others[:3])}"
            f"{more}. Where one of them was of the same kind, name it: what failed there is then "
            "inherited."
        )


def _ended_badly(diagnosis: RecordedDiagnosis) -> bool:
    """Tell whether a diagnosis is of a pilot that failed or stalled.

    One that does not say how it ended and names causes is of a failure: that is what one diagnoses.
    """
    return diagnosis.result in ("failed", "stalled") or (
        diagnosis.result is None and bool(diagnosis.named)
    )


def _result(diagnosis: RecordedDiagnosis | None, by_charter: str) -> str:
    if diagnosis is not None and diagnosis.result is not None:
        return diagnosis.result
    return "failed" if by_charter == "succeeded" else by_charter


def _dropped(told: Sequence[RecordedDiagnosis], kept: Set[str]) -> dict[str, RecordedDiagnosis]:
    """Return what an earlier diagnosis named and nothing names now, with who named it last."""
    return {
        failure.id: each
        for failure in FAILURES
        for each in told[:-1]
        if failure.id in each.named and failure.id not in kept
    }


def _diagnoses(name: str, dossier: Dossier | None) -> list[RecordedDiagnosis]:
    """Return the diagnoses of a pilot that is called so, by id or title, the latest last."""
    if dossier is None:
        return []
    by_id = [each for each in dossier.diagnosed if _key(each.pilot) == _key(name)]
    if by_id:
        # A title is anybody's to choose: it never puts one pilot in the place of another.
        return sorted(by_id, key=lambda each: each.at)
    titles = {
        _key(str(other.content.get("title") or "")): other.pilot
        for other in dossier.sealed_elsewhere
    }
    wanted = {_key(name), _key(titles.get(_key(name), name))}
    told = [
        each
        for each in dossier.diagnosed
        if _key(each.pilot) in wanted or (each.title and _key(each.title) in wanted)
    ]
    return sorted(told, key=lambda each: each.at)


def _relative(name: str, dossier: Dossier | None) -> Relative | None:
    """Return the sealed pilot that is called so, by id before title."""
    others = () if dossier is None else dossier.sealed_elsewhere
    called = [
        *(each for each in others if _key(each.pilot) == _key(name)),
        *(each for each in others if _key(str(each.content.get("title") or "")) == _key(name)),
    ]
    return called[0] if called else None


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
