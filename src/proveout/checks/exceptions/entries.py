"""The queue of exceptions as a check reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from proveout.checks.contract import Served

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 3
_NEEDED = (
    "id", "call", "reasons", "notes", "reported_by", "at", "due_at", "owner", "escalated_to",
    "escalated_at", "taken_by", "outcome", "resolved_at",
)  # fmt: skip
_MOMENTS = ("at", "due_at", "escalated_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of the queue as they stood at the end of the window."""

    frame: pd.DataFrame
    """One row each, without what requests and answers hold; moments are seconds since 1970."""
    ends: float

    @classmethod
    def of(cls, served: Served) -> Entries | None:
        """Read those that came before the end of the window; None where there is no queue."""
        if served.exceptions is None:
            return None
        table = served.exceptions.table
        # A column of which nothing is known yet comes without a type.
        moments = {name: table[name].cast("float64") for name in _MOMENTS}
        frame = table.select(*_NEEDED).mutate(**moments).execute()
        ends = served.window.ends.timestamp()
        return cls(frame[frame["at"] < ends].sort_values("due_at"), ends)

    @property
    def open(self) -> pd.DataFrame:
        """Those that nobody had resolved by then."""
        resolved = self.frame["resolved_at"]
        return self.frame[resolved.isna() | (resolved >= self.ends)]

    @property
    def overdue(self) -> pd.DataFrame:
        """Those of them whose time had passed."""
        still = self.open
        return still[still["due_at"] < self.ends]

    def since(self, begins: float) -> pd.DataFrame:
        """Those that came in the window."""
        return self.frame[self.frame["at"] >= begins]

    def told(self, frame: pd.DataFrame) -> dict[str, Any]:
        """Tell who has them, why they are there, and three of them, the one due first in front."""
        who = frame["taken_by"].fillna(frame["escalated_to"]).fillna(frame["owner"])
        return {
            "with": {str(name): int(n) for name, n in who.value_counts().items()},
            "owners": {str(name): int(n) for name, n in frame["owner"].value_counts().items()},
            "reasons": reasons_in(frame),
            "escalated": int((frame["escalated_at"] < self.ends).sum()),
            "examples": [
                {
                    "id": row["id"],
                    "reasons": texts(row["reasons"]),
                    "note": next(iter(texts(row["notes"])), None),
                    "owner": row["owner"],
                    "with": name,
                    "hours_open": round((self.ends - row["at"]) / 3600, 1),
                    "due": datetime.fromtimestamp(row["due_at"], UTC).isoformat(),
                }
                for (_, row), name in zip(frame.head(EXAMPLES).iterrows(), who, strict=False)
            ],
        }


def reasons_in(frame: pd.DataFrame) -> dict[str, int]:
    """Count the reasons of entries, the most frequent first; an entry may have several."""
    counted: dict[str, int] = {}
    for said in frame["reasons"]:
        for reason in texts(said):
            counted[reason] = counted.get(reason, 0) + 1
    return dict(sorted(counted.items(), key=lambda pair: -pair[1]))


def texts(stored: Any) -> Sequence[str]:
    """Read a list that is stored as JSON."""
    return [str(each) for each in json.loads(stored)] if isinstance(stored, str) else []
