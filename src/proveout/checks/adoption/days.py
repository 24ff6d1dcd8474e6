"""What each day of use brought: requests, answers, what was overruled, and what was wrong.

All counting is done by the engine, since three months of traffic do not fit into memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.contract import Served

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_OVERRULED = ("corrected", "rejected")
_DAY_S = 86_400.0
COUNTS = ("requests", "answers", "overruled", "fate_known", "labelled", "wrong")


@dataclass(frozen=True, slots=True)
class Fates:
    """What people said of answers, from the queue."""

    overruled_calls: tuple[str, ...]
    """All answers of the call."""
    overruled_rows: tuple[str, ...]
    """'call#row'."""
    upheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of the window and of the time before it, counted by day and team."""

    counts: pd.DataFrame
    """Columns day (-1 is the last day of the window), team, in_window, and COUNTS."""
    overruled: tuple[ir.Table, ...]
    """Those of the window that people overruled."""
    begins: float
    ends: float
    has_queue: bool

    @classmethod
    def of(cls, served: Served, charter: Charter) -> Answers:
        """Count them."""
        import pandas as pd

        window = served.window
        begins, ends = window.begins.timestamp(), window.ends.timestamp()
        fates = _fates(served)
        before = served.before()
        judged = [
            _judged(opened.table, fates, charter, begins=begins, ends=ends)
            for opened in (before, served.rows)
            if opened is not None
        ]
        counts = pd.concat([_counted(table) for table in judged], ignore_index=True)
        shown = tuple(table.filter(table.overruled & table.in_window) for table in judged)
        return cls(counts, shown, begins, ends, served.exceptions is not None)

    def of_team(self, team: str) -> Answers:
        """Those of one team."""
        return Answers(
            self.counts[self.counts["team"] == team],
            tuple(table.filter(table.team == team) for table in self.overruled),
            self.begins,
            self.ends,
            self.has_queue,
        )

    @property
    def window(self) -> dict[str, int]:
        """Count those of the window."""
        inside = self.counts[self.counts["in_window"]]
        return {name: int(inside[name].sum()) for name in COUNTS}

    def examples(self, most: int) -> list[dict[str, Any]]:
        """Show answers of the window that people overruled."""
        shown: list[dict[str, Any]] = []
        for table in reversed(self.overruled):
            found = table.order_by("id", "row").limit(most - len(shown)).execute()
            shown += [
                {"id": row.id, "row": int(row.row), "answer": _short(row.answer),
                 "truth": _short(row.label)}
                for row in found.itertuples()
            ]  # fmt: skip
            if len(shown) >= most:
                break
        return shown

    def days(self) -> pd.DataFrame:
        """Count by days of 24 hours that end with the window, the oldest first; whole days only.

        One row for each day since the first request, days without any too; the index counts back
        from the window's end: -1 is the last day.
        """
        counted = self.counts.groupby("day")[list(COUNTS)].sum()
        if counted.empty:
            return counted
        # The first day of use is not whole.
        return counted.reindex(range(int(counted.index.min()) + 1, 0), fill_value=0).astype(int)

    def date_of(self, day: int) -> datetime:
        """Return when a day of `days` begins."""
        return datetime.fromtimestamp(self.ends, UTC) + timedelta(days=day)


def _judged(
    table: ir.Table, fates: Fates, charter: Charter, *, begins: float, ends: float
) -> ir.Table:
    at = table.proveout_at.epoch_seconds().cast("float64")
    row = table.proveout_row.cast("int64")
    place = table.proveout_id + "#" + row.cast("string")
    wrong = _wrong(table, charter)
    overruled = (
        table.proveout_id.isin(fates.overruled_calls)
        | place.isin(fates.overruled_rows)
        | wrong.fill_null(False)  # by place alone
    )
    return table.select(
        id=table.proveout_id,
        row=row,
        team=table.proveout_team.cast("string"),
        answer=table.proveout_answer.cast("string"),
        label=table.proveout_label.cast("string"),
        day=-((ends - at) / _DAY_S).ceil().cast("int64"),
        in_window=(at >= begins) & (at < ends),
        wrong=wrong,
        # A true answer that came through the queue is of a doubtful answer, and tells how the
        # queue is worked on rather than how the system is.
        is_by_queue=table.proveout_id.isin(fates.upheld) | place.isin(fates.overruled_rows),
        overruled=overruled,
        fate_known=overruled | wrong.notnull() | table.proveout_id.isin(fates.upheld),
    )


