"""Is a finding better, worse or the same as in the audit before? By intervals, not by wiggles.

Every audit sees a sample of what production sends. Shares are compared by Newcombe's interval of
the difference of two proportions, except where both audits saw the same records: those are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from proveout.evidence.model import DATA_INPUT, Evidence

Movement = Literal["better", "worse", "same"]

_MATTERS = 0.1
"""Least relative change that counts: with a million records, any other one is significant too."""
_EXPECTED = 3.0
"""Records that should show a trouble of the earlier share before none means that it is gone: by
chance it is 1 in 20."""
_IDENTICAL = 0.5
"""Share of the fields that must have the very same figures for the records to be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a finding is."""

    n_records: int
    n_of: int

    @property
    def share(self) -> float:
        """Of the records looked at, 0 to 1."""
        return self.n_records / self.n_of if self.n_of else 0.0

    def __str__(self) -> str:
        return f"{self.n_records:,} of {self.n_of:,}"


def moved(before: Size, now: Size, *, same_records: bool) -> Movement:
    """Say whether a finding has become better or worse beyond what chance explains."""
    if same_records:
        if now.n_records == before.n_records:
            return "same"
        return "better" if now.n_records < before.n_records else "worse"
    if not (before.n_of and now.n_of):
        return "same"
    from proveout.statistics import difference_of_proportions

    difference, interval = difference_of_proportions(
        now.n_records, now.n_of, before.n_records, before.n_of
    )
    certain = not interval.low <= 0 <= interval.high
    if not certain or abs(difference) < _MATTERS * max(before.share, now.share):
        return "same"
    return "better" if difference < 0 else "worse"


def is_surely_gone(before: Size, n_now: int, *, same_records: bool) -> bool:
    """Tell whether enough was looked at for none to mean that the trouble is gone."""
    return same_records or before.share * n_now >= _EXPECTED


def same_records(source: str, before: Sequence[Evidence], now: Sequence[Evidence]) -> bool:
    """Tell whether two audits saw the same records of a source, corrected or not.

    The same number of them, and the same figures in at least half of the fields that have any.
    """
    one, other = _fields(source, before), _fields(source, now)
    rows_before, rows_now = _rows(source, before), _rows(source, now)
    if not rows_now or rows_before != rows_now:
        return False
    if _fingerprint(source, before) == _fingerprint(source, now) is not None:
        return True
    both = one.keys() & other.keys()
    alike = sum(one[name] == other[name] for name in both)
    return len(both) >= 2 and alike >= _IDENTICAL * max(len(one), len(other))


def _rows(source: str, evidence: Sequence[Evidence]) -> int:
    return next((e.n for e in _of(source, evidence) if e.metric == "readiness.rows"), 0)


def _fingerprint(source: str, evidence: Sequence[Evidence]) -> str | None:
    found = (e.inputs.get(f"{DATA_INPUT}{source}") for e in _of(source, evidence))
    return next((each for each in found if each), None)


def _fields(source: str, evidence: Sequence[Evidence]) -> Mapping[str, tuple[Any, ...]]:
    """Return the figures of each field that can hardly be the same by chance."""
    found = {}
    for each in _of(source, evidence):
        details = each.details
        figures = tuple(details.get(key) for key in ("low", "high", "mean"))
        if each.metric == "readiness.completeness" and (
            figures[2] is not None or 0 < each.value < 1
        ):
            found[each.subject.get("column") or ""] = (*figures, each.value)
    return found


def _of(source: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    return [e for e in evidence if e.subject.get("source") == source and e.scope == "production"]
