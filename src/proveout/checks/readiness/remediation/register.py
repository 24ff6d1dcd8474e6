"""The register: every finding there ever was, from audit to audit, until it is gone (R210).

It is evidence itself (`readiness.remediation`), so that the next audit needs the one before and
nothing else. What was not looked at is never taken for fixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, Self

from proveout.checks.readiness.remediation.comparing import (
    Size,
    is_surely_gone,
    moved,
    same_records,
)
from proveout.checks.readiness.remediation.items import RemediationItem
from proveout.evidence.model import Evidence

METRIC = "readiness.remediation"
Status = Literal["new", "back", "worse", "same", "better", "gone", "not looked at"]
STATUSES: tuple[Status, ...] = ("new", "back", "worse", "same", "better", "gone", "not looked at")
OPEN: frozenset[Status] = frozenset(("new", "back", "worse", "same", "better"))

_GOOD = frozenset(
    f"readiness.{what}"
    for what in ("completeness", "required_completeness", "type_conformance", "format_consistency")
)
"""Metrics that are the share of what is in order."""
_BY_EXISTENCE = frozenset(("absent-field", "too-old"))
"""Kinds that are there or not: their number of records says nothing about how grave they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding in the register."""

    id: str
    source: str
    column: str | None
    kind: str
    metric: str
    severity: str
    owner: str
    sentence: str
    """As of the last audit that saw it."""
    n_records: int
    """Now; 0 where it is gone; as last seen where it was not looked at."""
    n_of: int
    status: Status
    why: str
    """What the status rests on, for people: '25 of 1,000 before, 3 of 1,200 now'."""
    first_seen: str
    """ISO moment of the audit that saw it first."""
    last_seen: str
    status_since: str
    """ISO moment of the audit that first gave this status without a break."""

    @property
    def size(self) -> Size:
        """How large it is."""
        return Size(n_records=self.n_records, n_of=self.n_of)

    @property
    def is_open(self) -> bool:
        """Tell whether there is something left to do."""
        return self.status in OPEN

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(**plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What one audit found."""

    at: datetime
    evidence: Sequence[Evidence]
    items: Sequence[RemediationItem]


def follow(before: Audit | None, now: Audit) -> list[Entry]:
    """Match what an audit found with the register as it stood after the one before."""
    known = {} if before is None else {entry.id: entry for entry in standing(before)}
    came_from = _continued(known, now.items)
    entries = [
        _present(item, known.get(came_from.get(item.id, item.id)), before, now)
        for item in now.items
    ]
    continued = {item.id for item in now.items} | set(came_from.values())
    left = [entry for id_, entry in known.items() if id_ not in continued]
    return entries + [_absent(entry, before, now) for entry in left]


def standing(audit: Audit) -> list[Entry]:
    """Return the register as an audit left it; made from what it found, where it kept none."""
    kept = registered(audit.evidence)
    if kept:
        return kept
    return [_present(item, None, None, audit) for item in audit.items]


def registered(evidence: Iterable[Evidence]) -> list[Entry]:
    """Read the register out of evidence."""
    return [
        Entry.from_dict(plain)
        for each in evidence
        if each.metric == METRIC and each.subject.get("kind") is None
        for plain in each.details.get("findings") or ()
    ]


def counts(entries: Iterable[Entry], at: datetime) -> dict[Status, int]:
    """Count by status; of what is gone, what this audit found to be gone."""
    moment = at.isoformat()
    found = Counter(
        entry.status for entry in entries if entry.status != "gone" or entry.status_since == moment
    )
    return {status: found[status] for status in STATUSES if found[status]}


def _continued(known: Mapping[str, Entry], items: Sequence[RemediationItem]) -> dict[str, str]:
    """Match findings whose kind has another name now: one text in a field of numbers, then two."""
    ids = {item.id for item in items}
    lost = [entry for entry in known.values() if entry.id not in ids and entry.is_open]
    new = [item for item in items if item.id not in known and item.column is not None]
    lost_at, new_at = Counter(map(_place, lost)), Counter(map(_place, new))
    by_place = {_place(entry): entry.id for entry in lost}
    return {
        item.id: by_place[place]
        for item in new
        if lost_at[place := _place(item)] == new_at[place] == 1
        and item.metric != "readiness.schema_changes"
    }


def _place(finding: Entry | RemediationItem) -> tuple[str, str, str | None]:
    return finding.metric, finding.source, finding.column


