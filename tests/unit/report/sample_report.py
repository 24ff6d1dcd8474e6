"""A report as an assessment makes it, from plain figures."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric
from proveout.evidence.model import CheckRef, Evidence, Interval, Scope, Subject
from proveout.evidence.outcome import CheckOutcome, NotMeasured
from proveout.evidence.waiver import Waiver
from proveout.gate.model import Criterion, Finding, Loosening, Role, Ruling, State, Verdict
from proveout.report import Report

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

PLUGIN_METRIC = Metric(
    name="forms.legible",
    unit="fraction",
    direction="higher",
    family="technical",
    meaning="Share of forms that can be read.",
    computed="Counted.",
    source="R201",
)
CATALOGUE = Catalogue([*SHIPPED, PLUGIN_METRIC])


def fact(
    metric: str,
    value: float,
    *,
    half_width: float | None = None,
    n: int = 5000,
    scope: Scope = "production",
    person: str | None = None,
    details: dict[str, object] | None = None,
    **subject: str,
) -> Evidence:
    """Make one piece of evidence."""
    return Evidence(
        pilot="flights-replan",
        metric=metric,
        subject=Subject.of(**subject),
        value=value,
        unit=CATALOGUE[metric].unit,
        interval=None
        if half_width is None
        else Interval(low=value - half_width, high=value + half_width, level=0.95, method="wilson"),
        n=n,
        basis="attested" if person else "measured",
        scope=scope,
        observed_at=NOW,
        check=CheckRef(name=metric.partition(".")[0], version="1"),
        run="run-1",
        inputs={"charter": "sha256:ab12", "data:EWR": "sha256:cd34"},
        person=person,
        details=details or {},
    )


def ruling(
    state: State,
    title: str,
    *,
    metric: str = "quality.accuracy",
    reason: str = "0.872 against 0.85",
    evidence: Evidence | None = None,
    weight: float = 0.0,
    role: Role = "engineer",
    owner: str = "Lena Hoff (engineer)",
    waiver: Waiver | None = None,
    threshold: float = 0.85,
    criterion_id: str | None = None,
) -> Ruling:
    """Make one judged criterion."""
    finding = Finding(
        subject=Subject(),
        state=state,
        evidence=evidence,
        bound=None if evidence is None else evidence.value,
        margin=None if evidence is None else evidence.value - threshold,
        reason=reason,
    )
    return Ruling(
        criterion=Criterion(
            id=criterion_id or f"production.{metric.partition('.')[2]}",
            stage="production",
            title=title,
            metric=metric,
            comparison=">=",
            threshold=threshold,
            family=CATALOGUE[metric].family,
            fix=f"Do something about {metric}",
            role=role,
            sources=("R301",),
        ),
        state=state,
        deciding=finding,
        findings=(finding,),
        owner=owner,
        weight=weight,
        waiver=waiver,
    )


def sample_evidence() -> tuple[Evidence, ...]:
    """Return evidence of every kind which the page has a section for."""
    found = [
        fact("quality.accuracy", 0.895, half_width=0.005, n=15003, scope="pilot"),
        fact("quality.accuracy", 0.8722, half_width=0.0011, n=336776),
        fact("quality.recall", 0.61, half_width=0.01, n=3300, scope="pilot"),
        fact("quality.recall", 0.523, half_width=0.004, n=90000),
        fact("quality.silent_failure", 0.031, half_width=0.003, n=15003, scope="pilot"),
        fact("quality.silent_failure", 0.056, half_width=0.0008, n=336776),
        fact("quality.sandbox_drop", 0.023, half_width=0.005, n=351779),
        fact("readiness.sandbox_auc", 0.87, half_width=0.01, n=20000),
        fact("forms.legible", 0.5, half_width=0.1, n=100),
        fact("governance.declared", 1, n=1, person="Maria Alvarez", part="production-owner"),
        fact("governance.declared", 0, n=1, person="Maria Alvarez", part="milestones"),
    ]
    found += [
        fact("quality.accuracy", 0.92 - 0.008 * m, half_width=0.004, n=28000, period=f"2013-{m:02}")
        for m in range(1, 13)
    ]
    for carrier, value in {"UA": 0.89, "EV": 0.84, "<b>9E</b>": 0.81, "B6": 0.87}.items():
        found.append(
            fact("quality.accuracy", value, half_width=0.01, n=9000, slice=f"carrier={carrier}")
        )
    for site in ("EWR", "JFK", "LGA"):
        found += [
            fact("quality.accuracy", 0.87, half_width=0.002, n=110000, site=site),
            fact("readiness.exceptions", 0.03, half_width=0.001, n=110000, source=site),
            fact("readiness.exceptions", 0.025, half_width=0.001, n=110000, source=site,
                 kind="missing-required",
                 details={"examples": ["dep_delay is empty in record 839"]}),
            fact("readiness.required_completeness", 0.975, half_width=0.001, n=110000, source=site,
                 column="dep_delay"),
            fact("readiness.required_completeness", 1.0, n=110000, source=site, column="dest"),
        ]  # fmt: skip
    for number, operator in enumerate(("missing-at-random", "unit-change", "swapped-columns")):
        for severity in ("0.05", "0.25"):
            size = float(severity) * (number + 1) / 4
            found += [
                fact("stress.silent_failure", 0.05 + size, half_width=0.008, scope="synthetic",
                     operator=operator, severity=severity),
                fact("stress.quality_drop", size, half_width=0.008, scope="synthetic",
                     operator=operator, severity=severity),
                fact("stress.refusal_rate", 0.0, half_width=0.0, scope="synthetic",
                     operator=operator, severity=severity),
            ]  # fmt: skip
    for number, column in enumerate(("month", "dep_delay", "dest", "carrier")):
        found.append(
            fact("readiness.sandbox_gap", 0.6 / (number + 1), half_width=0.01, column=column)
        )
    return tuple(found)


def sample_report() -> Report:
    """Return a report that is held, with every kind of thing to say."""
    evidence = sample_evidence()
    waiver = Waiver(
        pilot="flights-replan",
        criterion="production.trained",
        who="David Chen",
        why="The next course is in April",
        granted_at=NOW,
        until=datetime(2026, 4, 30, tzinfo=UTC),
    )
    held = (
        ruling("failed", "Late flights are found", metric="quality.recall", weight=3.0,
               reason="Recall is 52.3 % (51.9 to 52.7 %); at least 70 % is required",
               threshold=0.7),
        ruling("missing", "The system holds the load of all users", metric="load.p95_latency",
               weight=2.0, reason="No check of this version measures it"),
        ruling("inconclusive", "Quality is kept from sandbox to production",
               metric="quality.sandbox_drop", weight=1.0, reason="2.3 % against 2.5 %"),
    )  # fmt: skip
    rulings = (
        *held,
        ruling("passed", "Accuracy is at least 85 %"),
        ruling("waived", "Users are trained", metric="people.trained", waiver=waiver,
               owner="Maria Alvarez (production owner)"),
    )  # fmt: skip
    outcome = CheckOutcome(
        run="run-1", check="quality", version="1", status="done", started_at=NOW, ended_at=NOW,
        n_evidence=20,
        not_measured=(
            NotMeasured(metric="quality.roc_auc", reason="One class only", next_step="More data"),
        ),
    )  # fmt: skip
    failed = CheckOutcome(
        run="run-1", check="load", version="1", status="failed", started_at=NOW, ended_at=NOW,
        reason="The server refused", next_step="Start it",
    )  # fmt: skip
    verdict = Verdict(
        pilot="flights-replan",
        stage="production",
        decision="hold",
        summary="Not yet: late flights are found too seldom, and the load was never tried.",
        decided_at=NOW,
        rulings=rulings,
        fix_first=held,
        outcomes=(outcome, failed),
        charter_hash="sha256:" + "ab" * 32,
        sealed_at=NOW,
        sealed_by="Maria Alvarez",
        loosenings=(
            Loosening(
                what="acceptance[quality.recall].threshold",
                before="0.8",
                after="0.7",
                who="Priya Nair",
                why="Agreed with the owner",
                at=NOW,
                results_known=True,
            ),
        ),
        notes=("The criterion production.drill was taken out: no drill yet.",),
        counts=Counter(r.state for r in rulings),
    )
    return Report(
        verdict=verdict,
        loaded=LoadedCharter(
            charter=Charter(pilot="flights-replan", title="Re-plan <crews> & gates"),
            path=Path("pilot.yaml"),
            content_hash="sha256:" + "ab" * 32,
        ),
        evidence=evidence,
        catalogue=CATALOGUE,
        generated_at=NOW,
        ledger_head=(412, "cd" * 32),
        version="0.1.0",
    )
