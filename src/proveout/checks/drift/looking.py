"""The tables of a look: the time before launch, the weeks since, and the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.checks.contract import CheckContext, Served
from proveout.intake.inputs import given_columns
from proveout.intake.sampling import fetch
from proveout.intake.table import OpenTable
from proveout.intake.union import unite
from proveout.statistics.drift import Reference, watch

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

MOST_ROWS = 200_000
"""Rows that are looked at of the reference, of the time since, and of the window; where there are
more, so many are drawn at random."""
LEAST_ROWS = 100
"""Fewer rows are no window: the next look takes them together with what has come."""
WEEK = timedelta(days=7)
AT, ID = "proveout_at", "proveout_id"
OUTPUTS = {"answer": "proveout_answer", "confidence": "proveout_confidence"}
BESIDE = (AT, ID, "proveout_version", "proveout_team", "proveout_label", *OUTPUTS.values())
_LEAST_WEEKS = 4
"""Weeks since launch after which the answers themselves are watched; there were none before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The time before launch."""

    frame: pd.DataFrame
    columns: tuple[str, ...]
    blocks: npt.NDArray[np.int64] | None
    """Week of each row; None where no column tells the time."""
    fingerprints: Mapping[str, str]

    def learn(self) -> Reference:
        """Learn what the columns were like, week by week."""
        return Reference.learn(self.frame, self.columns, self.blocks)


def before_launch(context: CheckContext) -> Before | None:
    """Read production as it was, or else the curated sample; None where there is neither."""
    opened = context.data.production()
    pilot = None if opened else context.data.pilot()
    sources = opened or ([] if pilot is None else [pilot])
    if not sources:
        return None
    table = unite(sources)
    columns = given_columns(context.charter, table.columns)
    stamp = context.charter.data.timestamp
    wanted = list(columns)
    if stamp is not None and stamp in table.columns and stamp not in wanted:
        wanted.append(stamp)
    frame = fetch(table, wanted, rows=MOST_ROWS, seed=context.seed).reset_index(drop=True)
    if frame.empty or not columns:
        return None
    blocks = None if stamp is None or stamp not in frame else _weeks(frame[stamp])
    return Before(
        frame=frame,
        columns=columns,
        blocks=blocks,
        fingerprints={f"data:{each.name}": each.fingerprint for each in sources},
    )


def _weeks(stamps: Any) -> npt.NDArray[np.int64] | None:
    """Return the week of each row; None where few rows tell it, or all are of a few weeks."""
    import numpy as np
    import pandas as pd

    moments = pd.to_datetime(stamps, errors="coerce", utc=True, format="mixed")
    if moments.isna().mean() > 0.1:
        return None
    days = (moments - pd.Timestamp(0, tz="UTC")).dt.days.ffill().bfill().to_numpy()
    weeks = np.asarray(days, dtype=np.int64) // 7
    return weeks if len(np.unique(weeks)) >= _LEAST_WEEKS else None


def rows_of(opened: OpenTable, columns: Sequence[str], *, seed: int) -> pd.DataFrame:
    """Read served rows in the order of their time, with what the log knows of each."""
    found = opened.table.columns
    wanted = [name for name in (*columns, *BESIDE) if name in found]
    wanted += [name for name in found if name not in wanted and not name.startswith("proveout_")]
    frame = fetch(opened.table, wanted, rows=MOST_ROWS, seed=seed)
    return frame.sort_values(AT, kind="stable").reset_index(drop=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a window is compared with: the time before launch, and quiet weeks since."""

    reference: Reference
    outputs: Reference | None
    """Of answers and confidences; None until some weeks are known."""
    rows: pd.DataFrame | None
    """The rows since launch that are at hand, before the window."""
    weeks_joined: int
    """Weeks since launch that were quiet, or whose alarms were resolved."""


def past_of(
    reference: Reference,
    served: Served,
    *,
    settled: Mapping[str, datetime],
    seed: int,
) -> Past:
    """Let the weeks since launch join the reference, each where it was quiet.

    `settled` says for a column until when somebody has called its alarms harmless: what it was
    then is how it is.
    """
    opened = served.before()
    if opened is None:
        return Past(reference=reference, outputs=None, rows=None, weeks_joined=0)
    frame = rows_of(opened, tuple(reference.columns), seed=seed)
    weeks = weeks_before(frame, served.window.begins)
    joined = 0
    for end, rows in weeks:
        found = watch(reference, rows, lag=1)
        loud = {alarm.column for alarm in found.alarms}
        quiet = {
            name: counted
            for name, counted in found.counted.items()
            if name not in loud or settled.get(name, end) > end
        }
        reference = reference.after(quiet)
        joined += bool(quiet)
    return Past(
        reference=reference,
        outputs=_outputs([rows for _, rows in weeks]),
        rows=frame,
        weeks_joined=joined,
    )


def weeks_before(frame: pd.DataFrame, begins: datetime) -> list[tuple[datetime, pd.DataFrame]]:
    """Cut rows into the weeks before a moment; each with its end, the oldest first."""
    import pandas as pd

    ago = (pd.Timestamp(begins) - frame[AT]).dt.total_seconds() / WEEK.total_seconds()
    nth = ago.to_numpy().astype("int64")
    found = []
    for week in sorted(set(nth.tolist()), reverse=True):
        rows = frame[nth == week]
        if len(rows) >= LEAST_ROWS:
            found.append((begins - week * WEEK, rows.reset_index(drop=True)))
    return found


def _outputs(weeks: Sequence[pd.DataFrame]) -> Reference | None:
    """Learn what answers were like since launch."""
    import numpy as np
    import pandas as pd

    if len(weeks) < _LEAST_WEEKS:
        return None
    frame = pd.concat(weeks, ignore_index=True)
    columns = [name for name in OUTPUTS.values() if name in frame and frame[name].notna().any()]
    blocks = np.repeat(np.arange(len(weeks)), [len(rows) for rows in weeks])
    return Reference.learn(frame, columns, blocks) if columns else None