def _present(item: RemediationItem, known: Entry | None, before: Audit | None, now: Audit) -> Entry:
    at = now.at.isoformat()
    size = Size(n_records=item.n_records, n_of=item.n_of)
    if known is None:
        status: Status = "new"
        looked = before is None or _judged(item, before.evidence) is not None
        why = "" if before is None else "not there before" if looked else "not looked at before"
    elif known.status == "gone":
        status, why = "back", f"gone since {known.status_since[:10]}, now {size}"
    else:
        status, why = _movement(known, item, size, before, now)
    return Entry(
        id=item.id,
        source=item.source,
        column=item.column,
        kind=item.kind,
        metric=item.metric,
        severity=item.severity,
        owner=item.owner,
        sentence=item.sentence,
        n_records=item.n_records,
        n_of=item.n_of,
        status=status,
        why=why,
        first_seen=at if known is None else known.first_seen,
        last_seen=at,
        status_since=known.status_since if known and known.status == status else at,
    )


def _movement(
    known: Entry, item: RemediationItem, size: Size, before: Audit | None, now: Audit
) -> tuple[Status, str]:
    if item.kind in _BY_EXISTENCE or item.metric == "readiness.schema_changes":
        return "same", "still there"
    same = before is not None and same_records(item.source, before.evidence, now.evidence)
    exact = same or item.metric.endswith("_deliveries")
    return moved(known.size, size, same_records=exact), f"{known.size} before, {size} now"


def _absent(known: Entry, before: Audit | None, now: Audit) -> Entry:
    """Say what became of a finding that is not there any more."""
    if known.status == "gone":
        return known
    at = now.at.isoformat()
    judged = _judged(known, now.evidence)
    if judged is None:
        why = _why_not_looked_at(known, now.evidence)
        since = known.status_since if known.status == "not looked at" else at
        return replace(known, status="not looked at", why=why, status_since=since)
    if (left := _left(known, judged)) is not None:
        why = f"{left} are still so, but it is not told as a finding any more"
        return replace(known, status="not looked at", why=why, status_since=at)
    same = before is not None and same_records(known.source, before.evidence, now.evidence)
    why = f"{known.size} before, none of {judged.n:,} now"
    if not is_surely_gone(known.size, judged.n, same_records=same) and not _is_of_series(known):
        why += "; too few to be sure that it is not by chance"
    return replace(known, status="gone", why=why, status_since=at, n_records=0, n_of=judged.n)


def _is_of_series(finding: Entry) -> bool:
    return finding.metric.endswith(("_deliveries", "schema_changes"))


def _judged(finding: Entry | RemediationItem, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the evidence that would show the finding; None where it was not looked at."""
    for each in evidence:
        if each.metric != finding.metric or each.scope != "production":
            continue
        if (each.subject.get("source") or "production") != finding.source:
            continue
        if each.subject.get("site") is None and each.subject.get("column") in (
            None, finding.column
        ):  # fmt: skip
            return each if _has_delivery(finding, each) else None
    return None


def _has_delivery(finding: Entry | RemediationItem, evidence: Evidence) -> bool:
    """Tell whether the delivery with which something changed is still among those looked at."""
    listed = evidence.details.get("deliveries") or ()
    if finding.metric != "readiness.schema_changes" or len(listed) < evidence.n:
        return True  # not all are listed
    since = finding.id.rpartition(":")[2]
    return any(since.endswith(str(each["label"])) for each in listed)


def _left(known: Entry, judged: Evidence) -> Size | None:
    """Return what is left of a finding that is only told within bounds, such as mixed forms."""
    if known.kind not in ("mixed-formats", "missing"):
        return None
    n_records = round((1 - judged.value if judged.metric in _GOOD else judged.value) * judged.n)
    size = Size(n_records=n_records, n_of=judged.n)
    return size if n_records else None


def _why_not_looked_at(known: Entry, evidence: Sequence[Evidence]) -> str:
    mine = [e for e in evidence if (e.subject.get("source") or "production") == known.source]
    if not mine:
        return f"{known.source} was not read"
    if known.column is not None and all(e.subject.get("column") != known.column for e in mine):
        return f"{known.source} has no column {known.column} any more"
    if known.metric == "readiness.schema_changes":
        return f"{known.id.rpartition(':')[2]} is not among the deliveries any more"
    return f"{known.metric} was not measured"


def by_source(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Group the register by source, in alphabetical order."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.source, []).append(entry)
    yield from sorted(groups.items())
