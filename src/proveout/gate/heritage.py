"""What a pilot inherits from those before it that failed or stalled (R1002). Pure.

From its charter, which names them and why they failed, and from the diagnoses that people recorded
in the same ledger. A cause that the charter leaves out is inherited all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.charter.schema import Charter
from proveout.diagnosis.failures import FAILURES
from proveout.diagnosis.recorded import RecordedDiagnosis
from proveout.diagnosis.sameness import Sameness, compare_designs
from proveout.gate.model import Dossier


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
    sealed: Mapping[str, Any] | None = None
    """Its own charter as it was sealed, where it is in the same ledger."""


def forerunners(charter: Charter, dossier: Dossier | None = None) -> tuple[Forerunner, ...]:
    """Return the earlier pilots that failed or stalled, with why."""
    found = []
    for named in charter.predecessors or ():
        diagnosis = _diagnosis(named.pilot, dossier)
        ended_badly = diagnosis is not None and diagnosis.result in ("failed", "stalled")
        if named.result == "succeeded" and not ended_badly:
            continue
        diagnosed = () if diagnosis is None else diagnosis.named
        both = {*named.failures, *diagnosed}
        known = [each.id for each in FAILURES]
        found.append(
            Forerunner(
                pilot=named.pilot,
                result=str(diagnosis.result if diagnosis and ended_badly else named.result),
                failures=tuple(failure for failure in known if failure in both),
                left_out=tuple(each for each in known if each in both - {*named.failures}),
                diagnosis=diagnosis,
                sealed=_sealed(named.pilot, dossier),
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
    """Compare with the earlier design in what failed; None where there is nothing to compare."""
    if found.sealed is None or failure not in found.failures:
        return None
    return compare_designs(failure, found.sealed, after)


def left_out_notes(found: Sequence[Forerunner]) -> Iterator[str]:
    """Say what a charter leaves out of what was found about the pilots before."""
    names: dict[str, str] = {each.id: each.name[0].lower() + each.name[1:] for each in FAILURES}
    for each in found:
        if each.diagnosis is not None and each.left_out:
            told = ", ".join(names[one] for one in each.left_out)
            yield (
                f"The charter leaves out why {each.pilot} {each.result}: {told}, as "
                f"{each.diagnosis.who} recorded on {each.diagnosis.at:%Y-%m-%d}. It is inherited "
                "all the same."
            )


def _diagnosis(name: str, dossier: Dossier | None) -> RecordedDiagnosis | None:
    """Return the latest diagnosis of a pilot that is called so, by id or title."""
    if dossier is None:
        return None
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
    return max(told, key=lambda each: each.at, default=None)


def _sealed(name: str, dossier: Dossier | None) -> Mapping[str, Any] | None:
    if dossier is None:
        return None
    for other in dossier.sealed_elsewhere:
        if _key(name) in (_key(other.pilot), _key(str(other.content.get("title") or ""))):
            return other.content
    return None


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
