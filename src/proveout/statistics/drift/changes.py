"""Changes that happen to data in production, to be put into rows on purpose.

Each takes the values of the rows it touches and returns them changed; None where the kind does not
apply to the column (a decimal comma to text) or would change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from proveout.statistics.drift.values import Integers

Change = Callable[[Any, Any, np.random.Generator], Any]
"""(values of the touched rows, the whole column, chance) -> values; pandas Series all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of change."""

    name: str
    of: str
    """'number', 'text', 'any' or 'rows'."""
    meaning: str
    change: Change | None
    """None of whole rows that are put in twice."""


def inject(table: Any, column: str, kind: Kind, rows: Integers, chance: np.random.Generator) -> Any:
    """Return a pandas table with the change in these rows; None where it changes nothing."""
    import pandas as pd

    if kind.change is None:
        other = np.setdiff1d(np.arange(len(table)), rows)
        again = table.iloc[chance.choice(other, size=len(rows), replace=len(other) < len(rows))]
        changed = table.copy()
        for name in table.columns:
            values = changed[name].to_numpy(copy=True)
            values[rows] = again[name].to_numpy()
            changed[name] = pd.Series(values, index=changed.index, dtype=changed[name].dtype)
        return changed
    whole = table[column]
    is_number = pd.api.types.is_numeric_dtype(whole) and not pd.api.types.is_bool_dtype(whole)
    if kind.of not in ("any", "number" if is_number else "text"):
        return None
    before = whole.iloc[rows]
    after = kind.change(before, whole, chance)
    values = whole.astype(object).to_numpy(copy=True)
    values[rows] = np.asarray(after, dtype=object)
    if _same(before, after):
        return None
    changed = table.copy()
    held = pd.Series(values, index=table.index, dtype=object)
    texts = held.map(lambda value: isinstance(value, str)).any()
    changed[column] = held if not is_number or texts else pd.to_numeric(held)
    return changed


def _same(before: Any, after: Any) -> bool:
    """Tell whether nothing has changed; a value may be missing on both sides."""
    pairs = zip(before, after, strict=True)
    return all(a == b or (_is_missing(a) and _is_missing(b)) for a, b in pairs)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _missing(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del whole, chance
    return [None] * len(before)


def _always(value: Any) -> Change:
    def change(before: Any, whole: Any, chance: np.random.Generator) -> Any:
        del whole, chance
        return [value] * len(before)

    return change


def _times(factor: float) -> Change:
    def change(before: Any, whole: Any, chance: np.random.Generator) -> Any:
        del whole, chance
        return before * factor

    return change


def _frozen(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    held = whole.dropna()
    return [held.iloc[int(chance.integers(len(held)))]] * len(before)


def _comma(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del whole, chance
    return [v if _is_missing(v) else f"{float(v):.2f}".replace(".", ",") for v in before]


def _shifted(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del chance
    return before + float(whole.std() or 1.0)


def _rounded(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del chance
    spread = float(whole.std() or 1.0)
    unit = 10.0 ** np.floor(np.log10(max(spread, 1e-9)))
    return (before / unit).round() * unit


def _far(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    spread = float(whole.std() or 1.0)
    return before + spread * chance.uniform(8, 20, size=len(before))


def _texts(write: Callable[[str], str]) -> Change:
    def change(before: Any, whole: Any, chance: np.random.Generator) -> Any:
        del whole, chance
        return [v if _is_missing(v) else write(str(v)) for v in before]

    return change


def _damaged(text: str) -> str:
    return text[:1] + "\ufffd" + text[2:]


def _collapsed(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del chance
    return [whole.value_counts().index[0]] * len(before)


def _shuffled(before: Any, whole: Any, chance: np.random.Generator) -> Any:
    del whole
    return before.to_numpy()[chance.permutation(len(before))]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(name="missing", of="any", meaning="values are missing", change=_missing),
        Kind(name="sentinel", of="number", meaning="-999 stands for missing",
             change=_always(-999.0)),
        Kind(name="zeros", of="number", meaning="0 stands for missing", change=_always(0.0)),
        Kind(name="frozen", of="number", meaning="a reading is stuck", change=_frozen),
        Kind(name="unit", of="number", meaning="another unit (× 1.6)", change=_times(1.609344)),
        Kind(name="point", of="number", meaning="the decimal point slips", change=_times(10.0)),
        Kind(name="sign", of="number", meaning="the sign is turned", change=_times(-1.0)),
        Kind(name="comma", of="number", meaning="figures come with a comma", change=_comma),
        Kind(name="shift", of="number", meaning="values are one standard deviation higher",
             change=_shifted),
        Kind(name="rounding", of="number", meaning="figures are rounded", change=_rounded),
        Kind(name="outliers", of="number", meaning="values far off", change=_far),
        Kind(name="unseen", of="text", meaning="a value that was never seen",
             change=_always("QQQ")),
        Kind(name="case", of="text", meaning="small letters", change=_texts(str.lower)),
        Kind(name="spaces", of="text", meaning="a space behind", change=_texts("{} ".format)),
        Kind(name="damage", of="text", meaning="a character is lost", change=_texts(_damaged)),
        Kind(name="collapsed", of="text", meaning="all become the most frequent value",
             change=_collapsed),
        Kind(name="shuffled", of="any", meaning="a join finds wrong partners", change=_shuffled),
        Kind(name="duplicates", of="rows", meaning="rows come twice", change=None),
    )
}  # fmt: skip
"""Eighteen kinds."""
