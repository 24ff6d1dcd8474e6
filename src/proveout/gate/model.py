"""The values of the gate: criteria, dossier, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from proveout.charter.schema import Comparison, Stage
from proveout.diagnosis.recorded import RecordedDiagnosis
from proveout.evidence.alarm import Alarm
from proveout.evidence.catalogue import Family
from proveout.evidence.model import WHOLE, Basis, Evidence, Scope, Subject
from proveout.evidence.outcome import CheckOutcome
from proveout.evidence.waiver import Waiver

Role = Literal[
    "production owner", "executive sponsor", "project owner", "reviewer", "engineer", "data owner",
    "legal", "acts on alarms",
]  # fmt: skip
"""Who acts when a criterion is not met; the charter's people give the name."""

State = Literal["passed", "failed", "missing", "stale", "inconclusive", "waived"]
"""`inconclusive`: the point estimate clears the threshold and the bound of its interval does not.
`missing`: nothing was measured. `stale`: what was measured is too old. Only `passed` and, in the
open, `waived` let the gate pass."""

Decision = Literal["go", "hold", "stop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of the standard."""

    id: str
    """Stable: 'production.completeness'. The charter adjusts and waives by it."""
    stage: Stage
    title: str
    """The requirement in plain words: 'Required fields are filled in at least 98 % of records'."""
    metric: str
    subject: Subject = WHOLE
    """'*' stands for every value found, each of which must pass."""
    comparison: Comparison
    threshold: float
    unit: str = ""
    """Of the threshold, where the metric itself has none because its subject decides."""
    confidence: float = 0.95
    """Two-sided level of the interval whose bound must clear the threshold."""
    scope: Scope | None = None
    """None: any."""
    bases: tuple[Basis, ...] = ("measured",)
    """Which bases are accepted; simulated is never taken for measured."""
    max_age: timedelta | None = None
    is_limit: bool = False
    """A broken limit stops the pilot instead of holding it."""
    family: Family
    fix: str
    """What to do when it is not met, as an instruction."""
    role: Role
    sources: tuple[str, ...] = ()
    """Requirement ids and references for the default threshold."""
    origin: Literal["default", "tightened", "loosened", "charter"] = "default"
    note: str = ""
    """Why the charter changed it; shown in every verdict."""
    instead: Criterion | None = None
    """A line that passes this one as well, unless something measured denies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """A criterion made easier after the seal. Shown in every verdict from then on (R104)."""

    what: str
    """Path in the charter: 'acceptance[0].threshold'."""
    before: str
    after: str
    who: str
    why: str
    at: datetime
    results_known: bool
    """Evidence on what it concerns was already in the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateChange:
    """What an amendment changed, neither looser nor tighter by itself, when results were known."""

    what: tuple[str, ...]
    """Paths in the charter: 'data.label'."""
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another pilot of the ledger, sealed with the same system or the same data."""

    pilot: str
    sealed_by: str
    sealed_at: datetime
    content: Mapping[str, Any]
    """As it was sealed at first."""
    amended: Mapping[str, Any] | None = None
    """As it was amended last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that the ledger knows of one pilot, gathered for a decision."""

    evidence: tuple[Evidence, ...] = ()
    """Of the latest run of each check; earlier runs are superseded."""
    outcomes: tuple[CheckOutcome, ...] = ()
    """The latest outcome of each check."""
    waivers: tuple[Waiver, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """Those that nobody has resolved, the oldest first."""
    sealed_at: datetime | None = None
    sealed_by: str | None = None
    sealed_hash: str | None = None
    """Content hash in force: that of the seal, or of the last amendment."""
    loosenings: tuple[Loosening, ...] = ()
    n_amendments: int = 0
    sealed_content: Mapping[str, Any] | None = None
    """The charter in force in plain JSON, so that an unsealed change can be shown."""
    has_results_before_seal: bool = False
    """Something was measured before the charter was sealed (R104)."""
    first_sealed: Mapping[str, Any] | None = None
    """The charter as it was sealed at first, in plain JSON."""
    late_changes: tuple[LateChange, ...] = ()
    sealed_elsewhere: tuple[Relative, ...] = ()
    """Every other pilot of the ledger that is sealed."""
    diagnosed: tuple[RecordedDiagnosis, ...] = ()
    """What people found out about why pilots of the ledger failed."""
    last_recorded_at: datetime | None = None
    """When the ledger was last told of this pilot: it is later now, whatever a clock says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one criterion for one subject."""

    subject: Subject
    state: State
    evidence: Evidence | None
    bound: float | None
    """The end of the interval (for a full count the value) that was held against the threshold."""
    margin: float | None
    """How far the bound clears the threshold, in the metric's unit; negative when short."""
    reason: str
    """One sentence with the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One criterion, judged."""

    criterion: Criterion
    state: State
    """The worst over its subjects."""
    deciding: Finding
    """The finding that decides."""
    findings: tuple[Finding, ...]
    """All subjects, worst first."""
    owner: str
    """Name and role of who acts."""
    waiver: Waiver | None = None
    weight: float = 0.0
    """How much it holds the gate; the fix-first list is ordered by it. 0 when it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision at one gate, with everything that it rests on."""

    pilot: str
    stage: Stage
    decision: Decision
    summary: str
    """One sentence for a board."""
    decided_at: datetime
    rulings: tuple[Ruling, ...]
    """In the order of the standard."""
    fix_first: tuple[Ruling, ...]
    """Those that hold the gate, the heaviest first."""
    outcomes: tuple[CheckOutcome, ...] = ()
    """Checks of the last runs, those that could not run included."""
    charter_hash: str
    sealed_at: datetime | None
    sealed_by: str | None
    loosenings: tuple[Loosening, ...] = ()
    notes: tuple[str, ...] = ()
    """Things a reader must know: not sealed, defaults loosened, criteria taken out …"""
    counts: Mapping[State, int] = field(default_factory=dict)
