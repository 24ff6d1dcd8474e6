"""What the watch will find, measured before launch."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.drift.looking import Before
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.drift import Power, power_table
from proveout.statistics.drift.changes import KINDS
from proveout.statistics.drift.power import SHARES

WINDOW_ROWS = 5_000
TRIALS = 5
_SMALLEST_PILOT = 200


def detectable(context: CheckContext, before: Before) -> Iterator[Finding]:
    """Yield the smallest share of changed rows that is found, by column and kind of change."""
    n_rows = len(before.frame)
    if n_rows < _SMALLEST_PILOT:
        yield NotMeasured(
            metric="drift.detectable",
            reason=f"{n_rows} rows are too few to put changes into",
            next_step=f"Name at least {_SMALLEST_PILOT} rows as data.production.",
        )
        return
    reference = before.learn()
    rows = window_rows(context, n_rows)
    for nth, kind in enumerate(KINDS):
        yield Progress(done=nth, total=len(KINDS), what=f"drift: what is found of '{kind}'")
        for power in power_table(
            reference, before.frame, rows=rows, trials=TRIALS, kinds=[kind], seed=context.seed
        ):
            yield _finding(context, before, power, rows)


def window_rows(context: CheckContext, n_rows: int) -> int:
    """Return how many rows a window of trials has: as agreed, but at most a third of all."""
    monitoring = context.charter.monitoring
    asked = monitoring.window_requests if monitoring is not None else None
    return max(50, min(asked or WINDOW_ROWS, n_rows // 3))


def _finding(context: CheckContext, before: Before, power: Power, rows: int) -> Finding:
    subject = Subject.of(column=power.column or None, kind=power.kind)
    details = {
        "meaning": KINDS[power.kind].meaning,
        "window_rows": rows,
        "found": [list(each) for each in power.found],
    }
    if power.smallest is None:
        return NotMeasured(
            metric="drift.detectable",
            subject=subject,
            reason=f"not found in 80 % of trials, even with {max(SHARES):.0%} of rows changed "
            f"({KINDS[power.kind].meaning})",
            next_step="Watch results instead: wrong answers are found by their own test.",
        )
    return context.found(
        "drift.detectable",
        power.smallest,
        n=power.trials,
        scope="synthetic",
        subject=subject,
        inputs=before.fingerprints,
        details=details,
    )
