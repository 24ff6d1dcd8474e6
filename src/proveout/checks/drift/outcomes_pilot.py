"""What the pilot's answers were like: how often wrong, day by day, and at which confidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from proveout.checks.contract import CheckContext
from proveout.evidence.model import WINDOW_INPUT, Evidence

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from proveout.statistics.sequential import PilotRate

_ANSWERS = ("answers-production.parquet", "answers-pilot.parquet")
"""What the quality check keeps; production as it was before the launch says more."""
MOST_DAYS = 400
"""Of a longer past only so many days are kept: more say nothing new of how days differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """How often it was wrong; by day where that is known."""

    wrong: int
    n: int
    days: tuple[tuple[date, int, int], ...] = ()
    artifact: str | None = None
    """The judged answers, below the artifact folder; None where only a figure is known."""
    scope: str = "pilot"

    def rate(self) -> PilotRate:
        """Return it in the words of the statistics."""
        from proveout.statistics.sequential import Counted, PilotRate

        if not self.days:
            return PilotRate(wrong=self.wrong, n=self.n)
        return PilotRate.of_days(Counted(on=on, wrong=k, n=n) for on, k, n in self.days)

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "wrong": self.wrong,
            "n": self.n,
            "days": [[on.isoformat(), k, n] for on, k, n in self.days],
            "artifact": self.artifact,
            "scope": self.scope,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Pilot:
        """Rebuild from the plain form."""
        days = tuple((date.fromisoformat(on), k, n) for on, k, n in plain["days"])
        return cls(**{**plain, "days": days})


def find_pilot(context: CheckContext) -> Pilot | None:
    """Find it among what the quality check found before the launch; None where it found nothing."""
    before = [
        each
        for each in context.known()
        if each.metric.startswith("quality.")
        and not each.subject.parts
        and WINDOW_INPUT not in each.inputs
    ]
    for name in _ANSWERS:
        for each in before:
            if each.artifact is not None and each.artifact.endswith(name):
                frame = kept_answers(context, each.artifact)
                if frame is not None and len(frame):
                    return _of_answers(frame, each)
    shares = [each for each in before if each.metric == "quality.accuracy" and each.n]
    shares.sort(key=lambda each: each.scope != "production")
    if not shares:
        return None
    found = shares[0]
    return Pilot(wrong=round((1 - found.value) * found.n), n=found.n, scope=found.scope)


def kept_answers(context: CheckContext, artifact: str) -> pd.DataFrame | None:
    """Read judged answers of the pilot; None where the file is gone."""
    import pandas as pd

    file: Path = context.artifacts.parent / artifact
    return pd.read_parquet(file) if file.is_file() else None


def moments(frame: pd.DataFrame) -> pd.Series[Any] | None:
    """Return when each record was, in UTC; None where that is not known of nearly all."""
    import pandas as pd

    if "proveout_at" not in frame:
        return None
    told = frame["proveout_at"]
    if not pd.api.types.is_datetime64_any_dtype(told):
        told = told.astype("string")
    found = pd.to_datetime(told, errors="coerce", format="ISO8601", utc=True)
    return found if found.notna().mean() > 0.95 else None


def _of_answers(frame: pd.DataFrame, found: Evidence) -> Pilot:
    right = frame["proveout_correct"].to_numpy(dtype=bool)
    n, wrong = len(right), int((~right).sum())
    days: tuple[tuple[date, int, int], ...] = ()
    when = moments(frame)
    if when is not None:
        by_day = (
            (~frame["proveout_correct"].astype(bool))
            .groupby(when.dt.date)
            .agg(["sum", "size"])
            .tail(MOST_DAYS)
        )
        days = tuple(
            (on, int(k), int(size))
            for on, k, size in zip(by_day.index, by_day["sum"], by_day["size"], strict=True)
        )
    return Pilot(wrong=wrong, n=n, days=days, artifact=found.artifact, scope=found.scope)
