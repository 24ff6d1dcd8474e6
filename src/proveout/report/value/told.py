"""What was found last, and what could not be, looked up by metric and subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from proveout.charter.schema import Charter
from proveout.evidence.model import Evidence, Scope, Subject
from proveout.evidence.outcome import CheckOutcome, NotMeasured
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The evidence that counts, with the charter that it is held against."""

    charter: Charter
    evidence: Sequence[Evidence]
    outcomes: Sequence[CheckOutcome]

    @classmethod
    def of(cls, report: Report) -> Self:
        """Take what a report rests on."""
        return cls(
            charter=report.loaded.charter,
            evidence=report.evidence,
            outcomes=report.verdict.outcomes,
        )

    @property
    def has_value(self) -> bool:
        """Whether the value check has found anything, or has said what it could not find."""
        return any(each.check.name == "value" for each in self.evidence) or any(
            outcome.check == "value" and self.charter.value is not None for outcome in self.outcomes
        )

    def one(self, metric: str, *, scope: Scope | None = None, **about: str) -> Evidence | None:
        """Return what was found last on a metric, about exactly this."""
        subject = Subject.of(**about)
        known = [
            each
            for each in self.evidence
            if each.metric == metric
            and each.subject == subject
            and (scope is None or each.scope == scope)
        ]
        return max(known, key=lambda each: each.observed_at, default=None)

    def why_not(self, metric: str, **about: str) -> NotMeasured | None:
        """Return why a check could not tell a figure; that of the whole where nothing is nearer."""
        subject = Subject.of(**about)
        missing = [
            each
            for outcome in self.outcomes
            for each in outcome.not_measured
            if each.metric == metric and each.subject in (subject, Subject())
        ]
        return max(missing, key=lambda each: len(each.subject.parts), default=None)
