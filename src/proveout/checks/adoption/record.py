"""Who used it, when, and how it ended: imported usage and the prediction log as one table.

All counting is done by the engine; what comes out has a row for each person, or for each week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.adoption import Adoption
from proveout.checks.adoption.taking import imported, logged, old_way
from proveout.checks.contract import CheckContext, Served

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S
MOST_WEEKS = 104
"""So many weeks are kept for the lines."""
_NAMES = ("person", "at", "outcome", "case", "is_old", "team", "role", "volunteer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Rows of the usage that are not counted."""

    without_person: int = 0
    without_moment: int = 0
    later: int = 0
    """After the end of the window: not yet, or by a clock that is wrong."""
    other_words: int = 0
    """Counted as uses, but their outcome is none of the words that the charter names."""

    def as_details(self) -> dict[str, int]:
        """Return those that are not zero."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {f"rows_{name}": n for name, n in told.items() if n}


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRecord:
    """All uses until a moment."""

    uses: ir.Table
    """Columns of _NAMES: `at` in seconds since 1970, outcome None where it is not known."""
    begins: float
    ends: float
    """Of the window."""
    unread: Unread
    has_outcomes: bool
    """Whether any source tells how uses ended."""
    has_abandoned: bool
    """Whether a use that was broken off would show: one did, or the charter names the word."""
    has_old_way: bool
    inputs: dict[str, str] = field(default_factory=dict)
    """Fingerprints of what was read."""

    @property
    def days(self) -> float:
        """Length of the window."""
        return (self.ends - self.begins) / DAY_S

    def people(self) -> pd.DataFrame:
        """Count by person: one row each, indexed by person."""
        t = self.uses
        in_window = t.at >= self.begins
        in_before = (t.at < self.begins) & (t.at >= 2 * self.begins - self.ends)
        is_use = ~t.is_old
        is_good = is_use & ~t.outcome.isin(["overruled", "abandoned"]).fill_null(False)

        now = is_use & in_window
        counted = (
            t.group_by("person")
            .aggregate(
                team=t.team.argmax(t.at),
                role=t.role.argmax(t.at),
                volunteer=t.volunteer.argmax(t.at),
                uses=_number(now),
                uses_before=_number(is_use & in_before),
                abandoned=_number(now & (t.outcome == "abandoned")),
                overruled=_number(now & (t.outcome == "overruled")),
                followed=_number(now & (t.outcome == "kept")),
                old=_number(t.is_old & in_window),
                ever=_number(is_use),
                first_good=t.at.min(where=is_good),
            )
            .execute()
        )
        frame: pd.DataFrame = counted.set_index("person")
        return frame

    def weeks(self, people: pd.DataFrame) -> pd.DataFrame:
        """Count by week (-1 is the last one before the window's end) and team, of these people."""
        import pyarrow as pa

        known = pa.table(
            {
                "person": pa.array(people.index.astype(str), pa.string()),
                "their_team": pa.array([_none(each) for each in people["team"]], pa.string()),
            }
        )
        engine: Any = self.uses.get_backend()
        engine.con.register("those", known)
        t = self.uses.inner_join(engine.table("those"), "person")
        week = -((self.ends - t.at) / WEEK_S).ceil().cast("int64")
        t = t.mutate(week=week)
        t = t.filter(t.week >= -MOST_WEEKS)

        counted: pd.DataFrame = (
            t.group_by("week", team=t.their_team)
            .aggregate(
                uses=_number(~t.is_old),
                people=t.person.nunique(where=~t.is_old),
                overruled=_number(~t.is_old & (t.outcome == "overruled")),
                known=_number(~t.is_old & t.outcome.isin(["overruled", "kept"])),
                abandoned=_number(~t.is_old & (t.outcome == "abandoned")),
                old=_number(t.is_old),
            )
            .execute()
        )
        return counted

    def daily(self) -> dict[int, int]:
        """Count uses by day, -1 being the last one; of this window and of those before."""
        t = self.uses.filter(~self.uses.is_old)
        day = -((self.ends - t.at) / DAY_S).ceil().cast("int64")
        counted = t.group_by(day=day).aggregate(n=t.count()).execute()
        return {int(day): int(n) for day, n in zip(counted["day"], counted["n"], strict=True)}


def record_of(context: CheckContext, served: Served | None) -> UseRecord | None:
    """Read all that tells of use; None where nothing does."""
    adoption = context.charter.adoption or Adoption()
    if served is None and adoption.usage is None:
        return None
    ends = _ends(adoption, context.now, served)
    parts: list[pa.Table] = []
    inputs: dict[str, str] = {}
    if adoption.usage is not None:
        opened = context.data.open(adoption.usage.source)
        inputs["data:adoption.usage"] = opened.fingerprint
        parts.append(imported(opened.table, adoption.usage, adoption))
    if adoption.old_way is not None:
        opened = context.data.open(adoption.old_way.source)
        inputs["data:adoption.old_way"] = opened.fingerprint
        parts.append(old_way(opened.table, adoption.old_way, adoption))
    if served is not None:
        parts.append(logged(served, adoption))
    return _put_together(parts, adoption, ends, inputs)


def _ends(adoption: Adoption, now: datetime, served: Served | None) -> float:
    from datetime import UTC, time, timedelta

    ends = now if served is None else served.window.ends
    if adoption.until is not None:
        last = datetime.combine(adoption.until, time(), UTC) + timedelta(days=1)
        ends = min(ends, last)
    return ends.timestamp()


def _put_together(
    parts: Sequence[pa.Table], adoption: Adoption, ends: float, inputs: dict[str, str]
) -> UseRecord:
    import ibis

    engine = ibis.duckdb.connect()
    tables = []
    for number, part in enumerate(parts):
        name = f"part_{number}"
        engine.con.register(name, part)
        tables.append(engine.table(name))
    rows = tables[0]
    for each in tables[1:]:
        rows = rows.union(each)
    # What stands in the log and was imported as well is one use; the import knows how it ended.
    imported = rows.filter(rows.by_import & rows.case.notnull()).select("case").distinct()
    rows = rows.filter(rows.by_import | ~rows.case.isin(imported.case))
    words = (
        ("kept", adoption.usage.kept if adoption.usage else ("kept",)),
        ("overruled", adoption.usage.overruled if adoption.usage else ("overruled",)),
        ("abandoned", adoption.usage.abandoned if adoption.usage else ("abandoned",)),
    )
    said = rows.word
    outcome = ibis.cases(
        *((said.isin([word.casefold() for word in of]), name) for name, of in words),
        else_=ibis.null("string"),
    )
    rows = engine.create_table("uses", obj=rows.mutate(outcome=outcome), temp=True)
    unreadable = rows.person.isnull() | rows.at.isnull()

    told = rows.aggregate(
        without_person=_number(rows.person.isnull()),
        without_moment=_number(rows.at.isnull() & rows.person.notnull()),
        later=_number(~unreadable & (rows.at >= ends)),
        other_words=_number(rows.word.notnull() & rows.outcome.isnull()),
        n_words=_number(rows.outcome.notnull() & ~unreadable),
        n_abandoned=_number(rows.outcome == "abandoned"),
        n_old=_number(rows.is_old),
    ).execute()
    counts = {name: int(told[name].iloc[0]) for name in told.columns}
    uses = rows.filter(~unreadable & (rows.at < ends)).select(*_NAMES)
    return UseRecord(
        uses=uses,
        begins=ends - adoption.window_days * DAY_S,
        ends=ends,
        unread=Unread(**{name: counts[name] for name in Unread.__slots__}),
        has_outcomes=counts["n_words"] > 0,
        has_abandoned=counts["n_abandoned"] > 0
        or (adoption.usage is not None and "abandoned" in adoption.usage.model_fields_set),
        has_old_way=adoption.old_way is not None or counts["n_old"] > 0,
        inputs=inputs,
    )


def _number(flag: Any) -> Any:
    return flag.fill_null(False).cast("int64").sum().fill_null(0)


def _none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def moments(record: UseRecord) -> Iterator[str]:
    """Write the window's ends."""
    from datetime import UTC

    for seconds in (record.begins, record.ends):
        yield datetime.fromtimestamp(seconds, UTC).isoformat()
