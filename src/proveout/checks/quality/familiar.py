"""How the system does on records of which the curated sample showed the like, and on others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.quality.cuts import Cut
from proveout.checks.quality.search import search
from proveout.checks.quality.trial import Trial
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.scores import is_share, main_metric
from proveout.statistics.support import CALENDAR_NAMES, Coverage, coverage

if TYPE_CHECKING:
    import pandas as pd

LIKE, UNLIKE = "like the pilot's sample", "unlike the pilot's sample"
"""Names of the two slices; the report looks for them."""

_SEGMENTS = 3


def familiarity(
    context: CheckContext, pilot: Trial, production: Trial, inputs: Sequence[str]
) -> Iterator[Finding]:
    """Score production inside and outside what the pilot sample showed of the inputs."""
    metric = f"quality.{main_metric(production.judged.task)}"
    both = [name for name in inputs if name in pilot.records.frame.columns]
    found = _coverage(pilot.records.frame[both], production.records.frame[both])
    if isinstance(found, str):
        yield NotMeasured(
            metric=metric,
            subject=Subject.of(slice=UNLIKE),
            reason=found,
            next_step="Bring a larger curated sample: data.pilot",
        )
        return
    if not found.outside.any():
        return
    judged = production.judged
    has_loss = ~np.isnan(judged.loss)
    rows = np.flatnonzero(production.known)[has_loss]
    cut = Cut(
        kind="slice", column="", parts=(LIKE, UNLIKE), codes=found.outside[rows].astype(np.intp)
    )
    searched = search(judged.loss[has_loss], [cut], task=judged.task)
    for part in searched.parts:
        yield context.found(
            metric,
            part.value,
            n=part.n,
            scope="production",
            subject=Subject.of(slice=part.name),
            interval=part.interval,
            unit="fraction" if is_share(judged.task) else production.unit,
            inputs={**production.inputs, **pilot.inputs},
            details={
                "p_adjusted": part.p_adjusted,
                "significantly_worse": part.is_worse,
                "share_outside": float(found.outside.mean()),
                "never_shown": [segment.words for segment in found.segments[:_SEGMENTS]],
            },
        )
    if searched.too_small:
        n = int(np.sum(cut.codes == 1))
        yield NotMeasured(
            metric=metric,
            subject=Subject.of(slice=UNLIKE),
            reason=f"{n:,} rows with a known answer are of a kind that the curated sample never "
            "showed, too few to be judged alone",
            next_step="Bring true answers for more of production.",
        )


def _coverage(pilot: pd.DataFrame, production: pd.DataFrame) -> Coverage | str:
    calendar = [name for name in pilot.columns if name.casefold() in CALENDAR_NAMES]
    try:
        return coverage(pilot, production, calendar=calendar)
    except ValueError as error:
        return str(error)
