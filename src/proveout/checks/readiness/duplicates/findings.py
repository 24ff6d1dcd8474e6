"""Near duplicates as findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.readiness.duplicates.find import find_duplicates
from proveout.checks.readiness.duplicates.model import Duplicates
from proveout.checks.readiness.duplicates.words import in_short
from proveout.errors import MissingExtraError
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable
from proveout.statistics import wilson

METRIC = "readiness.near_duplicates"
_EXAMPLES = 3


def duplicate_findings(context: CheckContext, sources: Sequence[OpenTable]) -> Iterator[Finding]:
    """Look for near duplicates within and across sources; say where they cannot be told."""
    yield Progress(done=0, total=None, what="comparing records with one another")
    try:
        found = find_duplicates(sources, seed=context.seed)
    except MissingExtraError as error:
        yield NotMeasured(metric=METRIC, reason=error.message, next_step=error.hint or "")
        return
    yield from findings_of(context, sources, found)


def findings_of(
    context: CheckContext, sources: Sequence[OpenTable], found: Duplicates
) -> Iterator[Finding]:
    """Say of every source how many of its records are probably there more than once."""
    for opened in sources:
        untold = found.untold.get(opened.name)
        if untold is not None:
            yield NotMeasured(
                metric=METRIC,
                subject=Subject.of(source=opened.name),
                reason=untold.reason,
                next_step=untold.next_step,
            )
            continue
        n = found.n_records[opened.name]
        excess = found.in_excess(opened.name)
        yield context.found(
            METRIC,
            excess / n,
            n=n,
            scope="production",
            subject=Subject.of(source=opened.name),
            interval=wilson(excess, n),
            inputs={f"data:{each.name}": each.fingerprint for each in sources},
            details=_details(found, opened.name, excess),
        )


def _details(found: Duplicates, source: str, excess: int) -> dict[str, Any]:
    mine = [each for each in found.clusters if source in each.sources]
    within = [each for each in mine if sum(m.source == source for m in each.members) > 1]
    return {
        "estimate": "a model's estimate: records whose probability of being one reaches the "
        "threshold; the interval is that of the share, not of the model",
        "threshold": found.threshold,
        "n_in_excess": excess,
        "n_clusters": len(within),
        "n_clusters_across_sources": sum(len(each.sources) > 1 for each in mine),
        "n_equal_in_every_column": found.n_copies[source],
        "examples": [in_short(each, found.naming) for each in (within or mine)[:_EXAMPLES]],
        **about_of(found),
    }


def about_of(found: Duplicates) -> dict[str, Any]:
    """Tell how records were compared, as plain values."""
    return {
        "compared": [{"column": each.name, "as": each.role} for each in found.fields],
        "left_out": [{"column": each.name, "reason": each.reason} for each in found.skipped],
        "must_be_alike": list(found.distinguishing),
        "pairs_compared": found.n_pairs,
        "chosen_by": [
            {
                "equal_in": each.what,
                "pairs": each.n_pairs,
                "records_too_frequent": each.n_too_frequent,
            }
            for each in found.keys
        ],
        "records_not_compared": found.n_unreached,
    }
