"""What makes evidence about one source, and how its values are written down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.repeats import Group
from proveout.evidence.model import Evidence, Interval, Scope, Subject
from proveout.evidence.outcome import NotMeasured

SHOWN = 10
"""Sites, patterns or variants that the details list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Makes evidence about one source."""

    context: CheckContext
    scope: Scope
    audit: SourceAudit

    def subject(self, **narrower: str | None) -> Subject:
        return Subject.of(source=self.audit.name, **narrower)

    def found(
        self, what: str, value: float, *, n: int, interval: Interval | None = None,
        subject: Subject | None = None, **details: Any,
    ) -> Evidence:  # fmt: skip
        """Write down a figure."""
        return self.context.found(
            f"readiness.{what}",
            value,
            n=n,
            scope=self.scope,
            subject=subject or self.subject(),
            interval=interval,
            inputs={f"data:{self.audit.name}": self.audit.opened.fingerprint},
            details={name: value for name, value in details.items() if value not in (None, {}, [])},
        )

    def share(
        self, what: str, n_with: int, n: int, *, subject: Subject | None = None, **details: Any
    ) -> Finding:
        """Write down a share of n with its Wilson interval; not measured where n is 0."""
        from proveout.statistics import wilson

        if n == 0:
            return self.missed(what, "there is no value to judge", subject=subject)
        interval = wilson(n_with, n)
        return self.found(
            what, n_with / n, n=n, interval=interval, subject=subject, count=n_with, **details
        )

    def missed(
        self, what: str, reason: str, next_step: str = "", *, subject: Subject | None = None
    ) -> NotMeasured:
        """Say that a figure could not be had."""
        return NotMeasured(
            metric=f"readiness.{what}",
            subject=subject or self.subject(),
            reason=reason,
            next_step=next_step,
        )


def groups(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [{"records": group.n, **group.values} for group in groups]


def by_site(audit: SourceAudit, kind: str) -> dict[str, int]:
    """Return the sites with most of a kind of exception."""
    by_site = {} if audit.exceptions is None else audit.exceptions.by_site.get(kind, {})
    ranked = sorted(by_site.items(), key=lambda pair: (-pair[1], pair[0]))
    return {site: n for site, n in ranked[:SHOWN] if n}


def plain(value: Any) -> Any:
    """Return a figure or moment as JSON can hold it."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    try:
        figure = float(value)
    except (TypeError, ValueError):
        return str(value)
    return figure if math.isfinite(figure) else str(figure)
