"""What each day of use brought: requests, answers, what was overruled, and what was wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.contract import Served

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = ("id", "row", "at", "team", "answer", "label")
_OVERRULED = ("corrected", "rejected")


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of the window and of the time before it."""

    frame: pd.DataFrame
    """Columns id, at (seconds since 1970), team, answer, overruled, fate (None where not known)
    and is_wrong (None where no true answer has come)."""
    begins: float
    ends: float
    has_queue: bool

    @classmethod
    def of(cls, served: Served, charter: Charter) -> Answers:
        """Read them."""
        import pandas as pd

        before = served.before()
        parts = [_read(table.table) for table in (before, served.rows) if table is not None]
        frame = pd.concat(parts, ignore_index=True)
        overruled, upheld = _by_people(served)
        wrong = _wrong(charter)
        frame["is_wrong"] = [
            None if label is None or answer is None else wrong(answer, label)
            for answer, label in zip(frame["answer"], frame["label"], strict=True)
        ]
        keys = list(zip(frame["id"], frame["row"], strict=True))
        frame["overruled"] = [
            key in overruled or (key[0], None) in overruled or is_wrong is True
            for key, is_wrong in zip(keys, frame["is_wrong"], strict=True)
        ]
        frame["fate_known"] = [
            was or is_wrong is not None or key[0] in upheld
            for key, was, is_wrong in zip(keys, frame["overruled"], frame["is_wrong"], strict=True)
        ]
        window = served.window
        return cls(
            frame, window.begins.timestamp(), window.ends.timestamp(), served.exceptions is not None
        )

    @property
    def window(self) -> pd.DataFrame:
        """Those of the window."""
        return self.frame[(self.frame["at"] >= self.begins) & (self.frame["at"] < self.ends)]

    def days(self) -> pd.DataFrame:
        """Count by days of 24 hours that end with the window, the oldest first; whole days only.

        Columns requests, answers, overruled, labelled, wrong; one row for each day since the
        first request, days without any too. The index counts back from the window's end: -1 is
        the last day.
        """
        import numpy as np
        import pandas as pd

        frame = self.frame
        day = -np.ceil((self.ends - frame["at"]) / 86_400.0).astype(int)
        known = frame["is_wrong"].notna()
        counted = pd.DataFrame(
            {
                "requests": frame.groupby(day)["id"].nunique(),
                "answers": day.value_counts(),
                "overruled": frame["overruled"].groupby(day).sum(),
                "labelled": known.groupby(day).sum(),
                "wrong": (frame["is_wrong"] == True).groupby(day).sum(),  # noqa: E712  # None
            }
        )
        if counted.empty:
            return counted
        first = int(counted.index.min())
        # The first day of use is not whole.
        whole = counted.reindex(range(first + 1, 0), fill_value=0)
        return whole.astype(int)

    def date_of(self, day: int) -> datetime:
        """Return when a day of `days` begins."""
        return datetime.fromtimestamp(self.ends, UTC) + timedelta(days=day)


def _read(table: Any) -> pd.DataFrame:
    named = {name: table[f"proveout_{name}"] for name in _NEEDED if name != "at"}
    at = table["proveout_at"].epoch_seconds().cast("float64")
    frame: pd.DataFrame = table.select(**named, at=at).execute()
    for name in ("answer", "label", "team"):
        column = frame[name].astype(object)
        frame[name] = column.where(column.notna(), None)
    return frame


def _by_people(served: Served) -> tuple[set[tuple[str, int | None]], set[str]]:
    """Return what people overruled, as (call, row), and the calls whose answer they upheld.

    A report that was not looked at yet counts; one that was and was not confirmed does not.
    """
    overruled: set[tuple[str, int | None]] = set()
    upheld: set[str] = set()
    if served.exceptions is None:
        return overruled, upheld
    table = served.exceptions.table
    columns = ("call", "reasons", "notes", "outcome", "correction")
    for call, reasons, notes, outcome, correction in (
        table.select(*columns).execute().itertuples(index=False, name=None)
    ):
        if outcome in _OVERRULED:
            rows = json.loads(correction) if isinstance(correction, str) else {}
            overruled |= {(call, int(row)) for row in rows} or {(call, None)}
        elif outcome == "confirmed-right":
            upheld.add(call)
        elif outcome not in ("duplicate", "cannot-tell") and _says_wrong(reasons, notes):
            overruled.add((call, None))
    return overruled, upheld


def _says_wrong(reasons: Any, notes: Any) -> bool:
    """Tell whether a user called it wrong, rather than slow or unclear."""
    said = json.loads(reasons) if isinstance(reasons, str) else []
    noted = json.loads(notes) if isinstance(notes, str) else []
    return "reported" in said and "reported as wrong" in noted


def _wrong(charter: Charter) -> Callable[[Any, Any], bool | None]:
    """Return how an answer is held against the truth; None where that takes more than a look."""
    system = charter.system
    task = None if system is None else system.task
    if task in ("text", "extraction"):
        return _needs_a_comparison
    tolerance = None if system is None else system.tolerance

    def is_wrong(answer: Any, label: Any) -> bool | None:
        if task == "regression" or tolerance is not None:
            if tolerance is None:
                return None
            try:
                return abs(float(answer) - float(label)) > tolerance
            except (TypeError, ValueError):
                return None
        return _plain(answer) != _plain(label)

    return is_wrong


def _needs_a_comparison(_answer: Any, _label: Any) -> None:
    """Words and documents are compared by the quality check."""


def _plain(value: Any) -> str:
    from proveout.systems.answering import class_text

    return class_text(value).strip()
