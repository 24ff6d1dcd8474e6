"""From those it was made for to those who still use it, and how their uses end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from proveout.checks.adoption.record import DAY_S, UseRecord
from proveout.checks.adoption.roster import Those
from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import WHOLE, Interval, Scope, Subject
from proveout.evidence.outcome import NotMeasured

_ROSTER = "Name a roster: adoption.people; or headcounts: monitoring.teams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What all findings on one record share."""

    context: CheckContext
    record: UseRecord
    scope: Scope
    inputs: Mapping[str, str]
    window: Mapping[str, Any]
    """Details that every finding bears: the window and how much was not counted."""
    notes: Mapping[str, Any] = field(default_factory=dict)

    def found(
        self, metric: str, value: float, *, n: int, subject: Subject,
        interval: Interval | None = None, **details: Any,
    ) -> Finding:  # fmt: skip
        """Make evidence."""
        return self.context.found(
            f"adoption.{metric}", value, n=n, scope=self.scope, subject=subject,
            interval=interval, inputs=self.inputs, details={**details, **self.window},
        )  # fmt: skip

    def missing(self, metric: str, subject: Subject, reason: str, next_step: str) -> Finding:
        """Say that a figure cannot be had."""
        return NotMeasured(
            metric=f"adoption.{metric}", subject=subject, reason=reason, next_step=next_step
        )


def funnel(tell: Telling, those: Those, subject: Subject) -> Iterator[Finding]:
    """Tell who has it, who got something out of it, who uses it, and who stays."""
    yield _active(tell, those, subject)
    yield _activated(tell, those, subject)
    yield _retained(tell, those, subject)
    yield from uses(tell, those, subject)
    yield _first_value(tell, those, subject)


def counts_of(those: Those) -> dict[str, Any]:
    """Count along the funnel."""
    active, before = those.active, those.active_before
    has_it = those.frame["ever"] > 0
    return {
        "eligible": those.eligible,
        "activated": int(those.activated.sum()),
        "active": int(active.sum()),
        "active_before": int(before.sum()),
        "retained": int((active & before).sum()),
        "began": int(has_it.sum()),
        **({"never_began": int((~has_it).sum())} if those.is_roster else {}),
        "stopped": int((has_it & ~active).sum()),
    }


def _active(tell: Telling, those: Those, subject: Subject) -> Finding:
    eligible, counts = those.eligible, counts_of(those)
    if not eligible:
        return _of_nobody(tell, "active_share", subject, those)
    share = min(1.0, counts["active"] / eligible)
    notes: dict[str, Any] = {}
    if counts["active"] > eligible:
        notes["note"] = "more people used it than the charter names"
    if subject == WHOLE:
        notes |= {**tell.notes, "told": _told(tell, those, counts)}
    return tell.found("active_share", share, n=eligible, subject=subject, **counts, **notes)


def _activated(tell: Telling, those: Those, subject: Subject) -> Finding:
    eligible = those.eligible
    if not eligible:
        return _of_nobody(tell, "activated_share", subject, those)
    activated = int(those.activated.sum())
    return tell.found(
        "activated_share", min(1.0, activated / eligible), n=eligible, subject=subject,
        activated=activated,
    )  # fmt: skip


def _retained(tell: Telling, those: Those, subject: Subject) -> Finding:
    from proveout.statistics import wilson

    before = int(those.active_before.sum())
    kept = int((those.active_before & those.active).sum())
    if not before:
        days = f"{tell.record.days:g}"
        return tell.missing(
            "retained_share", subject, f"nobody used it in the {days} days before the last {days}",
            "Wait until it has been in use for two windows (adoption.window_days).",
        )  # fmt: skip
    return tell.found(
        "retained_share", kept / before, n=before, subject=subject,
        interval=wilson(kept, before), retained=kept, active_before=before,
    )  # fmt: skip


def uses(tell: Telling, those: Those, subject: Subject) -> Iterator[Finding]:
    """Tell how uses ended, and what was done the old way; intervals by person."""
    frame = those.frame
    if not tell.record.has_abandoned:
        yield tell.missing(
            "abandoned_share", subject, "no use is recorded as broken off",
            "Record it: an outcome 'abandoned'; or name its word: adoption.usage.abandoned",
        )  # fmt: skip
    else:
        yield _share(
            tell, "abandoned_share", subject,
            counted=frame["abandoned"], of=frame["uses"], over="uses",
        )  # fmt: skip
    if not tell.record.has_old_way:
        yield tell.missing(
            "old_way_share", subject, "nothing tells what is still done the old way",
            "Name a record of it: adoption.old_way",
        )  # fmt: skip
    else:
        both = frame["old"] + frame["uses"]
        yield _share(tell, "old_way_share", subject, counted=frame["old"], of=both, over="cases")


