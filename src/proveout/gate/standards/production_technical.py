"""The technical half of `production`: data, quality, stress, load, cost, drill."""

from __future__ import annotations

from proveout.charter.schema import Comparison
from proveout.evidence.model import WHOLE, Scope, Subject
from proveout.gate.model import Criterion, Role
from proveout.gate.standards.terms import QUALITY_AGREED, days

_SOURCE = Subject.of(source="*")
_COLUMN = Subject.of(source="*", column="*")
_MONTH = days(31)
"""Production data older than a month has seen no month-end of the present."""


def _data(
    name: str,
    metric: str,
    comparison: Comparison,
    threshold: float,
    *,
    title: str,
    fix: str,
    sources: tuple[str, ...],
    subject: Subject = _SOURCE,
) -> Criterion:
    return Criterion(
        id=f"production.{name}",
        stage="production",
        title=title,
        metric=f"readiness.{metric}",
        subject=subject,
        comparison=comparison,
        threshold=threshold,
        scope="production",
        max_age=_MONTH,
        family="technical",
        fix=fix,
        role="data owner",
        sources=sources,
    )


READINESS: tuple[Criterion, ...] = (
    _data(
        "required-completeness", "required_completeness", ">=", 0.98,
        title="Required fields are filled in {} of records",
        fix="Fill the field at its source, and audit again.",
        sources=("R202", "two in a hundred is what an exception queue of one person can carry"),
        subject=_COLUMN,
    ),
    _data(
        "required-completeness-per-site", "required_completeness", ">=", 0.95,
        title="Required fields are filled in {} of records at every site",
        fix="Fill the field at the site that leaves it empty, and audit again.",
        sources=("R202", "R203", "a site may be worse than the average, not left out by it"),
        subject=Subject.of(source="*", column="*", site="*"),
    ),
    _data(
        "record-completeness", "record_completeness", ">=", 0.95,
        title="{} of records are complete",
        fix="Fill the fields that are missing most at their source, and audit again.",
        sources=("R202", "in step with the exception rate of 5 %"),
    ),
    _data(
        "type-conformance", "type_conformance", ">=", 0.99,
        title="{} of values are of their field's type",
        fix="Correct at its source what is written into the field, or declare its true type.",
        sources=("R203", "R205", "one typing error in a hundred entries is what people make"),
        subject=_COLUMN,
    ),
    _data(
        "out-of-range", "out_of_range", "<=", 0.01,
        title="{} of values break what their field declares",
        fix="Correct the values at their source, or declare the true range.",
        sources=("R204", "R205", "one in a hundred, as for types"),
        subject=_COLUMN,
    ),
    _data(
        "duplicate-rows", "duplicate_rows", "<=", 0.01,
        title="{} of records repeat another one",
        fix="Remove the repeated records at their source, and what makes them.",
        sources=("R205", "more would count in every figure"),
    ),
    _data(
        "duplicate-keys", "duplicate_keys", "<=", 0.001,
        title="{} of records carry a key that is taken",
        fix="Make the key unique at its source, or declare the true key in data.key.",
        sources=("R205", "a key that is not unique joins the wrong records"),
    ),
    _data(
        "timestamp-conflicts", "timestamp_conflicts", "<=", 0.01,
        title="{} of records have conflicting timestamps",
        fix="Correct order, zone and format of the timestamps at their source.",
        sources=("R205", "one in a hundred, as for types"),
    ),
    _data(
        "rejects", "rejects", "<=", 0.01,
        title="{} of rows cannot be read",
        fix="Have the export repaired at its source; proveout read FILE lists what was rejected.",
        sources=("R201", "what cannot be read was not measured: more would hide the rest"),
    ),
    _data(
        "unresolved-references", "unresolved_references", "<=", 0.01,
        title="{} of references do not resolve",
        fix="Complete the reference list, or correct the values which it does not know.",
        sources=("R205", "one in a hundred, as for types"),
        subject=_COLUMN,
    ),
    _data(
        "newest-age", "newest_age", "<=", 24,
        title="The newest record is {} old",
        fix="Deliver the data more often; data.freshness_hours says how fresh it must be.",
        sources=("R209", "the charter's data.freshness_hours"),
    ),
)  # fmt: skip


def _answers(
    name: str,
    metric: str,
    threshold: float,
    *,
    scope: Scope | None,
    title: str,
    fix: str,
    sources: tuple[str, ...],
) -> Criterion:
    return Criterion(
        id=f"production.{name}",
        stage="production",
        title=title,
        metric=metric,
        comparison="<=",
        threshold=threshold,
        scope=scope,
        max_age=_MONTH,
        family="technical",
        fix=fix,
        role="engineer",
        sources=sources,
    )


