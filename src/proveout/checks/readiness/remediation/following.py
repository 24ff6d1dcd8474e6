"""Write the register of findings down as evidence, one source at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proveout.checks.contract import CheckContext
from proveout.checks.readiness.remediation.items import remediation
from proveout.checks.readiness.remediation.register import (
    METRIC,
    STATUSES,
    Audit,
    by_source,
    counts,
    follow,
)
from proveout.evidence.model import Evidence, Subject


def followed(context: CheckContext, evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """Yield for each source how many findings are open, and by status, and the register itself.

    Sources without a finding have none open, which is evidence too.
    """
    earlier = list(context.earlier())
    before = None
    if earlier:
        items = remediation(earlier, context.charter)
        before = Audit(at=earlier[0].observed_at, evidence=earlier, items=items)
    now = Audit(at=context.now, evidence=evidence, items=remediation(evidence, context.charter))
    entries = dict(by_source(follow(before, now)))
    read = [e for e in evidence if e.metric == "readiness.rows" and e.scope == "production"]
    n_of = {str(each.subject.get("source")): each.n for each in read}
    for source in sorted({*entries, *n_of}):
        listed = entries.get(source, [])
        told = counts(listed, context.now)
        yield context.found(
            METRIC,
            sum(entry.is_open for entry in listed),
            n=n_of.get(source, 0),
            scope="production",
            subject=Subject.of(source=source),
            details={
                "since": None if before is None else before.at.isoformat(),
                "counts": told,
                "findings": [entry.as_dict() for entry in listed],
            },
        )
        for status in STATUSES if before is not None else ():
            yield context.found(
                METRIC,
                told.get(status, 0),
                n=n_of.get(source, 0),
                scope="production",
                subject=Subject.of(source=source, kind=status.replace(" ", "-")),
            )
