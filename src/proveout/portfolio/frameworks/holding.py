"""What of it is there for one pilot: evidence, stale evidence, evidence against, or none. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest
from proveout.evidence.model import CHARTER_INPUT, PART_INPUT, Evidence
from proveout.portfolio.frameworks.model import LEDGER, SEAL, Duty, Framework, Proof

ProofState = Literal["there", "against", "stale", "none"]
"""`against`: the evidence is there, and says no, or the gate found it short."""

_SEVERITY: dict[ProofState, int] = {"against": 3, "stale": 2, "there": 1, "none": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One duty, held against the evidence of one pilot."""

    duty: Duty
    states: tuple[ProofState, ...]
    """Of its proofs, in their order."""

    @property
    def state(self) -> Literal["evidence", "in part", "none"]:
        """Say how much of it is there."""
        there = sum(state == "there" for state in self.states)
        if there == len(self.states):
            return "evidence"
        return "in part" if there else "none"

    @property
    def gaps(self) -> tuple[Proof, ...]:
        """Return what is not there, is stale or says no."""
        return tuple(
            proof
            for proof, state in zip(self.duty.proofs, self.states, strict=True)
            if state != "there"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a pilot."""

    evidence: tuple[Evidence, ...]
    charter: Charter
    charter_hash: str
    is_sealed: bool
    has_entries: bool
    now: datetime
    short: frozenset[str] = frozenset()
    """Ids of evidence that a gate found short of what it asks."""


def hold(framework: Framework, known: Known) -> tuple[Held, ...]:
    """Hold every duty of a framework against what is known."""
    by_metric: dict[str, list[Evidence]] = {}
    for found in known.evidence:
        by_metric.setdefault(found.metric, []).append(found)
    return tuple(
        Held(duty=duty, states=tuple(_state(proof, by_metric, known) for proof in duty.proofs))
        for duty in framework.duties
    )


def _state(proof: Proof, by_metric: dict[str, list[Evidence]], known: Known) -> ProofState:
    if proof.metric == LEDGER:
        return "there" if known.has_entries else "none"
    if proof.metric == SEAL:
        return "there" if known.is_sealed else "none"
    found = [
        each
        for each in by_metric.get(proof.metric, ())
        if each.basis != "simulated" and each.n and _is_about(each, proof)
    ]
    return _worst(_of(each, known) for each in found)


def _is_about(found: Evidence, proof: Proof) -> bool:
    told = found.subject.as_dict()
    return all(told.get(key) == value for key, value in proof.subject.parts)


def _worst(states: Iterable[ProofState]) -> ProofState:
    return max(states, key=lambda state: _SEVERITY[state], default="none")


def _of(found: Evidence, known: Known) -> ProofState:
    is_no = found.unit == "flag" and found.metric != "drift.alarm" and found.value < 1
    if is_no or found.id in known.short:
        return "against"
    if found.valid_until is not None and found.valid_until < known.now:
        return "stale"
    parts = {key: told for key, told in found.inputs.items() if key.startswith(PART_INPUT)}
    if parts:
        same = all(
            digest(key.removeprefix(PART_INPUT), known.charter) == told
            for key, told in parts.items()
        )
        return "there" if same else "stale"
    is_old = found.inputs.get(CHARTER_INPUT, known.charter_hash) != known.charter_hash
    return "stale" if is_old and found.basis == "attested" else "there"
