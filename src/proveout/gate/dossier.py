"""Gather what the ledger knows of a pilot: the latest of everything, and nothing in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from proveout.charter.schema import Stage
from proveout.charter.sealing import Amendment, Seal, Standing, standing
from proveout.diagnosis.recorded import RecordedDiagnosis, is_recorded_diagnosis
from proveout.errors import LedgerError
from proveout.evidence.alarm import Alarm, standing_alarms
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.evidence.outcome import CheckOutcome
from proveout.evidence.waiver import Waiver
from proveout.gate.model import Dossier, LateChange, Loosening, Relative

ATTEST = "attest"
"""Check name of what a person attests. Such evidence is replaced one fact at a time."""


def evidence_in(entry: Entry) -> Evidence:
    """Read what an entry holds."""
    return Evidence.from_dict(entry.body)


def gather(
    entries: Iterable[Entry],
    pilot: str,
    stage: Stage | None = None,
    *,
    read: Callable[[Entry], Evidence] = evidence_in,
) -> Dossier:
    """Read the entries of one pilot, in ledger order, seals of the others, and all diagnoses.

    A later run of a check replaces an earlier one wholesale, and only that check. Before launch
    nothing counts that was found on a window of production traffic; afterwards such findings go
    before what was found by an assessment, and at the gate `continue` they alone count, beside
    what people attest. A check that a
    run was opened for and that never reported an end counts as interrupted. Raises LedgerError on
    an entry that is whole and still makes no sense: what it says would be missed. `read` gives the
    evidence of an entry, for whoever has read it before.
    """
    state = _State(stage=stage, read=read)
    for entry in entries:
        try:
            if entry.pilot == pilot:
                state.take(entry)
            elif entry.kind == "seal":
                state.take_relative(Seal.from_dict(entry.body))
            elif entry.kind == "amendment":
                state.amend_relative(Amendment.from_dict(entry.body))
            if is_recorded_diagnosis(entry.kind, entry.body):
                state.diagnosed.append(RecordedDiagnosis.from_act(entry.body))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError(
                f"Entry {entry.seq} of the ledger ({entry.kind}) is not what this Proveout writes: "
                f"{error}.",
                hint="If a newer Proveout wrote it: pip install --upgrade proveout",
            ) from error
    return state.dossier()


def runs_that_count(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the runs whose evidence may count at some gate, by a pilot's runs and outcomes.

    Whoever gathers only what these found, and what people attest, gathers the same.
    """
    state = _State()
    for entry in entries:
        if entry.kind in ("run", "outcome"):
            state.take(entry)
    return frozenset(outcome.run for outcome in state.latest.values())


