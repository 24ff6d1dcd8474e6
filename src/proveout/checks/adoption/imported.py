"""What is told of use from imported usage alone, where a window of the log tells it otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proveout.checks.adoption.funnel import Telling, overruled
from proveout.checks.adoption.people import LEAST_DAYS
from proveout.checks.adoption.roster import Those
from proveout.checks.contract import Finding
from proveout.evidence.model import WHOLE, Subject


def frequency(
    tell: Telling, those: Those, subject: Subject, weeks: list[list[int]]
) -> Finding:  # fmt: skip
    """Tell how often one of its users uses it in a week; the lines by week stand beside."""
    metric = "requests_per_user"
    n, users = int(those.frame["uses"].sum()), int((those.frame["uses"] > 0).sum())
    if not users:
        return tell.missing(
            metric, subject, "nobody used it in the window",
            "Ask those it was made for why: change.feedback says how",
        )  # fmt: skip
    if tell.record.days < LEAST_DAYS:
        return tell.missing(
            metric, subject,
            f"the window is shorter than {LEAST_DAYS} days, which tell nothing of a week",
            "Take a longer one: adoption.window_days",
        )  # fmt: skip
    return tell.found(
        metric, n / users / (tell.record.days / 7), n=users, subject=subject, requests=n,
        weeks=weeks,
    )  # fmt: skip


def change(tell: Telling) -> Finding:
    """Tell how use changed against the window before, weekday by weekday."""
    from proveout.statistics.change_of_use import FEWEST_DAYS, change_of_use

    metric, counted = "use_change", tell.record.daily()
    n_days = round(tell.record.days)
    back = -(-n_days // 7) * 7
    first = min(counted, default=0)
    pairs = [day for day in range(-n_days, 0) if day - back > first]
    found = change_of_use(
        [counted.get(day, 0) for day in pairs], [counted.get(day - back, 0) for day in pairs]
    )
    if found is None:
        few = len(pairs) < FEWEST_DAYS
        return tell.missing(
            metric, WHOLE,
            f"only {len(pairs)} days have the same weekday before them to compare with"
            if few else "nothing was done with it in one of the two spans",
            "Wait until it has been in use for two windows." if few
            else "Ask those it was made for why: change.feedback says how",
        )  # fmt: skip
    return tell.found(
        metric, found.value, n=found.days, subject=WHOLE, interval=found.interval,
        requests=found.now, requests_before=found.before, days=found.days, weeks_back=back // 7,
    )  # fmt: skip


def by_usage(
    tell: Telling, groups: list[tuple[Subject, Those]], weeks: Mapping[str | None, list[list[int]]]
) -> Iterator[Finding]:
    """Tell overrides, frequency and change; the first two by team as well."""
    for subject, those in groups:
        team = subject.get("group")
        if subject != WHOLE and team is None:
            continue
        yield overruled(tell, those, subject)
        yield frequency(tell, those, subject, weeks.get(team, []))
    yield change(tell)


def weekly(counted: Any) -> dict[str | None, list[list[int]]]:
    """Put the counts by week and team into lists; None stands for all teams together.

    [week, uses, people, overruled, known, abandoned, old], -1 being the last week.
    """
    columns = ["uses", "people", "overruled", "known", "abandoned", "old"]
    told: dict[str | None, list[list[int]]] = {}
    # Everybody is in one team, so that people of teams add up.
    whole = counted.groupby("week")[columns].sum().sort_index()
    told[None] = [[int(week), *map(int, row)] for week, row in zip(
        whole.index, whole.itertuples(index=False), strict=True)]  # fmt: skip
    for team, part in counted[counted["team"].notna()].groupby("team"):
        rows = part.sort_values("week")
        told[str(team)] = [
            [int(week), *map(int, row)]
            for week, row in zip(rows["week"], rows[columns].itertuples(index=False), strict=True)
        ][-TEAM_WEEKS:]
    return told


TEAM_WEEKS = 26
"""Half a year is enough for the small lines of a team."""
