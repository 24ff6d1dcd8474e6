"""What a metric is, and the catalogue of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from proveout.evidence.model import Dimension

Direction = Literal["higher", "lower", "neither"]
"""Which way is better."""

Family = Literal["technical", "engineering", "business", "organisational"]
"""Whose page of the scorecard it stands on (R110)."""

_SPELLED = {"roc": "ROC", "auc": "AUC", "mae": "MAE", "rmse": "RMSE", "r2": "R²", "f1": "F1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """The declaration of one metric."""

    name: str
    """'<check>.<what>', lower case with underscores."""
    unit: str
    """'fraction', 'count', 's', 'rows/s', 'flag' (1 or 0), or '*' where the subject decides."""
    direction: Direction
    family: Family
    meaning: str
    """One sentence that a production owner understands."""
    computed: str
    """How the figure is computed, with the interval method."""
    source: str
    """Requirement ids, and the paper or standard of the method."""
    dimensions: tuple[Dimension, ...] = ()
    """What its subjects can be narrowed by."""

    @property
    def label(self) -> str:
        """Return the name as it is read in a sentence: 'ROC AUC', 'required completeness'."""
        words = self.name.partition(".")[2].split("_")
        return " ".join(_SPELLED.get(word, word) for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaring:
    """Declares the metrics of one check, which have much in common."""

    check: str
    family: Family
    source: str
    dimensions: tuple[Dimension, ...] = ()

    def __call__(
        self,
        name: str,
        unit: str,
        direction: Direction,
        meaning: str,
        computed: str,
        *,
        family: Family | None = None,
        source: str | None = None,
        dimensions: tuple[Dimension, ...] | None = None,
    ) -> Metric:
        """Declare one; what is not said is as for the others."""
        return Metric(
            name=f"{self.check}.{name}",
            unit=unit,
            direction=direction,
            family=self.family if family is None else family,
            meaning=meaning,
            computed=computed,
            source=self.source if source is None else source,
            dimensions=self.dimensions if dimensions is None else dimensions,
        )


class Catalogue:
    """Metrics by name."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics: dict[str, Metric] = {}
        for metric in metrics:
            if self._metrics.setdefault(metric.name, metric) != metric:
                msg = f"metric {metric.name!r} is declared twice, differently"
                raise ValueError(msg)

    def __contains__(self, name: object) -> bool:
        return name in self._metrics

    def __getitem__(self, name: str) -> Metric:
        return self._metrics[name]

    def __iter__(self) -> Iterator[Metric]:
        return iter(sorted(self._metrics.values(), key=lambda metric: metric.name))

    def __len__(self) -> int:
        return len(self._metrics)

    def nearest(self, name: str) -> str | None:
        """Return the known name most like this one, for 'did you mean'."""
        begun = sorted((known for known in self._metrics if known.startswith(name)), key=len)
        if begun and "." in name:
            return begun[0]
        close = difflib.get_close_matches(name, self._metrics, n=1, cutoff=0.5)
        return close[0] if close else None