def _counted(table: ir.Table) -> pd.DataFrame:
    def number(flag: Any) -> Any:
        return flag.cast("int64").sum().fill_null(0)

    grouped = table.group_by("day", "team", "in_window").aggregate(
        requests=table.id.nunique(),
        answers=table.count(),
        overruled=number(table.overruled),
        fate_known=number(table.fate_known),
        labelled=number(table.wrong.notnull() & ~table.is_by_queue),
        wrong=number(table.wrong & ~table.is_by_queue),
    )
    counted: pd.DataFrame = grouped.execute()
    return counted


def _wrong(table: ir.Table, charter: Charter) -> Any:
    """Hold answers against the truth; null where it is not known, or takes more than a look."""
    import ibis

    system = charter.system
    task = None if system is None else system.task
    tolerance = None if system is None else system.tolerance
    answer, label = table.proveout_answer, table.proveout_label
    is_number = task == "regression" or tolerance is not None
    if task in ("text", "extraction") or (is_number and tolerance is None):
        # Words and documents are compared by the quality check.
        return ibis.null("boolean")
    if is_number:
        return (answer.try_cast("float64") - label.try_cast("float64")).abs() > tolerance
    said, true = answer.cast("string").strip(), label.cast("string").strip()
    if answer.type().is_floating():  # a class 1 that came as 1.0
        said, true = said.re_replace(r"\.0+$", ""), true.re_replace(r"\.0+$", "")
    if answer.type().is_boolean():
        true = true.lower()
    return said != true


def calls_of(served: Served) -> tuple[list[str], list[str]]:
    """Return the calls that people overruled in any of their answers, and those they upheld."""
    fates = _fates(served)
    overruled = {*fates.overruled_calls, *(each.partition("#")[0] for each in fates.overruled_rows)}
    return sorted(overruled), sorted(set(fates.upheld) - overruled)


def _fates(served: Served) -> Fates:
    """Read what people decided.

    A report that was not looked at yet counts; one that was and was not confirmed does not.
    """
    calls: set[str] = set()
    rows: set[str] = set()
    upheld: set[str] = set()
    if served.exceptions is None:
        return Fates((), (), ())
    table = served.exceptions.table
    columns = ("call", "reasons", "notes", "outcome", "correction")
    for call, reasons, notes, outcome, correction in (
        table.select(*columns).execute().itertuples(index=False, name=None)
    ):
        if outcome in _OVERRULED:
            given = json.loads(correction) if isinstance(correction, str) else {}
            rows |= {f"{call}#{row}" for row in given}
            if not given:
                calls.add(call)
        elif outcome == "confirmed-right":
            upheld.add(call)
        elif outcome not in ("duplicate", "cannot-tell") and _says_wrong(reasons, notes):
            calls.add(call)
    return Fates(tuple(sorted(calls)), tuple(sorted(rows)), tuple(sorted(upheld)))


def _says_wrong(reasons: Any, notes: Any) -> bool:
    """Tell whether a user called it wrong, rather than slow or unclear."""
    said = json.loads(reasons) if isinstance(reasons, str) else []
    noted = json.loads(notes) if isinstance(notes, str) else []
    return "reported" in said and "reported as wrong" in noted


def _short(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return value if len(value) <= 80 else f"{value[:79]}…"
