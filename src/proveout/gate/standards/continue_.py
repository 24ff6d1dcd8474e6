"""`continue`: may it stay? The same on the latest windows, and the cadences are kept."""

from __future__ import annotations

from proveout.gate.model import Criterion
from proveout.gate.standards.terms import days, declared, sealed
from proveout.gate.standards.widening import in_use

CONTINUE: tuple[Criterion, ...] = (
    sealed("continue"),
    *in_use("continue", max_age=days(31)),
    Criterion(
        id="continue.refresh-practised",
        stage="continue",
        title="The refresh cadence is kept",
        metric="governance.refresh_practised",
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Retrain as agreed, and date it in governance.refresh.last_practised.",
        role="engineer",
        sources=("R506", "the charter's governance.refresh.every_days"),
    ),
    declared(
        "continue", "reviews", "Performance reviews are held",
        "Say in governance.reviews how often, who attends, and when the next one is.",
        role="production owner", sources=("R504", "R607"),
    ),
)  # fmt: skip
"""31 days: the last month."""
