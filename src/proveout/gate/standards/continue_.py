"""`continue`: may it stay? The same on the latest windows, and the cadences are kept."""

from __future__ import annotations

from dataclasses import replace

from proveout.charter.schema import Comparison
from proveout.evidence.catalogue import Family
from proveout.gate.model import Criterion, Role
from proveout.gate.standards.adopted import kept_up
from proveout.gate.standards.lived import engaged
from proveout.gate.standards.production_technical import QUALITY, READINESS
from proveout.gate.standards.returned import STILL_PAYS
from proveout.gate.standards.terms import days, sealed
from proveout.gate.standards.widening import in_use

_ASKED_AGAIN = (
    "required-completeness", "type-conformance", "out-of-range", "rejects", "exception-rate",
    "silent-failure",
)  # fmt: skip
"""Of the gate `production`, by name: what a window of the traffic can answer as well."""


def _again() -> tuple[Criterion, ...]:
    """Ask for what let it go live, on the latest traffic."""
    return tuple(
        replace(criterion, id=f"continue.{name}", stage="continue", max_age=days(31))
        for criterion in (*READINESS, *QUALITY)
        if (name := criterion.id.partition(".")[2]) in _ASKED_AGAIN
    )


def _served(
    name: str,
    metric: str,
    threshold: float,
    *,
    title: str,
    fix: str,
    sources: tuple[str, ...],
    family: Family = "engineering",
    role: Role = "engineer",
    comparison: Comparison = "<=",
) -> Criterion:
    return Criterion(
        id=f"continue.{name}",
        stage="continue",
        title=title,
        metric=metric,
        comparison=comparison,
        threshold=threshold,
        scope="production",
        max_age=days(31),
        family=family,
        fix=fix,
        role=role,
        sources=sources,
    )


SERVED: tuple[Criterion, ...] = (
    _served(
        "latency", "latency.p95", 10,
        title="95 % of requests are answered within {}",
        fix="Look at queue, deadline and the system's own time: proveout log count --by outcome.",
        sources=("R403", "R903", "10 s: where users give up; load.p95_latency_s overrides"),
    ),
    _served(
        "unanswered", "latency.unanswered_rate", 0.01,
        title="{} of requests get neither an answer nor the fallback",
        fix="Give the gateway a fallback, and look at what failed: proveout log count.",
        sources=("R903", "99 % served; load.max_error_rate overrides"),
    ),
    _served(
        "exceptions-overdue", "exceptions.overdue", 0,
        title="No exception is past its due time",
        fix="Resolve them, or give the queue more hands: proveout exceptions list --overdue.",
        sources=("R504", "R904", "what is due is due"), role="reviewer",
    ),
    _served(
        "silent-decay", "adoption.silent_decay", 0,
        title="People have not stopped trusting it in silence",
        fix="Ask those who overrule it or stopped asking, and look at the answers they got.",
        sources=("R906", "certain under the shared false-alarm budget, or not"),
        family="business", role="production owner",
    ),
)  # fmt: skip

CONTINUE: tuple[Criterion, ...] = (
    sealed("continue"),
    *_again(),
    *SERVED,
    *in_use("continue", max_age=days(31)),
    STILL_PAYS,
    *kept_up("continue", max_age=days(31)),
    Criterion(
        id="continue.refresh-practised",
        stage="continue",
        title="The refresh cadence is kept",
        metric="governance.refresh_practised",
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Retrain as agreed, and note it on the page Reviews, or date it in "
        "governance.refresh.last_practised.",
        role="engineer",
        sources=("R506", "the charter's governance.refresh.every_days"),
    ),
    *engaged("continue", max_age=days(31)),
)  # fmt: skip
"""31 days: the last month."""
