"""What a check is: a question, the metrics it yields, and a stream of findings.

A check decides nothing. It is a folder with one public `CHECK`, found by the entry point group
`proveout.checks`; heavy packages are imported inside `run`, so that listing checks stays quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Source
from proveout.evidence.alarm import Resolved
from proveout.evidence.catalogue import Catalogue, Metric
from proveout.evidence.model import (
    WHOLE,
    Basis,
    CheckRef,
    Evidence,
    Interval,
    Scope,
    Subject,
)
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable

if TYPE_CHECKING:  # what answers is loaded by those who ask it
    from proveout.systems.port import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a check is."""

    done: int
    total: int | None
    what: str
    """What is being done now: 'stress: missing values at 25 %'."""


Finding = Evidence | NotMeasured | Progress
"""What a check yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a check cannot begin without."""

    what: str
    """'data.label is not in the charter'."""
    next_step: str
    """'Name the column that holds the true answer: data.label'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of production traffic; whole moments with time zone, the end not included."""

    begins: datetime
    ends: datetime

    def __str__(self) -> str:
        return f"{self.begins.isoformat()}/{self.ends.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A window of the prediction log, as tables that the engine holds."""

    window: Window
    requests: OpenTable
    """One row per request, with the columns of `runtime.log.columns.schema`."""
    rows: OpenTable
    """One row per answer: the columns that the system was given, and `proveout_answer`,
    `proveout_confidence`, `proveout_label` (null until it is known), `proveout_id` of the request,
    `proveout_at`, `proveout_version`, `proveout_team`, `proveout_user`."""
    before: Callable[[], OpenTable | None]
    """Open the rows of the time between launch and this window; None where there were none."""
    exceptions: OpenTable | None = None
    """One row per entry of the exception queue, all of them, not only those of the window."""


class DataAccess(Protocol):
    """The charter's sources, each opened once and shared by all checks of a run."""

    def pilot(self) -> OpenTable | None:
        """Open the curated sample; None where the charter names none."""
        ...

    def production(self) -> list[OpenTable]:
        """Open every production source with role 'records', in the charter's order."""
        ...

    def references(self) -> list[OpenTable]:
        """Open every production source with role 'reference'."""
        ...

    def labels(self) -> OpenTable | None:
        """Open the file of true answers; None where labels are a column of the data."""
        ...

    def served(self) -> Served | None:
        """Return what the prediction log tells of a window; None before the system is in use."""
        ...

    def open(self, source: Source) -> OpenTable:
        """Open a source that the charter names elsewhere than under data: what stress is to give to
        the system, who uses it. Raises InputError when unreadable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """All that a check may touch. Clock, randomness, data and system come from here only."""

    loaded: LoadedCharter
    data: DataAccess
    open_system: Callable[[], System]
    """Start the system under test; a fresh one each call. Raises UnreachableError."""
    catalogue: Catalogue
    check: CheckRef
    run: str
    now: datetime
    """When the run began; observed_at of its evidence."""
    seed: int
    artifacts: Path
    """Folder of this run for larger files."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints known before the run, such as that of the charter."""
    sealed_by: str | None = None
    """Who sealed the charter; None before the seal."""
    sealed_at: datetime | None = None
    """When the charter was sealed; None before."""
    earlier: Callable[[], Sequence[Evidence]] = tuple
    """Ask for what this check found in the run before this one; nothing where there was none."""
    known: Callable[[], Sequence[Evidence]] = tuple
    """Ask for the latest evidence of all checks, earlier ones of this run's among them; of a check
    that looked at production traffic also what it found before the launch."""
    resolved: Callable[[], Sequence[Resolved]] = tuple
    """Ask which alarms were resolved, so that what raised them begins anew."""
    basis: Basis = "measured"
    """What is found is called this, where it is not said; `replace` it once the system turns out
    to be a simulation."""

    @property
    def charter(self) -> Charter:
        """The charter itself."""
        return self.loaded.charter

    def found(
        self,
        metric: str,
        value: float,
        *,
        n: int,
        scope: Scope,
        subject: Subject = WHOLE,
        interval: Interval | None = None,
        basis: Basis | None = None,
        person: str | None = None,
        unit: str | None = None,
        valid_until: datetime | None = None,
        inputs: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
        artifact: str | None = None,
    ) -> Evidence:
        """Make one piece of evidence, filling in pilot, check, run, time and unit.

        Raises KeyError on a metric that the catalogue does not know.
        """
        declared = self.catalogue[metric]
        return Evidence(
            pilot=self.charter.pilot,
            metric=metric,
            subject=subject,
            value=float(value),
            unit=unit if unit is not None else declared.unit,
            interval=interval,
            n=int(n),
            basis=self.basis if basis is None else basis,
            scope=scope,
            observed_at=self.now,
            valid_until=valid_until,
            check=self.check,
            run=self.run,
            inputs={**self.inputs, **(inputs or {})},
            person=person,
            details=dict(details or {}),
            artifact=artifact,
        )


def waits_to_be_asked(check: Check, charter: Charter) -> bool:
    """Tell whether a check only runs when it is named, because others bear it or take part.

    A check that never does so needs no method for it.
    """
    asks = getattr(check, "waits_to_be_asked", None)
    return bool(asks(charter)) if asks is not None else False


def watches_production(check: Check) -> bool:
    """Tell whether a check looks at a system in use alone, so that an assessment leaves it out.

    A check that never does so needs no such attribute.
    """
    return bool(getattr(check, "watches_production", False))


def looks_before_launch(check: Check, charter: Charter) -> bool:
    """Tell whether an assessment has something to show to a check that watches production.

    A check that never looks before the launch needs no method for it.
    """
    looks = getattr(check, "looks_before_launch", None)
    return bool(looks(charter)) if looks is not None else False


def needs_of(check: Check, charter: Charter, *, in_use: bool) -> list[Need]:
    """Ask a check what the charter lacks; of a system in use it may want less than before launch.

    A check that wants the same then needs no method `needs_in_use` for it.
    """
    in_use_only = getattr(check, "needs_in_use", None) if in_use else None
    return check.needs(charter) if in_use_only is None else list(in_use_only(charter))


def refuse_mere_mention(check: Check, charter: Charter) -> None:
    """Raise what a check says that cannot be run by naming it, before anything is recorded.

    A check for which naming it is enough needs no method for it.
    """
    refuses = getattr(check, "refuse_mere_mention", None)
    if refuses is not None:
        refuses(charter)


class Check(Protocol):
    """One question of the gate."""

    @property
    def name(self) -> str:
        """Lower case, as in `proveout check NAME`."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same input may give another figure."""
        ...

    @property
    def question(self) -> str:
        """The question it answers, in one sentence."""
        ...

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What it yields."""
        ...

    def needs(self, charter: Charter) -> list[Need]:
        """Say what is missing in the charter for this check to run; empty when it can."""
        ...

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings. May raise ProveoutError; anything else is a bug of the check."""
        ...
