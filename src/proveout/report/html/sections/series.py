"""Sources that are series of files, and what became of the findings since the audit before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from proveout.checks.readiness.remediation.register import Entry, counts, registered
from proveout.checks.readiness.series.timeline import QUIET, SIGNS, EventKind, Timeline, timeline
from proveout.report.model import Report

_SIGN_WORDS: dict[EventKind, str] = {
    "changed": "something changed", "missing": "missing", "late": "late",
    "repeated": "brought again", "odd": "cannot be whole",
}  # fmt: skip
_LONGEST = 120
"""Deliveries beyond which a strip says less than the list below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStory:
    """One source as a series, ready to be shown."""

    story: Timeline
    strip: tuple[tuple[str, str, str], ...]
    """Sign, kind, and what to read of each delivery."""

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Signs that occur, and what they mean."""
        kinds = {event.kind for event in self.story.events}
        return [(SIGNS[kind], _SIGN_WORDS[kind]) for kind in SIGNS if kind in kinds]


def stories(report: Report) -> list[SeriesStory]:
    """Tell the story of each source of production that is a series of files."""
    found = []
    for each in report.of("readiness.schema_changes", scope="production"):
        story = timeline(report.evidence, each.subject.get("source") or "")
        if story is not None:
            cells = story.strip() if len(story.labels) <= _LONGEST else []
            strip = tuple(
                (QUIET, "quiet", label)
                if kind is None
                else (SIGNS[kind], kind, f"{label}: {_SIGN_WORDS[kind]}")
                for label, kind in cells
            )
            found.append(SeriesStory(story=story, strip=strip))
    return found


def trend_sentence(report: Report) -> str | None:
    """Say what became of the findings since the run before; None where there was none."""
    register = report.of("readiness.remediation", scope="production")
    since = next((str(e.details["since"]) for e in register if e.details.get("since")), None)
    if since is None:
        return None
    told = counts(registered(register), max(e.observed_at for e in register))
    if not told:
        return None
    said = ", ".join(f"{n} {'the same' if s == 'same' else s}" for s, n in told.items())
    return f"Since the run of {datetime.fromisoformat(since):%Y-%m-%d}: {said}."


def left(report: Report) -> Sequence[Entry]:
    """List what this run found to be gone, and what it did not look at."""
    register = report.of("readiness.remediation", scope="production")
    if not register:
        return []
    at = max(e.observed_at for e in register).isoformat()
    return [
        entry
        for entry in registered(register)
        if entry.status == "not looked at" or (entry.status == "gone" and entry.status_since == at)
    ]
