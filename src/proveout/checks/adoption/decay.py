"""Silent decay: answers get worse, are overruled more and asked for less, and nobody says so.

The first weeks of use are what is normal. After them each day's errors and overrides, and each
week's use, are evidence for or against a change; that of the three is averaged
(`statistics.sequential.silent_decay`) and held against this check's share of the one false-alarm
budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.monitoring import Monitoring
from proveout.checks.adoption.days import Answers
from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    import pandas as pd

METRIC = "adoption.silent_decay"
STREAM = "silent_decay"
NORMAL_DAYS = 28
"""The first weeks: what is normal, by which the rest is judged."""
FEWEST = 5
"""So many wrong or overruled answers in those weeks tell what is normal. With fewer, people may
only not have begun yet to say what is wrong."""
EXPECTED_P = 0.1
"""How strange a week of less use is expected to look among those before it."""
_COLUMNS = ("requests", "answers", "overruled", "labelled", "wrong")


@dataclass(frozen=True, slots=True)
class Signal:
    """What one of the three says."""

    evidence: float
    """An e-value against 'it is as it was'."""
    told: dict[str, Any]
    """Its figures: before, now, since when."""


def silent_decay(context: CheckContext, answers: Answers, inputs: Mapping[str, str]) -> Finding:
    """Hold accuracy, overrides and use together against what was normal."""
    from proveout.statistics.sequential import silent_decay as combined

    monitoring = context.charter.monitoring or Monitoring()
    resolved = sorted(each.at for each in context.resolved() if each.alarm.metric == METRIC)
    before = _before(context.earlier(), since=resolved[-1] if resolved else None)
    days, earlier = _all_days(answers, before)
    if resolved:
        days = days[days.index >= resolved[-1]]
    if len(days) < NORMAL_DAYS + 7:
        since = " since its last alarm was resolved" if resolved else ""
        return NotMeasured(
            metric=METRIC,
            reason=f"it has been in use for {len(days)} whole days{since}; {NORMAL_DAYS} tell what "
            "is normal, and 7 more can be held against them",
            next_step="Wait; until then each of the three stands by itself among the figures.",
        )
    share, signals = followed(days, monitoring, seed=context.seed, resolved=resolved)
    decay = combined(*(None if each is None else each.evidence for each in signals.values()))
    if decay is None:
        return NotMeasured(
            metric=METRIC,
            reason="neither accuracy nor overrides nor use could be followed",
            next_step="Send who asks with each request, and let users say what is wrong.",
        )
    highest = max(decay.evidence, earlier.get("highest", 0.0))
    is_alarm = highest >= 1 / share
    missing = [name for name, each in signals.items() if each is None]
    return context.found(
        METRIC, float(is_alarm), n=len(days) - NORMAL_DAYS, scope="production", inputs=inputs,
        details={
            "told": _told(signals, decay.by, context) if is_alarm else None,
            "by": decay.by,
            "evidence": decay.evidence,
            "highest": highest,
            "threshold": 1 / share,
            "missing": missing,
            **{name: None if each is None else each.told for name, each in signals.items()},
            "days": [
                [day.isoformat(), *counts] for day, *counts in _rows(days, *_COLUMNS)
            ],
        },
    )  # fmt: skip


def followed(
    days: pd.DataFrame, monitoring: Monitoring, *, seed: int, resolved: Sequence[datetime] = ()
) -> tuple[float, dict[str, Signal | None]]:
    """Follow the three from the normal weeks on; return this check's share of the budget too.

    `days` has the columns of `Answers.days`, by the moment at which each day begins; `resolved` is
    when earlier alarms were, each of which has used up a share.
    """
    from proveout.statistics.sequential import AlarmBudget

    normal, rest = days.iloc[:NORMAL_DAYS], days.iloc[NORMAL_DAYS:]
    alarms = monitoring.false_alarms
    life = alarms.life_days
    begins = min([rest.index[0], *resolved])
    budget = AlarmBudget.of_part(
        "use", [STREAM], begins=begins, probability=alarms.probability, life_days=life
    )
    for at in resolved:
        if at < budget.ends:
            budget = budget.resolved(STREAM, at=at)
    share = budget.share(STREAM)
    watched = partial(_rate, normal, rest, share=share, life=life, harm=monitoring.harm)
    return share, {
        "accuracy": watched("wrong", "labelled"),
        "overrides": watched("overruled", "answers"),
        "use": _use(days, seed=seed, share=share, life=life),
    }


def _all_days(
    answers: Answers, earlier: Mapping[str, Any]
) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """Put the days at hand behind those that earlier looks counted and that are gone from them."""
    import pandas as pd

    days = answers.days()
    if days.empty:
        return days, earlier
    days.index = pd.Index([answers.date_of(day) for day in days.index])
    told = [(datetime.fromisoformat(on), *counts) for on, *counts in earlier.get("days", ())]
    # Days end with the window; where its hour has moved, days of two looks would overlap.
    gone = [each for each in told if each[0] + timedelta(days=1) <= days.index[0]]
    if not gone:
        return days, earlier
    before = pd.DataFrame(
        [each[1:] for each in gone], columns=list(_COLUMNS), index=[each[0] for each in gone]
    )
    return pd.concat([before, days]), earlier


def _before(earlier: Sequence[Evidence], *, since: datetime | None) -> Mapping[str, Any]:
    """Return what the look before this one knew; nothing of before an alarm was resolved."""
    found = [
        each
        for each in earlier
        if each.metric == METRIC and (since is None or each.observed_at >= since)
    ]
    return max(found, key=lambda each: each.observed_at).details if found else {}


def _rate(
    normal: pd.DataFrame,
    rest: pd.DataFrame,
    wrong: str,
    of: str,
    *,
    share: float,
    life: float,
    harm: float,
) -> Signal | None:
    """Watch a rate against that of the normal weeks; None where there is nothing to watch."""
    from proveout.statistics.sequential import Counted, PilotRate, watch_rate

    if normal[wrong].sum() < FEWEST or not rest[of].sum():
        return None

    def counted(days: pd.DataFrame) -> list[Counted]:
        return [
            Counted(on=day.date(), wrong=n_wrong, n=n) for day, n_wrong, n in _rows(days, wrong, of)
        ]

    watched = watch_rate(
        PilotRate.of_days(counted(normal)),
        counted(rest),
        share=share,
        begins=rest.index[0].date(),
        life_days=life,
        harm=harm,
    )
    return Signal(
        watched.evidence,
        {
            "before": float(normal[wrong].sum() / normal[of].sum()),
            "now": watched.rate,
            "n": watched.n,
            "evidence": watched.evidence,
            "since": None if watched.since is None else watched.since.isoformat(),
        },
    )


def _rows(days: pd.DataFrame, *columns: str) -> list[Any]:
    """Return (day, counts …) of each day."""
    return list(zip(days.index, *(days[name].tolist() for name in columns), strict=True))


def _use(days: pd.DataFrame, *, seed: int, share: float, life: float) -> Signal | None:
    """Hold each week's requests against those of all weeks before: the rank of a quiet one."""
    import numpy as np

    from proveout.statistics.sequential import Watch, conformal_p, from_p_at

    weeks = [
        int(days["requests"].iloc[first : first + 7].sum()) for first in range(0, len(days) - 6, 7)
    ]
    n_normal = NORMAL_DAYS // 7
    later = weeks[n_normal:]
    if not later or not sum(weeks[:n_normal]):
        return None
    p = conformal_p(
        [-each for each in weeks[:n_normal]],
        [-each for each in later],
        random=np.random.default_rng(seed),
    )
    begins = days.index[NORMAL_DAYS]
    watch = Watch(share=share, begins=begins, life_days=life)
    for nth, each in enumerate(p, start=1):
        watch = watch.after(
            from_p_at(float(each), EXPECTED_P), until=begins + timedelta(days=7 * nth)
        )
    usual = sum(weeks[:n_normal]) / n_normal
    return Signal(
        watch.evidence,
        {
            "before": usual,
            "now": later[-1],
            "weeks": len(later),
            "evidence": watch.evidence,
            "since": None if watch.since is None else watch.since.date().isoformat(),
        },
    )


def _told(signals: Mapping[str, Signal | None], by: str, context: CheckContext) -> str:
    """Say in sentences what has changed, since when, and who acts."""
    from proveout.evidence.figures import figure

    units = {"accuracy": "fraction", "overrides": "fraction", "use": "count"}
    names = {"accuracy": "wrong answers", "overrides": "overruled answers",
             "use": "requests a week"}  # fmt: skip
    parts = []
    for name, each in signals.items():
        if each is not None and each.told["now"] is not None:
            before, now = (figure(each.told[key], units[name]) for key in ("before", "now"))
            since = f" (since {each.told['since']})" if each.told["since"] else ""
            said = f"from {before} to {now}{since}" if each.evidence > 1 else f"as before ({now})"
            parts.append(f"{names[name]} {said}")
    protocol = context.charter.governance.exceptions
    who = "" if protocol is None else f" Exceptions are looked at by {protocol.goes_to}."
    return f"People stop trusting it: {'; '.join(parts)}. It shows most in {by}.{who}"
