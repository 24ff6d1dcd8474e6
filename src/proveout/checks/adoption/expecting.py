"""What is to be expected of those who did not come forward by themselves (R111, R605).

A pilot of volunteers tells how volunteers do. What the others will do is known from those of them
who had it, and from nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from proveout.checks.adoption.funnel import Telling
from proveout.checks.adoption.roster import Those, to_come
from proveout.checks.contract import Finding
from proveout.evidence.model import WHOLE, Subject

if TYPE_CHECKING:
    import pandas as pd

    from proveout.statistics.adopting import Tried

METRIC = "predicted_reject_rate"
WITHIN = 0.15
"""As near as a plan needs it: of 100 people, 15 more or fewer."""


def expected(tell: Telling, groups: list[tuple[Subject, Those]]) -> Iterator[Finding]:
    """Predict it as a whole, and by team and role where enough of the others had it."""
    from proveout.statistics.adopting import FEWEST_OF_GROUP

    if not groups[0][1].is_roster:
        yield tell.missing(
            METRIC, WHOLE,
            "without a roster it is not known who of the others never began",
            "Name everybody who could use it, and who came forward: adoption.people",
        )  # fmt: skip
        return
    ahead = _ahead(tell, groups[0][1])
    for subject, those in groups:
        dimension = _dimension(subject)
        if dimension == "volunteer":
            continue
        had = _had_it(tell, those)
        others = had[~had["volunteer"].astype(bool)]
        if subject != WHOLE and len(others) < FEWEST_OF_GROUP:
            continue
        name = None if dimension is None else subject.get(dimension)
        yield _one(tell, subject, had, ahead if name is None else _of(ahead, dimension, name))


def _dimension(subject: Subject) -> Any:
    return subject.parts[0][0] if subject.parts else None


def _of(ahead: pd.DataFrame, dimension: str, name: str) -> pd.DataFrame:
    column = {"group": "team", "role": "role"}[dimension]
    return ahead[ahead[column] == name]


def _had_it(tell: Telling, those: Those) -> pd.DataFrame:
    """Return those who had it for the whole window, of whom it is known how they came to it."""
    frame = those.frame[those.frame["volunteer"].notna()]
    frame = frame.assign(rejects=frame["uses"] < those.at_least)
    # Who joined in the middle of the window has not had time to make it a habit.
    return frame[~(frame["begins"] > tell.record.begins)]


def _ahead(tell: Telling, those: Those) -> pd.DataFrame:
    """Return the others who have it ahead: joined since, join later, or counted alone."""
    import pandas as pd

    columns = ["team", "role"]
    later = to_come(tell.context, tell.record)
    since = those.frame[those.frame["begins"] > tell.record.begins]
    everybody = pd.concat([part[[*columns, "volunteer"]] for part in (those.frame, later)])
    both = pd.concat([part[[*columns, "volunteer"]] for part in (since, later)])
    ahead = both[~both["volunteer"].map(lambda each: each is True).astype(bool)][columns]
    # A roster of the pilot's participants leaves out those whom the headcounts tell of.
    monitoring = tell.context.charter.monitoring
    is_other = ~everybody["volunteer"].map(lambda each: each is True).astype(bool)
    rows: list[tuple[str, None]] = []
    for each in () if monitoring is None else monitoring.teams:
        on_roster = int(((everybody["team"] == each.team) & is_other).sum())
        others = each.people - (each.volunteers or 0) - on_roster
        rows += [(each.team, None)] * max(0, others)
    counted = pd.DataFrame(rows, columns=columns, dtype=object)
    return pd.concat([ahead, counted]) if rows else ahead


def _one(tell: Telling, subject: Subject, had: pd.DataFrame, ahead: pd.DataFrame) -> Finding:
    from proveout.statistics import difference_of_proportions, wilson
    from proveout.statistics.adopting import expected_rejects, people_needed

    volunteers = had[had["volunteer"].astype(bool)]
    others = had[~had["volunteer"].astype(bool)]
    if had.empty:
        return tell.missing(
            METRIC, subject, "nobody is marked as somebody who came forward, or who did not",
            "Give the column in the roster or in the usage: volunteer",
        )  # fmt: skip
    if others.empty:
        n = people_needed(within=WITHIN)
        return tell.missing(
            METRIC, subject,
            f"not predicted: nobody but volunteers took part ({len(volunteers):,}), and what they "
            "do tells nothing of the others",
            f"Invite {n} people who did not come forward: that tells it within "
            f"± {WITHIN * 100:.0f} points",
        )  # fmt: skip
    told = expected_rejects(_tried(others, ahead))
    assert told is not None  # noqa: S101 - others is not empty
    rejecting = int(others["rejects"].sum())
    of_volunteers = int(volunteers["rejects"].sum())
    details: dict[str, Any] = {
        "others": len(others),
        "others_rejecting": rejecting,
        "others_never_began": int((others["rejects"] & (others["ever"] == 0)).sum()),
        "volunteers": len(volunteers),
        "volunteers_rejecting": of_volunteers,
        "ahead": len(ahead),
        "by_team": told.by_group,
        "rests_on": "that those who have it ahead are like those who had it and had not come "
        "forward; whoever was chosen for the pilot may not be",
    }
    if len(volunteers):
        interval = wilson(of_volunteers, len(volunteers))
        details["volunteers_share"] = [
            of_volunteers / len(volunteers), interval.low, interval.high
        ]  # fmt: skip
        gap, around = difference_of_proportions(
            rejecting, len(others), of_volunteers, len(volunteers)
        )
        details["difference"] = [gap, around.low, around.high]
    needed = people_needed(within=WITHIN)
    if len(others) < needed:
        details["invite"] = needed - len(others)
    return tell.found(
        METRIC, told.value, n=told.n, subject=subject, interval=told.interval, **details
    )


def _tried(others: pd.DataFrame, ahead: pd.DataFrame) -> list[Tried]:
    from proveout.statistics.adopting import Tried

    teams = sorted({str(each) for each in (*others["team"], *ahead["team"])})
    had, coming = others["team"].astype(str), ahead["team"].astype(str)
    return [
        Tried(
            group=team,
            n=int((had == team).sum()),
            rejecting=int(others.loc[had == team, "rejects"].sum()),
            ahead=int((coming == team).sum()),
        )
        for team in teams
    ]
