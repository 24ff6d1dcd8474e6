"""All fields together: can a classifier tell the pilot's records from production's?

A classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): trained on one half, judged on the
other; the area under its ROC curve is 0.5 where the two are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.readiness.gap.fields import Field
from proveout.evidence.model import Interval
from proveout.statistics import delong
from proveout.statistics.support import CALENDAR_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_ROWS = 20_000
"""Records drawn from each side; the interval is then a point wide at most."""
FEWEST_ROWS = 50
"""Records of each side below which nothing is told apart with any certainty."""

_TOP_CATEGORIES = 60
_ITERATIONS = 60
_TELLS = 0.01
"""Loss of AUC from which a field counts as one that tells the two apart, at least; where the
interval is wide, half its width."""
_MOST_NAMED = 5
_PARTS = ("month", "weekday", "hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A field that helps to tell the two apart."""

    column: str
    loss: float
    """By how much the AUC falls when the field's values are shuffled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """How well the two are told apart."""

    auc: float
    interval: Interval
    telling: tuple[Telling, ...]
    """The fields that matter most, first."""
    n_fields: int
    n_pilot: int
    n_production: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One column of the classifier's table."""

    column: str
    """The field it comes from."""
    values: NDArray[np.float64]
    """Pilot first, then production; NaN is missing."""
    is_category: bool
    is_calendar: bool
    """It says when the record came about, which any two periods differ in."""
    part: str | None = None
    """Which part of a moment it is."""


def features(
    pilot: pd.DataFrame, production: pd.DataFrame, fields: Sequence[Field]
) -> list[Feature]:
    """Make the classifier's columns; identifiers and constants are left out."""
    import pandas as pd

    both = pd.concat([pilot, production], ignore_index=True)
    moments = [field.name for field in fields if field.kind == "moment"]
    made: list[Feature] = []
    for field in fields:
        column = both[field.name]
        if field.kind == "number":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            calendar = _is_calendar(field.name, column, [both[name] for name in moments])
            made.append(_feature(field.name, values, is_calendar=calendar))
        elif field.kind == "category":
            made.append(_feature(field.name, _codes(column), is_category=True))
        elif field.kind == "moment":
            made.extend(
                Feature(
                    column=field.name, values=values, is_category=False, is_calendar=True, part=part
                )
                for part, values in zip(_PARTS, _parts(column), strict=True)
            )
    return [feature for feature in made if _varies(feature.values)]


def calendar_columns(
    pilot: pd.DataFrame, production: pd.DataFrame, fields: Sequence[Field]
) -> list[str]:
    """Name the figures that only say when a record came about."""
    made = features(pilot, production, [f for f in fields if f.kind in ("number", "moment")])
    return list(dict.fromkeys(each.column for each in made if each.is_calendar))


def tell_apart(used: Sequence[Feature], n_pilot: int, *, seed: int, level: float = 0.95) -> Joint:
    """Train on one half a classifier told pilot (the first n_pilot rows) from production.

    The other half judges it; the interval is DeLong's over its scores. Cross-validation would use
    every record for both, but its folds share their training records, and the interval then holds
    80 to 90 times of 100 instead of 95 where the two are alike (tests/coverage).
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    table = np.column_stack([feature.values for feature in used])
    truth = np.zeros(len(table), dtype=np.int8)
    truth[:n_pilot] = 1
    rng = np.random.default_rng(seed)
    train, test = _halves(truth, rng)
    model = _model([feature.is_category for feature in used], seed)
    # On so few rows the threads of the trees wait for one another, busily, longer than they work:
    # on two cores they cost four times the time of one. The limit holds for libraries that are
    # loaded by now, so the model comes before it.
    with threadpool_limits(limits=1, user_api="openmp"):
        model.fit(table[train], truth[train])
        scores, answers = model.decision_function(table[test]), truth[test]
        auc, interval = delong(scores[answers == 1], scores[answers == 0], level=level)
        losses = _losses(model, table[test], answers, used, whole=auc, rng=rng)
    worth_naming = max(_TELLS, (interval.high - interval.low) / 2)
    return Joint(
        auc=auc,
        interval=interval,
        telling=tuple(each for each in losses if each.loss >= worth_naming)[:_MOST_NAMED],
        n_fields=len({feature.column for feature in used}),
        n_pilot=n_pilot,
        n_production=len(table) - n_pilot,
    )


def _halves(
    truth: NDArray[np.int8], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split at random, each side in half."""
    sides = [rng.permutation(np.flatnonzero(truth == side)) for side in (0, 1)]
    first = np.concatenate([side[: len(side) // 2] for side in sides])
    second = np.concatenate([side[len(side) // 2 :] for side in sides])
    return first, second


def _feature(
    column: str,
    values: NDArray[np.float64],
    *,
    is_category: bool = False,
    is_calendar: bool = False,
) -> Feature:
    return Feature(column=column, values=values, is_category=is_category, is_calendar=is_calendar)


def _codes(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Number the most frequent values; the rest share a number, a missing one is NaN."""
    order = column.value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    numbers = {value: at for at, value in enumerate(order[:_TOP_CATEGORIES])}
    codes = column.map(numbers).to_numpy(dtype=float, na_value=np.nan, copy=True)
    codes[column.notna().to_numpy() & np.isnan(codes)] = _TOP_CATEGORIES
    return codes


def _parts(column: pd.Series[Any]) -> list[NDArray[np.float64]]:
    moments = column.dt
    return [
        part.to_numpy(dtype=float, na_value=np.nan)
        for part in (moments.month, moments.day_of_week, moments.hour)
    ]


def _is_calendar(name: str, column: pd.Series[Any], moments: Sequence[pd.Series[Any]]) -> bool:
    """Tell whether a number is a year, month or day, by its name or by a moment beside it."""
    if name.casefold() in CALENDAR_NAMES:
        return True
    for moment in moments:
        known = column.notna() & moment.notna()
        if known.sum() < FEWEST_ROWS:
            continue
        for part in (moment.dt.year, moment.dt.month, moment.dt.day, moment.dt.day_of_year):
            if part[known].nunique() > 1 and float((column[known] == part[known]).mean()) > 0.98:
                return True
    return False


def _varies(values: NDArray[np.float64]) -> bool:
    present = values[~np.isnan(values)]
    if present.size == 0:
        return False
    return bool(present.size < values.size or present.min() < present.max())


def _model(categories: list[bool], seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=_ITERATIONS,
        max_leaf_nodes=15,
        min_samples_leaf=20,
        early_stopping=False,
        categorical_features=categories if any(categories) else None,
        random_state=seed,
    )


def _losses(
    model: Any,
    table: NDArray[np.float64],
    truth: NDArray[np.int8],
    used: Sequence[Feature],
    *,
    whole: float,
    rng: np.random.Generator,
) -> list[Telling]:
    """Shuffle each field in turn (all of its parts together) and see what the AUC loses."""
    from sklearn.metrics import roc_auc_score

    losses = []
    for column in dict.fromkeys(feature.column for feature in used):
        at = [index for index, feature in enumerate(used) if feature.column == column]
        shuffled = table.copy()
        shuffled[:, at] = table[rng.permutation(len(table))][:, at]
        left = float(roc_auc_score(truth, model.decision_function(shuffled)))
        losses.append(Telling(column=column, loss=whole - left))
    return sorted(losses, key=lambda each: (-each.loss, each.column))
