"""What a run with load found, as a table and in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from proveout.capacity.runs import Level
    from proveout.checks.load.breaking import Break, Limits
    from proveout.checks.load.measures import Percentile, Share, TooFew
    from proveout.checks.load.running import LevelRun
    from proveout.checks.load.spec import LevelPlan
    from proveout.evidence.model import Evidence
    from proveout.evidence.outcome import CheckOutcome

PREDICTED = {
    "load.predicted_p95_latency": "95 of 100 answers come within",
    "load.predicted_abandonment": "share of users who give up:",
    "load.needed_capacity": "requests it must be able to work on at the same time:",
}

NAMES = {
    "p95_latency": "fewer than 95 of 100 are answered in time",
    "error_rate": "too many requests fail",
    "abandonment": "too many users give up",
}


def announcement(where: str, plans: Sequence[LevelPlan], *, predicts: bool = False) -> str:
    """Say, before anything is sent, what is, where to, for how long, and how to stop."""
    levels = ", ".join(f"{plan.users:,}" for plan in plans)
    in_turn = " one after the other" if len(plans) > 1 else ""
    rates = [plan.rate_per_s for plan in plans if plan.rate_per_s is not None]
    most = f", up to {max(rates):.3g} requests a second" if rates else ""
    # After each level the last ones that wait are waited for.
    whole_s = sum(plan.warm_up_s + plan.seconds + plan.give_up_after_s / 2 for plan in plans)
    minutes = "under a minute" if whole_s < 45 else f"about {math.ceil(whole_s / 60)} min"
    later = (
        " Then few users who do not pause show how much it works on at a time, to predict full "
        "size; that takes some minutes more."
        if predicts
        else ""
    )
    return (
        f"Load goes to {where}: {levels} users{in_turn}{most}, {minutes} in all.{later} "
        "A level at which most requests fail is the last. Ctrl-C stops it."
    )


def table(runs: Sequence[LevelRun]) -> Table:
    """Write one line per level."""
    shown = Table(box=None, pad_edge=False)
    is_stream = any("first_token_p95_s" in level_as_dict(run) for run in runs)
    first = ["95 % see a word within"] if is_stream else []
    for heading in ("Users", "Requests/s", "Half within", "95 % within", "99 % within", *first,
                    "Errors", "Gave up"):  # fmt: skip
        shown.add_column(heading, justify="right", overflow="fold")
    for run in runs:
        plain = level_as_dict(run)
        names = ["p50", "p95", "p99", *(["first_token_p95"] if is_stream else [])]
        seconds = [_seconds(plain, name) for name in names]
        shares = [_percent(plain[name]) for name in ("error_rate", "abandonment")]
        shown.add_row(f"{run.level.users:,}", f"{plain['rate_per_s']:.2f}", *seconds, *shares)
    return shown


def level_as_dict(run: LevelRun) -> dict[str, Any]:
    """Return the figures of a level; None where one cannot be told."""
    import numpy as np

    from proveout.capacity.runs import Outcome
    from proveout.checks.load.measures import (
        first_tokens,
        latencies,
        percentile,
        share,
        throughput,
    )

    level = run.level
    values = latencies(level)
    found: dict[str, Any] = {
        "users": level.users,
        "requests": len(level.requests.due_s),
        "rate_per_s": level.rate_per_s,
        "give_up_after_s": level.give_up_after_s,
    }
    for name, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        found |= _of_percentile(name, percentile(level, values, q))
    if not np.isnan(level.requests.first_token_s).all():
        found |= _of_percentile("first_token_p95", percentile(level, first_tokens(level), 0.95))
    for name, outcome in (("error_rate", Outcome.FAILED), ("abandonment", Outcome.GAVE_UP)):
        found |= _of_share(name, share(level, outcome))
    found["throughput_per_s"] = throughput(level)[0]
    found["faults"] = level.faults
    found["generator_late_p99_s"] = run.late_p99_s
    found["not_trusted"] = run.limited
    found["stopped_early"] = run.was_stopped
    found["simulated"] = run.simulated
    return found


def why_it_ended(runs: Sequence[LevelRun]) -> str:
    """Say of what the last level failed, where most of it did; empty otherwise."""
    if not runs or not runs[-1].was_stopped:
        return ""
    faults = sorted(runs[-1].level.faults.items(), key=lambda each: -each[1])
    return "; ".join(f"{fault} ({n:,} requests)" for fault, n in faults[:3])


def sentence(found: Break | None, sound: Sequence[Level], limits: Limits, ended: str = "") -> str:
    """Say where it breaks, or that it does not; `ended` says of what the last level failed."""
    asked = (
        f"{limits.p95_s:g} s for 95 of 100 answers, {_percent(limits.error_rate)} errors, "
        f"{_percent(limits.abandonment)} giving up"
    )
    if found is None:
        if not sound and ended:
            return f"Nothing was measured, because requests failed: {ended}. Look at that first."
        if not sound:
            return (
                "Nothing can be said: at no level did enough requests come, or the load generator "
                "did not keep up. Measure longer: --seconds"
            )
        most = max(level.users for level in sound)
        return f"It kept to the limits up to {most:,} users ({asked})."
    which = " and ".join(NAMES[name] for name in found.limits)
    held = "at none before" if found.held_at is None else f"at {found.held_at:,} it still held"
    why = f"; seen: {'; '.join(found.causes)}" if found.causes else ""
    above = ", ".join(f"{users:,}" for users in found.held_above)
    again = (
        f" With {above} users it held again, so that something else than their number may have "
        "broken it: send it once more."
        if above
        else ""
    )
    return f"It breaks at {found.users:,} users ({held}): {which}{why}.{again} Limits: {asked}."


def doubts(runs: Sequence[LevelRun]) -> list[str]:
    """Say what is not to be trusted."""
    found = [f"Not trusted at {run.level.users:,} users: {run.limited}." for run in runs
             if run.limited is not None]  # fmt: skip
    found += [
        f"At {run.level.users:,} users {run.unread:,} answers were not looked at, for want of "
        "memory; malformed ones among them count as answers."
        for run in runs
        if run.unread
    ]
    if runs and runs[-1].was_stopped:
        found.append(
            f"The run was ended at {runs[-1].level.users:,} users: most requests failed or were "
            "given up."
        )
    if any(run.simulated for run in runs):
        found.append("The far end says that it is a simulation; none of this is a measurement.")
    return found


def predicted(found: Sequence[Evidence]) -> list[str]:
    """Say what a model foretells of full size."""
    from proveout.evidence.figures import full_figure

    return [
        f"Predicted by a model, never measured: {name} {full_figure(fact)}."
        for metric, name in PREDICTED.items()
        for fact in found
        if fact.metric == metric
    ]


def left_open(outcome: CheckOutcome) -> list[str]:
    """Say what could not be told, each reason once; where it breaks is told elsewhere."""
    by_reason: dict[str, list[str]] = {}
    for missing in outcome.not_measured:
        name = missing.metric.removeprefix("load.").replace("_", " ")
        users = missing.subject.get("users")
        if name != "breaking point":
            what = name if users is None else f"{name} of {int(users):,} users"
            by_reason.setdefault(missing.reason, []).append(what)
    return [f"Not measured ({', '.join(what)}): {reason}." for reason, what in by_reason.items()]


def _of_percentile(name: str, found: Percentile | TooFew) -> dict[str, Any]:
    from proveout.checks.load.measures import TooFew

    if isinstance(found, TooFew):
        return {f"{name}_s": None, f"{name}_interval_s": None, f"{name}_is_beyond_patience": None}
    interval = found.interval
    return {
        f"{name}_s": found.value if math.isfinite(found.value) else None,
        f"{name}_interval_s": None if interval is None else [interval.low, interval.high],
        f"{name}_is_beyond_patience": not math.isfinite(found.value),
    }


def _of_share(name: str, found: Share | TooFew) -> dict[str, Any]:
    from proveout.checks.load.measures import TooFew

    if isinstance(found, TooFew):
        return {name: None, f"{name}_interval": None}
    return {name: found.value, f"{name}_interval": [found.interval.low, found.interval.high]}


def _seconds(plain: dict[str, Any], name: str) -> str:
    value = plain.get(f"{name}_s")
    if value is None:
        return "never" if plain.get(f"{name}_is_beyond_patience") else "–"
    from proveout.evidence.figures import figure

    return figure(value, "s")


def _percent(value: float | None) -> str:
    from proveout.evidence.figures import figure

    return "–" if value is None else figure(value, "fraction")
