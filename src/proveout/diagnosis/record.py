"""What a ledger tells of a pilot that ended, in the terms of the interview's questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.diagnosis.read_from_charter import from_charter
from proveout.diagnosis.read_from_evidence import from_evidence
from proveout.diagnosis.readings import Reading
from proveout.evidence.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One decision at a gate, as the ledger keeps it."""

    stage: str
    decision: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is on record of one pilot."""

    charter: Charter | None = None
    """In force: as sealed and amended; before the seal, the file."""
    evidence: tuple[Evidence, ...] = ()
    sealed_at: datetime | None = None
    sealed_by: str | None = None
    has_results_before_seal: bool = False
    loosened_late: tuple[str, ...] = ()
    """What was made easier once results were known."""
    verdicts: tuple[Verdict, ...] = ()
    """The oldest first."""
    last_at: datetime | None = None
    """When the ledger was last told of it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on record."""
        return self.charter is None and not self.evidence


def readings_of(record: Record) -> tuple[Reading, ...]:
    """Return what the record tells, signal by signal."""
    return tuple(_readings(record))


def _readings(record: Record) -> Iterator[Reading]:
    yield from _on_the_decision(record)
    if record.charter is not None:
        yield from from_charter(record.charter)
    yield from from_evidence(record.evidence, record.charter)


def _on_the_decision(record: Record) -> Iterator[Reading]:
    """The order of seal and results stands in the ledger itself."""
    charter = record.charter
    if charter is None:
        return
    decides = any(kpi.threshold is not None for kpi in charter.kpis) or bool(charter.acceptance)
    has_results = any(found.basis == "measured" for found in record.evidence)
    if record.sealed_at is None:
        option = "never" if not decides else "later" if has_results else None
        told = (
            "The charter holds no threshold, and was never sealed."
            if not decides
            else "The charter was never sealed, and there are results."
        )
    elif record.has_results_before_seal:
        option, told = "later", f"It was sealed on {record.sealed_at:%Y-%m-%d}, after results."
    elif record.loosened_late:
        easier = _some(record.loosened_late)
        option, told = "later", f"Made easier once results were known: {easier}."
    elif not decides:
        option, told = "never", "What was sealed holds no threshold."
    else:
        option = "before"
        told = f"Sealed by {record.sealed_by} on {record.sealed_at:%Y-%m-%d}, before any result."
    if option is not None:
        # A draft that nobody sealed and that has no results yet is no proof of what was agreed.
        is_draft = record.sealed_at is None and not has_results
        yield Reading(
            signal="decision_rule",
            option=option,
            source="left out" if is_draft else "measured",
            told=told,
            where="ledger",
        )


def _some(names: Iterable[str]) -> str:
    listed = sorted(set(names))
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more