@dataclass(slots=True)
class _State:
    stage: Stage | None = None
    read: Callable[[Entry], Evidence] = evidence_in
    evidence: dict[tuple[str, str], list[Evidence]] = field(default_factory=dict)
    """By check and run."""
    monitored: set[str] = field(default_factory=set)
    """Runs that looked at a window of production traffic."""
    attested: dict[tuple[str, Subject], Evidence] = field(default_factory=dict)
    latest: dict[tuple[str, bool], CheckOutcome] = field(default_factory=dict)
    """By check, and whether it looked at a window: how its latest run stands."""
    alarms: list[Entry] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    sealing: list[Entry] = field(default_factory=list)
    has_results: bool = False
    has_results_before_seal: bool = False
    relatives: dict[str, Relative] = field(default_factory=dict)
    diagnosed: list[RecordedDiagnosis] = field(default_factory=list)
    """Of other pilots."""
    last_recorded_at: datetime | None = None

    def take_relative(self, seal: Seal) -> None:
        """Keep the first seal of another pilot."""
        relative = Relative(
            pilot=seal.pilot, sealed_by=seal.who, sealed_at=seal.at, content=seal.content
        )
        self.relatives.setdefault(seal.pilot, relative)

    def amend_relative(self, amendment: Amendment) -> None:
        """Keep what another pilot was amended to last."""
        relative = self.relatives.get(amendment.pilot)
        if relative is not None:
            self.relatives[amendment.pilot] = replace(relative, amended=amendment.content)

    def take(self, entry: Entry) -> None:
        latest = self.last_recorded_at
        self.last_recorded_at = max(entry.recorded_at, latest or entry.recorded_at)
        match entry.kind:
            case "run":
                self._open_run(entry.body)
            case "evidence":
                self._take_evidence(self.read(entry))
            case "outcome":
                self._take_outcome(CheckOutcome.from_dict(entry.body))
            case "waiver":
                self.waivers.append(Waiver.from_dict(entry.body))
            case "seal" | "amendment":
                if not self.sealing:
                    self.has_results_before_seal = self.has_results
                self.sealing.append(entry)
            case "alarm":
                self.alarms.append(entry)
            case "verdict" | "switch" | "act":
                pass

    def _open_run(self, body: Mapping[str, Any]) -> None:
        """Count every check that was asked for as interrupted until its end is reported."""
        is_monitored = body.get(WINDOW_INPUT) is not None
        if is_monitored:
            self.monitored.add(body["run"])
        again = "proveout monitor --only" if is_monitored else "proveout check"
        for check in body["checks"]:
            self.latest[check, is_monitored] = CheckOutcome(
                run=body["run"],
                check=check,
                version="",
                status="interrupted",
                started_at=datetime.fromisoformat(body["at"]),
                ended_at=None,
                reason="it never reported an end",
                next_step=f"Run it again: {again} {check}",
            )

    def _take_evidence(self, found: Evidence) -> None:
        self.has_results = self.has_results or found.basis == "measured"
        if found.check.name == ATTEST:
            self.attested[found.metric, found.subject] = found
        else:
            self.evidence.setdefault((found.check.name, found.run), []).append(found)

    def _take_outcome(self, outcome: CheckOutcome) -> None:
        key = outcome.check, outcome.run in self.monitored
        standing = self.latest.get(key)
        if standing is None or standing.run == outcome.run or _is_later(outcome, standing):
            self.latest[key] = outcome

    def _counting(self) -> dict[str, CheckOutcome]:
        """Return the run of each check that counts at this gate."""
        counting: dict[str, CheckOutcome] = {}
        for (check, is_monitored), outcome in sorted(self.latest.items()):
            if not is_monitored:
                counting[check] = outcome
            elif self.stage in _IN_USE:
                before = counting.get(check)
                is_word_only = not self._has_measured(outcome)
                if before is None or not is_word_only or _is_later(outcome, before):
                    counting[check] = outcome
        return counting

    def _has_measured(self, outcome: CheckOutcome) -> bool:
        facts = self.evidence.get((outcome.check, outcome.run), ())
        return any(found.basis != "attested" for found in facts)

    def _counts(self, found: Evidence) -> bool:
        """Tell whether a fact of a run that counts does so itself."""
        is_seen_in_use = found.basis == "attested" or found.run in self.monitored
        return self.stage != "continue" or is_seen_in_use

    def _is_outdone(self, found: Evidence) -> bool:
        """Tell whether somebody has done by name what else is only read from the charter."""
        return found.basis == "attested" and (found.metric, found.subject) in self.attested

    def dossier(self) -> Dossier:
        counting, alarms = self._counting(), standing_alarms(self.alarms)
        evidence = [
            _still_standing(found, alarms)
            for (check, run), facts in self.evidence.items()
            if check in counting and counting[check].run == run
            for found in facts
            if self._counts(found) and not self._is_outdone(found)
        ]
        dossier = Dossier(
            evidence=(*evidence, *self.attested.values()),
            outcomes=tuple(counting.values()),
            alarms=alarms,
            waivers=tuple(self.waivers),
            sealed_elsewhere=tuple(self.relatives.values()),
            diagnosed=tuple(self.diagnosed),
            last_recorded_at=self.last_recorded_at,
        )
        return _sealed(dossier, standing(self.sealing), late=self.has_results_before_seal)


_IN_USE: tuple[Stage | None, ...] = ("scale", "continue")
"""Gates of a system that is in use."""


def _still_standing(found: Evidence, alarms: Sequence[Alarm]) -> Evidence:
    """Count the alarms that stand now: people resolve them after they were found."""
    if found.metric != "drift.alarms" or found.subject.parts:
        return found
    told = [{"id": each.id, "what": each.what, "who": each.who_acts} for each in alarms[:10]]
    return found.evolve(value=float(len(alarms)), details={**found.details, "standing": told})


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
