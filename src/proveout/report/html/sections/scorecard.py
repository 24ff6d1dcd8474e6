"""One scorecard for data science, engineering and business, from the same evidence (R110)."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.report.model import Report
from proveout.report.words import FAMILIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one family of criteria stands."""

    title: str
    passed: int
    total: int
    unmeasured: int
    holds: str
    """What of it holds the gate most, or what it is at."""


def scorecard(report: Report) -> tuple[Score, ...]:
    """Return the four families, in a fixed order."""
    scores = []
    for family, title in FAMILIES.items():
        rulings = [r for r in report.verdict.rulings if r.criterion.family == family]
        heaviest = [r for r in report.verdict.fix_first if r.criterion.family == family]
        if heaviest:
            holds = heaviest[0].criterion.title
        else:
            holds = "Nothing here holds the gate." if rulings else "This gate asks nothing here."
        scores.append(
            Score(
                title=title,
                passed=sum(r.state == "passed" for r in rulings),
                total=len(rulings),
                unmeasured=sum(r.state in ("missing", "stale") for r in rulings),
                holds=holds,
            )
        )
    return tuple(scores)
