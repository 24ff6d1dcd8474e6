"""The report as JSON, with a schema that is published and held by a test."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from proveout.checks.readiness.remediation import remediation
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import CheckOutcome
from proveout.gate.model import Decision, Finding, Ruling, State
from proveout.report.model import Report

SCHEMA_VERSION = 1


class Document(BaseModel):
    """Base of the document's parts: nothing undeclared gets in."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class FindingDocument(Document):
    """What became of one criterion for one subject."""

    subject: dict[str, str]
    state: State
    evidence: str | None
    """Id in `evidence`."""
    bound: float | None
    margin: float | None
    """How far the bound clears the threshold; negative when short."""
    reason: str


class RulingDocument(Document):
    """One criterion, judged."""

    id: str
    title: str
    family: str
    metric: str
    comparison: Literal[">=", "<="]
    threshold: float
    confidence: float
    scope: str | None
    is_limit: bool
    origin: str
    note: str
    state: State
    weight: float
    owner: str
    fix: str
    sources: list[str]
    waiver: dict[str, Any] | None
    findings: list[FindingDocument]
    """Worst first; the first one decides."""


class VerdictDocument(Document):
    """The decision."""

    pilot: str
    stage: str
    decision: Decision
    summary: str
    decided_at: str
    charter_hash: str
    sealed_at: str | None
    sealed_by: str | None
    counts: dict[str, int]
    notes: list[str]
    fix_first: list[str]
    """Ids of the criteria that hold the gate, heaviest first."""
    rulings: list[RulingDocument]
    loosenings: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    """How each check's last run ended, with what it could not measure."""


class ReportDocument(Document):
    """A Proveout report."""

    schema_version: Literal[1] = 1
    proveout: str
    """Version of Proveout."""
    generated_at: str
    ledger: dict[str, Any]
    """`entries` and `head` (hash) when the verdict was made."""
    verdict: VerdictDocument
    evidence: list[dict[str, Any]]
    """Every fact with its provenance, as in the ledger, with its `id`."""
    remediation: list[dict[str, Any]]
    """What is to be changed at the source of the data, by whom, the gravest first."""


def render_json(report: Report) -> dict[str, Any]:
    """Return the report as plain JSON values."""
    document = ReportDocument(
        proveout=report.version,
        generated_at=report.generated_at.isoformat(),
        ledger={"entries": report.ledger_head[0], "head": report.ledger_head[1]},
        verdict=_verdict(report),
        evidence=[_evidence(found) for found in report.evidence],
        remediation=[x.as_dict() for x in remediation(report.evidence, report.loaded.charter)],
    )
    return document.model_dump(mode="json")


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the report."""
    schema = ReportDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _verdict(report: Report) -> VerdictDocument:
    verdict = report.verdict
    return VerdictDocument(
        pilot=verdict.pilot,
        stage=verdict.stage,
        decision=verdict.decision,
        summary=verdict.summary,
        decided_at=verdict.decided_at.isoformat(),
        charter_hash=verdict.charter_hash,
        sealed_at=None if verdict.sealed_at is None else verdict.sealed_at.isoformat(),
        sealed_by=verdict.sealed_by,
        counts={str(state): count for state, count in verdict.counts.items()},
        notes=list(verdict.notes),
        fix_first=[ruling.criterion.id for ruling in verdict.fix_first],
        rulings=[_ruling(ruling) for ruling in verdict.rulings],
        loosenings=[
            {
                "what": change.what,
                "before": change.before,
                "after": change.after,
                "who": change.who,
                "why": change.why,
                "at": change.at.isoformat(),
                "results_known": change.results_known,
            }
            for change in verdict.loosenings
        ],
        checks=[_outcome(outcome) for outcome in verdict.outcomes],
    )


def _ruling(ruling: Ruling) -> RulingDocument:
    criterion = ruling.criterion
    return RulingDocument(
        id=criterion.id,
        title=criterion.title,
        family=criterion.family,
        metric=criterion.metric,
        comparison=criterion.comparison,
        threshold=criterion.threshold,
        confidence=criterion.confidence,
        scope=criterion.scope,
        is_limit=criterion.is_limit,
        origin=criterion.origin,
        note=criterion.note,
        state=ruling.state,
        weight=ruling.weight,
        owner=ruling.owner,
        fix=criterion.fix,
        sources=list(criterion.sources),
        waiver=None if ruling.waiver is None else ruling.waiver.as_dict(),
        findings=[_finding(finding) for finding in ruling.findings],
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument(
        subject=finding.subject.as_dict(),
        state=finding.state,
        evidence=None if finding.evidence is None else finding.evidence.id,
        bound=finding.bound,
        margin=finding.margin,
        reason=finding.reason,
    )


def _evidence(found: Evidence) -> dict[str, Any]:
    return {"id": found.id, **found.as_dict()}


def _outcome(outcome: CheckOutcome) -> dict[str, Any]:
    return outcome.as_dict()
