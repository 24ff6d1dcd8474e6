"""What a judgement looks things up in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from proveout.evidence.model import (
    CHARTER_INPUT,
    MEASURED_INPUT,
    PART_INPUT,
    SYSTEM_INPUT,
    Evidence,
)
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.dossier import ATTEST
from proveout.gate.model import Dossier


@dataclass(frozen=True, slots=True)
class Bench:
    """The dossier, indexed, with the time and the charter of the decision."""

    dossier: Dossier
    now: datetime
    charter_hash: str
    measured_hash: Callable[[str], str]
    """What a check measured by, as the charter says it now."""
    part_hash: Callable[[str], str]
    """A part of the charter that people sign, by its name, as the charter says it now."""
    measured_by: Mapping[str, str]
    """Metric to check, for those that the installed checks yield."""
    outcomes: Mapping[str, CheckOutcome]
    """By check."""
    by_metric: Mapping[str, list[Evidence]]
    kept: Mapping[tuple[str, str], int]
    """How many facts of a check and run are there."""
    system: str | None
    """Fingerprint of the system that was measured last."""

    @property
    def latest(self) -> datetime:
        """The time, which is never before what the ledger has seen: no waiver lives again."""
        return max(self.now, self.dossier.last_recorded_at or self.now)

    def broken_off(self, found: Evidence) -> str | None:
        """Say why the run that found this may be incomplete; None when it came to its end."""
        name = found.check.name
        if name == ATTEST:
            return None
        outcome = self.outcomes.get(name)
        if outcome is None or outcome.run != found.run:
            return f"the check '{name}' never reported an end"
        if outcome.status != "done":
            return ended(outcome)
        kept = self.kept[name, found.run]
        if kept < outcome.n_evidence:
            return f"only {kept} of the {outcome.n_evidence} facts of '{name}' are in the ledger"
        return None

    def is_of_this_charter(self, found: Evidence) -> bool:
        """Tell whether it was said of, read from, or measured under, what the charter says now."""
        parts = {name: told for name, told in found.inputs.items() if name.startswith(PART_INPUT)}
        if parts:
            return all(
                self.part_hash(name.removeprefix(PART_INPUT)) == told
                for name, told in parts.items()
            )
        if found.inputs.get(CHARTER_INPUT, self.charter_hash) == self.charter_hash:
            return True
        is_measured = found.basis == "measured"
        return is_measured and found.inputs.get(MEASURED_INPUT) == self.measured_hash(
            found.check.name
        )


def lay_out(
    dossier: Dossier,
    *,
    now: datetime,
    charter_hash: str,
    measured_hash: Callable[[str], str] = lambda check: "",  # noqa: ARG005 - a default
    part_hash: Callable[[str], str] = lambda part: "",  # noqa: ARG005 - a default
    measured_by: Mapping[str, str],
) -> Bench:
    """Index a dossier."""
    by_metric: dict[str, list[Evidence]] = {}
    for found in dossier.evidence:
        by_metric.setdefault(found.metric, []).append(found)
    return Bench(
        dossier=dossier,
        now=now,
        charter_hash=charter_hash,
        # Each fact asks, and the charter stands still while it is judged.
        measured_hash=cache(measured_hash),
        part_hash=cache(part_hash),
        measured_by=measured_by,
        outcomes={outcome.check: outcome for outcome in dossier.outcomes},
        by_metric=by_metric,
        kept=Counter((found.check.name, found.run) for found in dossier.evidence),
        system=_latest_system(dossier.evidence),
    )


def _latest_system(evidence: Iterable[Evidence]) -> str | None:
    on_systems = [found for found in evidence if SYSTEM_INPUT in found.inputs]
    latest = max(
        on_systems,
        key=lambda found: (found.observed_at, found.inputs[SYSTEM_INPUT]),
        default=None,
    )
    return None if latest is None else latest.inputs[SYSTEM_INPUT]


def ended(outcome: CheckOutcome) -> str:
    """Say how a check ended: 'the check 'stress' was skipped: …'."""
    how = {"skipped": "was skipped", "failed": "failed", "interrupted": "was interrupted"}
    reason = f": {outcome.reason.rstrip('.')}" if outcome.reason else ""
    return f"the check '{outcome.check}' {how.get(outcome.status, outcome.status)}{reason}"
