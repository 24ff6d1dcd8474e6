"""Who uses it: people by team, and how often each asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.charter.schema.monitoring import UsageSource
from proveout.checks.contract import CheckContext, Finding, Served
from proveout.evidence.model import WHOLE, Subject
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    import pandas as pd

_WEEK_S = 7 * 86_400.0
LEAST_DAYS = 3
"""A window of less is no measure of a week: minutes would be multiplied by thousands."""
_TELL_APART = "Send who asks with each request: the header proveout-user, or 'user' in its body"


@dataclass(frozen=True, slots=True)
class People:
    """Requests of the window, counted by team and user."""

    frame: pd.DataFrame
    """Columns team, user, n; what is not known is None."""
    weeks: float

    @classmethod
    def of(cls, served: Served) -> People:
        """Count them."""
        table = served.requests.table
        counted = table.group_by("team", "user").aggregate(n=table.count()).execute()
        frame = counted.astype({"n": int})
        window = served.window
        return cls(frame, (window.ends - window.begins).total_seconds() / _WEEK_S)

    @property
    def requests(self) -> int:
        """All of them."""
        return int(self.frame["n"].sum())

    @property
    def unnamed(self) -> int:
        """Requests of which nobody knows who asked."""
        return int(self.frame.loc[self.frame["user"].isna(), "n"].sum())

    def of_team(self, team: str | None) -> People:
        """Those of one team; of all where it is None."""
        if team is None:
            return self
        return People(self.frame[self.frame["team"] == team], self.weeks)

    @property
    def active(self) -> int:
        """Different users."""
        return int(self.frame["user"].dropna().nunique())


def told_by_team(
    context: CheckContext,
    people: People,
    inputs: Mapping[str, str],
    weeks: Mapping[str | None, Sequence[Sequence[int]]],
) -> Iterator[Finding]:
    """Tell how many of those it was made for use it, and how often, as a whole and by team.

    The lines by week (`imported.weekly`) stand beside how often.
    """
    monitoring = context.charter.monitoring
    teams = () if monitoring is None else monitoring.teams
    subjects: list[str | None] = [None, *(each.team for each in teams)]
    for team in subjects:
        subject = WHOLE if team is None else Subject.of(group=team)
        named = tuple(each for each in teams if team in (None, each.team))
        yield _active(context, people, named, subject, inputs)
        yield _per_user(context, people.of_team(team), subject, inputs, weeks.get(team, ()))


def _active(
    context: CheckContext,
    people: People,
    teams: tuple[UsageSource, ...],
    subject: Subject,
    inputs: Mapping[str, str],
) -> Finding:
    metric = "adoption.active_share"
    team = subject.get("group")
    if not teams:
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason="the charter does not say for how many people of which team it was made",
            next_step="Say it: monitoring.teams: [{team: claims, people: 40}]",
        )
    in_teams = people.frame["team"].isin([each.team for each in teams])
    theirs = People(people.frame[in_teams], people.weeks)
    if people.requests and theirs.unnamed == theirs.requests and people.of_team(team).requests:
        return _not_told_apart(metric, subject)
    made_for = sum(each.people for each in teams)
    volunteers = sum(each.volunteers or 0 for each in teams)
    details: dict[str, object] = {
        "active": theirs.active,
        "people": made_for,
        "requests_without_user": people.of_team(team).unnamed,
    }
    if team is None:
        details["requests_of_other_teams"] = int(people.frame.loc[~in_teams, "n"].sum())
    if theirs.active > made_for:
        details["note"] = "more people used it than the charter names"
    if volunteers:
        details["volunteers"] = volunteers
        if theirs.active <= volunteers:
            details["note"] = "no more people used it than there were volunteers"
    share = min(1.0, theirs.active / made_for)
    return context.found(
        metric, share, n=made_for, scope="production", subject=subject, inputs=inputs,
        details=details,
    )  # fmt: skip


def _per_user(
    context: CheckContext,
    people: People,
    subject: Subject,
    inputs: Mapping[str, str],
    weeks: Sequence[Sequence[int]],
) -> Finding:
    metric = "adoption.requests_per_user"
    if people.active == 0 or people.weeks <= 0:
        if people.requests:
            return _not_told_apart(metric, subject)
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason="nobody used it in the window",
            next_step="Ask those it was made for why: change.feedback says how",
        )
    if people.weeks * 7 < LEAST_DAYS:
        return NotMeasured(
            metric=metric,
            subject=subject,
            reason=f"the window is shorter than {LEAST_DAYS} days, which tell nothing of a week",
            next_step="Look again when it has been in use for longer: proveout monitor",
        )
    of_users = people.requests - people.unnamed
    return context.found(
        metric, of_users / people.active / people.weeks, n=people.active, scope="production",
        subject=subject, inputs=inputs,
        details={"requests": of_users, "requests_without_user": people.unnamed,
                 "weeks": [list(each) for each in weeks]},
    )  # fmt: skip


def _not_told_apart(metric: str, subject: Subject) -> NotMeasured:
    return NotMeasured(
        metric=metric,
        subject=subject,
        reason="users are not told apart: no request says who asked",
        next_step=_TELL_APART,
    )
