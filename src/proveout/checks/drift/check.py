"""The drift check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need, Progress
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.drift import METRICS
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class DriftCheck:
    """Answers one question of the gate."""

    name: str = "drift"
    version: str = "1"
    question: str = "Has the data, the answers or their form changed since the pilot?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        if charter.data.production or charter.data.pilot is not None:
            return []
        return [
            Need(
                what="the charter names no data from before the launch",
                next_step="Name what windows are to be compared with: data.production",
            )
        ]

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window; without one, what the watch will be able to find."""
        from proveout.checks.drift.detecting import detectable
        from proveout.checks.drift.looking import before_launch
        from proveout.checks.drift.window import window_findings

        yield Progress(done=0, total=None, what="drift: the time before launch")
        before = before_launch(context)
        if before is None:
            yield NotMeasured(
                metric="drift.not_checked",
                reason="the data from before the launch hold no row to compare with",
                next_step="Look at data.production: proveout audit",
            )
            return
        served = context.data.served()
        if served is None:
            yield from detectable(context, before)
            return
        yield from window_findings(context, before, served)


CHECK = DriftCheck()
