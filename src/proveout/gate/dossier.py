"""Gather what the ledger knows of a pilot: the latest of everything, and nothing in silence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from proveout.charter.sealing import Seal, Standing, standing
from proveout.errors import LedgerError
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import Evidence, Subject
from proveout.evidence.outcome import CheckOutcome
from proveout.evidence.waiver import Waiver
from proveout.gate.model import Dossier, LateChange, Loosening, Relative

ATTEST = "attest"
"""Check name of what a person attests. Such evidence is replaced one fact at a time."""


def gather(entries: Iterable[Entry], pilot: str) -> Dossier:
    """Read the entries of one pilot, in the order of the ledger, and the seals of the others.

    A later run of a check replaces an earlier one wholesale, and only that check. A check that a
    run was opened for and that never reported an end counts as interrupted. Raises LedgerError on
    an entry that is whole and still makes no sense: what it says would be missed.
    """
    state = _State()
    for entry in entries:
        try:
            if entry.pilot == pilot:
                state.take(entry)
            elif entry.kind == "seal":
                state.take_relative(Seal.from_dict(entry.body))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError(
                f"Entry {entry.seq} of the ledger ({entry.kind}) is not what this Proveout writes: "
                f"{error}.",
                hint="If a newer Proveout wrote it: pip install --upgrade proveout",
            ) from error
    return state.dossier()


@dataclass(slots=True)
class _State:
    evidence: dict[tuple[str, str], list[Evidence]] = field(default_factory=dict)
    """By check and run."""
    attested: dict[tuple[str, Subject], Evidence] = field(default_factory=dict)
    latest: dict[str, CheckOutcome] = field(default_factory=dict)
    """By check: how its latest run stands."""
    waivers: list[Waiver] = field(default_factory=list)
    sealing: list[Entry] = field(default_factory=list)
    has_results: bool = False
    has_results_before_seal: bool = False
    relatives: dict[str, Relative] = field(default_factory=dict)
    last_recorded_at: datetime | None = None

    def take_relative(self, seal: Seal) -> None:
        """Keep the first seal of another pilot."""
        relative = Relative(
            pilot=seal.pilot, sealed_by=seal.who, sealed_at=seal.at, content=seal.content
        )
        self.relatives.setdefault(seal.pilot, relative)

    def take(self, entry: Entry) -> None:
        latest = self.last_recorded_at
        self.last_recorded_at = max(entry.recorded_at, latest or entry.recorded_at)
        match entry.kind:
            case "run":
                self._open_run(entry.body)
            case "evidence":
                self._take_evidence(Evidence.from_dict(entry.body))
            case "outcome":
                self._take_outcome(CheckOutcome.from_dict(entry.body))
            case "waiver":
                self.waivers.append(Waiver.from_dict(entry.body))
            case "seal" | "amendment":
                if not self.sealing:
                    self.has_results_before_seal = self.has_results
                self.sealing.append(entry)
            case "verdict" | "switch":
                pass

    def _open_run(self, body: Mapping[str, Any]) -> None:
        """Count every check that was asked for as interrupted until its end is reported."""
        for check in body["checks"]:
            self.latest[check] = CheckOutcome(
                run=body["run"],
                check=check,
                version="",
                status="interrupted",
                started_at=datetime.fromisoformat(body["at"]),
                ended_at=None,
                reason="it never reported an end",
                next_step=f"Run it again: proveout check {check}",
            )

    def _take_evidence(self, found: Evidence) -> None:
        self.has_results = self.has_results or found.basis == "measured"
        if found.check.name == ATTEST:
            self.attested[found.metric, found.subject] = found
        else:
            self.evidence.setdefault((found.check.name, found.run), []).append(found)

    def _take_outcome(self, outcome: CheckOutcome) -> None:
        standing = self.latest.get(outcome.check)
        if standing is None or standing.run == outcome.run or _is_later(outcome, standing):
            self.latest[outcome.check] = outcome

    def dossier(self) -> Dossier:
        evidence = [
            found
            for (check, run), facts in self.evidence.items()
            if check in self.latest and self.latest[check].run == run
            for found in facts
        ]
        dossier = Dossier(
            evidence=(*evidence, *self.attested.values()),
            outcomes=tuple(self.latest[check] for check in sorted(self.latest)),
            waivers=tuple(self.waivers),
            sealed_elsewhere=tuple(self.relatives.values()),
            last_recorded_at=self.last_recorded_at,
        )
        return _sealed(dossier, standing(self.sealing), late=self.has_results_before_seal)


def _sealed(dossier: Dossier, present: Standing, *, late: bool) -> Dossier:
    if present.seal is None:
        return dossier
    return replace(
        dossier,
        sealed_at=present.seal.at,
        sealed_by=present.seal.who,
        sealed_hash=present.content_hash_in_force,
        sealed_content=present.content_in_force,
        has_results_before_seal=late,
        first_sealed=present.seal.content,
        late_changes=tuple(_late_changes(present)),
        n_amendments=len(present.amendments),
        loosenings=tuple(
            Loosening(
                what=change.path,
                before=_words(change.before),
                after=_words(change.after),
                who=amendment.who,
                why=amendment.why,
                at=amendment.at,
                results_known=change.results_known,
            )
            for amendment, change in present.loosened
        ),
    )


def _late_changes(present: Standing) -> Iterator[LateChange]:
    for amendment in present.amendments:
        late = [
            change.path
            for change in amendment.changes
            if change.effect == "other" and change.results_known
        ]
        if late:
            yield LateChange(
                what=tuple(late), who=amendment.who, why=amendment.why, at=amendment.at
            )


def _is_later(outcome: CheckOutcome, standing: CheckOutcome) -> bool:
    return outcome.started_at >= standing.started_at


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
