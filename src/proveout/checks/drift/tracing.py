"""Since when a change has been there, where, and what it does to results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_LEAST_GROUP = 20
"""Rows of a site, team or version that is spoken of."""
_MOST_GROUPS = 20
_CONCENTRATED = 2.0
"""A group is named where the change is so many times as frequent in it as elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site, team or version in which the change is."""

    by: str
    """'team', 'version', or a column."""
    name: str
    share: float
    """Of its rows."""
    elsewhere: float
    """Of all other rows."""
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "by": self.by, "name": self.name, "share": self.share, "elsewhere": self.elsewhere,
            "n": self.n,
        }  # fmt: skip


def since(times: Sequence[datetime], hit: npt.NDArray[np.bool_]) -> datetime | None:
    """Return the time of the row from which on hits are as frequent as they are now.

    The rows come in the order of time. The point is the one that parts them best by binomial
    likelihood; None where no point has more hits behind it than before.
    """
    import numpy as np
    from scipy.special import xlogy

    n = len(hit)
    upto = np.cumsum(hit)[:-1].astype(np.float64)
    before = np.arange(1, n, dtype=np.float64)
    behind, hits_behind = n - before, float(hit.sum()) - upto
    with np.errstate(all="ignore"):
        p, q = upto / before, hits_behind / behind
        likely = (
            xlogy(upto, p) + xlogy(before - upto, 1 - p)
            + xlogy(hits_behind, q) + xlogy(behind - hits_behind, 1 - q)
        )  # fmt: skip
    likely[q <= p] = -np.inf
    if n < 2 or not np.isfinite(likely).any():
        return None
    return times[int(np.argmax(likely)) + 1]


def places(frame: pd.DataFrame, hit: npt.NDArray[np.bool_], by: Mapping[str, str]) -> list[Place]:
    """Name the groups in which the change is, by column of the frame (name → column)."""
    found = []
    for name, column in by.items():
        if column not in frame or not 2 <= frame[column].nunique() <= _MOST_GROUPS:
            continue
        for value, rows in frame.groupby(column, observed=True).indices.items():
            n, hits = len(rows), int(hit[rows].sum())
            others = len(frame) - n
            elsewhere = (int(hit.sum()) - hits) / others if others else 0.0
            if (
                n >= _LEAST_GROUP
                and hits / n >= _CONCENTRATED * elsewhere
                and hits >= hit.sum() / 4
            ):
                found.append(
                    Place(by=name, name=str(value), share=hits / n, elsewhere=elsewhere, n=n)
                )
    return sorted(found, key=lambda place: place.elsewhere - place.share)


def effects(
    frame: pd.DataFrame, hit: npt.NDArray[np.bool_], excepted: frozenset[str]
) -> dict[str, dict[str, float]]:
    """Compare rows that are hit with the others: wrong answers, confidence, share of exceptions.

    Each figure has 'hit', 'others', 'n_hit' and 'n_others'; what is not known is left out.
    """
    import pandas as pd

    found = {}
    figures: dict[str, Any] = {}
    if {"proveout_label", "proveout_answer"} <= set(frame.columns):
        label, answer = frame["proveout_label"], frame["proveout_answer"]
        wrong = (label.astype(str) != answer.astype(str)).astype(float)
        figures["wrong"] = wrong.where(label.notna() & answer.notna())
    if "proveout_confidence" in frame:
        figures["confidence"] = pd.to_numeric(frame["proveout_confidence"], errors="coerce")
    if excepted and "proveout_id" in frame:
        figures["exceptions"] = frame["proveout_id"].isin(excepted).astype(float)
    for name, values in figures.items():
        inside, outside = values[hit].dropna(), values[~hit].dropna()
        if len(inside) and len(outside):
            found[name] = {
                "hit": float(inside.mean()), "others": float(outside.mean()),
                "n_hit": len(inside), "n_others": len(outside),
            }  # fmt: skip
    return found
