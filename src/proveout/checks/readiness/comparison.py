"""How the same field is written at different sites, and from month to month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proveout.checks.contract import CheckContext
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.divergence import Divergence, most_divergent
from proveout.checks.readiness.patterns import Level, Masks, Patterns
from proveout.evidence.model import Evidence, Scope, Subject

_SHOWN = 10


def compare(
    context: CheckContext, audits: Sequence[SourceAudit], scope: Scope
) -> Iterator[Evidence]:
    """Yield the format divergence of each text field of each source.

    Sites are compared across all sources that have the field, months within one source; the larger
    of both distances is the figure.
    """
    for audit in audits:
        for name, pattern in audit.patterns.items():
            if pattern.dominant is None:
                continue
            sites, level = _sites(audits, name)
            apart = {
                "site": most_divergent(sites),
                "period": most_divergent(pattern.masks().by_period),
            }
            worst = max(
                ((kind, found) for kind, found in apart.items() if found is not None),
                key=lambda pair: pair[1].distance,
                default=None,
            )
            if worst is None:
                continue
            groups = sites if worst[0] == "site" else pattern.masks().by_period
            yield _evidence(
                context, audit, name, scope, worst=worst, groups=groups, level=level, apart=apart
            )


def _sites(audits: Sequence[SourceAudit], name: str) -> tuple[dict[str, Counter[str]], Level]:
    """Put together the masks of a field by site, at a level at which they can be compared."""
    found = [(audit, audit.patterns[name]) for audit in audits if name in audit.patterns]
    level: Level = "fine" if all(p.level == "fine" for _, p in found) else "coarse"
    groups: dict[str, Counter[str]] = {}
    for audit, pattern in found:
        for site, counts in _own(audit, pattern, level).items():
            groups.setdefault(site, Counter()).update(counts)
    return groups, level


def _own(audit: SourceAudit, pattern: Patterns, level: Level) -> Mapping[str, Counter[str]]:
    masks: Masks = pattern.masks(level)
    return masks.by_site or {audit.opened.source.site or audit.name: masks.counts}


def _evidence(
    context: CheckContext,
    audit: SourceAudit,
    name: str,
    scope: Scope,
    *,
    worst: tuple[str, Divergence],
    groups: Mapping[str, Counter[str]],
    level: Level,
    apart: Mapping[str, Divergence | None],
) -> Evidence:
    kind, found = worst
    details: dict[str, Any] = {
        "by": kind,
        "most_different": found.group,
        "there": _top(groups[found.group]),
        "elsewhere": _top(_rest(groups, found.group)),
        "distances": dict(list(found.distances.items())[:_SHOWN]),
        "level": level,
        **{
            f"largest_by_{each}": divergence.distance
            for each, divergence in apart.items()
            if divergence is not None
        },
    }
    return context.found(
        "readiness.format_divergence",
        found.distance,
        n=found.n,
        scope=scope,
        subject=Subject.of(source=audit.name, column=name),
        interval=found.interval,
        inputs={f"data:{audit.name}": audit.opened.fingerprint},
        details=details,
    )


def _rest(groups: Mapping[str, Counter[str]], group: str) -> Counter[str]:
    rest: Counter[str] = Counter()
    for name, counts in groups.items():
        if name != group:
            rest.update(counts)
    return rest


def _top(counts: Counter[str]) -> dict[str, float]:
    return {mask: n / counts.total() for mask, n in counts.most_common(3)}
