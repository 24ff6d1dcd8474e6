"""From measured levels to evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.capacity.runs import Level, Outcome
from proveout.charter.schema.standard import Load
from proveout.checks import CheckContext, Finding
from proveout.checks.load.breaking import Break, breaking, causes, is_known, missed
from proveout.checks.load.measures import (
    Percentile,
    TooFew,
    first_tokens,
    latencies,
    percentile,
    share,
    throughput,
)
from proveout.checks.load.plan import (
    FEWEST_DUE,
    left_out,
    limits_of,
    seconds_needed,
    times_as_often,
)
from proveout.checks.load.running import LevelRun
from proveout.evidence.model import WHOLE, Scope, Subject
from proveout.evidence.outcome import NotMeasured

PERCENTILES = {"p50_latency": 0.5, "p95_latency": 0.95, "p99_latency": 0.99}
SHARES = {"error_rate": Outcome.FAILED, "abandonment": Outcome.GAVE_UP}

MORE_THAN_ASKED = 1.01

JUST_BEYOND = 1.001
"""A percentile that lies among requests which nobody saw the end of is above the patience, and no
more is known. The figure is put there, so that it keeps to no limit up to the patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells what one run found."""

    context: CheckContext
    scope: Scope
    told: dict[str, Any]
    """Details that every figure carries: what it was asked through."""

    @property
    def load(self) -> Load:
        """The charter's part."""
        load = self.context.charter.load
        assert load is not None  # noqa: S101  # needs() has seen to it
        return load

    def of_left_out(self) -> Iterator[Finding]:
        """Say which levels were not sent, as nothing could be learned from so few requests."""
        for users in left_out(self.load):
            subject = Subject.of(users=str(users))
            yield self._not_measured(
                "p95_latency",
                subject,
                f"fewer than {FEWEST_DUE} requests fall due in {self.load.seconds:g} s of their "
                "peak",
                f"Measure longer: load.seconds: {seconds_needed(self.load, users)}",
            )

    def of_level(self, run: LevelRun) -> Iterator[Finding]:
        """Yield what users met at one level; at full size, it is that of the pilot as a whole."""
        users = run.level.users
        subjects = [Subject.of(users=str(users))]
        if users == self.load.users:
            subjects.append(WHOLE)
        for subject in subjects:
            # Of the whole, each figure that is missing is named: the gate asks for each by itself.
            names = (*PERCENTILES, *SHARES, "throughput") if subject == WHOLE else ("p95_latency",)
            if run.limited is not None:
                reason, step = run.limited, MORE_GENERATOR
            elif is_beyond_asked(run, self.load):
                reason = self._beyond_asked(run)
                step = f"Measure longer: load.seconds: {seconds_needed(self.load, users)}"
            else:
                yield from self._figures(run, subject)
                continue
            for name in names:
                yield self._not_measured(name, subject, reason, step)

    def of_break(self, runs: Sequence[LevelRun]) -> Iterator[Finding]:
        """Yield from which number of users it is no longer good enough."""
        sound = sound_levels(runs, self.load)
        found = breaking(sound, limits_of(self.load))
        if found is None:
            most = max((level.users for level in sound), default=0)
            yield self._not_measured(
                "breaking_point",
                WHOLE,
                f"it kept to the limits up to {most:,} users; it did not break"
                if most
                else "no level could be measured",
                "Send more, to learn how much it bears: load.levels"
                if most
                else "See why the levels could not be measured.",
            )
            return
        yield self.context.found(
            "load.breaking_point",
            found.users,
            n=sum(len(level.requests.outcome) for level in sound),
            scope=self.scope,
            details={**self.told, **_as_details(found)},
        )

    def of_full_size(self, runs: Sequence[LevelRun]) -> Iterator[Finding]:
        """Say that full size was not measured, where it was not."""
        most = max((run.level.users for run in runs), default=0)
        if most >= self.load.users:
            return
        if runs and runs[-1].was_stopped:
            reason = (
                f"the run was ended at {most:,} users, where it had broken beyond doubt; "
                f"{self.load.users:,} users were never sent"
            )
            step = "See what broke: load.breaking_point"
        else:
            sent = f"no more than {most:,}" if most else "none"
            reason = f"{sent} of {self.load.users:,} users were sent"
            step = "Let the load of all of them be sent: load.measure_up_to"
        for name in (*PERCENTILES, *SHARES, "throughput"):
            yield self._not_measured(name, WHOLE, reason, step)

    def _beyond_asked(self, run: LevelRun) -> str:
        """Say what went wrong with more requests than there will be, and that no more is known."""
        level = run.level
        limits = limits_of(self.load)
        which = missed(level, limits)
        wrong = " and ".join(_MISSED[name] for name in which)
        seen = "; ".join(causes(level, which, limits))
        return (
            f"requests came {_times(run, self.load):,.0f} times as often as at the peak, so that "
            f"enough of them fall due in {self.load.seconds:g} s, and {wrong}"
            f"{f' ({seen})' if seen else ''}; whether that is so at the peak itself is not known"
        )

    def _figures(self, run: LevelRun, subject: Subject) -> Iterator[Finding]:
        level = run.level
        details = {**self.told, **_level_details(run)}
        times = _times(run, self.load)
        if times > MORE_THAN_ASKED:
            details["times_as_often_as_at_the_peak"] = round(times, 1)
        values = latencies(level)
        for name, q in PERCENTILES.items():
            found = percentile(level, values, q)
            yield self._percentile(name, subject, found, run, details)
        if not all(map(math.isnan, level.requests.first_token_s)):
            found = percentile(level, first_tokens(level), 0.95)
            yield self._percentile("first_token_p95", subject, found, run, details)
        for name, outcome in SHARES.items():
            part = share(level, outcome)
            if isinstance(part, TooFew):
                yield self._too_few(name, subject, part, run)
                continue
            of_kind = {"faults": level.faults} if name == "error_rate" else {}
            yield self.context.found(
                f"load.{name}",
                part.value,
                n=part.n,
                interval=part.interval,
                scope=self.scope,
                subject=subject,
                details={**details, **of_kind, "count": part.count},
            )
        value, interval = throughput(level)
        yield self.context.found(
            "load.throughput",
            value,
            n=len(values),
            interval=interval,
            scope=self.scope,
            subject=subject,
            details=details,
        )

    def _percentile(
        self,
        name: str,
        subject: Subject,
        found: Percentile | TooFew,
        run: LevelRun,
        details: dict[str, Any],
    ) -> Finding:
        if isinstance(found, TooFew):
            return self._too_few(name, subject, found, run)
        if found.interval is not None:
            return self.context.found(
                f"load.{name}",
                found.value,
                n=found.n,
                interval=found.interval,
                scope=self.scope,
                subject=subject,
                details=details,
            )
        patience = self.load.give_up_after_s
        asked = self.load.p95_latency_s
        if not math.isinf(found.value) or (asked is not None and asked > patience):
            return self._not_measured(
                name,
                subject,
                "so many requests failed or were given up that no time can be named for certain",
                "See load.error_rate and load.abandonment.",
            )
        return self.context.found(
            f"load.{name}",
            patience * JUST_BEYOND,
            n=found.n,
            scope=self.scope,
            subject=subject,
            details={**details, "at_least": True},
        )

    def _too_few(self, name: str, subject: Subject, found: TooFew, run: LevelRun) -> NotMeasured:
        seconds = run.level.seconds
        if run.was_stopped:  # it would be ended as early another time
            return self._not_measured(
                name,
                subject,
                f"the level was ended after {seconds:.1f} s, broken beyond doubt; of the "
                f"{found.n:,} requests until then no such figure can be made",
                "See what broke: load.breaking_point",
            )
        wanted_s = seconds * found.needed / max(found.n, 1)
        return self._not_measured(
            name,
            subject,
            f"{found.n:,} requests fell due in {seconds:g} s; about {found.needed:,} are needed",
            f"Measure longer: load.seconds: {math.ceil(wanted_s / 10) * 10}",
        )

    def _not_measured(self, name: str, subject: Subject, reason: str, step: str) -> NotMeasured:
        return NotMeasured(metric=f"load.{name}", subject=subject, reason=reason, next_step=step)