QUALITY: tuple[Criterion, ...] = (
    Criterion(
        id="production.quality-agreed",
        stage="production",
        title="It is agreed how good the answers must be",
        metric=QUALITY_AGREED,
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="technical",
        fix="Agree with the production owner on at least one line, such as "
        "acceptance: quality.accuracy >= 0.85.",
        role="production owner",
        sources=("R102", "R301", "no default can know what a wrong answer costs"),
    ),
    _answers(
        "exception-rate", "quality.exception_rate", 0.05, scope="production",
        title="{} of records get no usable answer",
        fix="Make the system answer, or repair the records it refuses; the details list them.",
        sources=("R301", "R204", "one in twenty by hand; more is a second process"),
    ),
    _answers(
        "sandbox-drop", "quality.sandbox_drop", 0.05, scope=None,
        title="Production is worse than the curated sample by {}",
        fix="Retrain and test on a representative sample of production.",
        sources=("R302", "R206", "beyond it the pilot's figures are not those of production"),
    ),
    _answers(
        "worst-slice", "quality.worst_slice", 0.0, scope=None,
        title="The worst slice is not far below what was agreed: {}",
        fix="Look at these records: get data for them, or send them to people instead.",
        sources=("R303", "10 points below the agreed accuracy, or 1.5 times the agreed MAE"),
    ),
    _answers(
        "silent-failure", "quality.silent_failure", 0.05, scope="production",
        title="{} of answers are wrong and confident",
        fix="Calibrate the confidence, or raise system.confident_at, and measure again.",
        sources=("R402", "what nobody is warned of must be rarer than what one is warned of"),
    ),
)  # fmt: skip

STRESS: tuple[Criterion, ...] = (
    _answers(
        "stress-quality-drop", "stress.worst_quality_drop", 0.10, scope="synthetic",
        title="The worst kind of damage costs {} of quality",
        fix="Validate the inputs that the worst operators damage; refuse instead of guessing.",
        sources=("R401", "twice the accepted sandbox drop: damage is rarer than production"),
    ),
    _answers(
        "stress-silent-failure", "stress.worst_silent_failure", 0.10, scope="synthetic",
        title="Under the worst kind of damage, {} of answers are wrong and confident",
        fix="Make the system refuse what it cannot know: input checks, calibrated confidence.",
        sources=("R402", "twice the silent failure accepted on production as it is"),
    ),
)  # fmt: skip


def _engineering(
    name: str,
    metric: str,
    threshold: float,
    *,
    title: str,
    fix: str,
    sources: tuple[str, ...],
    comparison: Comparison = "<=",
    scope: Scope | None = None,
    role: Role = "engineer",
) -> Criterion:
    return Criterion(
        id=f"production.{name}",
        stage="production",
        title=title,
        metric=metric,
        subject=WHOLE,
        comparison=comparison,
        threshold=threshold,
        scope=scope,
        max_age=days(92),
        family="engineering",
        fix=fix,
        role=role,
        sources=sources,
    )


_LOAD_FIX = "Send it the peak of full use (proveout load), and widen what is narrow."
_DRILL_FIX = "Hold a drill over a heavy weekend, without the vendor: proveout drill run."

ENGINEERING: tuple[Criterion, ...] = (
    _engineering(
        "load-latency", "load.p95_latency", 10,
        title="At the peak of full use, 95 % of requests take {}",
        fix=_LOAD_FIX, sources=("R403", "10 s: where users give up; load.p95_latency_s overrides"),
    ),
    _engineering(
        "load-errors", "load.error_rate", 0.01,
        title="At the peak of full use, {} of requests fail",
        fix=_LOAD_FIX, sources=("R403", "99 % served; load.max_error_rate overrides"),
    ),
    _engineering(
        "load-abandonment", "load.abandonment", 0.05,
        title="At the peak of full use, {} of users give up waiting",
        fix=_LOAD_FIX, sources=("R403", "in step with p95; load.max_abandonment overrides"),
    ),
    _engineering(
        "cost", "cost.budget_share", 1,
        title="A month at full use costs {} of the budget",
        fix="Measure the cost per request, and bring the month at full use into the budget.",
        sources=("R404", "the charter's budget.per_month"), role="production owner",
    ),
    _engineering(
        "drill", "drill.passed", 1, comparison=">=",
        title="The company's own people have kept it up in a drill",
        fix=_DRILL_FIX, sources=("R405", "passed or not"),
    ),
    _engineering(
        "drill-notice", "drill.time_to_notice", 900,
        title="In the drill, noticing a fault took {}",
        fix=_DRILL_FIX, sources=("R405", "a quarter of an hour of wrong answers can be recalled"),
    ),
    _engineering(
        "drill-recovery", "drill.time_to_recover", 3600,
        title="In the drill, getting back to service took {}",
        fix=_DRILL_FIX, sources=("R405", "R905", "rollback.within_minutes overrides"),
    ),
)  # fmt: skip
