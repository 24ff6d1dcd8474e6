"""The findings about exceptions: what somebody must handle, by kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proveout.checks.contract import Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.lost import lost_examples
from proveout.checks.readiness.telling.writer import SHOWN, Writer, by_site, groups


def of_each_kind(write: Writer) -> Iterator[Finding]:
    audit, found = write.audit, write.audit.exceptions
    if found is None:
        return
    counts: dict[str, int] = dict(found.by_kind)
    if audit.repeats is not None:
        repeats = audit.repeats
        counts["duplicate"] = repeats.n_duplicates
    counts["reject"] = audit.n_rejects
    total = audit.n_rows + audit.n_rejects
    more = 0 if audit.repeats is None else audit.repeats.n_more
    yield write.share(
        "exceptions", found.n_any + more + audit.n_rejects, total,
        kinds={kind: n for kind, n in counts.items() if n},
    )  # fmt: skip
    for kind, n in counts.items():
        yield write.share(
            "exceptions", n, total, subject=write.subject(kind=kind),
            problems=[
                {"what": p.what, "n": p.n} for p in audit.problems if p.kind == kind and p.n
            ][:SHOWN],
            examples=_examples(audit, kind),
            sites=by_site(audit, kind),
        )  # fmt: skip


def _examples(audit: SourceAudit, kind: str) -> list[dict[str, Any]]:
    if kind == "duplicate" and audit.repeats is not None:
        return groups(audit.repeats.key_groups or audit.repeats.row_groups)
    if kind == "reject" and audit.n_rejects:
        # A file that cannot be read at all has no line.
        return [
            {"file": r.file} if r.line is None else {"file": r.file, "line": r.line}
            for r in lost_examples(audit.opened)
        ]
    return [
        dict(record)
        for name, records in audit.examples.items()
        if name == kind
        for record in records
    ]
