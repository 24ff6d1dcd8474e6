"""Diagnose a pilot from its ledger, and record what was found (R1001, R1002)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import content_hash
from proveout.charter.schema import Charter
from proveout.charter.sealing import standing
from proveout.diagnosis import Answers, Diagnosis, Record
from proveout.diagnosis.record import Verdict
from proveout.errors import InputError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Ledger
from proveout.gate import gather
from proveout.gate.model import Dossier
from proveout.register import Act, Recorded, record


def record_in(ledger: Ledger, pilot: str, file: Charter | None = None) -> Record:
    """Return all that a ledger tells of a pilot; before the seal, `file` is its charter."""
    entries = list(ledger.entries(pilot=pilot))
    sealing = standing(entries)
    return record_of(
        gather(entries, pilot, "scale"),
        gather(entries, pilot),
        charter=_in_force(sealing.content_in_force) or file,
        verdicts=(entry.body for entry in entries if entry.kind == "verdict"),
    )


def record_of(
    in_use: Dossier, launch: Dossier, *, charter: Charter | None,
    verdicts: Iterable[Mapping[str, Any]],
) -> Record:  # fmt: skip
    """Return what two dossiers of a pilot tell: of the gate `scale`, and of its launch."""
    there = {each.id for each in in_use.evidence}
    return Record(
        charter=charter,
        evidence=(*in_use.evidence, *(each for each in launch.evidence if each.id not in there)),
        sealed_at=in_use.sealed_at,
        sealed_by=in_use.sealed_by,
        has_results_before_seal=in_use.has_results_before_seal,
        loosened_late=_loosened_late(in_use),
        verdicts=tuple(_verdict(each) for each in verdicts),
        last_at=in_use.last_recorded_at,
    )


def record_diagnosis(
    found: Diagnosis,
    answers: Answers | None,
    *,
    who: str,
    loaded: LoadedCharter | None,
    ledger: Ledger,
    catalogue: Catalogue,
    now: datetime,
) -> Recorded:
    """Record why a pilot failed, by a named person. Raises InputError where nothing is known."""
    return _record(
        "diagnosis.recorded", found.as_says(answers), who=who, pilot=found.pilot,
        loaded=loaded, ledger=ledger, catalogue=catalogue, now=now,
    )  # fmt: skip


def show_met(
    condition: str,
    shows: str,
    *,
    is_met: bool = True,
    who: str,
    loaded: LoadedCharter,
    ledger: Ledger,
    catalogue: Catalogue,
    now: datetime,
) -> Recorded:
    """Record that a condition which an earlier pilot left is met, with what shows it."""
    return _record(
        "diagnosis.met" if is_met else "diagnosis.unmet",
        {"condition": condition, "shows": shows},
        who=who, pilot=loaded.charter.pilot,
        loaded=loaded, ledger=ledger, catalogue=catalogue, now=now,
    )  # fmt: skip


def _record(
    kind: str, says: Mapping[str, Any], *, who: str, pilot: str, loaded: LoadedCharter | None,
    ledger: Ledger, catalogue: Catalogue, now: datetime,
) -> Recorded:  # fmt: skip
    name = who.strip()
    if not name:
        raise InputError("Nobody is named.", hint="Name a person: --by 'Ada Byron'")
    act = Act(
        id=secrets.token_urlsafe(12), pilot=pilot, kind=kind, who=name, at=now, says=dict(says)
    )
    return record(
        act, loaded=loaded or _without_charter(pilot), ledger=ledger, catalogue=catalogue, now=now
    )


def _without_charter(pilot: str) -> LoadedCharter:
    """Return the charter of a pilot that never had one."""
    try:
        charter = Charter(pilot=pilot)
    except ValidationError as error:
        raise InputError(
            f"'{pilot}' cannot be the name of a pilot in a ledger.",
            hint="Use letters, digits, '_', '.' and '-', and name it likewise under predecessors.",
        ) from error
    return LoadedCharter(
        charter=charter, path=Path("pilot.yaml"), content_hash=content_hash(charter)
    )


def _in_force(content: Mapping[str, Any] | None) -> Charter | None:
    """Return the sealed charter; of one that an older schema wrote, what is there is told."""
    if content is None:
        return None
    try:
        return Charter.model_validate(dict(content))
    except ValidationError:
        return None


def _loosened_late(dossier: Dossier) -> tuple[str, ...]:
    return tuple(each.what for each in dossier.loosenings if each.results_known)


def _verdict(body: Mapping[str, Any]) -> Verdict:
    return Verdict(
        stage=body["stage"],
        decision=body["decision"],
        at=datetime.fromisoformat(body["decided_at"]),
    )