def overruled(tell: Telling, those: Those, subject: Subject) -> Finding:
    """Tell the share of uses that people overruled, of those whose outcome is known."""
    frame = those.frame
    known = frame["overruled"] + frame["followed"]
    if not tell.record.has_outcomes or not known.sum():
        return tell.missing(
            "override_rate", subject, "of no use in the window it is known whether it was followed",
            "Record it: an outcome 'kept' or 'overruled'",
        )  # fmt: skip
    return _share(
        tell, "override_rate", subject,
        counted=frame["overruled"], of=known, over="uses whose outcome is known",
    )  # fmt: skip


def _share(
    tell: Telling, metric: str, subject: Subject, *, counted: Any, of: Any, over: str
) -> Finding:
    from proveout.statistics.adopting import share_of_uses

    n, k = int(of.sum()), int(counted.sum())
    if not n:
        return tell.missing(
            metric, subject, "nobody of them used it in the window",
            "Ask those it was made for why: change.feedback says how",
        )  # fmt: skip
    people = int((of > 0).sum())
    if people == 1:
        return tell.missing(
            metric, subject, "one person alone used it, which tells nothing of others",
            "Wait until more people use it.",
        )  # fmt: skip
    value, interval = share_of_uses(counted.to_numpy(), of.to_numpy())
    return tell.found(
        metric, value, n=n, subject=subject, interval=interval, counted=k, people=people, over=over
    )


def _first_value(tell: Telling, those: Those, subject: Subject) -> Finding:
    import numpy as np

    from proveout.statistics.durations import duration_quantile

    metric = "first_value_days"
    frame = those.frame[those.frame["begins"].notna()] if those.is_roster else None
    if frame is None or frame.empty:
        return tell.missing(
            metric, subject, "it is not known from which day on they could use it",
            "Give it in the roster (eligible_from), or for all: adoption.starts_on",
        )  # fmt: skip
    begins = frame["begins"].to_numpy(dtype=float)
    first = frame["first_good"].to_numpy(dtype=float)
    ends = np.fmin(frame["ends"].to_numpy(dtype=float), tell.record.ends)
    is_over = ~np.isnan(first)
    days = np.maximum(np.where(is_over, first, ends) - begins, 0.0) / DAY_S
    told = duration_quantile(days, is_over, share=0.5)
    if told.value is None or told.interval is None:
        return tell.missing(
            metric, subject,
            f"of {len(frame)} people, {int(is_over.sum())} have got something out of it; half of "
            f"all takes {told.low:.3g} days or more, with no upper bound yet",
            "Wait, and ask those who have not begun what keeps them.",
        )  # fmt: skip
    return tell.found(
        metric, told.value, n=len(frame), subject=subject, interval=told.interval,
        not_yet=told.n_open, without_day=len(those.frame) - len(frame),
    )  # fmt: skip


def _of_nobody(tell: Telling, metric: str, subject: Subject, those: Those) -> Finding:
    if those.is_roster:
        return tell.missing(
            metric, subject, "nobody on the roster could use it in the window",
            "Look at its days: adoption.people",
        )  # fmt: skip
    return tell.missing(
        metric, subject, "the charter does not say for how many people of which team it was made",
        _ROSTER,
    )  # fmt: skip


def _told(tell: Telling, those: Those, counts: Mapping[str, Any]) -> str:
    """Say it in words, with the three teams that are furthest behind and who acts."""
    of = those.eligible
    said = f"{counts['active']:,} of the {of:,} people it was made for used it in the last "
    said += f"{tell.record.days:g} days"
    if those.is_roster:
        said += f"; {counts['never_began']:,} never began, {counts['stopped']:,} stopped"
    teams = _furthest_behind(tell, those)
    if teams:
        said += f". Furthest behind: {', '.join(teams)}"
    owner = tell.context.charter.people.production_owner
    return f"{said}." if owner is None else f"{said}. Whose turn it is: {owner.name}."


def _furthest_behind(tell: Telling, those: Those, most: int = 3) -> list[str]:
    if not those.is_roster:
        return []
    adoption = tell.context.charter.adoption
    fewest = 1 if adoption is None else adoption.fewest_told
    told = those.frame.assign(active=those.active).groupby("team")["active"].agg(["sum", "size"])
    told = told[(told["size"] >= fewest) & (told["sum"] < told["size"])]
    told = told.assign(share=told["sum"] / told["size"]).sort_values("share", kind="stable")
    return [
        f"{team} ({int(row['sum'])} of {int(row['size'])})"
        for team, row in told.head(most).iterrows()
    ]