def is_beyond_asked(run: LevelRun, load: Load) -> bool:
    """Tell whether a level misses the limits, but with more requests than its users send."""
    return _times(run, load) > MORE_THAN_ASKED and bool(missed(run.level, limits_of(load)))


def sound_levels(runs: Sequence[LevelRun], load: Load) -> list[Level]:
    """Return the levels that say something of the service at its users' own rate."""
    return [
        run.level
        for run in runs
        if run.limited is None
        and not is_beyond_asked(run, load)
        and (is_known(run.level) or missed(run.level, limits_of(load)))
    ]


def _times(run: LevelRun, load: Load) -> float:
    """Return how many times as often requests came as the level's users send them at the peak."""
    level = run.level
    wanted = times_as_often(load, level.users, level.rate_per_s)
    if wanted <= MORE_THAN_ASKED:
        return wanted
    # Users who wait for an answer ask less often than they were meant to.
    return min(wanted, times_as_often(load, level.users, len(level.requests.due_s) / level.seconds))


_MISSED = {
    "p95_latency": "fewer than 95 of 100 were answered in time",
    "error_rate": "too many requests failed",
    "abandonment": "too many users gave up",
}

MORE_GENERATOR = (
    "Send from a machine that is otherwise idle, or from several processes: "
    "proveout load --workers 2"
)


def _level_details(run: LevelRun) -> dict[str, Any]:
    level = run.level
    details: dict[str, Any] = {
        "users": level.users,
        "arrivals": level.arrivals,
        "rate_per_s": round(level.rate_per_s, 4),
        "seconds": level.seconds,
        "give_up_after_s": level.give_up_after_s,
        "generator_late_p99_s": round(run.late_p99_s, 6),
    }
    if run.unread:
        details["replies_not_looked_at"] = run.unread
    if run.was_stopped:
        details["stopped_early"] = True
    return details


def _as_details(found: Break) -> dict[str, Any]:
    return {
        "held_at": found.held_at,
        **({"held_above": list(found.held_above)} if found.held_above else {}),
        "limits_missed": list(found.limits),
        "what_broke": list(found.causes),
    }
