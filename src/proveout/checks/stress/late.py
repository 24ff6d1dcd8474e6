"""True answers that come late: how far off is what can be known today of how good the system is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks import CheckContext, Finding
from proveout.checks.stress.asking import Asker
from proveout.checks.stress.operators import n_hit
from proveout.evidence.model import Interval, Subject
from proveout.statistics import difference_of_proportions
from proveout.statistics.scores import FEWEST_FOR_MEAN

if TYPE_CHECKING:
    from numpy.typing import NDArray


def of_late_labels(context: CheckContext, asker: Asker) -> Iterator[Finding]:
    """Hide the truths of the newest records, and tell by how much accuracy then seems too good.

    No damage is done and nobody is asked: this is about what is known of answers, not about them.
    """
    plan, clean = asker.plan, asker.clean.judged
    if plan.moments is None or clean.task != "classification":
        return
    order = _oldest_first(plan.moments)
    if order is None:
        return
    right = 1 - clean.loss[order]
    for severity in sorted(set(context.charter.stress.severities)):
        hidden = n_hit(severity, len(right))
        known, unknown = right[: len(right) - hidden], right[len(right) - hidden :]
        if min(len(known), len(unknown)) < FEWEST_FOR_MEAN:
            continue
        share = hidden / len(right)
        difference, interval = difference_of_proportions(
            int(known.sum()), len(known), int(unknown.sum()), len(unknown)
        )
        yield context.found(
            "stress.late_labels",
            share * difference,
            subject=Subject.of(severity=f"{severity:g}"),
            interval=Interval(
                low=share * interval.low,
                high=share * interval.high,
                level=interval.level,
                method=f"{interval.method}, scaled",
            ),
            n=len(right),
            scope="production",
            details={
                "seems": float(known.mean()),
                "is": float(right.mean()),
                "hidden": hidden,
                "newest_known": str(plan.moments.iloc[order[len(known) - 1]]),
            },
        )


def _oldest_first(moments: pd.Series[Any]) -> NDArray[np.intp] | None:
    """Return positions by age, unknown ones last; None where hardly any moment can be read."""
    read = pd.to_datetime(moments, errors="coerce", utc=True, format="mixed")
    if read.notna().mean() < 0.9:
        return None
    return np.argsort(read.dt.tz_convert(None).to_numpy(), kind="stable")
