"""What to fix where a source is a series of files: what changed, and what did not come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from proveout.checks.readiness.remediation.instructions import (
    CHANGES,
    LATE_DELIVERY,
    MISSING_DELIVERY,
    ODD_DELIVERY,
    REPEATED_DELIVERY,
    Instruction,
)
from proveout.evidence.model import Evidence, Subject

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation.items import RemediationItem

_SHOWN = 3
_LISTS: Mapping[str, tuple[Instruction, str]] = {
    each.metric: (each, key)
    for each, key in (
        (MISSING_DELIVERY, "missing"),
        (LATE_DELIVERY, "late"),
        (REPEATED_DELIVERY, "repeats"),
        (ODD_DELIVERY, "odd"),
    )
}


class MakeItem(Protocol):
    """Makes an item; other keywords are words of its sentence."""

    def __call__(
        self,
        instruction: Instruction,
        evidence: Evidence,
        n_records: int,
        *,
        mark: str | None = None,
        examples: Sequence[str] = (),
        **words: str,
    ) -> RemediationItem:
        """Make one item; `mark` tells it from others of its kind and column."""
        ...


def series_items(found: Sequence[Evidence], make: MakeItem) -> Iterator[RemediationItem]:
    """List what to fix of the series among the evidence."""
    for each in found:
        if each.metric == CHANGES["unit-changed"].metric:
            yield from _changes(each, make)
        elif each.metric in _LISTS and each.value:
            yield _deliveries(each, make)


def not_delivered(found: Sequence[Evidence]) -> dict[tuple[str, str], int]:
    """Return in how many records a column is empty because its deliveries do not have it.

    By source and column. That is told as the change of the deliveries, and not once more as a
    field that is not always filled.
    """
    counted: dict[tuple[str, str], int] = {}
    for each in found:
        if each.metric != CHANGES["column-gone"].metric:
            continue
        source, total = each.subject.get("source") or "", int(each.details.get("records", 0))
        for change in each.details.get("changes") or ():
            column, n = str(change["column"]), int(change["records"])
            if change["kind"] in ("column-gone", "column-renamed"):
                counted[source, column] = n
            if change["kind"] == "column-renamed":
                counted[source, str(change["to"])] = total - n
            elif change["kind"] == "column-new":
                counted[source, column] = total - n
    return counted


def _changes(evidence: Evidence, make: MakeItem) -> Iterator[RemediationItem]:
    """Give each change an item: the delivery since which it holds is part of what it is."""
    source = evidence.subject.get("source")
    for change in evidence.details.get("changes") or ():
        when, series = str(change["when"]), change.get("series")
        if series:
            when += f" ({series})"
        yield make(
            CHANGES[change["kind"]],
            evidence.evolve(
                subject=Subject.of(source=source, column=change["column"]),
                n=int(evidence.details.get("records", evidence.n)),
            ),
            int(change["records"]),
            mark=" ".join(part for part in (series, str(change["since"])) if part),
            examples=[str(each) for each in change["examples"]],
            what=str(change["what"]),
            when=when,
            When=when[:1].upper() + when[1:],
            charter=str(change.get("charter") or ""),
        )


def _deliveries(evidence: Evidence, make: MakeItem) -> RemediationItem:
    instruction, key = _LISTS[evidence.metric]
    listed = list(evidence.details.get(key) or ())
    n = int(evidence.value)
    tell: Callable[[Sequence[Any], int], str] = (
        _labels if key in ("missing", "late") else _sentences
    )
    return make(
        instruction,
        evidence,
        n,
        examples=[each if isinstance(each, str) else str(each["file"]) for each in listed],
        rhythm=str(evidence.details.get("rhythm", "")),
        which=tell(listed, n),
    )


def _labels(labels: Sequence[str], n: int) -> str:
    shown = ", ".join(labels[:_SHOWN])
    more = f" and {n - _SHOWN} more" if n > _SHOWN else ""
    return f"{shown}{more} {'is' if n == 1 else 'are'}"


def _sentences(listed: Sequence[Mapping[str, Any]], n: int) -> str:
    shown = "; ".join(str(each["what"]) for each in listed[:_SHOWN])
    return shown + (f"; and {n - _SHOWN} more" if n > _SHOWN else "")
