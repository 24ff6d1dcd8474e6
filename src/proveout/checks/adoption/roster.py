"""The people it was made for, beside what each has done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.adoption import Adoption, Roster
from proveout.checks.adoption.columns import column_of, pseudonym, salt_of
from proveout.checks.adoption.record import DAY_S, UseRecord
from proveout.checks.columns import known_seconds_of, known_truth_of, text_of
from proveout.evidence.model import WHOLE, Subject

if TYPE_CHECKING:
    import pandas as pd

    from proveout.checks.contract import CheckContext

COUNTS = ("uses", "uses_before", "abandoned", "overruled", "followed", "old", "ever")


@dataclass(frozen=True, slots=True, kw_only=True)
class Those:
    """Some people, and what each has done."""

    frame: pd.DataFrame
    """Indexed by person: team, role, volunteer, begins, ends (seconds since 1970 or none), COUNTS,
    first_good."""
    is_roster: bool
    """Whether these are the people it was made for, rather than those who were seen."""
    at_least: int
    """Uses that make somebody active."""
    headcount: int | None = None
    """Of those it was made for, where there is no roster: by monitoring.teams."""
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.frame)

    @property
    def eligible(self) -> int | None:
        """Of those it was made for; None where nobody says."""
        return self.n if self.is_roster else self.headcount

    @property
    def active(self) -> Any:
        """Who used it in the window."""
        return self.frame["uses"] >= self.at_least

    @property
    def active_before(self) -> Any:
        """Who used it in the window before."""
        return self.frame["uses_before"] >= self.at_least

    @property
    def activated(self) -> Any:
        """Who has got something out of it, ever."""
        return self.frame["first_good"].notna()

    def where(self, keep: Any, headcount: int | None = None) -> Those:
        """Return some of them."""
        return Those(
            frame=self.frame[keep], is_roster=self.is_roster, at_least=self.at_least,
            headcount=headcount, notes=self.notes,
        )  # fmt: skip


def those_of(context: CheckContext, record: UseRecord) -> tuple[Those, pd.DataFrame]:
    """Join the roster with what was counted; return the rest too: people who are not on it.

    Somebody who is on it twice counts once: since the first day, until the last, and in the team of
    the later row.
    """
    adoption = context.charter.adoption or Adoption()
    counted = record.people()
    if adoption.people is None:
        frame = counted.assign(begins=None, ends=None)
        those = Those(
            frame=frame, is_roster=False, at_least=adoption.active_at_least,
            headcount=_headcount(context, None),
        )  # fmt: skip
        return those, counted.iloc[:0]
    opened = context.data.open(adoption.people.source)
    record.inputs["data:adoption.people"] = opened.fingerprint
    rows, notes = _read(opened.table, adoption.people, adoption)
    starts = adoption.starts_on
    if starts is not None:
        rows["begins"] = rows["begins"].fillna(datetime.combine(starts, time(), UTC).timestamp())
    joined = rows.join(counted[[*COUNTS, "first_good"]])
    joined[list(COUNTS)] = joined[list(COUNTS)].fillna(0).astype(int)
    in_time = ~(joined["begins"] >= record.ends) & ~(joined["ends"] <= record.begins)
    notes["not_yet_or_no_longer"] = int((~in_time).sum())
    those = Those(
        frame=joined[in_time], is_roster=True, at_least=adoption.active_at_least, notes=notes
    )
    return those, counted[~counted.index.isin(rows.index)]


def to_come(context: CheckContext, record: UseRecord) -> pd.DataFrame:
    """Return those of the roster whose time begins after the window: team and volunteer."""
    adoption = context.charter.adoption or Adoption()
    assert adoption.people is not None  # noqa: S101 - asked of a roster alone
    rows, _ = _read(context.data.open(adoption.people.source).table, adoption.people, adoption)
    return rows[rows["begins"] >= record.ends]


def _read(table: Any, said: Roster, adoption: Adoption) -> tuple[pd.DataFrame, dict[str, int]]:
    import ibis
    import pandas as pd

    def text(name: str) -> Any:
        column = column_of(table, said, name)
        return ibis.null("string") if column is None else text_of(column)

    def moment(name: str) -> Any:
        column = column_of(table, said, name)
        return ibis.null("float64") if column is None else known_seconds_of(column)

    arrow = table.select(
        person=text_of(column_of(table, said, "person", is_needed=True)).lower(),
        team=text("team"), role=text("role"),
        volunteer=known_truth_of(column_of(table, said, "volunteer")),
        begins=moment("eligible_from"), ends=moment("eligible_until"),
    ).to_pyarrow()  # fmt: skip
    frame = pd.DataFrame({name: arrow[name].to_pylist() for name in arrow.column_names})
    frame[["begins", "ends"]] = frame[["begins", "ends"]].astype(float)
    # The last day is one on which they could.
    frame["ends"] = frame["ends"] + DAY_S
    named = frame[frame["person"].notna()]
    if adoption.hash:
        salt = salt_of()
        named = named.assign(person=[pseudonym(each, salt) for each in named["person"]])
    later_last = named.sort_values("begins", na_position="first", kind="stable")
    by_person = later_last.groupby("person", sort=True)
    one = by_person[["team", "role", "volunteer"]].last()
    # Whoever has a row without a day could always.
    size, known = by_person.size(), by_person[["begins", "ends"]].count()
    one["begins"] = by_person["begins"].min().where(known["begins"] == size)
    one["ends"] = by_person["ends"].max().where(known["ends"] == size)
    notes = {
        "rows_without_person": len(frame) - len(named),
        "on_the_roster_twice": len(named) - len(one),
    }
    return one, notes


def groups_of(
    context: CheckContext, those: Those, *, fewest: int
) -> tuple[list[tuple[Subject, Those]], list[tuple[Subject, int]]]:
    """Return all of them, then each team, role and kind of people; and those too few to tell."""
    told: list[tuple[Subject, Those]] = [(WHOLE, those)]
    too_few: list[tuple[Subject, int]] = []
    for subject, keep, headcount in _subsets(context, those):
        part = those.where(keep, headcount)
        size = part.eligible if part.eligible is not None else part.n
        if size < fewest:
            too_few.append((subject, size))
        else:
            told.append((subject, part))
    return told, too_few


def _subsets(context: CheckContext, those: Those) -> Iterator[tuple[Subject, Any, int | None]]:
    frame = those.frame
    teams = set(frame["team"].dropna())
    if not those.is_roster:
        teams |= set(_teams(context))
    for team in sorted(teams):
        yield Subject.of(group=team), frame["team"] == team, _headcount(context, team)
    for role in sorted(set(frame["role"].dropna())):
        yield Subject.of(role=role), frame["role"] == role, None
    for said, name in ((True, "yes"), (False, "no")):
        keep = frame["volunteer"].map(lambda each, said=said: each is not None and each == said)
        keep = keep.fillna(False).astype(bool)
        if keep.any():
            yield Subject.of(volunteer=name), keep, None


def _teams(context: CheckContext) -> dict[str, int]:
    monitoring = context.charter.monitoring
    return {} if monitoring is None else {each.team: each.people for each in monitoring.teams}


def _headcount(context: CheckContext, team: str | None) -> int | None:
    teams = _teams(context)
    return (sum(teams.values()) or None) if team is None else teams.get(team)
